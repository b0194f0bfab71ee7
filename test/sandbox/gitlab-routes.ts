/** GitLab's table of routes, and the small ones among them. */
import {
  atLeast,
  type Call,
  checkPresent,
  checkWrite,
  isMaintainer,
  type ProjectCall,
  parameters,
  type Token,
  text,
} from './gitlab-access.ts';
import { listCommits, mergeBase, refsHolding } from './gitlab-history.ts';
import type { Release } from './gitlab-store.ts';
import {
  commitJson,
  createLevels,
  createTag,
  cutTag,
  deleteTag,
  findCommit,
  findTag,
  listTags,
  mayCreate,
  PROTECTED,
  tagJson,
} from './gitlab-tags.ts';
import { Refusal, refuse } from './router.ts';
import type { Answer } from './sandbox.ts';

interface Gate {
  /** Reachable with a job token. */
  job?: true;
  /** Scopes that suffice; by default `api`, and `read_api` for a GET. */
  scopes?: string[];
}

export interface InstanceRoute extends Gate {
  run(call: Call & { token: Token }): Answer;
}

export interface ProjectRoute extends Gate {
  run(call: ProjectCall, name: string): Answer;
}

const ok = (body: unknown): Answer => ({ status: 200, body });
const READ_USER = ['api', 'read_api', 'read_user'];
const USER = { id: 7, username: 'sandbox', name: 'Sandbox User', state: 'active' };

/** Routes an older GitLab does not have. */
function since(call: Call, major: number, minor: number): void {
  if (!atLeast(call.world, major, minor)) throw new Refusal(404, { error: '404 Not Found' });
}

function self({ scopes, expires_at = '', revoked = false, kind }: Token): Answer {
  if (kind !== 'private') throw refuse(400, '400 Bad request - This endpoint requires token type to be a personal access token');
  const token = { id: 42, name: 'sandbox', user_id: USER.id, created_at: '2024-01-01T00:00:00.000Z', last_used_at: null };
  return ok({ ...token, scopes, revoked, active: !revoked, expires_at: expires_at || null });
}

/** Every instance route needs a token. */
export const INSTANCE_ROUTES: Record<string, InstanceRoute> = {
  'GET /version': { scopes: READ_USER, run: ({ world }) => ok({ version: world.version, revision: 'c0ffee00' }) },
  'GET /metadata': {
    scopes: READ_USER,
    run: (call) => {
      since(call, 15, 2);
      const { version } = call.world;
      return ok({
        version,
        revision: 'c0ffee00',
        kas: { enabled: false, externalUrl: null, version: null },
        enterprise: version.endsWith('-ee'),
      });
    },
  },
  'GET /user': { scopes: READ_USER, run: ({ world }) => ok({ ...USER, web_url: `${world.origin}${world.root}/${USER.username}` }) },
  'GET /personal_access_tokens/self': {
    scopes: ['any'],
    run: (call) => {
      since(call, 15, 5);
      return self(call.token);
    },
  },
  'GET /job': {
    job: true,
    run: ({ token }) => {
      if (token.kind !== 'job') throw refuse(404, '404 Not Found');
      return ok({ id: 8, name: 'release', status: 'running', ref: 'main', user: USER });
    },
  },
};

function showProject({ project, world, token, level }: ProjectCall): Answer {
  const { id, path, default_branch, archived, visibility, commits } = project;
  return ok({
    id,
    name: path.split('/').at(-1),
    path_with_namespace: path,
    web_url: `${world.origin}${world.root}/${path}`,
    default_branch: commits.size ? default_branch : null,
    empty_repo: commits.size === 0,
    visibility,
    archived,
    ...(token
      ? { permissions: { project_access: level ? { access_level: level, notification_level: 3 } : null, group_access: null } }
      : {}),
  });
}

function branchJson(call: ProjectCall, name: string) {
  const { project } = call;
  const commit = project.commits.get(project.branches.get(name) ?? '');
  if (!commit) throw refuse(404, '404 Branch Not Found');
  return {
    name,
    commit: commitJson(call, commit),
    default: name === project.default_branch,
    protected: name === project.default_branch,
    merged: false,
  };
}

function protectedTag({ project }: ProjectCall, name: string) {
  const levels = createLevels(project, name).map((level, index) => ({
    id: index + 1,
    ...{ user_id: null, group_id: null, deploy_key_id: null },
    ...level,
    access_level_description: level.access_level === 40 ? 'Maintainers' : 'Others',
  }));
  return { name, create_access_levels: levels };
}

function checkAdmin(call: ProjectCall): void {
  if (!call.token) throw refuse(401, '401 Unauthorized');
  if (!isMaintainer(call)) throw refuse(403, '403 Forbidden');
}

function findRelease({ project, token }: ProjectCall, name: string): Release {
  if (token?.canReadReleases === false) throw refuse(403, '403 Forbidden');
  const release = project.releases.get(name);
  if (!release) throw refuse(404, '404 Not Found');
  return release;
}

/** The only way to a tag with a job token. */
function createRelease(call: ProjectCall): Answer {
  const { project, world } = call;
  const given = parameters(call.request);
  checkPresent(given, 'tag_name');
  const name = text(given, 'tag_name');
  checkWrite(call);
  if (!mayCreate(call, name)) throw refuse(403, PROTECTED);
  if (project.releases.has(name)) throw refuse(409, 'Release already exists');
  if (!project.tags.has(name)) {
    if (!text(given, 'ref')) throw refuse(422, 'Ref is not specified');
    cutTag(call, name, text(given, 'ref'), text(given, 'tag_message'));
  }
  const description = 'description' in given ? text(given, 'description') : null;
  const release = { tag_name: name, name: text(given, 'name') || name, description, created_at: world.store.tick() };
  project.releases.set(name, release);
  return { status: 201, body: releaseJson(call, release) };
}

function releaseJson(call: ProjectCall, release: Release): object {
  const { project, world } = call;
  const { assets = { links: [] }, milestones = [], evidences = [], tag_name: name, created_at } = release;
  return {
    ...release,
    released_at: created_at,
    upcoming_release: false,
    assets: { count: assets.links.length, sources: [], ...assets },
    milestones,
    evidences,
    ...(project.tags.has(name) && { commit: tagJson(call, name).commit }),
    _links: { self: `${world.origin}/${project.path}/-/releases/${encodeURIComponent(name)}` },
  };
}

/** Its tag stays as it is, and so does what is not named. */
function editRelease(call: ProjectCall, name: string): Answer {
  checkWrite(call);
  const release = findRelease(call, name);
  if (!mayCreate(call, name)) throw refuse(403, PROTECTED);
  const given = parameters(call.request);
  if ('description' in given) release.description = text(given, 'description');
  if ('name' in given) release.name = text(given, 'name');
  return ok(releaseJson(call, release));
}

function deleteRelease(call: ProjectCall, name: string): Answer {
  checkWrite(call);
  const release = findRelease(call, name);
  call.project.releases.delete(name);
  return ok(releaseJson(call, release));
}

/** All under one project, whose id is no longer among the names. */
export const PROJECT_ROUTES: Record<string, ProjectRoute> = {
  'GET /projects/:id': { run: showProject },
  'GET /projects/:id/repository/tags': { job: true, run: listTags },
  'POST /projects/:id/repository/tags': { run: createTag },
  'GET /projects/:id/repository/tags/:tag': { run: (call, name) => ok(tagJson(call, name)) },
  'DELETE /projects/:id/repository/tags/:tag': { run: deleteTag },
  'GET /projects/:id/repository/tags/:tag/signature': {
    run: (call, name) => {
      findTag(call, name);
      throw refuse(404, '404 Signature Not Found');
    },
  },
  'GET /projects/:id/repository/commits/:sha': { job: true, run: (call, ref) => ok(commitJson(call, findCommit(call, ref))) },
  'GET /projects/:id/repository/commits': { run: listCommits },
  'GET /projects/:id/repository/commits/:sha/refs': { run: refsHolding },
  'GET /projects/:id/repository/merge_base': { run: mergeBase },
  'GET /projects/:id/repository/branches': {
    job: true,
    run: (call) => ok([...call.project.branches.keys()].sort().map((name) => branchJson(call, name))),
  },
  'GET /projects/:id/repository/branches/:branch': { run: (call, name) => ok(branchJson(call, name)) },
  'GET /projects/:id/protected_tags': {
    run: (call) => {
      checkAdmin(call);
      return ok(call.project.protectedTags.map((name) => protectedTag(call, name)));
    },
  },
  'GET /projects/:id/protected_tags/:name': {
    run: (call, name) => {
      checkAdmin(call);
      if (!call.project.protectedTags.includes(name)) throw refuse(404, '404 Not found');
      return ok(protectedTag(call, name));
    },
  },
  'GET /projects/:id/releases': {
    job: true,
    run: (call) => ok([...call.project.releases.keys()].map((name) => releaseJson(call, findRelease(call, name))).reverse()),
  },
  'GET /projects/:id/releases/:tag': { job: true, run: (call, name) => ok(releaseJson(call, findRelease(call, name))) },
  'POST /projects/:id/releases': { job: true, run: createRelease },
  'PUT /projects/:id/releases/:tag': { job: true, run: editRelease },
  'DELETE /projects/:id/releases/:tag': { job: true, run: deleteRelease },
};

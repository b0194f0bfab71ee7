/** lakeFS's API v1 as far as tags go. */
import { randomUUID } from 'node:crypto';
import { checkAmount, checkBody, checkForce, MAX_AMOUNT, readBody } from './lakefs-body.ts';
import { diffRefs, findMergeBase, logCommits, record } from './lakefs-history.ts';
import { pathAsHandled } from './lakefs-path.ts';
import { checkTagName, createStore, type LakefsStore, type Repository, resolve } from './lakefs-store.ts';
import { answering, refuse, router } from './router.ts';
import { type Answer, type Sandbox, type Seen, startSandbox } from './sandbox.ts';

export type { Repository } from './lakefs-store.ts';

export interface Credential {
  secret: string;
  /** What the key may do, such as `fs:CreateTag`, or `fs:ReadBranch main` for that branch alone; absent means everything. */
  actions?: string[];
}

export const LAKEFS_KEY = { id: 'AKIAIOSFODNN7EXAMPLE', secret: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' } as const;
/** May read everything and write nothing. */
export const LAKEFS_READER = { id: 'AKIAIOSFODNN7READER0', secret: 'reader/K7MDENG/bPxRfiCYEXAMPLEKEY' } as const;
/** Known, and permitted nothing. */
export const LAKEFS_STRANGER = { id: 'AKIAIOSFODNN7STRANGE', secret: 'stranger/K7MDENG/bPxRfiCYEXAMPLEKEY' } as const;
/** What leads lakectl, and whoever reads its variables, to a sandbox. */
export const lakefsAccess = ({ url }: { readonly url: string }) => ({
  LAKECTL_SERVER_ENDPOINT_URL: url,
  LAKECTL_CREDENTIALS_ACCESS_KEY_ID: LAKEFS_KEY.id,
  LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY: LAKEFS_KEY.secret,
});
/** A bearer token of LAKEFS_KEY. */
export const LAKEFS_JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJzYW5kYm94In0.c2FuZGJveC1zaWduYXR1cmU';

const READING = ['fs:ReadRepository', 'fs:ReadBranch', 'fs:ReadCommit', 'fs:ListCommits', 'fs:ListObjects', 'fs:ListTags', 'fs:ReadTag'];
const VERSION = '1.84.0';
const WEEK_S = 7 * 86_400;
/** Whatever is asked outside the API, and by whatever method. */
const USER_INTERFACE: Answer = {
  status: 200,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: '<html><title>lakeFS</title></html>',
};

export interface LakefsSandbox extends Sandbox, LakefsStore {
  /** Access key id → secret and rights. */
  credentials: Map<string, Credential>;
  /** Bearer token → access key id. */
  sessions: Map<string, string>;
}

interface World {
  store: LakefsStore;
  credentials: Map<string, Credential>;
  sessions: Map<string, string>;
}

interface Call {
  world: World;
  request: Seen;
  /** The access key id, undefined for nobody. */
  key: string | undefined;
}

interface Route {
  /** By default a route needs good ones. */
  credentials?: 'ignored' | 'optional';
  /** What the API description asks of query and body; checked before anything else. */
  check?(request: Seen): void;
  action?: string;
  run(call: Call, repository: string, name: string, other: string): Answer;
}

const ok = (body: unknown): Answer => ({ status: 200, body });
const unauthenticated = () => refuse(401, 'error authenticating request');

function keyOf({ credentials, sessions }: World, { headers }: Seen): string | undefined {
  const [, scheme = '', value = ''] = /^(Bearer|Basic)\s+(.*)$/i.exec(headers.authorization ?? '') ?? [];
  if (!scheme) return undefined;
  if (scheme.toLowerCase() === 'bearer') {
    const key = sessions.get(value);
    if (!key) throw unauthenticated();
    return key;
  }
  const [, id = '', secret] = /^([^:]*):(.*)$/s.exec(Buffer.from(value, 'base64').toString()) ?? [];
  if (secret === undefined || credentials.get(id)?.secret !== secret) throw unauthenticated();
  return id;
}

/** Each operation of the server has its own name for the argument. */
function checkRepositoryName(id: string, argument = 'name', status = 400): void {
  if (!/^[a-z0-9][a-z0-9-]{2,62}$/.test(id)) throw refuse(status, `argument ${argument}: repository id: invalid value: validation error`);
}

function findRepository({ world }: Call, id: string, argument?: string): Repository {
  checkRepositoryName(id, argument);
  const repository = world.store.repositories.get(id);
  if (!repository) throw refuse(404, 'repository not found');
  if (repository.inDeletion) throw refuse(410, 'repository in deletion');
  return repository;
}

function findTag({ tags }: Repository, id: string): { id: string; commit_id: string } {
  const commit_id = tags.get(id);
  if (!commit_id) throw refuse(404, 'tag not found');
  return { id, commit_id };
}

function runHook({ hooks, read_only, brokenActions }: Repository, event: keyof Repository['hooks']): void {
  const failure = read_only ? undefined : hooks[event];
  const run = randomUUID().replaceAll('-', '').slice(0, 20);
  if (brokenActions && !read_only)
    throw refuse(
      500,
      `${event} hook aborted, run id '${run}': 1 error occurred:\n\t* parsing file _lakefs_actions/x.yaml: ${brokenActions}\n\n`,
    );
  const said = `action failed: runtime error: [string "lua"]:1: ${failure}\nstack traceback:\n\t[Go]: in ?\n\t[string "lua"]:1: in main chunk`;
  if (failure)
    throw refuse(
      412,
      `${event} hook aborted, run id '${run}': 1 error occurred:\n\t* hook run id '0000_0000' failed on action 'tags' hook 'no': ${said}\n\n`,
    );
}

/** The order of the checks decides which error wins. */
function createTag(call: Call, repositoryId: string): Answer {
  const { id, ref, force } = readBody(call.request) as { id: string; ref: string; force?: boolean };
  checkRepositoryName(repositoryId, 'repository');
  checkTagName(id);
  const repository = findRepository(call, repositoryId);
  if (repository.branches.has(id)) throw refuse(409, `branch name ${id}: conflict found`);
  if (repository.commits.has(id)) throw refuse(409, `commit ID ${id}: conflict found`);
  const commit_id = resolve(repository, ref);
  if (repository.read_only && !force) throw refuse(403, 'read-only repository');
  if (repository.tags.has(id)) throw refuse(409, 'tag already exists: not unique'); // force or not
  runHook(repository, 'pre-create-tag');
  repository.tags.set(id, commit_id);
  return { status: 201, body: { id, commit_id } };
}

function getTag(call: Call, repositoryId: string, id: string): Answer {
  checkRepositoryName(repositoryId);
  checkTagName(id);
  return ok(findTag(findRepository(call, repositoryId), id));
}

function deleteTag(call: Call, repositoryId: string, id: string): Answer {
  checkRepositoryName(repositoryId);
  checkTagName(id);
  const repository = findRepository(call, repositoryId);
  if (repository.read_only && call.request.query.get('force') !== 'true') throw refuse(403, 'read-only repository');
  findTag(repository, id);
  runHook(repository, 'pre-delete-tag');
  repository.tags.delete(id);
  return { status: 204 };
}

function listTags(call: Call, repositoryId: string): Answer {
  const { tags } = findRepository(call, repositoryId);
  const { query } = call.request;
  const [prefix, after] = [query.get('prefix') ?? '', query.get('after') ?? ''];
  const amount = Math.max(Number(query.get('amount')), 0) || 100;
  const start = Buffer.from(after);
  const candidates = Array.from(tags.keys(), (id) => Buffer.from(id)).filter((id) => Buffer.compare(id, start) > 0);
  const left = candidates
    .sort(Buffer.compare)
    .map(String)
    .filter((id) => id.startsWith(prefix));
  const shown = left.slice(0, amount);
  const has_more = left.length > amount;
  const next_offset = has_more ? shown.at(-1) : '';
  return ok({
    pagination: { has_more, next_offset, results: shown.length, max_per_page: MAX_AMOUNT },
    results: shown.map((id) => ({ id, commit_id: tags.get(id) })),
  });
}

function getRepository(call: Call, repositoryId: string): Answer {
  const { id, creation_date, default_branch, read_only } = findRepository(call, repositoryId, 'repository');
  return ok({ id, creation_date, default_branch, storage_namespace: `mem://${id}`, read_only });
}

function getBranch(call: Call, repositoryId: string, id: string): Answer {
  const commit_id = findRepository(call, repositoryId).branches.get(id);
  if (commit_id === undefined) throw refuse(404, 'branch not found');
  return ok({ id, commit_id });
}

/** Takes any ref, whatever its parameter is called; what is not "not found" is the server's 500. */
function getCommit(call: Call, repositoryId: string, ref: string): Answer {
  checkRepositoryName(repositoryId, 'repository', 500);
  if (call.world.store.repositories.get(repositoryId)?.inDeletion) throw refuse(500, 'repository in deletion');
  const repository = findRepository(call, repositoryId, 'repository');
  return ok(record(repository, resolve(repository, ref, { malformed: 500, missing: 'commit not found' })));
}

function logIn({ world, request }: Call): Answer {
  const { access_key_id, secret_access_key } = readBody(request) as { access_key_id: string; secret_access_key: string };
  if (world.credentials.get(access_key_id)?.secret !== secret_access_key) throw unauthenticated();
  const token = `eyJhbGciOiJIUzI1NiJ9.${Buffer.from(randomUUID()).toString('base64url')}.c2lnbmF0dXJl`;
  world.sessions.set(token, access_key_id);
  return ok({ token, token_expiration: Math.floor(Date.now() / 1000) + WEEK_S });
}

const ROUTES: Record<string, Route> = {
  'GET /healthcheck': { credentials: 'ignored', run: () => ({ status: 204 }) },
  'GET /setup_lakefs': { credentials: 'ignored', run: () => ok({ state: 'initialized', comm_prefs_missing: false }) },
  'POST /auth/login': { credentials: 'ignored', check: checkBody(['access_key_id', 'secret_access_key']), run: logIn },
  'POST /auth/external/principal/login': { credentials: 'ignored', run: () => ({ status: 501, body: { message: 'Not Implemented' } }) },
  // never rejects: nobody is a user with an empty id
  'GET /user': { credentials: 'optional', run: ({ key = '' }) => ok({ user: { id: key, creation_date: key ? 1_704_067_200 : 0 } }) },
  'GET /config': { run: () => ok({ version_config: { version: VERSION, latest_version: VERSION, upgrade_recommended: false } }) },
  'GET /config/version': { run: () => ok({ version: VERSION }) },
  'GET /repositories/:repository': { action: 'fs:ReadRepository', run: getRepository },
  'GET /repositories/:repository/branches/:branch': { action: 'fs:ReadBranch', run: getBranch },
  'GET /repositories/:repository/commits/:ref': { action: 'fs:ReadCommit', run: getCommit },
  'GET /repositories/:repository/refs/:ref/commits': {
    action: 'fs:ReadBranch',
    check: checkAmount,
    run: (call, id, ref) => logCommits(findRepository(call, id, 'repository'), call.request, ref),
  },
  'GET /repositories/:repository/refs/:ref/merge/:other': {
    action: 'fs:ListCommits',
    run: (call, id, ref, other) => findMergeBase(findRepository(call, id, 'repository'), ref, other),
  },
  'GET /repositories/:repository/refs/:ref/diff/:other': {
    action: 'fs:ListObjects',
    check: checkAmount,
    run: (call, id, ref, other) => diffRefs(findRepository(call, id, 'repository'), call.request, ref, other),
  },
  'GET /repositories/:repository/tags': { action: 'fs:ListTags', check: checkAmount, run: listTags },
  'POST /repositories/:repository/tags': { action: 'fs:CreateTag', check: checkBody(['id', 'ref'], ['force']), run: createTag },
  'GET /repositories/:repository/tags/:tag': { action: 'fs:ReadTag', run: getTag },
  'DELETE /repositories/:repository/tags/:tag': { action: 'fs:DeleteTag', check: checkForce, run: deleteTag },
};

export async function startLakefs(): Promise<LakefsSandbox> {
  const credentials = new Map<string, Credential>([
    [LAKEFS_KEY.id, { secret: LAKEFS_KEY.secret }],
    [LAKEFS_READER.id, { secret: LAKEFS_READER.secret, actions: READING }],
    [LAKEFS_STRANGER.id, { secret: LAKEFS_STRANGER.secret, actions: [] }],
  ]);
  const world: World = { store: createStore(), credentials, sessions: new Map([[LAKEFS_JWT, LAKEFS_KEY.id]]) };
  const route = router(ROUTES);

  const answer = (request: Seen): Answer | undefined => {
    if (!request.path.startsWith('/api/v1/')) {
      kit.unknown.push(`${request.method} ${request.path}`);
      return USER_INTERFACE;
    }
    const found = route(request.method, pathAsHandled(request.path).slice('/api/v1'.length));
    if (!found) {
      kit.unknown.push(`${request.method} ${request.path}`);
      throw refuse(404, 'invalid API endpoint');
    }
    const { credentials: need = 'required', action, check, run } = found.route;
    check?.(request);
    const key = need === 'ignored' ? undefined : keyOf(world, request);
    if (!key && need === 'required') throw unauthenticated();
    const allowed = credentials.get(key ?? '')?.actions;
    const [repository = '', name = '', other = ''] = found.names;
    if (action && allowed && !allowed.includes(action) && !allowed.includes(`${action} ${name}`))
      throw refuse(401, `insufficient permissions: not allowed to ${action}`);
    return run({ world, request, key }, repository, name, other);
  };

  const kit = await startSandbox((request) => {
    const given = answering(() => answer(request));
    return given && { ...given, headers: { 'x-request-id': randomUUID(), ...given.headers } };
  });
  return Object.assign(kit, world.store, { credentials, sessions: world.sessions });
}

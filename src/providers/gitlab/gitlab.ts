/** GitLab, through version 4 of its REST API. */
import type * as z from 'zod';
import { isTagError } from '../../core/errors.ts';
import { type Call, defineProvider, type Identity, type TagProvider } from '../../core/provider.ts';
import { compact, ORDERS } from '../../core/tag.ts';
import type { NameRule } from '../../core/tag-name.ts';
import type { Traits } from '../../core/traits.ts';
import { createWalks } from '../../core/walks.ts';
import { createHttp, type Http } from '../../http/http.ts';
import { type Path, path } from '../../http/path.ts';
import { accessTo, admitTag, readToken } from './access.ts';
import { createComparing } from './compare.ts';
import { credentialOf, env, projectOf, siteOf } from './env.ts';
import { explain, Unpermitted } from './failures.ts';
import { listHolding } from './holding.ts';
import { limitedToJob } from './job.ts';
import { listTags } from './list.ts';
import { locateProject } from './locate.ts';
import { createProjects } from './project.ts';
import { readTag, resolveRef } from './read.ts';
import { publishRelease, withdrawRelease } from './release.ts';
import { WireUser, WireVersion } from './wire.ts';
import { createTag, deleteTag, moveTag, refuseRelease } from './write.ts';

/** Beyond git's rules (lib/gitlab/git_ref_validator.rb, lib/gitlab/checks/tag_check.rb). */
const nameRule: NameRule = (name) => {
  if (/^refs\/(heads|remotes|tags)\//.test(name)) return 'it begins like a ref';
  if (/^[0-9a-f]{40}/i.test(name)) return 'it begins like a commit id';
  return undefined;
};

const traits: Traits = {
  message: 'annotation',
  orders: ORDERS,
  atomicMove: false,
  undo: 'always',
  release: { name: 'GitLab Release', fate: 'goes with it' },
  conditional: false,
  compares: true,
  contains: true,
  nameRule,
  isOpaque: (repository) => /^\d+$/.test(repository),
  repository: 'path, id or URL',
  refs: 'branch, tag or commit',
  names: "git's rules; no commit id, not the default branch's name",
};

export const gitlab = defineProvider({
  name: 'gitlab',
  title: 'GitLab',
  traits,
  env,
  connect(values, host) {
    const credential = credentialOf(values);
    if (!credential) return undefined;
    const { root, api, variable } = siteOf(values, host);
    const http = createHttp({
      base: api,
      host,
      variable,
      authorize: () => credential.headers,
      explain: (refusal) => explain(refusal, variable),
    });
    // A job token cannot ask what is behind a path, so that nobody could say whether it is allowed.
    const projects = createProjects(http, !credential.isJob);
    const walks = createWalks();

    const provider: TagProvider = {
      traits,
      defaultRepository: projectOf(values, root, host.remotesOf(host.cwd)),
      address: http.address,
      locate: async (spelling) => locateProject(spelling, root),
      // Paths are case-insensitive, an id is another spelling, and a project can be moved at any time: asked anew each time.
      canonical: async (repository, call) => (await projects.look(repository, call)).path_with_namespace,
      onHost: async (repository, call) =>
        `${root.hostname}${root.pathname.replace(/\/$/, '')}/${await provider.canonical(repository, call)}`.toLowerCase(),
      resolve: (repository, ref, call) => resolveRef(projects, repository, ref, call),
      get: (repository, name, call) => readTag(projects, repository, name, call),
      list: (repository, query, call) =>
        query.contains === undefined
          ? listTags(projects, walks, repository, query, call)
          : listHolding(projects, repository, query.contains, query, call),
      compare: createComparing(projects),
      create: (repository, draft, call) => createTag(projects, repository, draft, call),
      move: (repository, draft, from, call) => moveTag(provider, repository, draft, from, call),
      delete: (repository, tag, force, call) => deleteTag(projects, repository, tag, force, call),
      publish: (repository, tag, notes, call) => publishRelease(projects, repository, tag, notes, call),
      withdraw: (repository, tag, call) => withdrawRelease(projects, repository, tag, call),
      admit: (repository, name, call) => admitTag(projects, repository, name, call),
      refuseLoss: ({ action, tag, force }) => {
        if (tag) refuseRelease(tag, action, force);
      },
      check: (call) => identify(http, call),
      access: (repository, call) => accessTo(projects, http, repository, call),
    };
    return walks.forgetful(credential.isJob ? limitedToJob(provider, projects, http) : provider);
  },
});

async function identify(http: Http, call: Call): Promise<Identity> {
  const read = async <T>(at: Path, schema: z.ZodType<T>) => (await http.send('GET', at, { call, schema })).body;
  const ifTold = <T>(answer: Promise<T>) => answer.catch(() => undefined);
  const [user, version, token] = await Promise.all([
    read(path`/user`, WireUser).catch((error: unknown) => {
      if (isTagError(error) && error.cause instanceof Unpermitted) return undefined; // accepted, which is what was asked
      throw error;
    }),
    ifTold(read(path`/version`, WireVersion)),
    readToken(http, call),
  ]);
  return compact<Identity>({ user: user?.username, version: version?.version, scopes: token?.scopes, expires_at: token?.expires_at });
}

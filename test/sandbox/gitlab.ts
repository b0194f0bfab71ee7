/** GitLab's REST API v4 as far as tags go: projects, tags, commits, Releases, and who may touch them. */
import { randomUUID } from 'node:crypto';
import { checkReadCode, checkScope, createTokens, enter, identify, type Pager, type Token, type World } from './gitlab-access.ts';
import { INSTANCE_ROUTES, PROJECT_ROUTES } from './gitlab-routes.ts';
import { createStore, type Store } from './gitlab-store.ts';
import { answering, Refusal, refuse, router } from './router.ts';
import { type Answer, type Sandbox, type Seen, startSandbox } from './sandbox.ts';

export { GITLAB_TOKENS, gitlabAccess, type Token } from './gitlab-access.ts';
export type { Project } from './gitlab-store.ts';

/** The host in every `web_url` and `Link`: the server's own opinion, which is not where it is reached. */
const GITLAB_ORIGIN = 'https://gitlab.example.com';

const LIMIT = 2000;
const MINUTE_S = 60;

export interface GitlabOptions {
  pager?: Pager;
  version?: string;
  /** A relative root such as `/gitlab`; part of the sandbox's url. */
  root?: string;
}

export interface GitlabSandbox extends Sandbox, Omit<Store, 'tick'> {
  tokens: Map<string, Token>;
}

function rateLimit(observed: number, token: boolean): Record<string, string> {
  return {
    'ratelimit-limit': String(LIMIT),
    'ratelimit-name': `throttle_${token ? '' : 'un'}authenticated_api`,
    'ratelimit-observed': String(observed),
    'ratelimit-remaining': String(Math.max(LIMIT - observed, 0)),
    'ratelimit-reset': String(Math.ceil(Date.now() / 1000 / MINUTE_S) * MINUTE_S),
  };
}

export async function startGitlab({ pager = 'new', version = '18.2.1-ee', root = '' }: GitlabOptions = {}): Promise<GitlabSandbox> {
  const store = createStore();
  const world: World = { store, tokens: createTokens(), pager, version, origin: GITLAB_ORIGIN, root };
  const instanceRoute = router(INSTANCE_ROUTES);
  const projectRoute = router(PROJECT_ROUTES);
  const prefix = `${root}/api/v4`;
  let observed = 0;

  const admit = (request: Seen, { job, scopes }: { job?: true; scopes?: string[] }): Token | undefined => {
    const token = identify(world.tokens, request);
    if (token?.kind === 'job' && !job) return undefined; // outside its few routes GitLab does not look at a job token
    if (token) checkScope(token, scopes ?? (request.method === 'GET' ? ['api', 'read_api'] : ['api']));
    return token;
  };

  const answer = (request: Seen): Answer | undefined => {
    if (!request.path.startsWith(`${prefix}/`)) return undefined;
    const path = request.path.slice(prefix.length);
    const instance = instanceRoute(request.method, path);
    if (instance) {
      const token = admit(request, instance.route);
      if (!token) throw refuse(401, '401 Unauthorized');
      return instance.route.run({ world, request, token });
    }
    const inner = projectRoute(request.method, path);
    if (inner) {
      const [id = '', name = ''] = inner.names;
      const call = enter({ world, request, token: admit(request, inner.route) }, id);
      if (path.includes('/repository/')) checkReadCode(call);
      return inner.route.run(call, name);
    }
    if (!/^\/projects\/[^/]+\/repository\/\w+\/[^/]+\/./.test(path)) return undefined;
    // an unencoded slash in a name: the client's bug, answered as GitLab does but on record
    kit.unknown.push(`${request.method} ${request.path}`);
    throw new Refusal(404, { error: '404 Not Found' });
  };

  const kit = await startSandbox((request) => {
    const given = answering(() => answer(request));
    const { headers } = request;
    const token = !!(headers['private-token'] ?? headers['job-token'] ?? headers.authorization);
    return given && { ...given, headers: { 'x-request-id': randomUUID(), ...rateLimit(++observed, token), ...given.headers } };
  });
  kit.url += root;
  const { tick: _, ...shown } = store;
  return Object.assign(kit, shown, { tokens: world.tokens });
}

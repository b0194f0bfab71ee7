/** GitHub: its REST and GraphQL APIs as far as tags, Releases and comparisons go, written from its published descriptions. */
import { randomUUID } from 'node:crypto';
import { createTokens, headersFor, identify, type Token } from './github-access.ts';
import { answerGraphql } from './github-graphql.ts';
import { misfit } from './github-published.ts';
import { INSTANCE_ROUTES, REPOSITORY_ROUTES, type RestCall, repositoryFor } from './github-rest.ts';
import { createStore, type Store } from './github-store.ts';
import { answering, Refusal, refuse } from './router.ts';
import { type Answer, type Sandbox, type Seen, startSandbox } from './sandbox.ts';

export { GITHUB_TOKENS, githubAccess, type Token } from './github-access.ts';
export type { Repository } from './github-store.ts';

const ORIGIN = 'https://github.example.com';
const VERSIONS: readonly (string | undefined)[] = [undefined, '2022-11-28', '2026-03-10'];
const HOUR_S = 3_600;

export interface GithubOptions {
  /** `/api` for an Enterprise Server: REST below /api/v3, GraphQL at /api/graphql. */
  root?: '' | '/api';
  /** False: its schema is older than the mutation. */
  updateRefs?: boolean;
  /** How long reads lag writes, in milliseconds. */
  lagMs?: number;
}

export interface GithubSandbox extends Sandbox, Omit<Store, 'tick'> {
  graphqlUrl: string;
  tokens: Map<string, Token>;
  lagMs: number;
  /** Requests left until the limit is reached. */
  left: number;
}

export async function startGithub({ root = '', updateRefs = true, lagMs = 0 }: GithubOptions = {}): Promise<GithubSandbox> {
  const store = createStore();
  const tokens = createTokens();
  const prefix = root ? '/api/v3' : '';

  /** The kit itself, once it has what is added to it below. */
  const sandbox = () => kit as GithubSandbox;

  const rest = (request: Seen, token: Token | undefined): Answer | undefined => {
    const path = request.path.slice(prefix.length);
    const call: RestCall = { store, request, token, lagMs: sandbox().lagMs, origin: ORIGIN, url: kit.url };
    const instance = INSTANCE_ROUTES[`${request.method} ${path}`];
    if (instance) return instance(call);
    const [, named, id, rest = ''] = /^\/(?:repos\/([^/]+\/[^/]+)|repositories\/(\d+))(\/.*)?$/.exec(path) ?? [];
    const name = named ?? id;
    if (name === undefined) return undefined;
    for (const [key, route] of Object.entries(REPOSITORY_ROUTES)) {
      const [, method = '', template = ''] = /^(\w+) (.*)$/.exec(key) ?? [];
      // Of a ref, and of two commits, the slashes stand as they are (x-multi-segment).
      const shape = new RegExp(`^${template.replace(/\{(?:ref|basehead)\}/, '(.+)').replace(/\{\w+\}/, '([^/]+)')}$`);
      const match = method === request.method ? shape.exec(rest) : null;
      if (!match) continue;
      const fault = misfit(`/repos/{owner}/{repo}${template}`, request);
      if (fault) kit.unknown.push(fault);
      return route({ ...call, repository: repositoryFor(call, name, rest) }, decodeURIComponent(match[1] ?? ''));
    }
    return undefined;
  };

  const answer = (request: Seen, token: Token | undefined): Answer | undefined => {
    const isGraphql = request.path === `${root}/graphql`;
    if (!isGraphql && !request.path.startsWith(`${prefix}/`)) return undefined;
    if (!request.headers['user-agent'])
      throw refuse(403, 'Request forbidden by administrative rules. Please make sure your request has a User-Agent header');
    if (!VERSIONS.includes(request.headers['x-github-api-version'])) throw refuse(400, 'API Version is not supported');
    if (request.headers.authorization && !token) throw new Refusal(401, { message: 'Bad credentials', status: '401' });
    if (sandbox().left <= 0) {
      const message = 'API rate limit exceeded for user ID 1.';
      if (isGraphql) return { status: 200, body: { errors: [{ type: 'RATE_LIMITED', message }] } };
      throw refuse(403, message);
    }
    if (!isGraphql) return rest(request, token);
    if (!token) throw refuse(401, 'This endpoint requires you to be authenticated.');
    return answerGraphql({ store, token, lagMs: sandbox().lagMs, origin: ORIGIN }, request.body, updateRefs, (why) =>
      kit.unknown.push(why),
    );
  };

  const kit = await startSandbox((request) => {
    const token = identify(tokens, request);
    const given = answering(() => answer(request, token));
    const limits = { left: Math.max(0, sandbox().left), reset: Math.floor(Date.now() / 1_000) + HOUR_S };
    return given && { ...given, headers: { 'x-github-request-id': randomUUID(), ...headersFor(token, limits), ...given.headers } };
  });
  const graphqlUrl = `${kit.url}${root}/graphql`;
  kit.url += prefix;
  const { tick: _, ...shown } = store;
  Object.assign(kit, shown, { lagMs, left: 4_990, graphqlUrl, tokens });
  return sandbox();
}

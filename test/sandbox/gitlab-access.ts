/** Who may knock at GitLab, with which token, on which project; and how parameters arrive. */

import type { Project, Store } from './gitlab-store.ts';
import { Refusal, refuse } from './router.ts';
import type { Seen } from './sandbox.ts';

const LEVELS = { guest: 10, reporter: 20, developer: 30, maintainer: 40 } as const;

export interface Token {
  kind: 'private' | 'oauth' | 'job';
  scopes: string[];
  accessLevel: keyof typeof LEVELS;
  /** A date; from that day on the token is dead. */
  expires_at?: string;
  revoked?: boolean;
  /** Defaults to true. */
  canReadReleases?: boolean;
  /** Paths of the projects the token's user is a member of; absent means all. */
  projects?: string[];
}

export const GITLAB_TOKENS = {
  maintainer: 'glpat-sandbox-0123456789',
  developer: 'glpat-developer-01234567',
  guest: 'glpat-guest-01234567890',
  readApi: 'glpat-readapi-012345678',
  expired: 'glpat-expired-012345678',
  revoked: 'glpat-revoked-012345678',
  oauth: 'oauth-sandbox-0123456789abcdef',
  job: 'glcbt-64_sandbox-01234567',
} as const;

/** What leads whoever reads GitLab's variables to a sandbox. */
export const gitlabAccess = ({ url }: { readonly url: string }, token: string = GITLAB_TOKENS.maintainer) => ({
  GITLAB_URL: url,
  GITLAB_TOKEN: token,
});

export const createTokens = (): Map<string, Token> =>
  new Map<string, Token>([
    [GITLAB_TOKENS.maintainer, { kind: 'private', scopes: ['api'], accessLevel: 'maintainer' }],
    [GITLAB_TOKENS.developer, { kind: 'private', scopes: ['api'], accessLevel: 'developer' }],
    [GITLAB_TOKENS.guest, { kind: 'private', scopes: ['api'], accessLevel: 'guest' }],
    [GITLAB_TOKENS.readApi, { kind: 'private', scopes: ['read_api'], accessLevel: 'maintainer' }],
    [GITLAB_TOKENS.expired, { kind: 'private', scopes: ['api'], accessLevel: 'maintainer', expires_at: '2024-01-01' }],
    [GITLAB_TOKENS.revoked, { kind: 'private', scopes: ['api'], accessLevel: 'maintainer', revoked: true }],
    [GITLAB_TOKENS.oauth, { kind: 'oauth', scopes: ['api'], accessLevel: 'maintainer' }],
    [GITLAB_TOKENS.job, { kind: 'job', scopes: [], accessLevel: 'developer' }],
  ]);

/** `old` has the page-1 headers from before the pager fix; `offset` is older still and knows no keysets. */
export type Pager = 'new' | 'old' | 'offset';

export interface World {
  store: Store;
  tokens: Map<string, Token>;
  pager: Pager;
  version: string;
  /** What the server believes its host to be: seen in `web_url` and `Link`, not necessarily where clients reach it. */
  origin: string;
  root: string;
}

export interface Call {
  world: World;
  request: Seen;
  token: Token | undefined;
}

export interface ProjectCall extends Call {
  project: Project;
  /** The caller's role in the project, 0 for none. */
  level: number;
}

export const atLeast = ({ version }: World, major: number, minor: number): boolean => {
  const [has = 0, minorHas = 0] = version.split('.').map(Number);
  return has > major || (has === major && minorHas >= minor);
};

/** The token behind the request, undefined when none was sent; one that is sent has to be good, even where none is needed. */
export function identify(tokens: Map<string, Token>, { headers, query }: Seen): Token | undefined {
  const bearer = /^Bearer\s+(.+)$/i.exec(headers.authorization ?? '')?.[1];
  const ways: [given: string | null | undefined, ...kinds: Token['kind'][]][] = [
    [headers['private-token'] ?? query.get('private_token'), 'private'],
    [headers['job-token'] ?? query.get('job_token'), 'job'],
    [bearer ?? query.get('access_token'), 'oauth', 'private'],
  ];
  const [given, ...kinds] = ways.find(([sent]) => sent) ?? [undefined];
  if (!given) return undefined;
  const token = tokens.get(given);
  const dead = token?.revoked || (token?.expires_at && Date.parse(token.expires_at) <= Date.now());
  if (!token || dead || !kinds.includes(token.kind)) throw refuse(401, '401 Unauthorized');
  return token;
}

/** `any` in the list accepts every token. Job tokens carry no scopes. */
export function checkScope(token: Token, accepted: string[]): void {
  if (token.kind === 'job' || accepted.includes('any') || accepted.some((scope) => token.scopes.includes(scope))) return;
  throw new Refusal(403, {
    error: 'insufficient_scope',
    error_description: 'The request requires higher privileges than provided by the access token.',
    scope: accepted.join(' '),
  });
}

/** By number or by full path, whatever its case. A project the caller may not see does not exist. */
export function enter(call: Call, id: string): ProjectCall {
  const { request, token, world } = call;
  const wanted = id.toLowerCase();
  const projects = [...world.store.projects.values()];
  const project = projects.find((one) => (/^\d+$/.test(id) ? one.id === Number(id) && !one.movedTo : one.path.toLowerCase() === wanted));
  if (!project) throw refuse(404, '404 Project Not Found');
  const member = token && (token.projects?.includes(project.path) ?? true);
  const level = member ? LEVELS[token.accessLevel] : 0;
  const visible = level > 0 || project.visibility === 'public' || (project.visibility === 'internal' && token);
  if (!visible) throw refuse(404, '404 Project Not Found');
  if (project.movedTo) {
    if (request.method !== 'GET') throw refuse(405, 'Non GET methods are not allowed for moved projects');
    throw moved(request, project.movedTo);
  }
  return { ...call, project, level };
}

function moved({ headers, path, rawQuery }: Seen, id: number): Refusal {
  const location = `http://${headers.host}${path.replace(/(\/projects\/)[^/]+/, `$1${id}`)}${rawQuery && `?${rawQuery}`}`;
  const refusal = new Refusal(301, `This resource has been moved permanently to ${location}.`);
  refusal.answer.headers = { location };
  return refusal;
}

export function checkReadCode({ project, level }: ProjectCall): void {
  if (project.visibility === 'private' && level < LEVELS.reporter) throw refuse(403, '403 Forbidden');
  if (!project.initialised) throw refuse(404, '404 Not Found');
}

export function checkWrite({ project, level, token }: ProjectCall): void {
  if (!token) throw refuse(401, '401 Unauthorized');
  if (level < LEVELS.developer || project.archived) throw refuse(403, '403 Forbidden');
}

export const isMaintainer = ({ level }: ProjectCall): boolean => level >= LEVELS.maintainer;

/** Query, form and JSON are one to GitLab; any other content type is refused. */
export function parameters({ query, headers, body }: Seen): Record<string, unknown> {
  const given = Object.fromEntries(query);
  if (!body) return given;
  const type = headers['content-type']?.split(';')[0]?.trim();
  if (type === 'application/x-www-form-urlencoded') return { ...given, ...Object.fromEntries(new URLSearchParams(body)) };
  if (type !== 'application/json') throw new Refusal(415, { error: `The provided content-type '${type}' is not supported.` });
  try {
    return { ...given, ...JSON.parse(body) };
  } catch {
    throw new Refusal(400, { error: 'message body does not match declared format' });
  }
}

/** One string parameter; null counts as blank, numbers are taken as text. */
export function text(given: Record<string, unknown>, name: string): string {
  const value = given[name] ?? '';
  if (typeof value === 'object') throw new Refusal(400, { error: `${name} is invalid` });
  return String(value);
}

export function checkPresent(given: Record<string, unknown>, ...names: string[]): void {
  const missing = names.filter((name) => !(name in given)).map((name) => `${name} is missing`);
  if (missing.length) throw new Refusal(400, { error: missing.join(', ') });
}

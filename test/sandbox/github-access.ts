/** Who knocks at GitHub, with which token, and what the headers of an answer tell of it. */
import type { Repository } from './github-store.ts';
import type { Seen } from './sandbox.ts';

export interface Token {
  login: string;
  kind: 'classic' | 'fine' | 'app' | 'actions';
  permission: 'ADMIN' | 'WRITE' | 'READ';
  scopes: string[];
  /** As GitHub writes it. */
  expires?: string;
  expired?: true;
  /** Paths that it sees; absent means all. */
  repositories?: string[];
}

export const GITHUB_TOKENS = {
  maintainer: 'ghp-sandbox-0123456789abcdef',
  writer: 'ghp-writer-0123456789abcdef',
  reader: 'ghp-reader-0123456789abcdef',
  fine: 'github-pat-sandbox-0123456789',
  app: 'ghs-sandbox-0123456789abcdef',
  actions: 'ghs-actions-0123456789abcdef',
  expired: 'ghp-expired-0123456789abcdef',
} as const;

/** What leads whoever reads GitHub's variables to a sandbox. */
export const githubAccess = (
  { url, graphqlUrl }: { readonly url: string; readonly graphqlUrl: string },
  token: string = GITHUB_TOKENS.maintainer,
) => ({
  GITHUB_API_URL: url,
  GITHUB_GRAPHQL_URL: graphqlUrl,
  GITHUB_TOKEN: token,
});

export const createTokens = (): Map<string, Token> =>
  new Map<string, Token>([
    [
      GITHUB_TOKENS.maintainer,
      { login: 'ada', kind: 'classic', permission: 'ADMIN', scopes: ['repo'], expires: '2999-12-31 00:00:00 UTC' },
    ],
    [GITHUB_TOKENS.writer, { login: 'bob', kind: 'classic', permission: 'WRITE', scopes: ['repo'] }],
    [GITHUB_TOKENS.reader, { login: 'eve', kind: 'classic', permission: 'READ', scopes: ['repo'] }],
    [GITHUB_TOKENS.fine, { login: 'ada', kind: 'fine', permission: 'WRITE', scopes: [] }],
    [GITHUB_TOKENS.app, { login: 'app', kind: 'app', permission: 'WRITE', scopes: [] }],
    [GITHUB_TOKENS.actions, { login: 'actions', kind: 'actions', permission: 'WRITE', scopes: [] }],
    [GITHUB_TOKENS.expired, { login: 'ada', kind: 'classic', permission: 'ADMIN', scopes: ['repo'], expired: true }],
  ]);

/** Every kind comes as a Bearer. */
export function identify(tokens: ReadonlyMap<string, Token>, { headers }: Seen): Token | undefined {
  const [, given] = /^(?:Bearer|token) (.+)$/.exec(headers.authorization ?? '') ?? [];
  const token = given === undefined ? undefined : tokens.get(given);
  return token?.expired ? undefined : token;
}

export const sees = (token: Token | undefined, repository: Repository): boolean =>
  !repository.private || (token !== undefined && (token.repositories?.includes(repository.path) ?? true));

export const mayWrite = ({ permission }: Token): boolean => permission !== 'READ';

/** The words for a right that is missing, by the kind of token. */
export const lacking = ({ kind }: Token): string =>
  kind === 'classic'
    ? 'Must have push access to repository'
    : `Resource not accessible by ${kind === 'fine' ? 'personal access token' : 'integration'}`;

export function headersFor(token: Token | undefined, limits: { left: number; reset: number }): Record<string, string> {
  return {
    'x-ratelimit-limit': '5000',
    'x-ratelimit-remaining': String(limits.left),
    'x-ratelimit-reset': String(limits.reset),
    ...(token?.kind === 'classic' && { 'x-oauth-scopes': token.scopes.join(', '), 'x-accepted-oauth-scopes': 'repo' }),
    ...(token && token.kind !== 'classic' && { 'x-accepted-github-permissions': 'contents=write' }),
    ...(token?.expires && { 'github-authentication-token-expiration': token.expires }),
  };
}

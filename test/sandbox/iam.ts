/** Huawei Cloud IAM, as far as a password goes: one project-scoped token, in a header. */
import type { CodeartsSandbox } from './codearts.ts';
import { type Answer, type Sandbox, type Seen, startSandbox } from './sandbox.ts';

export const IAM_ACCOUNT = { domain: 'acme', user: 'release-bot', password: 'correct-horse-battery', project: 'cn-north-4' } as const;

export interface IamOptions {
  /** How long a token lives; 24 h as upstream. */
  lifetimeMs?: number;
}

export type IamSandbox = Sandbox;

interface TokenRequest {
  auth: {
    identity: { password: { user: { domain: { name: string }; name: string; password: string } } };
    scope: { project: { name: string } };
  };
}

const ANY = '<text>';
const SHAPE = {
  auth: {
    identity: { methods: ['password'], password: { user: { domain: { name: ANY }, name: ANY, password: ANY } } },
    scope: { project: { name: ANY } },
  },
};

const TITLES: Record<number, string> = { 400: 'Bad Request', 401: 'Unauthorized', 415: 'Unsupported Media Type' };
const refuse = (code: number, message: string): Answer => ({ status: code, body: { error: { code, message, title: TITLES[code] } } });

/** Same keys, same depth; `<text>` stands for any non-empty string. */
function fits(shape: unknown, value: unknown): boolean {
  if (shape === ANY) return typeof value === 'string' && value !== '';
  if (typeof shape !== 'object' || shape === null) return shape === value;
  if (typeof value !== 'object' || value === null || Array.isArray(shape) !== Array.isArray(value)) return false;
  const keys = Object.keys(shape);
  return keys.length === Object.keys(value).length && keys.every((key) => fits(Reflect.get(shape, key), Reflect.get(value, key)));
}

function readTokenRequest(body: string): TokenRequest | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return fits(SHAPE, value) ? (value as TokenRequest) : undefined;
  } catch {
    return undefined;
  }
}

// IAM writes microseconds.
const stamp = (date: Date): string => date.toISOString().replace('Z', '000Z');

export async function startIam(codearts: CodeartsSandbox, { lifetimeMs = 24 * 3_600_000 }: IamOptions = {}): Promise<IamSandbox> {
  return startSandbox(({ method, path, rawQuery, headers, body }: Seen) => {
    if (method !== 'POST' || path !== '/v3/auth/tokens' || !['', 'nocatalog=true'].includes(rawQuery)) return undefined;
    if (!/^application\/json\s*(;|$)/.test(headers['content-type'] ?? '')) return refuse(415, 'The content type must be application/json.');
    const asked = readTokenRequest(body);
    if (!asked) return refuse(400, 'The request body is invalid.');
    const { user } = asked.auth.identity.password;
    const account = { domain: user.domain.name, user: user.name, password: user.password, project: asked.auth.scope.project.name };
    if (!fits(IAM_ACCOUNT, account)) return refuse(401, 'The username or password is wrong.');

    const expiresAt = new Date(codearts.now().getTime() + lifetimeMs);
    return {
      status: 201,
      headers: { 'x-subject-token': codearts.issueToken(expiresAt) },
      body: {
        token: {
          methods: ['password'],
          issued_at: stamp(codearts.now()),
          expires_at: stamp(expiresAt),
          user: { id: 'a0e1c2'.padEnd(32, '0'), name: account.user, domain: { id: 'd0'.padEnd(32, '0'), name: account.domain } },
          project: { id: '0123456789abcdef0123456789abcdef', name: account.project },
          roles: [{ id: '0', name: 'te_admin' }],
          ...(rawQuery ? {} : { catalog: [{ type: 'codeartsrepo', name: 'codeartsrepo', endpoints: [] }] }),
        },
      },
    };
  });
}

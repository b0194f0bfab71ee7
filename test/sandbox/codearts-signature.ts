/** Huawei's API gateway: SDK-HMAC-SHA256 checked on the request as it arrived, tokens, and the lock after five failures. */
import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { Answer, Seen } from './sandbox.ts';

export type Received = Pick<Seen, 'method' | 'path' | 'rawQuery' | 'headers' | 'body'>;

export interface Authorization {
  access: string;
  signed: string[];
  signature: string;
}

export interface CodeartsKey {
  access: string;
  secret: string;
  /** Temporary keys only: what X-Security-Token has to say. */
  securityToken?: string;
}

export const CODEARTS_KEY = { access: 'AKEXAMPLE0000000001', secret: 'SKexample/0000000000000000000000000000001' } as const;
export const CODEARTS_TEMPORARY_KEY = { access: 'AKTEMPORARY00000001', secret: 'SKtemporary/1', securityToken: 'STSTOKEN' } as const;
const KEYS: readonly CodeartsKey[] = [CODEARTS_KEY, CODEARTS_TEMPORARY_KEY];

const MINUTE = 60_000;
const SKEW_MS = 15 * MINUTE;
const LOCK = { after: 5, ms: 5 * MINUTE };

const ALGORITHM = 'SDK-HMAC-SHA256';
const AUTHORIZATION = /^SDK-HMAC-SHA256 Access=([^,\s]+), SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$/;
const ALWAYS_SIGNED = ['host', 'x-sdk-date'];
const SIGNED_IF_SENT = ['content-type', 'x-project-id', 'x-security-token', 'x-sdk-content-sha256'];
// A proxy on the way may rewrite these, so a signature over them would break in the field.
const NEVER_SIGNED = ['connection', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'user-agent'];

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
const canonical = (text: string): string => encode(decode(text));

const pairs = (rawQuery: string): [string, string][] =>
  rawQuery
    .split('&')
    .filter(Boolean)
    .map((pair) => {
      const [key = '', value = ''] = pair.split(/=(.*)/s);
      return [key, value];
    });

const canonicalPath = (path: string): string => path.split('/').map(canonical).join('/').replace(/\/?$/, '/');

const canonicalQuery = (rawQuery: string): string =>
  pairs(rawQuery)
    .map(([key, value]): [string, string] => [canonical(key), canonical(value)])
    .sort(([a, x], [b, y]) => order(a, b) || order(x, y))
    .map((pair) => pair.join('='))
    .join('&');

const payloadHash = ({ headers, body }: Received): string => {
  const unsigned = headers['x-sdk-content-sha256'] === 'UNSIGNED-PAYLOAD' && !headers['content-type']?.startsWith('application/json');
  return unsigned ? 'UNSIGNED-PAYLOAD' : sha256(body);
};

export function canonicalRequest(request: Received, signed: string[]): string {
  const headers = signed.map((name) => `${name}:${request.headers[name]?.trim() ?? ''}\n`).join('');
  return [
    request.method,
    canonicalPath(request.path),
    canonicalQuery(request.rawQuery),
    headers,
    signed.join(';'),
    payloadHash(request),
  ].join('\n');
}

export function signatureOf(request: Received, signed: string[], secret: string): string {
  const text = [ALGORITHM, request.headers['x-sdk-date'], sha256(canonicalRequest(request, signed))].join('\n');
  return createHmac('sha256', secret).update(text).digest('hex');
}

/** Undefined when the header is not of this algorithm or not of this exact form. */
export function readAuthorization(header: string): Authorization | undefined {
  const [, access, signed, signature] = AUTHORIZATION.exec(header) ?? [];
  return access && signed && signature ? { access, signed: signed.split(';'), signature } : undefined;
}

/** When the request says it was signed; undefined when X-Sdk-Date is absent or not `YYYYMMDDTHHMMSSZ`. */
function signedAt({ headers }: Received): Date | undefined {
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(headers['x-sdk-date'] ?? '') ?? [];
  if (parts.length === 0) return undefined;
  const [year, month, day, hour, minute, second] = parts;
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** Stricter than a hash comparison: what must be signed is, and the query travels in the encoding it was signed in. */
export function verifySignature(request: Received, { signed, signature }: Authorization, secret: string): boolean {
  const { headers, rawQuery } = request;
  const asDescribed =
    ALWAYS_SIGNED.every((name) => signed.includes(name)) &&
    SIGNED_IF_SENT.every((name) => headers[name] === undefined || signed.includes(name)) &&
    signed.every((name) => headers[name] !== undefined && !NEVER_SIGNED.includes(name)) &&
    signed.join() === [...new Set(signed)].sort(order).join() &&
    pairs(rawQuery)
      .flat()
      .every((part) => canonical(part) === part);
  return asDescribed && signatureOf(request, signed, secret) === signature;
}

const gateway = (code: string, text: string): Answer => ({
  status: 401,
  body: { error_code: code, error_msg: text, request_id: randomBytes(16).toString('hex') },
});
const iamFailure = (text: string): Answer => gateway('APIGW.0301', `Incorrect IAM authentication information: ${text}`);
const stranger = (code: string, text: string): Answer => ({ status: 401, body: { error_code: code, error_msg: text } });

export interface Gate {
  /** The gateway's answer to whoever may not pass. */
  refuse(request: Seen): Answer | undefined;
  /** Five bad signatures in a row, less than five minutes ago. */
  locked(access?: string): boolean;
  issueToken(expiresAt: Date): string;
  expireToken(token: string): void;
}

export function openGate(now: () => Date): Gate {
  const tokens = new Map<string, Date>();
  const failures = new Map<string, { count: number; at: number }>();
  const locked = (access: string = CODEARTS_KEY.access): boolean => {
    const { count, at } = failures.get(access) ?? { count: 0, at: 0 };
    return count >= LOCK.after && now().getTime() - at < LOCK.ms;
  };

  const byToken = (token: string): Answer | undefined => {
    if (token === '') return stranger('CH.00000001', 'user auth info not found');
    const expiresAt = tokens.get(token);
    if (!expiresAt) return iamFailure('decrypt token fail');
    return expiresAt > now() ? undefined : iamFailure('token expires');
  };

  const bySignature = (request: Seen, header: string): Answer | undefined => {
    const authorization = readAuthorization(header);
    if (!authorization) return stranger('CH.00000002', 'credentials are not recognisable');
    const { access } = authorization;
    if (locked(access)) return iamFailure('AK access failed to reach the limit,forbidden');
    const date = signedAt(request);
    if (date && Math.abs(now().getTime() - date.getTime()) > SKEW_MS)
      return gateway('APIGW.0303', `Incorrect app authentication information: signature expired, server time:${now().toISOString()}`);
    const key = KEYS.find((known) => known.access === access);
    if (date && key && key.securityToken === request.headers['x-security-token'] && verifySignature(request, authorization, key.secret)) {
      failures.delete(access);
      return undefined;
    }
    const before = failures.get(access)?.count ?? 0;
    failures.set(access, { count: before < LOCK.after ? before + 1 : 1, at: now().getTime() });
    return iamFailure('verify aksk signature fail');
  };

  const refuse = (request: Seen): Answer | undefined => {
    const { 'x-auth-token': token, authorization } = request.headers;
    if (token !== undefined) return byToken(token);
    return authorization === undefined ? iamFailure('x-auth-token not found') : bySignature(request, authorization);
  };
  return {
    refuse,
    locked,
    // As long as real ones: several kB, with every base64 mark.
    issueToken: (expiresAt) => {
      const token = `MIIT+/${randomBytes(2400).toString('base64')}`;
      tokens.set(token, expiresAt);
      return token;
    },
    expireToken: (token) => void tokens.set(token, new Date(0)),
  };
}

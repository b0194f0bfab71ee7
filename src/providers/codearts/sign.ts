/** Huawei's request signature, SDK-HMAC-SHA256: an access key proves itself without leaving. */
import { createHash, createHmac } from 'node:crypto';
import type { Outgoing } from '../../http/http.ts';
import { encode } from '../../http/path.ts';

export interface AccessKey {
  readonly id: string;
  readonly secret: string;
  /** Belongs to a temporary key. */
  readonly securityToken?: string | undefined;
}

type Headers = Readonly<Record<string, string>>;

const ALGORITHM = 'SDK-HMAC-SHA256';
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** The headers that sign a request. Of its own, the content type and all `x-` are covered, so that they must travel unchanged. */
export function sign(request: Outgoing, { id, secret, securityToken }: AccessKey, now: Date): Record<string, string> {
  const date = now.toISOString().replace(/[-:]|\.\d+/g, '');
  const added = { 'x-sdk-date': date, ...(securityToken && { 'x-security-token': securityToken }) };
  const own = Object.entries(request.headers).filter(([name]) => name === 'content-type' || name.startsWith('x-'));
  const covered = { ...Object.fromEntries(own), host: request.url.host, ...added };
  const text = [ALGORITHM, date, sha256(canonicalRequest(request, covered))].join('\n');
  const signature = createHmac('sha256', secret).update(text).digest('hex');
  return { ...added, authorization: `${ALGORITHM} Access=${id}, SignedHeaders=${namesOf(covered)}, Signature=${signature}` };
}

const namesOf = (headers: Headers) => Object.keys(headers).sort(order).join(';');

/** The request as both sides write it down. The query arrives already encoded as it has to be, see `encode`. */
export function canonicalRequest({ method, url, body = '' }: Outgoing, covered: Headers): string {
  const path = url.pathname.split('/').map((part) => encode(decodeURIComponent(part)));
  const query = url.search
    .slice(1)
    .split('&')
    .map((pair) => pair.split('='));
  const headers = Object.entries(covered).sort(([a], [b]) => order(a, b));
  return [
    method,
    path.join('/').replace(/\/?$/, '/'), // the slash at the end stands here only, not on the wire
    query
      .sort(([a = '', x = ''], [b = '', y = '']) => order(a, b) || order(x, y))
      .map((pair) => pair.join('='))
      .join('&'),
    ...headers.map(([name, value]) => `${name}:${value.trim()}`),
    '',
    namesOf(covered),
    sha256(body),
  ].join('\n');
}

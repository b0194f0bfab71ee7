import { createHash } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import type { Outgoing } from '../../../src/http/http.ts';
import { canonicalRequest, sign } from '../../../src/providers/codearts/sign.ts';
import { CODEARTS_KEY } from '../../sandbox/codearts.ts';
import { failureOf, toolsOn } from '../../support/target.ts';
import { call, workshop } from './workshop.ts';

const MINUTE = 60_000;
const NOW = new Date('2026-01-02T03:04:05.678Z');
const KEY = { id: CODEARTS_KEY.access, secret: CODEARTS_KEY.secret };

const request = (line: string, headers: Record<string, string> = {}, body?: string): Outgoing => {
  const [method, tail] = line.split(' ') as ['GET', string];
  const url = new URL(`https://codehub-ext.cn-north-4.myhuaweicloud.com/v4/repositories/2112015538/repository${tail}`);
  return { method, url, headers: { accept: 'application/json', 'user-agent': 'test', ...headers }, body };
};

const V1 = request('GET /tags?offset=0&limit=100&sort=asc&order_by=name&search=release%2F1.0%20%CE%B2');
const V2 = request('POST /tags', { 'content-type': 'application/json' }, '{"tag_name":"v1.0.0","ref":"master","message":"first"}');
const V3 = request('DELETE /tag?tag_name=rel%2Fv1%2Bx~y%2A%28a%29', { 'x-project-id': '0123456789abcdef0123456789abcdef' });

describe('the signature', () => {
  it.each([
    ['V1', V1, KEY, 'host;x-sdk-date', '73180e44c3aca5020f2b5082821d96544c79bbcde40e31bab80d23c1e0b39680'],
    ['V2', V2, KEY, 'content-type;host;x-sdk-date', '35ee3c1ce56f1530dd49003475e27c3beb0f9ddda8a305081e81c6e31ae1c0a7'],
    [
      'V3',
      V3,
      { ...KEY, securityToken: 'STSTOKEN' },
      'host;x-project-id;x-sdk-date;x-security-token',
      '8bdd9d3fcf17718c4781d0f25f8f159f9cfd43e84f9fe646181e9004f32ad371',
    ],
  ])('of the known request %s is the known one', (_, known, key, names, signature) => {
    expect(sign(known, key, NOW)).toEqual({
      'x-sdk-date': '20260102T030405Z',
      ...('securityToken' in key && { 'x-security-token': key.securityToken }),
      authorization: `SDK-HMAC-SHA256 Access=${KEY.id}, SignedHeaders=${names}, Signature=${signature}`,
    });
  });
  it('is of a text whose hash is known', () => {
    const covered = { host: V3.url.host, 'x-sdk-date': '20260102T030405Z', 'x-security-token': 'STSTOKEN', ...V3.headers };
    const { accept: _, 'user-agent': __, ...signed } = covered as Record<string, string>;
    const hash = createHash('sha256').update(canonicalRequest(V3, signed)).digest('hex');
    expect(hash).toBe('11aa67be1469c5cac11fa984e916a6267cc20dca3bdc2a5d6e8353edadedc4ad');
  });
  it('sorts a query by its keys, then by its values', () => {
    const [, , query] = canonicalRequest(request('GET /tags?a-b=1&b=2&b=1&a=%2F&B=3'), {}).split('\n');
    expect(query).toBe('B=3&a=%2F&a-b=1&b=1&b=2');
  });
  it('of a path in any encoding is the same, with one slash at its end', () => {
    const paths = ['/a%2fb(c)~', '/a%2Fb%28c%29%7E/'].map((tail) => canonicalRequest(request(`GET ${tail}`), {}).split('\n')[1]);
    expect(paths).toEqual(Array(2).fill('/v4/repositories/2112015538/repository/a%2Fb%28c%29~/'));
  });
});

describe('a signed request', () => {
  it('verifies, whatever stands in a name', async () => {
    const { sandbox, repository, provider, newer } = await workshop('key');
    for (const name of ['rel/v1+x~y*(a)', "é'日 本!", '100%&a=b;c']) {
      sandbox.tag(repository.id, name, 'master', `of ${name}`);
      expect(await provider.get(String(repository.id), name, call)).toMatchObject({ name, commit_id: newer });
      await provider.delete(String(repository.id), { name }, false, call);
    }
    expect(repository.tags.size).toBe(0);
  });
  it('carries the key nowhere', async () => {
    const { sandbox, tools } = await workshop('temporary key');
    await tools.create({ name: 'v1', ref: 'master', message: 'first' });
    expect(JSON.stringify(sandbox.seen)).not.toContain('SKtemporary/1');
  });
  it('by a clock 20 minutes off is refused, and the error says so', async () => {
    for (const minutes of [-20, 20]) {
      const { sandbox, tools } = await workshop('key', { now: () => new Date(Date.now() + minutes * MINUTE) });
      const error = await failureOf(tools.list());
      expect(error.code).toBe('unauthenticated');
      expect(error.message).toContain('clock of this machine is off by more than 15 minutes');
      expect(await failureOf(tools.list())).toMatchObject({ code: 'unauthenticated', hint: expect.stringContaining('set the clock') });
      expect(sandbox.seen).toHaveLength(2); // a clock can be set at any moment
    }
  });
  it('by a clock 14 minutes off is taken', async () => {
    const { tools } = await workshop('key', { now: () => new Date(Date.now() - 14 * MINUTE) });
    expect((await tools.list()).tags).toEqual([]);
  });
});

describe('a wrong secret', () => {
  it('signs one request a minute, however many are wanted, so that the key is never locked', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    try {
      const { sandbox, connect, wrong } = await workshop('key');
      const tools = toolsOn(connect(wrong), '2112015538');
      const fifty = () => Promise.all(Array.from({ length: 50 }, () => failureOf(tools.list())));
      for (const { code } of await fifty()) expect(code).toBe('unauthenticated');
      const error = await failureOf(tools.create({ name: 'v1', ref: 'master' }));
      expect(error).toMatchObject({
        code: 'unauthenticated',
        hint: expect.stringContaining('five wrong signatures in a row lock the key'),
      });
      expect(sandbox.seen).toHaveLength(1);
      expect(sandbox.locked()).toBe(false);
      vi.advanceTimersByTime(MINUTE);
      for (const { code } of await fifty()) expect(code).toBe('unauthenticated');
      expect(sandbox.seen).toHaveLength(2);
    } finally {
      vi.useRealTimers();
    }
  });
  it('of somebody else may have locked the key: the error says for how long', async () => {
    const { sandbox, connect, wrong, tools } = await workshop('key');
    // Each by a process of its own.
    for (let n = 0; n < 5; n += 1) await failureOf(toolsOn(connect(wrong), '2112015538').list());
    expect(sandbox.locked()).toBe(true);
    const error = await failureOf(tools.list());
    expect(error.code).toBe('unauthenticated');
    expect(error.message).toContain('locked for five minutes');
    expect(sandbox.seen).toHaveLength(6);
  });
});

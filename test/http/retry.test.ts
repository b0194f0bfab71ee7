import { describe, expect, test, vi } from 'vitest';
import { path } from '../../src/http/path.ts';
import { askedWait } from '../../src/http/retry.ts';
import type { Fault } from '../sandbox/sandbox.ts';
import { call, callWith, failure, Wire, wired } from './fixture.ts';

const WRITES = ['POST', 'PUT', 'PATCH', 'DELETE'] as const;
const inSeconds = (seconds: number) => Math.ceil(Date.now() / 1000) + seconds;

describe('a read', () => {
  test.each([429, 502, 503, 504])('is repeated on %d until it succeeds', async (status) => {
    const { sandbox, http } = await wired();
    sandbox.fault({ kind: 'status', status }, { times: 2 });
    expect((await http.send('GET', path`/a`, { call, schema: Wire })).body.name).toBe('v1');
    expect(sandbox.seen).toHaveLength(3);
  });

  test.each(['reset', 'truncate'] as const)('is repeated on %s', async (kind) => {
    const { sandbox, http } = await wired();
    sandbox.fault({ kind });
    expect((await http.send('GET', path`/a`, { call, schema: Wire })).body.name).toBe('v1');
    expect(sandbox.seen).toHaveLength(2);
  });

  test('is given up after three attempts', async () => {
    const { sandbox, http } = await wired();
    sandbox.fault({ kind: 'status', status: 503 }, { times: 9 });
    expect((await failure(http.send('GET', path`/a`, { call }))).code).toBe('unavailable');
    expect(sandbox.seen).toHaveLength(3);
  });

  test.each([400, 401, 403, 404, 409, 422, 500, 501])('is not repeated on %d', async (status) => {
    const { sandbox, http } = await wired();
    sandbox.fault({ kind: 'status', status });
    await failure(http.send('GET', path`/a`, { call }));
    expect(sandbox.seen).toHaveLength(1);
  });

  test('is signed anew each time', async () => {
    let count = 0;
    const { sandbox, http } = await wired({ authorize: () => ({ 'x-count': String(++count) }) });
    sandbox.fault({ kind: 'status', status: 502 }, { times: 2 });
    await http.send('GET', path`/a`, { call });
    expect(sandbox.seen.map(({ headers }) => headers['x-count'])).toEqual(['1', '2', '3']);
  });

  test('an abort ends the wait between attempts', async () => {
    const { sandbox, http } = await wired();
    sandbox.fault({ kind: 'status', status: 503, headers: { 'retry-after': '8' } });
    const caller = new AbortController();
    const failed = failure(http.send('GET', path`/a`, { call: callWith(caller.signal) }));
    await expect.poll(() => sandbox.seen.length).toBe(1);
    const start = Date.now();
    caller.abort();
    expect(await failed).toMatchObject({ code: 'cancelled', inDoubt: false });
    expect(Date.now() - start).toBeLessThan(4000);
    expect(sandbox.seen).toHaveLength(1);
  });
});

describe('a write', () => {
  test.each(WRITES)('%s is never repeated', async (method) => {
    const { sandbox, http } = await wired();
    const faults: Fault[] = [{ kind: 'status', status: 429 }, { kind: 'status', status: 503 }, { kind: 'reset' }];
    for (const fault of faults) {
      sandbox.fault(fault);
      await failure(http.send(method, path`/a`, { call }));
    }
    expect(sandbox.seen).toHaveLength(3);
  });
});

describe('a wait that is asked for', () => {
  test('is kept when it fits in the time that is left', async () => {
    const { sandbox, http } = await wired();
    sandbox.fault({ kind: 'status', status: 429, headers: { 'retry-after': '1' } });
    const start = Date.now();
    await http.send('GET', path`/a`, { call });
    expect(Date.now() - start).toBeGreaterThanOrEqual(990);
    expect(sandbox.seen).toHaveLength(2);
  });

  test.each([
    ['retry-after', () => '37', /^Wait 37 s/],
    ['retry-after', () => new Date(Date.now() + 60_000).toUTCString(), /^Wait (59|60) s/],
    ['ratelimit-reset', () => String(inSeconds(60)), /^Wait (59|60|61) s/],
  ] satisfies [string, () => string, RegExp][])(
    'fails at once when %s is beyond it, and tells how long to wait',
    async (header, value, hint) => {
      const { sandbox, http } = await wired();
      sandbox.fault({ kind: 'status', status: 429, headers: { [header]: value() } });
      const error = await failure(http.send('GET', path`/a`, { call }));
      expect(error.code).toBe('rate_limited');
      expect(error.hint).toMatch(hint);
      expect(sandbox.seen).toHaveLength(1);
    },
  );

  test('is told for a write too', async () => {
    const { sandbox, http } = await wired();
    sandbox.fault({ kind: 'status', status: 429, headers: { 'retry-after': '2' } });
    expect(await failure(http.send('POST', path`/a`, { call }))).toMatchObject({
      code: 'rate_limited',
      hint: 'Wait 2 s before calling again.',
    });
  });

  test('is read from seconds, a date, or the reset of the limit', () => {
    vi.useFakeTimers({ now: 1_800_000_000_000 });
    const wait = (status: number, headers: Record<string, string>) => askedWait({ status, headers });
    expect(wait(503, { 'retry-after': ' 3 ' })).toBe(3000);
    expect(wait(503, { 'retry-after': new Date(1_800_000_005_000).toUTCString() })).toBe(5000);
    expect(wait(503, { 'retry-after': new Date(0).toUTCString() })).toBe(0);
    expect(wait(503, { 'retry-after': 'soon' })).toBeUndefined();
    expect(wait(429, { 'ratelimit-reset': '1800000007' })).toBe(7000);
    expect(wait(429, { 'ratelimit-reset': '1800000007', 'retry-after': '2' })).toBe(2000);
    expect(wait(429, { 'ratelimit-reset': 'x' })).toBeUndefined();
    for (const [value, ms] of Object.entries({
      '1.5': 1500,
      '2s': 2000,
      '1800000004': 4000,
      '1800000004000': 4000,
      '1800000004.5': 4500,
      '1799999999': 0,
    }))
      expect(wait(503, { 'retry-after': value }), value).toBe(ms);
    for (const value of ['-5', '1e400', '9'.repeat(400), 'Infinity', 'NaN', '', '1 2', '0x10', '90000', 'Thu, 31 Dec 2099 00:00:00 GMT'])
      expect(wait(503, { 'retry-after': value }), value).toBeUndefined();
    expect(wait(429, { 'x-ratelimit-reset': '1800000007' })).toBe(7000);
    expect(wait(429, { 'ratelimit-reset': '30' })).toBe(30_000);
    expect(wait(429, { ratelimit: 'limit=100, remaining=0, reset=50' })).toBe(50_000);
    expect(wait(429, { ratelimit: '"default";r=0;t=30' })).toBe(30_000);
    // GitLab sends RateLimit-Reset with every answer.
    expect(wait(503, { 'ratelimit-reset': '1800000007' })).toBeUndefined();
    vi.useRealTimers();
  });
});

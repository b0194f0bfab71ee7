/** Everything that can go wrong with one request, on every system and in every call: the code, the requests, the state, the secrets. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isTagError } from '../../src/core/errors.ts';
import { toErrorResult } from '../../src/render.ts';
import { type Fault, type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { toolsOn } from '../support/target.ts';
import type { World } from './world.ts';
import { openGitlab } from './worlds/gitlab.ts';
import { openLakefs } from './worlds/lakefs.ts';

const SYSTEMS: Record<string, () => Promise<World>> = { GitLab: openGitlab, lakeFS: openLakefs };

type Operation = 'get' | 'list' | 'create' | 'delete';
/** The code an operation ends with, or `ok`. */
type Ends = Record<Operation, string>;

interface Row {
  readonly fault: Fault;
  /** How often it happens; as often as asked, unless said otherwise. */
  readonly times?: number;
  readonly ends: Ends;
  /** Requests of a read; a write is always one. */
  readonly reads: number;
  /** The write took effect. */
  readonly applied?: boolean;
}

const all = (code: string): Ends => ({ get: code, list: code, create: code, delete: code });
const status = (code: number, headers?: Record<string, string>): Fault => ({
  kind: 'status',
  status: code,
  body: { message: 'no' },
  ...(headers && { headers }),
});
const HUGE = 50 * 1024 * 1024;

let elsewhere: Sandbox;
const rows = (): Record<string, Row> => ({
  '401': { fault: status(401), ends: all('unauthenticated'), reads: 1 },
  '403': { fault: status(403), ends: all('permission_denied'), reads: 1 },
  '412': { fault: status(412), ends: all('rejected'), reads: 1 },
  '429 without a time': { fault: status(429), ends: all('rate_limited'), reads: 3 },
  '429 for a second': {
    fault: status(429, { 'retry-after': '1' }),
    times: 1,
    ends: { ...all('rate_limited'), get: 'ok', list: 'ok' },
    reads: 2,
  },
  '429 for an hour': { fault: status(429, { 'retry-after': '3600' }), ends: all('rate_limited'), reads: 1 },
  '500': { fault: status(500), ends: all('unavailable'), reads: 1 },
  '502': { fault: status(502), ends: all('unavailable'), reads: 3 },
  '503': { fault: status(503), ends: all('unavailable'), reads: 3 },
  '503 once': { fault: status(503), times: 1, ends: { ...all('unavailable'), get: 'ok', list: 'ok' }, reads: 2 },
  'reset before': { fault: { kind: 'reset' }, ends: all('unavailable'), reads: 3 },
  'reset after': { fault: { kind: 'reset-after' }, ends: { ...all('unavailable'), create: 'ok', delete: 'ok' }, reads: 3, applied: true },
  'an answer cut short': {
    fault: { kind: 'truncate' },
    ends: { ...all('unexpected_response'), create: 'ok', delete: 'ok' },
    reads: 3,
    applied: true,
  },
  'a sign-in page': { fault: { kind: 'html' }, ends: all('unexpected_response'), reads: 1 },
  'a body of 50 MB': {
    fault: { kind: 'huge', bytes: HUGE },
    ends: { ...all('unexpected_response'), create: 'ok', delete: 'ok' },
    reads: 1,
    applied: true,
  },
  'a redirect to another origin': { fault: { kind: 'redirect', to: `${elsewhere?.url}/away` }, ends: all('unexpected_response'), reads: 1 },
  'no answer': { fault: { kind: 'hang' }, ends: all('timeout'), reads: 1 },
  'no answer to what was done': {
    fault: { kind: 'hang-after' },
    ends: { ...all('timeout'), create: 'ok', delete: 'ok' },
    reads: 1,
    applied: true,
  },
});

beforeAll(async () => {
  elsewhere = await startSandbox(() => ({ status: 200, body: {} }));
});
afterAll(async () => {
  expect(elsewhere.seen, 'requests that followed a redirect').toEqual([]);
  await elsewhere.close();
});

const METHOD: Record<Operation, string> = { get: 'GET', list: 'GET', create: 'POST', delete: 'DELETE' };

async function play(operation: Operation, world: World): Promise<unknown> {
  const tools = toolsOn(world.provider, world.repository);
  if (operation === 'get') return tools.get('v1');
  if (operation === 'list') return tools.list();
  return operation === 'create' ? tools.create({ name: 'v2', ref: world.newer.ref }) : tools.delete({ name: 'v1' });
}

const expected = (operation: Operation, applied: boolean): string[] => {
  if (!applied || METHOD[operation] === 'GET') return ['v1'];
  return operation === 'create' ? ['v1', 'v2'] : [];
};

describe.each(Object.keys(rows()))('%s', (fault) => {
  describe.each(Object.entries(SYSTEMS))('from %s', (_, open) => {
    it.concurrent.each(['get', 'list', 'create', 'delete'] as const)('in %s', async (operation) => {
      const row = rows()[fault];
      const world = await open();
      const { sandbox, secrets } = world.wire ?? {};
      if (!row || !sandbox || !secrets) throw new Error('no such row, or no wire');
      try {
        await world.seed(['v1']);
        sandbox.fault(row.fault, { method: METHOD[operation], times: row.times ?? 99 });
        const outcome = await play(operation, world).then(
          () => 'ok',
          (error: unknown) => error,
        );
        expect(isTagError(outcome) ? outcome.code : outcome).toBe(row.ends[operation]);
        const told = isTagError(outcome)
          ? JSON.stringify([toErrorResult(outcome, (text) => text), outcome.stack, String(outcome.cause)])
          : '';
        for (const secret of secrets) expect(told).not.toContain(secret);

        const asked = sandbox.seen.filter(({ method }) => method === METHOD[operation]);
        expect(asked).toHaveLength(METHOD[operation] === 'GET' ? row.reads : 1);
        expect((await world.names()).sort()).toEqual(expected(operation, row.applied ?? false));
        expect(sandbox.unknown).toEqual([]);
      } finally {
        await world.close();
      }
    });
  });
});

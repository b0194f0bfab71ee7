/** What holds on every system that is reached over HTTP. */
import { expect } from 'vitest';
import { isTagError } from '../../src/core/errors.ts';
import { toErrorResult } from '../../src/mcp/render.ts';
import { type Fault, isMatch, type Match } from '../sandbox/sandbox.ts';
import { lineOf } from '../support/planted-history.ts';
import { codeOf, quietCall, toolsOn } from '../support/target.ts';
import type { Law } from './laws.ts';
import type { Wire, World } from './world.ts';

const over =
  (law: (world: World, wire: Wire) => Promise<void>): Law =>
  async (world) => {
    if (!world.wire) throw new Error('this world has no wire');
    await law(world, world.wire);
  };
const tools = ({ provider, repository }: World) => toolsOn(provider, repository);
const asking = ({ asks = { method: 'GET' } }: Wire): Match => asks;
const count = ({ sandbox }: Wire, match: Match) => sandbox.seen.filter((request) => isMatch(match, request)).length;

export const wireLaws: Record<string, Law> = {
  'get takes 1 request (2 where the commit takes another), a page 1, create 1, delete 1 more than get': over(async (world, wire) => {
    const requests = async (act: () => Promise<unknown>) => {
      wire.sandbox.reset();
      await act();
      return wire.sandbox.seen.length;
    };
    const { reads = 1, makes = 1 } = wire;
    await tools(world).create({ name: 'warm', ref: world.older.ref }); // a first call may have to log in
    expect(await requests(() => tools(world).create({ name: 'v1', ref: world.newer.ref }))).toBe(makes);
    expect(await requests(() => tools(world).get('v1'))).toBe(reads);
    expect(await requests(() => tools(world).list())).toBe(1);
    expect(await requests(() => tools(world).delete({ name: 'v1' }))).toBe(reads + 1);
  }),
  'a comparison takes 3 requests between two named tags, and never more than 10': over(async (world, wire) => {
    if (!world.grow) return;
    const short = await world.grow(lineOf(60));
    const long = await world.grow(lineOf(2_500));
    const refs = { 'v1.0.0': short[10], 'v1.1.0': short[59], 'v2.0.0': long[5], 'v2.1.0': long[2_499] };
    for (const [name, ref] of Object.entries(refs)) await tools(world).create({ name, ref });
    const compare = async (args: Record<string, unknown>) => {
      wire.sandbox.reset();
      return { ...(await tools(world).compare(args)), requests: wire.sandbox.seen.length };
    };
    expect(await compare({ head: 'v1.1.0', base: 'v1.0.0' })).toMatchObject({ relation: 'ahead', total: 49, requests: 3 });
    expect((await compare({ head: 'v1.1.0' })).requests).toBeLessThanOrEqual(10);
    const far = await compare({ head: 'v2.1.0', base: 'v2.0.0' });
    expect(far.requests).toBeLessThanOrEqual(10);
    expect(far).toMatchObject({ relation: 'ahead', commits: { length: 20 } });
    expect([2_494, undefined]).toContain(far.total);
    // The highest versions are not head's, and head's own stand far behind it.
    for (let patch = 1; patch <= 12; patch += 1) await tools(world).create({ name: `v3.0.${patch}`, ref: short[patch] });
    const lost = compare({ head: long[2_499] }).catch(() => ({ requests: wire.sandbox.seen.length }));
    expect((await lost).requests).toBeLessThanOrEqual(10);
  }),
  'a wrong credential is unauthenticated, and is not seen': over(async (world, { stranger, secrets }) => {
    const there = toolsOn(stranger, world.repository);
    const acts = [
      () => there.get('v1'),
      () => there.list(),
      () => there.create({ name: 'v1', ref: world.newer.ref }),
      () => there.delete({ name: 'v1' }),
    ];
    for (const act of acts) {
      const error = await act().catch((failure: unknown) => failure);
      expect(isTagError(error, 'unauthenticated'), String(error)).toBe(true);
      for (const secret of secrets) expect(JSON.stringify(toErrorResult(error, (text) => text))).not.toContain(secret);
    }
    expect(await world.names()).toEqual([]);
  }),
  'a server error is unavailable: reads are tried three times, writes once': over(async (world, wire) => {
    const { sandbox } = wire;
    sandbox.fault({ kind: 'status', status: 503 }, { ...asking(wire), times: 9 });
    expect(await codeOf(tools(world).get('v1'))).toBe('unavailable');
    expect(count(wire, asking(wire))).toBe(3);
    sandbox.reset();
    sandbox.fault({ kind: 'status', status: 500 }, wire.creates);
    expect(await codeOf(tools(world).create({ name: 'v1', ref: world.newer.ref }))).toBe('unavailable');
    expect(count(wire, wire.creates)).toBe(1);
    expect(await world.names()).toEqual([]);
  }),
  'a read that is told to wait waits': over(async (world, wire) => {
    await world.seed(['v1']);
    wire.sandbox.fault({ kind: 'status', status: 429, headers: { 'retry-after': '1' } }, asking(wire));
    const before = Date.now();
    expect((await tools(world).get('v1')).tag.name).toBe('v1');
    expect(Date.now() - before).toBeGreaterThanOrEqual(950);
  }),
  'a wait longer than the call may take is rate_limited at once': over(async (world, wire) => {
    wire.sandbox.fault({ kind: 'status', status: 429, headers: { 'retry-after': '3600' } }, asking(wire));
    expect(await codeOf(tools(world).get('v1'))).toBe('rate_limited');
    expect(count(wire, asking(wire))).toBe(1);
  }),
  'nonsense instead of JSON is unexpected_response': over(async (world, wire) => {
    wire.sandbox.fault({ kind: 'html' }, { ...asking(wire), times: 9 });
    expect(await codeOf(tools(world).get('v1'))).toBe('unexpected_response');
  }),
  'a creation whose answer was lost is settled by looking': over(async (world, wire) => {
    for (const [name, kind] of [
      ['v1', 'reset-after'],
      ['v2', 'truncate'],
    ] as const) {
      wire.sandbox.fault({ kind }, wire.creates);
      expect(await tools(world).create({ name, ref: world.newer.ref })).toMatchObject({
        outcome: 'created',
        tag: { commit_id: world.newer.commit },
      });
    }
    wire.sandbox.fault({ kind: 'reset' }, wire.creates);
    expect(await codeOf(tools(world).create({ name: 'v3', ref: world.newer.ref }))).toBe('unavailable');
    expect((await world.names()).sort()).toEqual(['v1', 'v2']);
  }),
  'a deletion whose answer was lost is settled by looking': over(async (world, wire) => {
    await world.seed(['v1', 'v2']);
    wire.sandbox.fault({ kind: 'reset-after' }, wire.deletes);
    expect((await tools(world).delete({ name: 'v1' })).deleted.name).toBe('v1');
    wire.sandbox.fault({ kind: 'reset' }, wire.deletes);
    expect(await codeOf(tools(world).delete({ name: 'v2' }))).toBe('unavailable');
    expect(await world.names()).toEqual(['v2']);
  }),
  'a refusal that broke off is asked for again, not guessed at': over(async (world, wire) => {
    wire.sandbox.fault({ kind: 'truncate' }, asking(wire));
    expect(await codeOf(tools(world).get('v404'))).toBe('tag_not_found');
    expect(count(wire, asking(wire))).toBe(2);
    await tools(world).create({ name: 'v1', ref: world.older.ref });
    wire.sandbox.fault({ kind: 'truncate' }, wire.creates);
    expect(await codeOf(tools(world).create({ name: 'v1', ref: world.newer.ref }))).toBe('already_exists');
  }),
  'where looking fails too, the error says that it may have happened': over(async (world, wire) => {
    const losses: Fault[] = [{ kind: 'reset-after' }, { kind: 'truncate' }];
    const troubles: Fault[] = [{ kind: 'status', status: 503 }, { kind: 'truncate' }, { kind: 'html' }];
    const pairs = losses.flatMap((loss) => troubles.map((trouble) => ({ loss, trouble })));
    for (const [index, { loss, trouble }] of pairs.entries()) {
      const name = `v${index}`;
      wire.sandbox.fault(loss, wire.creates);
      // What is asked before the write passes.
      wire.sandbox.fault(trouble, { ...asking(wire), after: (wire.makes ?? 1) - 1, times: 99 });
      const lost = tools(world).create({ name, ref: world.newer.ref });
      expect(['unavailable', 'unexpected_response']).toContain(await codeOf(lost));
      await expect(lost).rejects.toThrow(/may have taken effect/);
      wire.sandbox.reset();
      expect(await world.names()).toContain(name);
    }
  }),
  'cancelling closes the socket': over(async (world, { sandbox }) => {
    await tools(world).list();
    sandbox.reset();
    sandbox.fault({ kind: 'hang' });
    const controller = new AbortController();
    const call = toolsOn(world.provider, world.repository, quietCall(controller.signal)).list();
    const code = codeOf(call);
    while (sandbox.seen.length === 0) await new Promise((wake) => setTimeout(wake, 5));
    controller.abort();
    expect(await code).toBe('cancelled');
    while (!sandbox.seen[0]?.aborted) await new Promise((wake) => setTimeout(wake, 5));
  }),
  'a redirect to another origin gets no request, least of all with a credential': over(async (world, wire) => {
    wire.sandbox.fault({ kind: 'redirect', to: 'http://127.0.0.2:9/elsewhere' }, asking(wire));
    expect(await codeOf(tools(world).get('v1'))).toBe('unexpected_response');
  }),
};

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Tag } from '../../../src/core/tag.ts';
import { safe } from '../../../src/mcp/render.ts';
import { toCommit, WireCommit } from '../../../src/providers/lakefs/wire.ts';
import { codeOf, quietCall, toolsOn } from '../../support/target.ts';
import { openLake } from './workshop.ts';

const open = async (over: Record<string, unknown> = {}) => {
  const lake = await openLake();
  const commit = lake.repository.commits.get(lake.second);
  if (!commit) throw new Error('the head of main is missing');
  Object.assign(commit, { message: 'Retrained on March\n\nby airflow', committer: 'ada', creation_date: 1_772_000_000, ...over });
  lake.sandbox.tag(lake.repository, 'v1', 'main');
  return { ...lake, commit };
};

describe('get_tag', () => {
  it('tells the commit: its title, who made it, when, and what it was labelled with', async () => {
    const { tools, second, asked } = await open({ metadata: { run: '42', source: 'airflow' } });
    expect((await tools.get('v1')).tag).toEqual({
      name: 'v1',
      commit_id: second,
      commit: {
        title: 'Retrained on March',
        author_name: 'ada',
        committed_date: '2026-02-25T06:13:20.000Z',
        metadata: { run: '42', source: 'airflow' },
      },
    });
    expect(asked()).toEqual(['GET /tags/v1', `GET /commits/${second}`]);
  });

  it('leaves out what the commit does not have', async () => {
    const { tools, second } = await open({ message: '', committer: '', creation_date: 0, metadata: {} });
    expect((await tools.get('v1')).tag).toEqual({ name: 'v1', commit_id: second, commit: {} });
  });

  it.each([
    [1e300, undefined],
    [-1, '1969-12-31T23:59:59.000Z'],
    [8_640_000_000_001, undefined],
  ])('a date of %d seconds is %s', async (creation_date, date) => {
    const { tools } = await open({ creation_date });
    expect((await tools.get('v1')).tag.commit?.committed_date).toBe(date);
  });

  it('of many labels the first 20, of long ones the beginning, of hostile ones nothing unseen', async () => {
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`key${String(index).padStart(2, '0')}`, 'x'.repeat(5_000)]));
    const { tools, commit } = await open({ metadata: { [`\u001b[31m${'k'.repeat(500)}`]: 'red', ...many } });
    const { metadata = {} } = (await tools.get('v1')).tag.commit ?? {};
    expect(Object.keys(metadata)).toHaveLength(20);
    for (const [key, value] of Object.entries(metadata)) expect(Math.max(key.length, String(value).length / 2)).toBeLessThanOrEqual(100);
    commit.metadata = JSON.parse('{"__proto__":"polluted","a\\u202eb\\nc":"d\\u200be"}');
    const { metadata: hostile } = Object(safe((await tools.get('v1')).tag, (text) => text)).commit;
    for (const hidden of ['\u001b', '\u202e', '\u200b', '\n']) expect(Object.entries(hostile).join()).not.toContain(hidden);
    expect(Object.getPrototypeOf(hostile)).toBe(Object.prototype);
  });
});

it('whatever a commit holds, what is told of it is short and fits the advertised shape', () => {
  const wire = fc.record({
    id: fc.constant('a'.repeat(64)),
    message: fc.option(fc.string()),
    committer: fc.option(fc.string()),
    creation_date: fc.option(fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }))),
    metadata: fc.option(fc.dictionary(fc.string({ maxLength: 300 }), fc.string({ maxLength: 500 }), { maxKeys: 40 })),
  });
  fc.assert(
    fc.property(wire, (commit) => {
      const told = toCommit(WireCommit.parse(commit));
      expect(Tag.parse({ name: 'v1', commit: told }).commit).toEqual(told);
      expect(JSON.stringify(told).length).toBeLessThan(20 * 6 * 320);
      if (told.committed_date) expect(Date.parse(told.committed_date) / 1000).toBeCloseTo(commit.creation_date ?? Number.NaN, 2);
    }),
  );
});

describe('where the commit cannot be read', () => {
  it.each([
    ['no right', { kind: 'status', status: 401, body: { message: 'insufficient permissions: not allowed to fs:ReadCommit' } }],
    ['gone', { kind: 'status', status: 404, body: { message: 'commit not found' } }],
    ['a server in trouble', { kind: 'status', status: 503 }],
    ['a page', { kind: 'html' }],
    ['nonsense', { kind: 'status', status: 200, body: { id: 7 } }],
    ['another commit', { kind: 'status', status: 200, body: { id: 'f'.repeat(64), message: 'not this one' } }],
    ['silence', { kind: 'reset' }],
  ] as const)('(%s) the tag is told without it, and can be deleted', async (_, fault) => {
    const { tools, sandbox, second } = await open();
    sandbox.fault(fault, { path: /\/commits\//, times: 99 });
    expect((await tools.get('v1')).tag).toEqual({ name: 'v1', commit_id: second });
    expect((await tools.delete({ name: 'v1' })).restore).toMatchObject({ name: 'v1', ref: second });
  });

  it('a call that was given up ends as that', async () => {
    const { provider, sandbox } = await open();
    sandbox.fault({ kind: 'hang' }, { path: /\/commits\// });
    const leaving = new AbortController();
    const code = codeOf(toolsOn(provider, 'datalake', quietCall(leaving.signal)).get('v1'));
    while (sandbox.seen.length < 2) await new Promise((wake) => setTimeout(wake, 5));
    leaving.abort();
    expect(await code).toBe('cancelled');
  });
});

describe('what only compares', () => {
  it('spends no request on the commit: a retry, a move, a race, a list', async () => {
    const { tools, sandbox, repository, asked } = await open();
    await tools.create({ name: 'v1', ref: 'main' });
    expect(asked()).toEqual(['POST /tags', 'GET /tags/v1', 'GET /commits/main']);
    sandbox.reset();
    await tools.create({ name: 'v1', ref: 'main~1', force: true });
    expect(asked().slice(-3)).toEqual(['GET /tags/v1', 'DELETE /tags/v1', 'POST /tags']);
    expect(asked().filter((line) => line.includes('/commits/'))).toEqual(['GET /commits/main~1']);
    sandbox.reset();
    await tools.list({ format: 'detailed' });
    expect(asked()).toEqual(['GET /tags']);
    sandbox.reset();
    sandbox.fault({ kind: 'reset-after' }, { method: 'POST' });
    await tools.create({ name: 'v2', ref: 'main' });
    expect(asked()).toEqual(['POST /tags', 'GET /tags/v2', 'GET /commits/main']);
    expect([...repository.tags.keys()]).toEqual(['v1', 'v2']);
  });

  it('delete_tag tells what it deleted, in three requests', async () => {
    const { tools, second, asked } = await open();
    const { deleted } = await tools.delete({ name: 'v1' });
    expect(deleted).toMatchObject({ commit_id: second, commit: { title: 'Retrained on March' } });
    expect(asked()).toEqual(['GET /tags/v1', `GET /commits/${second}`, 'DELETE /tags/v1']);
  });
});

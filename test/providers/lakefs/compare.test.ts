/** What lakeFS's log tells, and what it hides: seen on 1.80.0. */
import { describe, expect, it } from 'vitest';
import { LAKEFS_READER } from '../../sandbox/lakefs.ts';
import { lineOf, plantBy } from '../../support/planted-history.ts';
import { codeOf, failureOf, toolsOn } from '../../support/target.ts';
import { connect, type Lake, openLake } from './workshop.ts';

const line = ({ sandbox, repository }: Lake, count: number) =>
  plantBy((parents, message) => sandbox.graft(repository, parents, message), lineOf(count));

describe('a comparison', () => {
  it('reads both logs and the objects that differ', async () => {
    const lake = await openLake();
    lake.sandbox.tag(lake.repository, 'v1.0.0', lake.first);
    await lake.tools.compare({ head: 'main', base: 'v1.0.0' });
    expect(lake.asked()).toEqual([
      'GET /refs/main/commits',
      'GET /refs/v1.0.0/commits',
      `GET /refs/${lake.first}/diff/${lake.second}?type=two_dot`,
    ]);
  });
  it('counts the objects that were added, changed and removed, up to a thousand', async () => {
    const lake = await openLake();
    const { sandbox, repository, tools } = lake;
    const before = sandbox.graft(repository, [], 'before', { kept: '1', changed: '1', removed: '1' });
    const now = sandbox.graft(repository, [before], 'now', { kept: '1', changed: '2', added: '1', 'added too': '1' });
    const many = sandbox.graft(
      repository,
      [now],
      'many',
      Object.fromEntries(Array.from({ length: 1_005 }, (_, index) => [`${index}`, '1'])),
    );
    expect((await tools.compare({ head: now, base: before })).changes).toEqual({ added: 2, changed: 1, removed: 1 });
    expect((await tools.compare({ head: many, base: now })).changes).toMatchObject({ more: true });
    expect(await tools.compare({ head: now, base: now })).not.toHaveProperty('changes');
    expect(await tools.compare({ head: before })).not.toHaveProperty('changes');
  });
  it('leaves them out where the credential may not list objects', async () => {
    const lake = await openLake();
    lake.sandbox.credentials.set('AKIALOG', { secret: 'log', actions: ['fs:ReadBranch'] });
    const provider = connect(lake.sandbox.url, {
      LAKECTL_CREDENTIALS_ACCESS_KEY_ID: 'AKIALOG',
      LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY: 'log',
    });
    const told = await toolsOn(provider, 'datalake').compare({ head: lake.second, base: lake.first });
    expect(told).toMatchObject({ relation: 'ahead', total: 1 });
    expect(told).not.toHaveProperty('changes');
    expect(await codeOf(toolsOn(provider, 'datalake').compare())).toBe('permission_denied');
  });
  it('holds the older commits of a branch that was merged behind base, which a log that stops there has not', async () => {
    const lake = await openLake();
    const { sandbox, repository, tools } = lake;
    const [root = '', side = ''] = line(lake, 2);
    const base = sandbox.graft(repository, [root], 'base');
    const merge = sandbox.graft(repository, [base, side], 'merge');
    const { commits } = await tools.compare({ head: merge, base });
    expect(commits.map(({ title }) => title)).toEqual(['merge', 'fix: number 1']);
    const stopped = await fetch(`${sandbox.url}/api/v1/repositories/datalake/refs/${merge}/commits?stop_at=${base}`, {
      headers: { authorization: `Basic ${btoa(`${LAKEFS_READER.id}:${LAKEFS_READER.secret}`)}` },
    });
    expect((await stopped.json()) as object).toMatchObject({ results: [{ id: merge }, { id: base }], pagination: { has_more: false } });
  });
  it('contains a base that stands right behind a page', async () => {
    const lake = await openLake();
    const ids = line(lake, 1_300);
    for (const ahead of [249, 250, 251, 1_249, 1_250, 1_251])
      expect(await lake.tools.compare({ head: ids[1_299], base: ids[1_299 - ahead] }), String(ahead)).toMatchObject({
        relation: 'ahead',
        total: ahead,
      });
  });
  it('of a long history reads on as far as ten requests go, and knows the relation all the same', async () => {
    const lake = await openLake();
    const ids = line(lake, 6_000);
    lake.sandbox.seen.length = 0;
    const told = await lake.tools.compare({ head: ids[5_999], base: ids[3] });
    expect(told).toMatchObject({ relation: 'ahead', commits: [{ title: 'fix: number 5999' }, ...Array(19).fill({})] });
    expect(told).not.toHaveProperty('total');
    expect(lake.sandbox.seen.length).toBeLessThanOrEqual(10);
    expect(lake.asked().filter((one) => one.includes('/merge/'))).toHaveLength(1);
    const other = line(lake, 3_400);
    expect(await lake.tools.compare({ head: ids[5_999], base: other[3_399] })).toMatchObject({ relation: 'diverged' });
  });
  it('finds the highest version of a history that is not read to its end, or says to name it', async () => {
    const lake = await openLake();
    const ids = line(lake, 3_000);
    lake.sandbox.tag(lake.repository, 'v1.0.0', ids[2_900] ?? '');
    lake.sandbox.tag(lake.repository, 'v9.0.0', lake.first);
    lake.sandbox.seen.length = 0;
    expect(await lake.tools.compare({ head: ids[2_999] })).toMatchObject({ base: { name: 'v1.0.0' }, total: 99 });
    expect(lake.sandbox.seen.length).toBeLessThanOrEqual(10);
    lake.repository.tags.delete('v1.0.0');
    const longer = line(lake, 6_000);
    lake.sandbox.seen.length = 0;
    expect(await failureOf(lake.tools.compare({ head: longer[5_999] }))).toMatchObject({
      code: 'unsupported',
      hint: expect.stringContaining('base'),
    });
    expect(lake.sandbox.seen.length).toBeLessThanOrEqual(10);
  });
  it('does not take the highest of some tags for the highest of all', async () => {
    const lake = await openLake();
    for (let minor = 0; minor < 3_005; minor += 1) lake.sandbox.tag(lake.repository, `v1.${minor}.0`, lake.first);
    expect(await failureOf(lake.tools.compare())).toMatchObject({ code: 'unsupported', hint: expect.stringContaining('base') });
    expect(await lake.tools.compare({ base: 'v1.3004.0' })).toMatchObject({ relation: 'ahead', total: 1 });
    for (let minor = 0; minor < 1_500; minor += 1) lake.repository.tags.delete(`v1.${minor}.0`);
    expect(await lake.tools.compare()).toMatchObject({ base: { name: 'v1.3004.0' } });
  });
  it.each(['main$', 'main~-1', 'lakefs://other/main', 'a%2fb', 'no-such'])('%j is no ref of it', async (ref) => {
    const lake = await openLake();
    expect(['ref_not_found', 'invalid_input']).toContain(await codeOf(lake.tools.compare({ head: ref, base: 'main' })));
    expect(['ref_not_found', 'invalid_input']).toContain(await codeOf(lake.tools.compare({ head: 'main', base: ref })));
  });
  it('takes refs as lakectl spells them', async () => {
    const lake = await openLake();
    expect(await lake.tools.compare({ head: 'lakefs://datalake/main', base: 'main~1' })).toMatchObject({ relation: 'ahead', total: 1 });
  });
});

it('the latest stable version is one request', async () => {
  const lake = await openLake();
  for (const name of ['v1.0.0', 'v1.1.0', 'v1.2.0-rc.1']) lake.sandbox.tag(lake.repository, name, lake.first);
  lake.sandbox.seen.length = 0;
  expect(await lake.tools.list({ stable: true, order_by: 'version', limit: 1 })).toMatchObject({ tags: [{ name: 'v1.1.0' }] });
  expect(await lake.tools.list({ stable: true, order_by: 'name', limit: 2 })).toMatchObject({
    tags: [{ name: 'v1.0.0' }, { name: 'v1.1.0' }],
  });
  expect(lake.sandbox.seen).toHaveLength(2);
});

/** How CodeArts compares is described and no more: whatever it leaves out, what is told is true. */
import { expect, it } from 'vitest';
import { lineOf, plantBy } from '../../support/planted-history.ts';
import { codeOf, failureOf } from '../../support/target.ts';
import { type Workshop, workshop } from './workshop.ts';

const line = ({ sandbox, repository }: Workshop, count: number) =>
  plantBy(
    (parents, message) => sandbox.graft(repository.id, parents, message).id,
    lineOf(count, (index) => `fix: ${index}`),
  );
const compares = /\/compare$/;

it('asks for two tags, and what lies between', async () => {
  const shop = await workshop();
  const ids = line(shop, 5);
  shop.sandbox.tag(shop.repository.id, 'v1.0.0', ids[1] ?? '', 'annotated');
  shop.sandbox.tag(shop.repository.id, 'v1.1.0', ids[4] ?? '');
  expect(await shop.tools.compare({ head: 'v1.1.0', base: 'v1.0.0' })).toMatchObject({ relation: 'ahead', total: 3 });
  expect(shop.asked()).toEqual([
    'GET /repository/tag?tag_name=v1.1.0',
    'GET /repository/tag?tag_name=v1.0.0',
    `GET /compare?from=${ids[1]}&to=${ids[4]}&compare_type=commit&straight=false&view=commits&offset=0&limit=100`,
  ]);
});

it('shows the newest first, whatever order they come in', async () => {
  const shop = await workshop();
  const ids = line(shop, 150);
  const { commits, total } = await shop.tools.compare({ head: ids[149], base: ids[0], limit: 2 });
  expect(commits.map(({ title }) => title)).toEqual(['fix: 149', 'fix: 148']);
  expect(total).toBe(149);
});

it('asks the other way round where no parents are told', async () => {
  const shop = await workshop();
  const [first = '', second = ''] = line(shop, 2);
  const commit = (id: string) => ({ id, title: 'fix: x', committed_date: '2026-01-01T00:00:00Z' });
  shop.sandbox.fault({ kind: 'status', status: 200, body: { commits: [commit(second)] } }, { path: compares });
  shop.sandbox.fault({ kind: 'status', status: 200, body: { commits: [] } }, { path: compares });
  expect(await shop.tools.compare({ head: second, base: first })).toMatchObject({ relation: 'ahead', total: 1 });
  shop.sandbox.fault({ kind: 'status', status: 200, body: { commits: [commit(second)] } }, { path: compares, times: 2 });
  expect(await shop.tools.compare({ head: second, base: first })).toMatchObject({ relation: 'diverged', total: 1 });
});

it('does not pass off what took too long for the whole', async () => {
  const shop = await workshop();
  const [first = '', second = ''] = line(shop, 2);
  shop.sandbox.fault({ kind: 'status', status: 200, body: { commits: [], commits_count: 0, compare_timeout: true } }, { path: compares });
  expect(await codeOf(shop.tools.compare({ head: second, base: first }))).toBe('unavailable');
});

it('takes a branch where no tag has the name, and no commit for a tag', async () => {
  const shop = await workshop();
  expect(await shop.tools.compare({ head: 'master', base: 'stable' })).toMatchObject({
    head: { commit_id: shop.newer },
    relation: 'diverged',
  });
  expect(await codeOf(shop.tools.compare({ head: 'f'.repeat(40) }))).toBe('ref_not_found');
});

it('says to name the base where the versions that head contains are too far down', async () => {
  const shop = await workshop();
  const ids = line(shop, 30);
  const beside = () => shop.sandbox.graft(shop.repository.id, ids.slice(5, 6), 'fix: beside').id;
  for (let patch = 0; patch < 9; patch += 1) shop.sandbox.tag(shop.repository.id, `v1.0.${patch}`, beside());
  shop.asked();
  expect(await failureOf(shop.tools.compare({ head: ids[29] }))).toMatchObject({
    code: 'unsupported',
    hint: expect.stringContaining('base'),
  });
  expect(shop.asked().length).toBeLessThanOrEqual(10);
});

it('does not take the highest of some tags for the highest of all', async () => {
  const shop = await workshop();
  for (let minor = 0; minor < 505; minor += 1) shop.sandbox.tag(shop.repository.id, `v1.${minor}.0`, shop.newer);
  shop.asked();
  expect(await failureOf(shop.tools.compare())).toMatchObject({ code: 'unsupported', hint: expect.stringContaining('base') });
  expect(shop.asked().length).toBeLessThanOrEqual(10);
  for (let minor = 0; minor < 5; minor += 1) shop.repository.tags.delete(`v1.${minor}.0`);
  expect(await shop.tools.compare()).toMatchObject({ base: { name: 'v1.504.0' }, relation: 'same' });
});

it('lists without prereleases', async () => {
  const shop = await workshop();
  for (const name of ['v1.0.0', 'v1.1.0-rc.1', 'v1.1.0']) shop.sandbox.tag(shop.repository.id, name, shop.newer);
  for (const order_by of ['name', 'updated', 'version'])
    expect((await shop.tools.list({ stable: true, order_by })).tags.map(({ name }) => name).sort()).toEqual(['v1.0.0', 'v1.1.0']);
  expect(await codeOf(shop.tools.list({ contains: 'master' }))).toBe('unsupported');
});

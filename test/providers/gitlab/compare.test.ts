/** What GitLab cannot be asked has to be found out, in few requests. */
import { describe, expect, it } from 'vitest';
import { lineOf, plantBy } from '../../support/planted-history.ts';
import { codeOf, failureOf } from '../../support/target.ts';
import { type Workshop, workshop } from './workshop.ts';

const line = ({ sandbox, project }: Workshop, count: number) =>
  plantBy((parents, message) => sandbox.graft(project, parents, message), lineOf(count));

/** v1.0.0 there, and nine fixes of it that nobody has merged. */
function fixBeside({ sandbox, project }: Workshop, at: string): void {
  sandbox.tag(project, 'v1.0.0', at);
  for (let patch = 1; patch <= 9; patch += 1) sandbox.tag(project, `v1.0.${patch}`, sandbox.graft(project, [at], 'fix'));
}

describe('a comparison', () => {
  it('asks for two refs and the range between them', async () => {
    const shop = await workshop();
    shop.sandbox.tag(shop.project, 'v1.0.0', shop.older);
    await shop.tools.compare({ head: 'main', base: 'v1.0.0' });
    expect(shop.asked()).toEqual([
      'GET /projects/Group%2Fsub%2Fproj/repository/commits/main?stats=false',
      'GET /projects/Group%2Fsub%2Fproj/repository/commits/v1.0.0?stats=false',
      `GET /projects/Group%2Fsub%2Fproj/repository/commits?ref_name=${shop.older}..${shop.newer}&per_page=100&page=1`,
    ]);
  });
  it('of a hundred commits and more is read to the end, and its relation asked for where no child of base came with the first', async () => {
    const shop = await workshop();
    const ids = line(shop, 351);
    const told = await shop.tools.compare({ head: ids[350], base: ids[0], limit: 100 });
    expect(told).toMatchObject({ relation: 'ahead', total: 350 });
    const asked = shop.asked();
    expect(asked.filter((one) => one.includes('merge_base'))).toEqual([
      `GET /projects/Group%2Fsub%2Fproj/repository/merge_base?refs%5B%5D=${ids[350]}&refs%5B%5D=${ids[0]}`,
    ]);
    expect(asked).toHaveLength(7);
    const other = line(shop, 150);
    expect(await shop.tools.compare({ head: other[149], base: ids[0] })).toMatchObject({ relation: 'diverged', total: 150 });
  });
  it('looks behind versions that are higher, and not of that history', async () => {
    const shop = await workshop();
    const ids = line(shop, 30);
    fixBeside(shop, ids[10] ?? '');
    shop.asked();
    expect(await shop.tools.compare({ head: ids[29] })).toMatchObject({ base: { name: 'v1.0.0' }, total: 19 });
    expect(shop.asked().length).toBeLessThanOrEqual(10);
  });
  it('knows that none is contained where all were tried', async () => {
    const shop = await workshop();
    const ids = line(shop, 300);
    shop.sandbox.tag(shop.project, 'v1.0.0', shop.older);
    shop.asked();
    const told = await shop.tools.compare({ head: ids[299] });
    expect(told).toMatchObject({ relation: 'ahead', total: 300 });
    expect(told).not.toHaveProperty('base');
    expect(shop.asked().length).toBeLessThanOrEqual(10);
  });
  it('says where it was not looked at whether head contains a higher version', async () => {
    const shop = await workshop();
    const ids = line(shop, 300);
    const tag = (name: string, at: number) => shop.sandbox.tag(shop.project, name, ids[at] ?? '');
    tag('v1.9.9', 250);
    tag('v2.0.0', 150);
    for (let patch = 1; patch <= 5; patch += 1) shop.sandbox.tag(shop.project, `v3.0.${patch}`, shop.older);
    expect(await shop.tools.compare({ head: ids[299] })).toMatchObject({
      base: { name: 'v1.9.9' },
      note: expect.stringContaining('higher'),
    });
    tag('v3.0.3', 260); // the first of those that were not tried
    const told = await shop.tools.compare({ head: ids[299] });
    expect(told).toMatchObject({ base: { name: 'v3.0.3' }, total: 39 });
    expect(told).not.toHaveProperty('note');
  });
  it('says so where that would take too many requests, and what to do', async () => {
    const shop = await workshop();
    const ids = line(shop, 300);
    fixBeside(shop, ids[10] ?? '');
    shop.asked();
    expect(await failureOf(shop.tools.compare({ head: ids[299] }))).toMatchObject({
      code: 'unsupported',
      hint: expect.stringContaining('base'),
    });
    expect(shop.asked().length).toBeLessThanOrEqual(10);
    expect(await shop.tools.compare({ head: ids[299], base: 'v1.0.0' })).toMatchObject({ total: 289 });
  });
  it('does not take the highest of some tags for the highest of all', async () => {
    const shop = await workshop();
    const name = (index: number) => `v1.${index}.0`;
    const body = (from: number) => Array.from({ length: 100 }, (_, index) => ({ name: name(from + index), commit: { id: shop.newer } }));
    for (let page = 0; page < 9; page += 1)
      shop.sandbox.fault({ kind: 'status', status: 200, body: body(page * 100) }, { path: /\/repository\/tags$/ });
    expect(await failureOf(shop.tools.compare())).toMatchObject({ code: 'unsupported', hint: expect.stringContaining('base') });
    expect(shop.asked().length).toBeLessThanOrEqual(10);
  });
  it('ends where a gateway answers every page with the first', async () => {
    const shop = await workshop();
    const body = line(shop, 100).map((id) => ({ id, title: 'fix', parent_ids: [shop.older] }));
    shop.asked();
    shop.sandbox.fault({ kind: 'status', status: 200, body }, { path: /\/repository\/commits$/, times: 99 });
    expect((await shop.tools.compare({ head: 'main', base: 'stable' })).total).toBe(100);
    expect(shop.asked()).toHaveLength(4);
  });
  it('reads a message that is missing, or a history without parents', async () => {
    const shop = await workshop();
    shop.sandbox.fault(
      { kind: 'status', status: 200, body: [{ id: shop.newer, title: 'fix: x' }] },
      { method: 'GET', path: /\/repository\/commits$/ },
    );
    expect(await shop.tools.compare({ head: 'main', base: 'stable' })).toMatchObject({ commits: [{ title: 'fix: x' }], total: 1 });
  });
  it('needs more than a job token', async () => {
    const shop = await workshop();
    shop.sandbox.seen.length = 0;
    const tools = shop.toolsAs('job');
    expect(await codeOf(tools.compare())).toBe('unsupported');
    expect(await codeOf(tools.list({ contains: 'main' }))).toBe('unsupported');
    expect(shop.asked()).toEqual([]);
  });
  it('follows a project that has moved', async () => {
    const shop = await workshop();
    shop.sandbox.tag(shop.project, 'v1.0.0', shop.older);
    shop.sandbox.moveProject(shop.project, 'elsewhere/proj');
    expect(await shop.toolsAs('maintainer', 'Group/sub/proj').compare({ head: 'main' })).toMatchObject({
      base: { name: 'v1.0.0' },
      total: 1,
    });
  });
});

describe('a list', () => {
  it('of the latest stable version is one request', async () => {
    const shop = await workshop();
    for (const name of ['v1.0.0', 'v1.1.0', 'v1.2.0-rc.1', 'v1.2.0-rc.2']) shop.sandbox.tag(shop.project, name, shop.newer);
    shop.asked();
    expect(await shop.tools.list({ stable: true, order_by: 'version', limit: 1 })).toMatchObject({ tags: [{ name: 'v1.1.0' }] });
    expect(shop.asked()).toHaveLength(1);
  });
  it('without prereleases is by version where GitLab has no such order', async () => {
    const shop = await workshop({ version: '15.0.0', pager: 'old' });
    for (const name of ['v1.9.0', 'v1.10.0', 'v1.11.0-rc.1']) shop.sandbox.tag(shop.project, name, shop.newer);
    const { tags } = await shop.tools.list({ stable: true, order_by: 'version' });
    expect(tags.map(({ name }) => name)).toEqual(['v1.10.0', 'v1.9.0']);
  });
  it.each(['new', 'old', 'offset'] as const)('without prereleases has every tag once, page by page, with the %s pager', async (pager) => {
    const shop = await workshop({ pager });
    const names = Array.from({ length: 240 }, (_, index) => `v1.${index}.0${index % 3 === 0 ? '-rc.1' : ''}`);
    for (const name of names) shop.sandbox.tag(shop.project, name, shop.sandbox.commit(shop.project, 'side', name));
    for (const order_by of ['name', 'updated', 'version'] as const) {
      const seen: string[] = [];
      for (let cursor: string | undefined, pages = 0; pages === 0 || cursor; pages += 1) {
        const page = await shop.tools.list({ stable: true, order_by, limit: 30, ...(cursor && { cursor }) });
        seen.push(...page.tags.map(({ name }) => name));
        cursor = page.next_cursor;
        if (pages > 20) throw new Error('the walk does not end');
      }
      expect(seen, order_by).toHaveLength(160);
      expect(new Set(seen), order_by).toEqual(new Set(names.filter((name) => !name.includes('rc'))));
    }
  });
  it('of the tags that hold a commit ends when all of them were seen', async () => {
    const shop = await workshop();
    const ids = line(shop, 3);
    for (let index = 0; index < 230; index += 1)
      shop.sandbox.tag(shop.project, `old-${index}`, shop.sandbox.commit(shop.project, 'side', 'x'));
    for (let index = 0; index < 150; index += 1) shop.sandbox.tag(shop.project, `new-${index}`, ids[2] ?? '');
    shop.asked();
    const page = await shop.tools.list({ contains: ids[1], limit: 100 });
    expect(page).toMatchObject({ total: 150, tags: { length: 100 }, next_cursor: expect.any(String) });
    expect((await shop.tools.list({ contains: ids[1], limit: 100, cursor: page.next_cursor })).tags).toHaveLength(50);
    expect(shop.asked().length).toBeLessThanOrEqual(14);
    expect(await shop.tools.list({ contains: shop.older })).toMatchObject({ tags: { length: 20 } });
  });
});

import { describe, expect, it } from 'vitest';
import { failureOf } from '../../support/target.ts';
import { type Workshop, workshop } from './workshop.ts';

const numbered = (count: number, from = 0) => Array.from({ length: count }, (_, index) => `v${String(index + from).padStart(3, '0')}`);

function seed({ sandbox, repository }: Workshop, names: readonly string[]): void {
  for (const name of names) sandbox.tag(repository.id, name, sandbox.commit(repository.id, 'side', name).id);
}

async function seeded(count: number): Promise<Workshop> {
  const shop = await workshop();
  seed(shop, numbered(count));
  return shop;
}

const page = async ({ tools }: Workshop, args: Record<string, unknown>) => {
  const { tags, ...rest } = await tools.list(args);
  return { ...rest, names: tags.map(({ name }) => name) };
};
/** All pages from a cursor on. */
async function rest(shop: Workshop, args: Record<string, unknown>, cursor: string | undefined): Promise<string[]> {
  if (!cursor) return [];
  const { names, next_cursor } = await page(shop, { ...args, cursor });
  return [...names, ...(await rest(shop, args, next_cursor))];
}

describe('a page', () => {
  it('is one request, and so is each that follows', async () => {
    const shop = await seeded(45);
    const first = await page(shop, { order_by: 'name' });
    expect(first).toMatchObject({ names: numbered(20), total: 45 });
    expect(shop.asked()).toEqual(['GET /repository/tags?offset=0&limit=21&sort=asc&order_by=name']);
    const second = await page(shop, { order_by: 'name', cursor: first.next_cursor });
    expect(second.names).toEqual(numbered(20, 20));
    expect(shop.asked()).toEqual(['GET /repository/tags?offset=20&limit=21&sort=asc&order_by=name']);
    expect(await page(shop, { order_by: 'name', cursor: second.next_cursor })).toEqual({
      order_by: 'name',
      sort: 'asc',
      names: numbered(5, 40),
      total: 45,
    });
  });
  it('is newest first by itself, in the order of CodeArts', async () => {
    const shop = await seeded(3);
    expect(await page(shop, {})).toEqual({ order_by: 'updated', sort: 'desc', total: 3, names: numbered(3).reverse() });
    expect(shop.asked()).toEqual(['GET /repository/tags?offset=0&limit=21&sort=desc&order_by=updated']);
  });
  it('of a hundred keeps one back where more follow: its name leads on', async () => {
    const shop = await seeded(250);
    const first = await page(shop, { order_by: 'name', limit: 100 });
    expect(first).toMatchObject({ names: numbered(99), total: 250 });
    expect(await rest(shop, { order_by: 'name', limit: 100 }, first.next_cursor)).toEqual(numbered(151, 99));
    expect(shop.asked()).toHaveLength(3);
  });
  it('needs no total', async () => {
    const shop = await workshop();
    const body = numbered(100).map((name) => ({ name, message: '', target: shop.older }));
    shop.sandbox.fault({ kind: 'status', status: 200, body });
    const first = await page(shop, { order_by: 'name', limit: 100 });
    expect(first).not.toHaveProperty('total');
    expect(first.names).toHaveLength(99);
    shop.sandbox.fault({ kind: 'status', status: 200, body: body.slice(99) });
    expect(await page(shop, { order_by: 'name', limit: 100, cursor: first.next_cursor })).toMatchObject({ names: ['v099'] });
  });
  it('tells the commit of a lightweight tag; of an annotated one only get does', async () => {
    const { sandbox, repository, tools, newer } = await workshop();
    sandbox.tag(repository.id, 'light', 'master');
    sandbox.tag(repository.id, 'noted', 'master', 'first\n');
    expect((await tools.list({ order_by: 'name', format: 'detailed' })).tags).toEqual([
      { name: 'light', commit_id: newer, annotated: false },
      { name: 'noted', annotated: true, message: 'first' },
    ]);
    expect((await tools.list({ order_by: 'name' })).tags).toEqual([
      { name: 'light', short_id: newer.slice(0, 12) },
      { name: 'noted', message: 'first' },
    ]);
    expect((await tools.get('noted')).tag).toMatchObject({ commit_id: newer, annotated: true, commit: { title: 'second' } });
  });
});

describe.each(['name', 'updated'] as const)('a walk by %s yields every tag once', (order_by) => {
  const args = { order_by, sort: 'asc', limit: 10 };

  it('where listed tags were deleted meanwhile', async () => {
    for (const gone of [numbered(1), numbered(1, 9), numbered(5, 3), numbered(10)]) {
      const shop = await seeded(35);
      const first = await page(shop, args);
      for (const name of gone) shop.repository.tags.delete(name);
      shop.asked();
      expect([...first.names, ...(await rest(shop, args, first.next_cursor))]).toEqual(numbered(35));
      expect(shop.asked()).toHaveLength(3 + 2); // found again with two requests
    }
  });
  it('where the next tag was deleted meanwhile', async () => {
    const shop = await seeded(35);
    const first = await page(shop, args);
    shop.repository.tags.delete('v010');
    expect([...first.names, ...(await rest(shop, args, first.next_cursor))]).toEqual(numbered(35).filter((name) => name !== 'v010'));
  });
  it('where all that remained was deleted meanwhile', async () => {
    const shop = await seeded(35);
    const first = await page(shop, args);
    for (const name of numbered(25, 10)) shop.repository.tags.delete(name);
    expect(await rest(shop, args, first.next_cursor)).toEqual([]);
  });
  it('where tags came and went far before the place', async () => {
    const shop = await seeded(400);
    const first = await page(shop, { ...args, limit: 99 });
    const { names, next_cursor } = await page(shop, { ...args, limit: 99, cursor: first.next_cursor });
    for (const name of numbered(150)) shop.repository.tags.delete(name);
    expect([...first.names, ...names, ...(await rest(shop, args, next_cursor))]).toEqual(numbered(400));
  });
  it('or says that the place is lost, where the tags on both sides are gone', async () => {
    const shop = await seeded(35);
    const { next_cursor: cursor } = await page(shop, args);
    for (const name of ['v009', 'v010']) shop.repository.tags.delete(name);
    expect((await failureOf(page(shop, { ...args, cursor }))).code).toBe('changed');
  });
});

describe('a walk from the newest', () => {
  it('is not moved by tags that are made meanwhile', async () => {
    const shop = await seeded(250);
    const args = { limit: 30 };
    const first = await page(shop, args);
    seed(shop, numbered(120, 500));
    expect([...first.names, ...(await rest(shop, args, first.next_cursor))]).toEqual(numbered(250).reverse());
  });
});

describe('a search', () => {
  it('is ours, over all tags: nothing of it goes to CodeArts', async () => {
    const shop = await seeded(250);
    expect(await page(shop, { search: '^V10', order_by: 'name', limit: 4 })).toMatchObject({ names: numbered(4, 100), total: 10 });
    const asked = [0, 100, 200].map((offset) => `GET /repository/tags?offset=${offset}&limit=100&sort=asc&order_by=name`);
    expect(shop.asked()).toEqual(asked);
  });
  it('keeps the order of CodeArts from page to page, deletions or not', async () => {
    const shop = await seeded(150);
    const args = { search: '5$', limit: 4 };
    const wanted = numbered(150).filter((name) => name.endsWith('5'));
    const first = await page(shop, args);
    expect(first).toMatchObject({ order_by: 'updated', total: 15 });
    for (const name of first.names) shop.repository.tags.delete(name);
    expect([...first.names, ...(await rest(shop, args, first.next_cursor))]).toEqual(wanted.reverse());
  });
  it('by version orders as git does', async () => {
    const shop = await workshop();
    seed(shop, ['v1.10', 'v1.9', 'w1', 'v1.2']);
    expect((await page(shop, { search: '^v', order_by: 'version', sort: 'asc' })).names).toEqual(['v1.2', 'v1.9', 'v1.10']);
  });
});

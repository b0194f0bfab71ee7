/** A list goes on wherever a page was full: the total that comes along may be anything. */
import { describe, expect, it } from 'vitest';
import { toCursor } from '../../../src/core/listing.ts';
import { failureOf } from '../../support/target.ts';
import { type Workshop, workshop } from './workshop.ts';

const numbered = (count: number) => Array.from({ length: count }, (_, index) => `v${String(index).padStart(3, '0')}`);

async function seeded(count: number, total?: (true_: number) => string | undefined): Promise<Workshop> {
  const shop = await workshop();
  const { sandbox, repository } = shop;
  for (const name of numbered(count)) sandbox.tag(repository.id, name, sandbox.commit(repository.id, 'side', name).id);
  if (total)
    sandbox.gateway = ({ 'x-total': _, ...headers }) => {
      const told = total(count);
      return told === undefined ? headers : { ...headers, 'x-total': told };
    };
  return shop;
}

async function walk({ tools }: Workshop, args: Record<string, unknown>): Promise<string[]> {
  const names: string[] = [];
  for (let cursor: string | undefined, pages = 0; pages === 0 || cursor; pages += 1) {
    const page = await tools.list({ ...args, ...(cursor && { cursor }) });
    names.push(...page.tags.map(({ name }) => name));
    cursor = page.next_cursor;
    if (pages > 300) throw new Error('the walk does not end');
  }
  return names;
}

const TOTALS: Record<string, (count: number) => string | undefined> = {
  'the true one': String,
  'none at all': () => undefined,
  'the size of the page': () => '100',
  'too small': (count) => String(Math.floor(count / 2)),
  zero: () => '0',
  'too large by one': (count) => String(count + 1),
  'too large': (count) => String(count + 1_000),
  enormous: () => '9'.repeat(15),
  'beyond all numbers': () => '9'.repeat(400),
  'no number': () => 'many',
};

describe.each(Object.entries(TOTALS))('where the total is %s', (_, total) => {
  it.each([
    [101, 100],
    [100, 100],
    [100, 50],
    [99, 99],
    [45, 20],
    [201, 100],
    [1, 1],
    [0, 20],
  ])('%i tags by %i are all shown, each once', async (count, limit) => {
    const shop = await seeded(count, total);
    expect(await walk(shop, { order_by: 'name', limit })).toEqual(numbered(count));
    expect(await walk(shop, { order_by: 'version', sort: 'asc', limit })).toEqual(numbered(count));
    expect(await walk(shop, { search: 'v', order_by: 'name', limit })).toEqual(numbered(count));
  });
});

it('a hundred tags, and no more, are one page of two requests; fewer are one', async () => {
  const shop = await seeded(100);
  expect((await shop.tools.list({ order_by: 'name', limit: 100 })).next_cursor).toBeUndefined();
  expect(shop.asked()).toHaveLength(2);
  await shop.tools.list({ order_by: 'name', limit: 50 });
  expect(shop.asked()).toHaveLength(1);
});

it('a made-up cursor costs no more than a walk', async () => {
  const shop = await seeded(30, () => '9'.repeat(9));
  const query = { order_by: 'name', sort: 'asc', limit: 10 } as const;
  for (const at of ['999999999 nowhere', '100000 nowhere', `${'9'.repeat(13)} x`, 'nonsense']) {
    const cursor = toCursor(String(shop.repository.id), query, { name: 'gone', at });
    expect((await failureOf(shop.tools.list({ ...query, cursor }))).code).toBe('changed');
    expect(shop.asked().length, at).toBeLessThanOrEqual(1_002);
  }
});

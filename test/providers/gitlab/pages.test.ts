/** A list goes on wherever a page was full: which headers arrive is up to gateways, and what they say to old pagers. */
import { expect, it } from 'vitest';
import type { Pager } from '../../sandbox/gitlab-access.ts';
import { type Workshop, workshop } from './workshop.ts';

type Headers = Record<string, string>;
const GATEWAYS: Record<string, (headers: Headers) => Headers> = {
  'all headers': (headers) => headers,
  'no Link': ({ link: _, ...rest }) => rest,
  'X-Next-Page alone': (headers) => ('x-next-page' in headers ? { 'x-next-page': headers['x-next-page'] ?? '' } : {}),
  'no header': () => ({}),
};
const SIZES = [
  [45, 20],
  [100, 50],
  [40, 20],
  [100, 100],
  [101, 100],
  [205, 100],
  [3, 1],
] as const;

async function filled(pager: Pager, gateway: string, count: number): Promise<Workshop> {
  const shop = await workshop({ pager });
  shop.sandbox.gateway = GATEWAYS[gateway] ?? shop.sandbox.gateway;
  for (let index = 0; index < count; index += 1) {
    const name = `v${index}`;
    shop.sandbox.tag(shop.project, name, shop.sandbox.commit(shop.project, 'side', name), index % 2 ? 'notes' : '');
  }
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

const all = (count: number) => Array.from({ length: count }, (_, index) => `v${index}`);
const cases = (['new', 'old', 'offset'] as const).flatMap((pager) =>
  Object.keys(GATEWAYS).flatMap((gateway) =>
    (['name', 'version', 'updated'] as const).map((order_by) => [pager, gateway, order_by] as const),
  ),
);

it.each(cases)('the %s pager behind a gateway with %s, by %s: every tag once', async (pager, gateway, order_by) => {
  // Where nothing tells that names are ordered as versions there, that is the order of all pages.
  const isTheirs = pager === 'offset' && gateway === 'no header';
  for (const [count, limit] of SIZES) {
    const shop = await filled(pager, gateway, count);
    const walked = await walk(shop, { order_by, sort: 'asc', limit });
    const expected = order_by === 'name' && !isTheirs ? all(count).sort() : all(count);
    expect(walked, `${count} by ${limit}`).toEqual(expected);
  }
});

it.each(cases.filter(([, , order_by]) => order_by === 'name'))(
  'the %s pager behind a gateway with %s: a walk over all misses none',
  async (pager, gateway) => {
    const shop = await filled(pager, gateway, 310);
    const answer = { kind: 'status', status: 400, body: { error: 'order_by does not have a valid value' } } as const;
    shop.sandbox.fault(answer, { path: /tags$/ });
    const page = await shop.tools.list({ order_by: 'version', limit: 1 });
    expect([page.total, page.tags[0]?.name]).toEqual([310, 'v309']);
  },
);

it.each(['new', 'old'] as const)('a page of the %s pager is one request, and ends where a page is not full', async (pager) => {
  const shop = await filled(pager, 'no header', 40);
  expect(await walk(shop, { order_by: 'name', limit: 20 })).toHaveLength(40);
  expect(shop.asked()).toHaveLength(2);
});

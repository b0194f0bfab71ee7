import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matcher } from '../../../src/core/listing.ts';
import { compareNames, comparePlaces } from '../../../src/core/order.ts';
import { casesOf, prefixesOf } from '../../../src/providers/lakefs/prefixes.ts';
import { codeOf, toolsOn } from '../../support/target.ts';
import { type Lake, openLake } from './workshop.ts';

const numbered = (count: number, prefix = 'v1.') => Array.from({ length: count }, (_, index) => `${prefix}${index}`);

async function lakeWith(names: readonly string[]): Promise<Lake> {
  const lake = await openLake();
  for (const name of names) lake.repository.tags.set(name, lake.second);
  return lake;
}

/** All pages, and what was asked for each. */
async function pages({ tools, sandbox, asked }: Lake, args: Record<string, unknown>) {
  const names: string[] = [];
  const requests: string[][] = [];
  let cursor: string | undefined;
  do {
    sandbox.reset();
    const page = await tools.list({ ...args, ...(cursor && { cursor }) });
    names.push(...page.tags.map(({ name }) => name));
    requests.push(asked());
    cursor = page.next_cursor;
  } while (cursor);
  return { names, requests };
}

describe('by name, ascending', () => {
  it('a page is one request that asks for one tag more than is shown', async () => {
    const lake = await lakeWith(['a', 'b', 'c+d', 'e', 'é']);
    const { names, requests } = await pages(lake, { limit: 2 });
    expect(names).toEqual(['a', 'b', 'c+d', 'e', 'é']);
    expect(requests).toEqual([['GET /tags'], ['GET /tags?after=b'], ['GET /tags?after=e']]);
    await lake.tools.list({ limit: 7 });
    expect(lake.sandbox.seen.at(-1)?.rawQuery).toBe('amount=8');
  });

  it('bytes decide, above the 16 bits of a character too', async () => {
    const lake = await lakeWith(['v\u{1F600}', 'v\uFF5E', 'v10', 'v9', 'V1']);
    expect((await pages(lake, { limit: 1 })).names).toEqual(['V1', 'v10', 'v9', 'v\uFF5E', 'v\u{1F600}']);
  });

  it('goes on behind a tag that was deleted meanwhile', async () => {
    const lake = await lakeWith(['a', 'b', 'c', 'd']);
    const { next_cursor } = await lake.tools.list({ limit: 2 });
    lake.repository.tags.delete('b');
    lake.repository.tags.set('bb', lake.first);
    expect((await lake.tools.list({ cursor: next_cursor })).tags.map(({ name }) => name)).toEqual(['bb', 'c', 'd']);
  });

  it('a prefix is lakeFS\u2019s own, in each case it may have', async () => {
    const lake = await lakeWith(['V1.1', 'a1', 'v0', 'v1.0', 'v1.1', 'v1.2', 'w1']);
    const { names, requests } = await pages(lake, { search: '^v1.', limit: 2 });
    expect(names).toEqual(['V1.1', 'v1.0', 'v1.1', 'v1.2']);
    expect(requests).toEqual([['GET /tags?prefix=V1.', 'GET /tags?prefix=v1.&after=V1.1'], ['GET /tags?prefix=v1.&after=v1.0']]);
  });

  it('more cases than a few are sieved out of a shorter prefix', async () => {
    const lake = await lakeWith(['RELease-1', 'Release-2', 'Rest', 'relaxed', 'release-3']);
    const { names, requests } = await pages(lake, { search: '^release-' });
    expect(names).toEqual(['RELease-1', 'Release-2', 'release-3']);
    expect(requests[0]?.map((line) => line.replace(/&.*/, ''))).toEqual(
      ['RE', 'Re', 'rE', 're'].map((prefix) => `GET /tags?prefix=${prefix}`),
    );
  });

  it('a search within names reads on only until its page is full', async () => {
    const lake = await lakeWith([...numbered(1500, 'data-'), ...numbered(1500, 'model-')]);
    lake.sandbox.reset();
    expect((await lake.tools.list({ search: 'ta-1', limit: 5 })).tags).toHaveLength(5);
    expect(lake.asked()).toEqual(['GET /tags']);
    expect((await pages(lake, { search: 'L-149', limit: 100 })).names.sort()).toEqual(['model-149', ...numbered(10, 'model-149')].sort());
  });
});

describe('in any other order', () => {
  const names = ['v1.10', 'v1.9', 'V1.2', 'x'];
  it.each([
    ['name', 'desc', ['x', 'v1.9', 'v1.10', 'V1.2']],
    ['version', 'desc', ['x', 'v1.10', 'v1.9', 'V1.2']],
    ['version', 'asc', ['V1.2', 'v1.9', 'v1.10', 'x']],
  ])('%s %s comes from a walk over the whole', async (order_by, sort, expected) => {
    const lake = await lakeWith(names);
    const page = await lake.tools.list({ order_by, sort, limit: 3 });
    expect(page.total).toBe(4);
    expect((await pages(lake, { order_by, sort, limit: 3 })).names).toEqual(expected);
  });

  it('a prefix keeps the walk short', async () => {
    const lake = await lakeWith(names);
    expect((await pages(lake, { search: '^v1', order_by: 'version', sort: 'desc' })).requests).toEqual([
      ['GET /tags?prefix=V1', 'GET /tags?prefix=v1&after=V1.2'],
    ]);
  });

  it('is read once for all its pages, and anew after a write', async () => {
    const lake = await lakeWith(numbered(30));
    const asked = { order_by: 'version', sort: 'desc', limit: 10 } as const;
    const { names, requests } = await pages(lake, asked);
    expect([names.length, requests]).toEqual([30, [['GET /tags'], [], []]]);
    const { next_cursor } = await lake.tools.list(asked);
    await lake.tools.delete({ name: names[20] ?? '' });
    lake.sandbox.reset();
    const page = await lake.tools.list({ ...asked, cursor: next_cursor });
    expect([page.total, lake.asked()]).toEqual([29, ['GET /tags']]);
  });

  it('a long walk takes a thousand at a time, tells how far it is, and can be cancelled', async () => {
    const { provider, sandbox } = await lakeWith(numbered(2500));
    const told: number[] = [];
    const controller = new AbortController();
    const call = { signal: controller.signal, progress: (done: number) => void told.push(done) };
    const list = () => toolsOn(provider, 'datalake', call).list({ order_by: 'version', limit: 1 });
    expect(await list()).toMatchObject({ tags: [{ name: 'v1.2499' }], total: 2500 });
    expect(told).toEqual([1000, 2000]);
    expect(sandbox.seen).toHaveLength(3);
    sandbox.reset();
    sandbox.fault({ kind: 'hang' }, { path: /tags/ });
    const given = codeOf(list());
    setTimeout(() => controller.abort(), 50);
    expect(await given).toBe('cancelled');
    expect(sandbox.seen).toHaveLength(1);
  });
});

describe('a server that goes round in circles', () => {
  it.each([
    ['asc', ['a'], 2],
    ['desc', ['a'], 2],
    ['asc', [], 1],
    ['desc', [], 1],
  ] as const)('ends the list (%s, %j on each page)', async (sort, names, requests) => {
    const { tools, sandbox, first } = await openLake();
    const body = { pagination: { has_more: true }, results: names.map((id) => ({ id, commit_id: first })) };
    sandbox.fault({ kind: 'status', status: 200, body }, { times: 99 });
    expect((await tools.list({ sort })).tags.map(({ name }) => name)).toEqual(names);
    expect(sandbox.seen).toHaveLength(requests);
  });
});

describe('prefixes', () => {
  it('know every letter whose lower case begins with an ASCII character', () => {
    for (let point = 0; point <= 0x10ffff; point += 1) {
      if (point >= 0xd800 && point <= 0xdfff) continue;
      const letter = String.fromCodePoint(point);
      const [first = ''] = letter.toLowerCase();
      if (first <= '\x7f') expect(casesOf(first), letter).toContain(letter);
    }
  });

  const word = fc.array(fc.constantFrom(...'vVkKiI1.-%é\u212a\u0130ΣσςẞßK'), { maxLength: 5 }).map((letters) => letters.join(''));
  it('miss no match, stand in the order of the list, and are few', () => {
    fc.assert(
      fc.property(word, fc.constantFrom('', '$'), word, (text, end, rest) => {
        const search = `^${text}${end}`;
        const { prefixes } = prefixesOf(search);
        expect(prefixes.length).toBeLessThanOrEqual(4);
        expect(prefixes).toEqual([...prefixes].sort(compareNames));
        for (const name of [text + rest, text.toUpperCase() + rest, text.toLowerCase() + rest])
          if (matcher(search)(name))
            expect(
              prefixes.filter((prefix) => name.startsWith(prefix)),
              name,
            ).toHaveLength(1);
      }),
      { numRuns: 2000 },
    );
  });

  it('yield what a walk over everything would yield', async () => {
    const names = ['Ki', 'KI', 'k', '\u212ai', 'k\u0130', 'v', 'Vé', 'vÉ', 'V', 'v1', 'vi', 'Vİ', 'i', '\u0130', 'I'];
    const lake = await lakeWith(names);
    const places = names.map((name) => ({ name })).sort(comparePlaces('name', 'asc'));
    for (const search of ['^k', '^KI', '^v', '^vé', '^i', '^vi', '^', '^$', '^v$', '^ki$', 'É', '$', 'i$', '']) {
      const expected = places.map(({ name }) => name).filter(matcher(search));
      expect((await pages(lake, { search, limit: 2 })).names, search).toEqual(expected);
    }
  });
});

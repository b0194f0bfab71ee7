import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromCursor, matcher, pageOf, takePage, toCursor, WALK_LIMIT, walkPages } from '../../src/core/listing.ts';
import { comparePlaces } from '../../src/core/order.ts';
import { ORDERS, type Tag, type TagPage, type TagQuery } from '../../src/core/tag.ts';
import { codeOf, quietCall } from '../support/target.ts';

const query = (over: Partial<TagQuery> = {}): TagQuery => ({ order_by: 'name', sort: 'asc', limit: 20, ...over });

const name = fc
  .array(fc.constantFrom('v', 'V', '1', '01', '10', '.', '-rc', 'é', '🏷', 'x'), { minLength: 1, maxLength: 5 })
  .map((parts) => parts.join(''));
const date = fc.constantFrom(undefined, '2026-01-01T00:00:00Z', '2026-01-01T01:00:00+01:00', '2026-02-01T00:00:00.5Z', 'nonsense');
const tag = fc.record({ name, created_at: date });
const tags = fc.uniqueArray(tag, { selector: (one) => one.name, maxLength: 40 });
const order = fc.record({ order_by: fc.constantFrom(...ORDERS), sort: fc.constantFrom('asc' as const, 'desc' as const) });
const limits = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 });

/** Every page of a list; `between` may change the tags after each. */
async function pages(
  list: (asked: TagQuery) => Promise<TagPage>,
  asked: TagQuery,
  sizes: number[],
  between: (shown: string[]) => void = () => {},
) {
  const names: string[] = [];
  let cursor: string | undefined;
  for (let turn = 0; turn < 200; turn += 1) {
    const limit = sizes[turn % sizes.length] ?? 1;
    const page: TagPage = await list({ ...asked, limit, cursor });
    expect(page.tags.length).toBeLessThanOrEqual(limit);
    if (page.next_cursor) expect(page.tags.length).toBe(limit);
    names.push(...page.tags.map((one) => one.name));
    between(names);
    cursor = page.next_cursor;
    if (!cursor) return names;
  }
  throw new Error('the walk does not end');
}

const sorted = (all: readonly Tag[], asked: TagQuery) => {
  const places = all.map((one) => ({ name: one.name, date: one.created_at }));
  return places.sort(comparePlaces(asked.order_by, asked.sort)).map((place) => place.name);
};

describe('walking the pages of a list', () => {
  it('yields every tag once and in order, whatever the order and the sizes of the pages', async () => {
    await fc.assert(
      fc.asyncProperty(tags, order, limits, async (all, by, sizes) => {
        const asked = query(by);
        expect(await pages((one) => pageOf('r', all, one), asked, sizes)).toEqual(sorted(all, asked));
      }),
      { numRuns: 300 },
    );
  });

  it('tells the number of all that match on every page', async () => {
    const all = ['a1', 'a2', 'b1', 'a3'].map((one) => ({ name: one }));
    const first = await pageOf('r', all, query({ search: '^a', limit: 2 }));
    expect(first).toMatchObject({ tags: [{ name: 'a1' }, { name: 'a2' }], total: 3 });
    const { cursorPast: _, ...second } = await pageOf('r', all, query({ search: '^a', limit: 2, cursor: first.next_cursor }));
    expect(second).toEqual({ tags: [{ name: 'a3' }], total: 3 });
  });

  it('without prereleases leaves them out of the search and its number', async () => {
    const all = ['v1.0.0', 'v1.1.0-rc.1', 'nightly', 'app@1.0.0', 'v2.0.0rc1'].map((one) => ({ name: one }));
    const found = async (over: Partial<TagQuery>) => {
      const { tags: shown, total } = await pageOf('r', all, query(over));
      return [shown.map((one) => one.name), total];
    };
    expect(await found({ stable: true })).toEqual([['app@1.0.0', 'nightly', 'v1.0.0'], 3]);
    expect(await found({ stable: true, search: '^v' })).toEqual([['v1.0.0'], 1]);
    expect(await found({ stable: false, search: '^v' })).toEqual([['v1.0.0', 'v1.1.0-rc.1', 'v2.0.0rc1'], 3]);
  });

  it('yields the remaining tags once each, in order, where others are deleted and inserted between the pages', async () => {
    await fc.assert(
      fc.asyncProperty(
        tags,
        fc.array(fc.tuple(fc.nat(), fc.boolean(), tag), { maxLength: 8 }),
        order,
        limits,
        async (all, changes, by, sizes) => {
          const asked = query(by);
          let now: Tag[] = [...all];
          const touched = new Set<string>();
          const queue = [...changes];
          const walked = await pages(
            (one) => pageOf('r', now, one),
            asked,
            sizes,
            (shown) => {
              const [at, deletes, fresh] = queue.shift() ?? [0, false, undefined];
              // The tag that the cursor stands on is as likely a victim as any other.
              const victim = deletes ? (at % 2 ? shown.at(-1) : now[at % (now.length || 1)]?.name) : undefined;
              if (fresh && !now.some((one) => one.name === fresh.name)) now = [...now, { ...fresh }];
              now = now.filter((one) => one.name !== victim);
              for (const changed of [victim, fresh?.name]) if (changed) touched.add(changed);
            },
          );
          const stayed = all.filter((one) => !touched.has(one.name));
          expect(walked.filter((one) => !touched.has(one))).toEqual(sorted(stayed, asked));
          // What was deleted may come again only if it was made again.
          const inserted = new Set(changes.map(([, , fresh]) => fresh.name));
          const repeated = walked.filter((one, index) => walked.indexOf(one) !== index && !inserted.has(one));
          expect(repeated).toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('takePage', () => {
  const places = (...names: string[]) => names.map((one) => ({ name: one }));

  it('reads no further than it must, also past a cursor', async () => {
    let read = 0;
    async function* batches() {
      for (const batch of [places('a', 'b'), places('c', 'd'), places('e', 'f'), places('g')]) {
        read += 1;
        yield batch;
      }
    }
    expect((await takePage('r', batches(), query({ limit: 1 }))).shown).toEqual(places('a'));
    expect(read).toBe(1);
    read = 0;
    const cursor = toCursor('r', query(), { name: 'b' });
    expect((await takePage('r', batches(), query({ limit: 1, cursor }))).shown).toEqual(places('c'));
    expect(read).toBe(2);
  });

  it('goes on where the order says, once the tag of the cursor is gone', async () => {
    const cursor = toCursor('r', query(), { name: 'c' });
    const page = await takePage('r', [places('a', 'b'), places('d', 'e'), places('f')], query({ limit: 2, cursor }));
    expect([page.shown, page.next_cursor]).toEqual([places('d', 'e'), toCursor('r', query(), { name: 'e' })]);
  });

  it('goes on after the very tag of the cursor, even where the system sorts otherwise than we think', async () => {
    const theirs = places('d', 'c', 'b', 'A', 'e', 'B');
    const batches = theirs.map((one) => [one]);
    const first = await takePage('r', batches, query({ limit: 4 }));
    const second = await takePage('r', batches, query({ limit: 1, cursor: first.next_cursor }));
    const third = await takePage('r', batches, query({ limit: 9, cursor: second.next_cursor }));
    expect([first, second, third].map(({ shown }) => shown.length)).toEqual([4, 1, 1]);
    expect([...first.shown, ...second.shown, ...third.shown]).toEqual(theirs);
    expect(third.next_cursor).toBeUndefined();
  });
});

describe('a cursor', () => {
  const position = fc.record({ name, date, at: fc.option(fc.string(), { nil: undefined }) });
  const repository = fc.string({ unit: 'grapheme', maxLength: 12 });

  it('leads back to its position, and is safe in JSON, a URL and a shell', () => {
    fc.assert(
      fc.property(repository, order, position, (where, by, there) => {
        const cursor = toCursor(where, query(by), there);
        expect(cursor).toMatch(/^[A-Za-z0-9_=-]+$/);
        expect(fromCursor(where, query({ ...by, limit: 99, cursor }))).toEqual(JSON.parse(JSON.stringify(there)));
      }),
    );
    expect(fromCursor('r', query())).toBeUndefined();
  });

  it('is bound to its repository, search, order and direction', () => {
    const cursor = toCursor('r', query({ search: 'v' }), { name: 'v1' });
    for (const other of [
      query(),
      query({ search: 'v', stable: true }),
      query({ search: 'v', contains: 'main' }),
      query({ search: 'V' }),
      query({ search: 'v', order_by: 'version' }),
      query({ search: 'v', sort: 'desc' }),
    ])
      expect(() => fromCursor('r', { ...other, cursor })).toThrow(expect.objectContaining({ code: 'invalid_input' }));
    expect(() => fromCursor('s', query({ search: 'v', cursor }))).toThrow(expect.objectContaining({ code: 'invalid_input' }));
    expect(fromCursor('r', query({ search: 'v', cursor }))).toEqual({ name: 'v1' });
    expect(fromCursor('r', query({ search: '', cursor: toCursor('r', query(), { name: 'v1' }) }))).toEqual({ name: 'v1' });
  });

  it('never leads elsewhere once a character is changed, left out or added: it is invalid_input, or means the same', () => {
    const characters = fc.constantFrom(...'AZaz09-_=. {"é');
    fc.assert(
      fc.property(position, fc.nat(), characters, fc.constantFrom('change', 'add', 'cut'), (there, at, character, how) => {
        const cursor = toCursor('r', query(), there);
        const where = at % cursor.length;
        const rest = { change: character + cursor.slice(where + 1), add: character + cursor.slice(where), cut: '' }[how];
        let leads: unknown;
        try {
          leads = fromCursor('r', query({ cursor: cursor.slice(0, where) + rest }));
        } catch (error) {
          expect(error).toMatchObject({ code: 'invalid_input', hint: expect.stringContaining('next_cursor') });
          return;
        }
        expect(leads).toEqual(JSON.parse(JSON.stringify(there)));
      }),
      { numRuns: 1_000 },
    );
  });

  it('is taken to the letter, and told apart from one of another list', () => {
    const cursor = toCursor('r', query(), { name: 'v1' });
    for (const damaged of [`${cursor}=`, ` ${cursor}`, `${cursor}\n`, cursor.slice(0, -4)])
      expect(() => fromCursor('r', query({ cursor: damaged }))).toThrow('The cursor is damaged.');
    expect(() => fromCursor('s', query({ cursor }))).toThrow('belongs to another repository');
  });

  it('of nonsense is invalid_input', async () => {
    for (const cursor of ['', 'x', 'e30', 'e30=', 'bnVsbA==', 'W10=', '====', 'äöü', '\0', '{"name":"v1"}', 'a'.repeat(100_000)])
      expect(await codeOf(pageOf('r', [], query({ cursor }))), cursor.slice(0, 20)).toBe('invalid_input');
  });
});

describe('matcher', () => {
  const plain = fc.string({ unit: fc.constantFrom('a', 'B', 'é', '1', '.', '*'), maxLength: 4 });

  it('finds substrings, prefixes, suffixes and whole names, in any case', () => {
    fc.assert(
      fc.property(plain, plain, plain, (before, text, after) => {
        const whole = `${before}${text}${after}`;
        for (const search of [text, text.toUpperCase()]) expect(matcher(search)(whole)).toBe(true);
        expect(matcher(`^${before}`)(whole)).toBe(true);
        if (after) expect(matcher(`${after}$`)(whole)).toBe(true);
        if (whole) expect(matcher(`^${whole.toUpperCase()}$`)(whole)).toBe(true);
        expect(matcher(`^${whole}$`)(`${whole}!`)).toBe(false);
        expect(matcher(`^x${text}`)(whole)).toBe(false);
        expect(matcher(`${text}x$`)(whole)).toBe(false);
      }),
    );
  });

  it('takes no character for a pattern but these two at the ends', () => {
    expect(matcher('v.0')('v10')).toBe(false);
    expect(matcher('*')('v1')).toBe(false);
    expect(matcher('a^b')('a^b')).toBe(true);
    expect(['a$b', 'ab'].map(matcher('$'))).toEqual([true, false]);
    expect([undefined, '', '^'].map((search) => matcher(search)('v1'))).toEqual([true, true, true]);
  });

  it('takes a prefix for one that begins a name, and a suffix for one that ends it', () => {
    expect(['^b', '^a', 'a$', 'b$'].map((search) => matcher(search)('ab'))).toEqual([false, true, false, true]);
  });
});

describe('walk', () => {
  async function walk<At>(...walking: Parameters<typeof walkPages<At>>): Promise<Tag[]> {
    const found: Tag[] = [];
    for await (const batch of walkPages(...walking)) found.push(...batch);
    return found;
  }
  const page = (from: number, count: number) => Array.from({ length: count }, (_, index) => ({ name: `t${from + index}` }));

  it('yields each tag once, from pages that overlap', async () => {
    const found = await walk(0, async (at) => ({ tags: page(at * 3, 5), next: at < 4 ? at + 1 : undefined }), quietCall());
    expect(found.map((one) => one.name)).toEqual(page(0, 17).map((one) => one.name));
  });

  it('ends where the system sends the same page for ever', async () => {
    let asked = 0;
    const same = async (at: number) => {
      asked += 1;
      return { tags: page(0, 10), next: at + 1 };
    };
    const found = await walk(1, same, quietCall());
    expect([found.length, asked]).toEqual([10, 2]);
  });

  it('is unsupported past its limit, and advises to narrow the search', async () => {
    const endless = (at: number) => Promise.resolve({ tags: page(at * 10_000, 10_000), next: at + 1 });
    await expect(walk(0, endless, quietCall())).rejects.toMatchObject({
      code: 'unsupported',
      message: 'The repository has more than 100000 tags to go through.',
      hint: expect.stringContaining('search'),
    });
    const full = await walk(0, async (at) => ({ tags: page(at * 10_000, 10_000), next: at < 9 ? at + 1 : undefined }), quietCall());
    expect(full).toHaveLength(WALK_LIMIT);
  });

  it('reports how far it has come while there is more', async () => {
    const told: [number, string][] = [];
    const call = { ...quietCall(), progress: (done: number, message: string) => void told.push([done, message]) };
    await walk(0, async (at) => ({ tags: page(at * 2, 2), next: at < 2 ? at + 1 : undefined }), call);
    expect(told).toEqual([
      [2, '2 tags read'],
      [4, '4 tags read'],
    ]);
  });

  it('ends with the error of a page', async () => {
    const failing = walk(0, async () => Promise.reject(new Error('gone')), quietCall());
    await expect(failing).rejects.toThrow('gone');
  });
});

/** Pages in GitLab's own order, which is not always ours: a page that GitLab ordered is never gone on from in another order. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTagError } from '../../../src/core/errors.ts';
import type { GitlabOptions } from '../../sandbox/gitlab.ts';
import { failureOf } from '../../support/target.ts';
import { type Workshop, workshop } from './workshop.ts';

/** Every age of GitLab: what its pager does, and whether a tag's own date is told. */
const AGES: Record<string, GitlabOptions> = {
  '8 to 13': { pager: 'offset', version: '13.12.0' },
  '14 to 15.3': { pager: 'old', version: '15.0.0' },
  '15.4 to 16.10': { pager: 'old', version: '16.10.0' },
  '16.11 and later': { pager: 'new', version: '18.2.1-ee' },
};

const DAY_MS = 86_400_000;
const day = (number: number) => new Date(Date.UTC(2019, 10, 1) + number * DAY_MS).toISOString().replace('Z', '+00:00');

interface Made {
  readonly name: string;
  /** Of its commit; several may have the same. */
  readonly day: number;
  /** Of an annotated tag itself. */
  readonly own?: number | undefined;
}

function make({ sandbox, project }: Workshop, tags: readonly Made[]): void {
  for (const { name, day: number, own } of tags) {
    const commit = sandbox.commit(project, 'side', name, day(number));
    const { annotation } = sandbox.tag(project, name, commit, own === undefined ? '' : 'notes');
    if (annotation && own !== undefined) annotation.date = day(own);
  }
}

interface Walked {
  readonly names: string[];
  /** The walk ended with `changed`. */
  readonly changed: boolean;
}

async function walk({ tools }: Workshop, args: Record<string, unknown>, between: (shown: string[]) => void = () => {}): Promise<Walked> {
  const names: string[] = [];
  for (let cursor: string | undefined, pages = 0; pages === 0 || cursor; pages += 1) {
    if (pages > 200) throw new Error('the walk does not end');
    try {
      const page = await tools.list({ ...args, ...(cursor && { cursor }) });
      const shown = page.tags.map(({ name }) => name);
      names.push(...shown);
      between(shown);
      cursor = page.next_cursor;
    } catch (error) {
      if (pages > 0 && isTagError(error, 'changed')) return { names, changed: true };
      throw error;
    }
  }
  return { names, changed: false };
}

describe.each(Object.entries(AGES))('GitLab %s', (_, options) => {
  it.each([1, 2, 3, 7])('shows tags of one date once each, %i a page', async (limit) => {
    const shop = await workshop(options);
    make(
      shop,
      [4, 4, 4, 4, 2, 2, 2].map((day, index) => ({ name: `0.2.${7 - index}`, day })),
    );
    for (const sort of ['desc', 'asc'])
      for (const order_by of ['updated', 'name', 'version']) {
        const { names } = await walk(shop, { limit, order_by, sort });
        expect([...names].sort(), `${order_by} ${sort}`).toEqual([1, 2, 3, 4, 5, 6, 7].map((last) => `0.2.${last}`));
      }
  });

  it.each(['updated', 'name', 'version'])('by %s shows the rest to whoever deletes what was shown', async (order_by) => {
    const shop = await workshop(options);
    // Annotated long after their commits, and the other way round.
    make(
      shop,
      Array.from({ length: 40 }, (_, index) => ({ name: `v${index}`, day: index % 7, own: index % 3 ? 60 - index : undefined })),
    );
    const clean = (shown: string[]) => shown.forEach((name) => void shop.project.tags.delete(name));
    expect((await walk(shop, { order_by, limit: 6 }, clean)).names).toHaveLength(40);
    expect(shop.project.tags.size).toBe(0);
  });

  it('never shows a tag twice, nor leaves out one that stands, whatever is deleted meanwhile, or says so', async () => {
    const when = fc.integer({ min: 0, max: 4 });
    const tags = fc.uniqueArray(
      fc.record({ name: fc.stringMatching(/^v[0-9]{1,2}(\.[0-9])?$/), day: when, own: fc.option(when, { nil: undefined }) }),
      {
        selector: ({ name }) => name,
        minLength: 3,
        maxLength: 14,
      },
    );
    const order = fc.constantFrom('updated', 'name', 'version');
    const doomed = fc.array(fc.nat(13), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(
        tags,
        order,
        fc.constantFrom('asc', 'desc'),
        fc.integer({ min: 1, max: 4 }),
        doomed,
        async (made, order_by, sort, limit, victims) => {
          const shop = await workshop(options);
          make(shop, made);
          let left = [...victims];
          const { names, changed } = await walk(shop, { order_by, sort, limit }, () => {
            for (const victim of left.slice(0, 2)) shop.project.tags.delete(made[victim % made.length]?.name ?? '');
            left = left.slice(2);
          });
          expect(new Set(names).size).toBe(names.length);
          if (!changed) expect(names).toEqual(expect.arrayContaining([...shop.project.tags.keys()]));
          await shop.sandbox.close();
        },
      ),
      { numRuns: 40 },
    );
  });

  it('goes on from a full hundred of which the last was deleted', async () => {
    const shop = await workshop(options);
    make(
      shop,
      Array.from({ length: 230 }, (_, index) => ({ name: `v${index}`, day: index % 5, own: index % 2 ? index % 9 : undefined })),
    );
    const { names } = await walk(shop, { order_by: 'updated', limit: 100 }, (shown) => shop.project.tags.delete(shown.at(-1) ?? ''));
    expect(new Set(names).size).toBe(230);
  });
});

describe('where the tags on both sides of a cursor are gone', () => {
  it.each(['14 to 15.3', '15.4 to 16.10'])('GitLab %s cannot be gone on from by date, which is said', async (age) => {
    const shop = await workshop(AGES[age]);
    make(
      shop,
      [0, 1, 2, 3, 4, 5].map((number) => ({ name: `v${number}`, day: number, own: 10 - number })),
    );
    const { next_cursor: cursor } = await shop.tools.list({ limit: 2 });
    for (const name of ['v1', 'v2']) shop.project.tags.delete(name);
    expect(await failureOf(shop.tools.list({ limit: 2, cursor }))).toMatchObject({
      code: 'changed',
      hint: expect.stringContaining('without cursor'),
    });
  });
  it('goes on by name, which is an order that is known', async () => {
    const shop = await workshop();
    make(
      shop,
      [0, 1, 2, 3, 4, 5].map((number) => ({ name: `v${number}`, day: number })),
    );
    const { next_cursor: cursor } = await shop.tools.list({ limit: 2, order_by: 'name' });
    for (const name of ['v1', 'v2']) shop.project.tags.delete(name);
    expect((await shop.tools.list({ limit: 9, order_by: 'name', cursor })).tags.map(({ name }) => name)).toEqual(['v3', 'v4', 'v5']);
  });
});

it('a GitLab that knows no pages at all, or no order, is ordered here', async () => {
  const shop = await workshop();
  const body = ['v1', 'v10', 'v9', 'v2', 'v3'].map((name) => ({ name, commit: { id: 'c'.repeat(40) } }));
  shop.sandbox.fault({ kind: 'status', status: 200, body }, { path: /tags$/, times: 99 });
  for (const limit of [1, 2, 3]) expect((await walk(shop, { order_by: 'name', limit })).names).toEqual(['v1', 'v10', 'v2', 'v3', 'v9']);
  // As many as were asked for: nothing shows it, and all pages are in its order.
  expect((await walk(shop, { order_by: 'name', limit: 4 })).names).toEqual(['v1', 'v10', 'v9', 'v2', 'v3']);
});

it('a GitLab whose Link alone shows its age is ordered here from the first page on', async () => {
  const shop = await workshop(AGES['8 to 13']);
  shop.sandbox.gateway = ({ link }) => (link ? { link } : {});
  make(
    shop,
    ['v1', 'v10', 'v9', 'v2', 'v3'].map((name, day) => ({ name, day })),
  );
  expect((await walk(shop, { order_by: 'name', limit: 2 })).names).toEqual(['v1', 'v10', 'v2', 'v3', 'v9']);
});

it('a GitLab whose pages are smaller than asked for is followed as its Link says', async () => {
  const shop = await workshop();
  make(
    shop,
    Array.from({ length: 7 }, (_, day) => ({ name: `v${day}`, day })),
  );
  const names = [...shop.project.tags.keys()];
  for (let start = 0; start < 7; start += 2) {
    const body = names.slice(start, start + 2).map((name) => ({ name, commit: { id: 'c'.repeat(40) } }));
    const link = `<https://x/api/v4/projects/1/repository/tags?page_token=${body.at(-1)?.name}>; rel="next"`;
    shop.sandbox.fault({ kind: 'status', status: 200, body, headers: start + 2 < 7 ? { link } : {} }, { path: /tags$/ });
  }
  expect((await walk(shop, { order_by: 'name', limit: 5 })).names).toEqual(names);
});

/** What holds on every system, whatever it is. Each law gets a world of its own. */
import { expect } from 'vitest';
import { comparePlaces } from '../../src/core/order.ts';
import type { OrderBy, Sort } from '../../src/core/tag.ts';
import { codeOf, quietCall, toolsOn } from '../support/target.ts';
import type { World } from './world.ts';

export type Law = (world: World) => Promise<void>;

const tools = ({ provider, repository }: World) => toolsOn(provider, repository);
const numbered = (count: number, prefix = 'v1.') => Array.from({ length: count }, (_, index) => `${prefix}${index}`);

/** All pages of a list, each with its own size. */
async function walk(world: World, args: Record<string, unknown>, limits: number[] = [100]): Promise<string[]> {
  const names: string[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < 100; page += 1) {
    const limit = limits[page % limits.length];
    const result = await tools(world).list({ ...args, limit, ...(cursor && { cursor }) });
    expect(result.tags.length).toBeLessThanOrEqual(limit ?? 0);
    names.push(...result.tags.map(({ name }) => name));
    cursor = result.next_cursor;
    if (!cursor) return names;
  }
  throw new Error('the walk does not end');
}

export const laws: Record<string, Law> = {
  'a created tag can be read back as it was reported': async (world) => {
    const { outcome, tag } = await tools(world).create({ name: 'v1.0.0', ref: world.newer.ref });
    expect(outcome).toBe('created');
    expect(tag).toMatchObject({ name: 'v1.0.0', commit_id: world.newer.commit });
    const read = (await tools(world).get('v1.0.0')).tag;
    expect(read).toMatchObject(tag);
    expect(JSON.stringify(read)).not.toContain('null');
  },
  'a created tag is listed': async (world) => {
    await tools(world).create({ name: 'v1.0.0', ref: world.older.ref });
    const { tags } = await tools(world).list();
    expect(tags).toMatchObject([{ name: 'v1.0.0', short_id: world.older.commit.slice(0, 12) }]);
    const detailed = (await tools(world).list({ format: 'detailed' })).tags;
    expect(detailed).toMatchObject([{ name: 'v1.0.0', commit_id: world.older.commit }]);
  },
  'creating again at the same commit is unchanged': async (world) => {
    await tools(world).create({ name: 'v1', ref: world.newer.ref });
    expect((await tools(world).create({ name: 'v1', ref: world.newer.commit })).outcome).toBe('unchanged');
  },
  'creating at another commit is already_exists, and says where the tag stands': async (world) => {
    await tools(world).create({ name: 'v1', ref: world.older.ref });
    const again = tools(world).create({ name: 'v1', ref: world.newer.ref });
    expect(await codeOf(again)).toBe('already_exists');
    await expect(again).rejects.toThrow(world.older.commit);
    expect((await tools(world).get('v1')).tag.commit_id).toBe(world.older.commit);
  },
  'force moves the tag and tells where it stood': async (world) => {
    await tools(world).create({ name: 'v1', ref: world.older.ref });
    const moved = await tools(world).create({ name: 'v1', ref: world.newer.ref, force: true });
    expect(moved).toMatchObject({ outcome: 'moved', previous_commit_id: world.older.commit, tag: { commit_id: world.newer.commit } });
    expect(await world.names()).toEqual(['v1']);
  },
  'force on a free name creates, on the same commit leaves unchanged': async (world) => {
    expect((await tools(world).create({ name: 'v1', ref: world.older.ref, force: true })).outcome).toBe('created');
    expect((await tools(world).create({ name: 'v1', ref: world.older.ref, force: true })).outcome).toBe('unchanged');
  },
  'a message is kept to the letter, or refused before anything is written': async (world) => {
    const message = '# Release\n\n* first — «ä»\n# not a comment';
    const created = tools(world).create({ name: 'v1', ref: world.newer.ref, message });
    if (world.provider.traits.message === 'none') {
      expect(await codeOf(created)).toBe('unsupported');
      expect(await world.names()).toEqual([]);
      return;
    }
    await created;
    expect((await tools(world).get('v1')).tag.message).toBe(message);
    expect((await tools(world).create({ name: 'v1', ref: world.newer.ref, message })).outcome).toBe('unchanged');
    expect((await tools(world).create({ name: 'v1', ref: world.newer.ref })).outcome).toBe('unchanged');
    expect(await codeOf(tools(world).create({ name: 'v1', ref: world.newer.ref, message: 'other' }))).toBe('already_exists');
  },
  'a move without a message keeps the message': async (world) => {
    if (world.provider.traits.message === 'none') return;
    await tools(world).create({ name: 'v1', ref: world.older.ref, message: 'kept' });
    const { tag } = await tools(world).create({ name: 'v1', ref: world.newer.ref, force: true });
    expect(tag.message).toBe('kept');
    expect((await tools(world).create({ name: 'v1', ref: world.older.ref, force: true, message: 'new' })).tag.message).toBe('new');
  },
  'expected_commit_id guards a move and a deletion': async (world) => {
    const wrong = world.newer.commit;
    await tools(world).create({ name: 'v1', ref: world.older.ref });
    expect(await codeOf(tools(world).create({ name: 'v1', ref: world.newer.ref, force: true, expected_commit_id: wrong }))).toBe('changed');
    expect(await codeOf(tools(world).delete({ name: 'v1', expected_commit_id: wrong }))).toBe('changed');
    expect(await codeOf(tools(world).create({ name: 'v2', ref: world.newer.ref, expected_commit_id: wrong }))).toBe('changed');
    expect(await world.names()).toEqual(['v1']);
    const right = world.older.commit.slice(0, 9);
    expect((await tools(world).create({ name: 'v1', ref: world.newer.ref, force: true, expected_commit_id: right })).outcome).toBe('moved');
    await tools(world).delete({ name: 'v1', expected_commit_id: world.newer.commit.slice(0, 7) });
    expect(await world.names()).toEqual([]);
  },
  'a missing tag is tag_not_found': async (world) => {
    expect(await codeOf(tools(world).get('v404'))).toBe('tag_not_found');
    expect(await codeOf(tools(world).delete({ name: 'v404' }))).toBe('tag_not_found');
  },
  'a deleted tag is gone, and restore brings it back': async (world) => {
    const message = world.provider.traits.message === 'none' ? undefined : 'two\nlines';
    await tools(world).create({ name: 'v1', ref: world.older.ref, message });
    const { deleted, restore } = await tools(world).delete({ name: 'v1' });
    expect(deleted).toMatchObject({ name: 'v1', commit_id: world.older.commit });
    expect(await codeOf(tools(world).get('v1'))).toBe('tag_not_found');
    expect(await world.names()).toEqual([]);
    const { provider: _, repository, ...args } = restore;
    const { tag } = await toolsOn(world.provider, String(repository)).create(args);
    expect(tag).toMatchObject({ name: 'v1', commit_id: world.older.commit, ...(message && { message }) });
  },
  'unusual names survive every call': async (world) => {
    const rule = world.provider.traits.nameRule ?? (() => undefined);
    const names = [
      'rel/1.0',
      '50%',
      'v%2e',
      'é-ü',
      '日本',
      'a+b',
      'a#b',
      'a&b=c',
      "it's",
      'a(b)!',
      'a;b',
      '1',
      'v1.0.0-rc.1_x',
      '🏷',
    ].filter((name) => !rule(name));
    for (const name of names) {
      expect((await tools(world).create({ name, ref: world.older.ref })).tag.name).toBe(name);
      expect((await tools(world).get(name)).tag.name).toBe(name);
    }
    expect((await walk(world, {})).sort()).toEqual([...names].sort());
    for (const name of names) await tools(world).delete({ name });
    expect(await world.names()).toEqual([]);
  },
  'an illegal name is refused before anything leaves': async (world) => {
    for (const name of ['a b', 'a..b', '..', '.', 'a~b', 'a^b', 'a:b', '-x', 'a\nb', 'a@{b', 'x.lock', '@', 'a\\b'])
      expect(await codeOf(tools(world).create({ name, ref: world.older.ref })), name).toBe('invalid_name');
    expect(world.wire?.sandbox.seen ?? []).toEqual([]);
    expect(await world.names()).toEqual([]);
  },
  'an unknown ref is ref_not_found, and makes nothing': async (world) => {
    expect(await codeOf(tools(world).create({ name: 'v1', ref: world.unknownRef }))).toBe('ref_not_found');
    expect(await world.names()).toEqual([]);
  },
  'a missing repository is repository_not_found': async (world) => {
    const there = toolsOn(world.provider, world.missing);
    expect(await codeOf(there.get('v1'))).toBe('repository_not_found');
    expect(await codeOf(there.list())).toBe('repository_not_found');
    expect(await codeOf(there.create({ name: 'v1', ref: world.newer.ref }))).toBe('repository_not_found');
    expect(await codeOf(there.delete({ name: 'v1' }))).toBe('repository_not_found');
  },
  '250 tags in pages of 100 come once each, in every order': async (world) => {
    const names = [...numbered(120), ...numbered(110, 'V2-'), ...numbered(20, 'z_0')];
    await world.seed(names);
    for (const order_by of world.provider.traits.orders)
      for (const sort of ['asc', 'desc'] as const) {
        const walked = await walk(world, { order_by, sort });
        expect([...walked].sort(), `${order_by} ${sort}`).toEqual([...names].sort());
        if (order_by !== 'updated') expect(walked).toEqual(sorted(walked, order_by, sort));
      }
  },
  'exactly 100 tags are one page and no more': async (world) => {
    await world.seed(numbered(100));
    expect(await walk(world, { order_by: 'name' })).toHaveLength(100);
    expect(await walk(world, {}, [50])).toHaveLength(100);
  },
  'the limit may change from page to page': async (world) => {
    await world.seed(numbered(40));
    expect((await walk(world, { order_by: 'version' }, [1, 7, 2])).sort()).toEqual(numbered(40).sort());
  },
  'deleting what was listed does not break the walk': async (world) => {
    await world.seed(numbered(30));
    const first = await tools(world).list({ order_by: 'name', limit: 10 });
    for (const { name } of first.tags) await tools(world).delete({ name });
    const rest = await tools(world).list({ order_by: 'name', limit: 100, cursor: first.next_cursor });
    expect([...first.tags, ...rest.tags].map(({ name }) => name)).toEqual(sorted(numbered(30), 'name', 'asc'));
  },
  'search is a substring, ^ a prefix, $ a suffix, case-insensitive': async (world) => {
    await world.seed(['v1.0', 'V1.1', 'data-v1', 'v2.0', 'rc-v2.0']);
    const found = async (search: string) => (await walk(world, { search }, [2])).sort();
    expect(await found('v1')).toEqual(['V1.1', 'data-v1', 'v1.0']);
    expect(await found('^V1')).toEqual(['V1.1', 'v1.0']);
    expect(await found('2.0$')).toEqual(['rc-v2.0', 'v2.0']);
    expect(await found('^v2.0$')).toEqual(['v2.0']);
    expect(await found('1.')).toEqual(['V1.1', 'v1.0']);
    expect(await found('nowhere')).toEqual([]);
    expect(await codeOf(found('*'))).toBe('invalid_input');
  },
  'a cursor is bound to its query and checked': async (world) => {
    await world.seed(numbered(5));
    const { next_cursor } = await tools(world).list({ order_by: 'name', limit: 2 });
    const list = (args: object) => tools(world).list({ order_by: 'name', cursor: next_cursor, ...args });
    expect(await codeOf(list({ search: 'v' }))).toBe('invalid_input');
    expect(await codeOf(list({ sort: 'desc' }))).toBe('invalid_input');
    expect(await codeOf(list({ cursor: `${next_cursor}x` }))).toBe('invalid_input');
    expect(await codeOf(list({ cursor: 'e30' }))).toBe('invalid_input');
  },
  'an order that the system cannot have is unsupported': async (world) => {
    for (const order_by of ['name', 'updated', 'version'] as const)
      if (!world.provider.traits.orders.includes(order_by)) expect(await codeOf(tools(world).list({ order_by }))).toBe('unsupported');
  },
  'a cancelled call ends as cancelled': async (world) => {
    const gone = toolsOn(world.provider, world.repository, quietCall(AbortSignal.abort()));
    expect(await codeOf(gone.list())).toBe('cancelled');
    expect(await codeOf(gone.create({ name: 'v1', ref: world.newer.ref }))).toBe('cancelled');
    expect(await world.names()).toEqual([]);
  },
  'of 20 racing creations one creates, the others find it': async (world) => {
    const refs = [world.older.ref, world.newer.ref];
    const race = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        tools(world)
          .create({ name: 'race', ref: refs[index % 2] })
          .then(
            ({ outcome }) => outcome,
            (error: { code: string }) => error.code,
          ),
      ),
    );
    expect(race.filter((outcome) => outcome === 'created')).toHaveLength(1);
    expect(race.filter((outcome) => !['created', 'unchanged', 'already_exists'].includes(outcome))).toEqual([]);
    expect(await world.names()).toEqual(['race']);
  },
  'a repository has one canonical name, and a check tells who answers': async (world) => {
    const call = quietCall();
    const repository = await world.provider.locate(world.repository, call);
    const canonical = await world.provider.canonical(repository, call);
    expect(await world.provider.canonical(await world.provider.locate(canonical, call), call)).toBe(canonical);
    expect(await world.provider.check(call)).toBeTypeOf('object');
  },
};

const sorted = (names: string[], order_by: OrderBy, sort: Sort) => {
  const compare = comparePlaces(order_by, sort);
  return [...names].sort((a, b) => compare({ name: a }, { name: b }));
};

/** What holds wherever history is kept: what lies between two commits is what git says. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { anyHistory, type Planted, type Reference, referenceOf } from '../support/planted-history.ts';
import { codeOf, toolsOn } from '../support/target.ts';
import type { Law } from './laws.ts';
import type { World } from './world.ts';

const tools = ({ provider, repository }: World) => toolsOn(provider, repository);

async function planted(world: World, history: readonly Planted[]): Promise<string[]> {
  if (!world.grow) throw new Error('this world keeps no history');
  return world.grow(history);
}

/** A main line, with a branch from before the first release that is merged behind it, and one that never is. */
const RELEASES: readonly Planted[] = [
  { parents: [], message: 'feat: begin' },
  { parents: [0], message: 'fix: on a branch' },
  { parents: [0], message: 'feat: released' }, // v1.0.0
  { parents: [2, 1], message: 'Merge the branch' },
  { parents: [2], message: 'fix: for the old ones' }, // v1.0.1, beside the main line
  { parents: [3], message: 'fix: more' }, // v1.1.0-rc.1
  { parents: [5], message: 'docs: words' }, // v1.1.0
  { parents: [6], message: 'refactor!: otherwise' },
];
const TAGS = { 'v1.0.0': 2, 'v1.0.1': 4, 'v1.1.0-rc.1': 5, 'v1.1.0': 6, 'app-2.0.0': 0, nightly: 7 };

async function released(world: World): Promise<string[]> {
  const ids = await planted(world, RELEASES);
  for (const [name, index] of Object.entries(TAGS)) await tools(world).create({ name, ref: ids[index] });
  return ids;
}

const ids = (commits: readonly { short_id: string }[]) => commits.map(({ short_id }) => short_id);
const shortened = (all: readonly string[], numbers: Iterable<number>) => Array.from(numbers, (index) => all[index]?.slice(0, 12));

export const historyLaws: Record<string, Law> = {
  'the commits of head that base has not are those of git rev-list': (world) =>
    fc.assert(
      fc.asyncProperty(anyHistory, fc.nat(), fc.nat(), async (history, one, other) => {
        const reference: Reference = referenceOf(history);
        try {
          const all = await planted(world, history);
          const [head, base] = [one % history.length, other % history.length];
          const told = await tools(world).compare({ head: all[head], base: all[base], limit: 100 });
          const expected = reference.between(base, head);
          expect(new Set(ids(told.commits))).toEqual(new Set(shortened(all, expected)));
          expect(told.total).toBe(expected.size);
          expect(told.relation).toBe(head === base ? 'same' : reference.contains(head, base) ? 'ahead' : 'diverged');
          expect(told).toMatchObject({ head: { commit_id: all[head] }, base: { commit_id: all[base] } });
        } finally {
          reference.close();
        }
      }),
      { numRuns: 25 },
    ),
  'without base it is the highest version that head contains, of its series': async (world) => {
    const all = await released(world);
    const baseOf = async (head: string) => (await tools(world).compare({ head })).base?.name;
    expect(await baseOf('v1.1.0')).toBe('v1.0.0'); // v1.0.1 is higher, and beside it; a stable version has no prerelease for its base
    expect(await baseOf('v1.1.0-rc.1')).toBe('v1.0.0');
    expect(await baseOf('v1.0.1')).toBe('v1.0.0');
    expect(await baseOf('v1.0.0')).toBeUndefined();
    expect(await baseOf('app-2.0.0')).toBeUndefined();
    expect(await baseOf(all[7] ?? '')).toBe('app-2.0.0');
    expect(await baseOf('nightly')).toBe('app-2.0.0');
    expect(await tools(world).compare({ head: 'v1.0.0' })).toMatchObject({ relation: 'ahead', total: 2 });
    expect(await tools(world).compare({ head: 'refs/tags/v1.1.0' })).toMatchObject({ head: { name: 'v1.1.0' }, total: 4 });
  },
  'what lies between is told newest first, and what it suggests': async (world) => {
    const all = await released(world);
    const told = await tools(world).compare({ head: all[7], base: 'v1.0.0' });
    expect(ids(told.commits)).toEqual(shortened(all, [7, 6, 5, 3, 1]));
    expect(told).toMatchObject({
      base: { name: 'v1.0.0', commit_id: all[2] },
      relation: 'ahead',
      total: 5,
      next: {
        suggested: 'v2.0.0',
        because: 'no feat, 2 fix, 1 breaking change in 5 of 5 commits',
        patch: 'v1.0.1',
        minor: 'v1.1.0',
        major: 'v2.0.0',
      },
    });
    expect(told.commits[0]).toMatchObject({
      title: 'refactor!: otherwise',
      author: expect.any(String),
      date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
    });
    const some = await tools(world).compare({ head: all[7], base: 'v1.0.0', limit: 2 });
    expect(some).toMatchObject({ ...told, commits: told.commits.slice(0, 2) });
  },
  'the same, and a base above head, have nothing between them': async (world) => {
    await released(world);
    expect(await tools(world).compare({ head: 'v1.1.0', base: 'v1.1.0' })).toMatchObject({ relation: 'same', total: 0, commits: [] });
    expect(await tools(world).compare({ head: 'v1.0.0', base: 'v1.1.0' })).toMatchObject({ relation: 'diverged', total: 0, commits: [] });
  },
  'nothing given is what would be in the next release': async (world) => {
    const whole = await tools(world).compare();
    expect(whole).toMatchObject({ head: { commit_id: world.newer.commit }, relation: 'ahead', total: whole.commits.length });
    expect(whole.base).toBeUndefined();
    await tools(world).create({ name: 'v1.0.0', ref: world.newer.commit });
    const [next = ''] = await planted(world, [{ parents: [], message: 'elsewhere' }]);
    await tools(world).create({ name: 'v2.0.0', ref: next });
    expect(await tools(world).compare()).toMatchObject({ base: { name: 'v1.0.0' }, head: whole.head, relation: 'same', total: 0 });
    expect(await tools(world).compare({ base: 'v2.0.0' })).toMatchObject({ head: whole.head, relation: 'diverged', total: whole.total });
  },
  'a ref that leads nowhere is ref_not_found': async (world) => {
    await tools(world).create({ name: 'v1.0.0', ref: world.older.commit });
    expect(await codeOf(tools(world).compare({ head: world.unknownRef }))).toBe('ref_not_found');
    expect(await codeOf(tools(world).compare({ head: 'v1.0.0', base: world.unknownRef }))).toBe('ref_not_found');
    expect(await codeOf(toolsOn(world.provider, world.missing).compare())).toBe('repository_not_found');
  },
  'contains lists the tags whose history holds a commit': async (world) => {
    const all = await released(world);
    const holding = (contains: string | undefined, more = {}) => tools(world).list({ contains, order_by: 'name', ...more });
    if (!world.provider.traits.contains) {
      expect(await codeOf(holding(all[5]))).toBe('unsupported');
      return;
    }
    const names = async (...args: Parameters<typeof holding>) => (await holding(...args)).tags.map(({ name }) => name);
    expect(await names(all[5])).toEqual(['nightly', 'v1.1.0', 'v1.1.0-rc.1']);
    expect(await names('v1.0.1')).toEqual(['v1.0.1']);
    expect(await names(all[5], { stable: true })).toEqual(['nightly', 'v1.1.0']);
    expect(await names(all[5], { search: '^v' })).toEqual(['v1.1.0', 'v1.1.0-rc.1']);
    expect(await names(all[7], { stable: true, search: '^v' })).toEqual([]);
    expect(await codeOf(holding(world.unknownRef))).toBe('ref_not_found');
    const first = await holding(all[0], { limit: 4 });
    const second = await holding(all[0], { limit: 4, cursor: first.next_cursor });
    expect([...first.tags, ...second.tags].map(({ name }) => name).sort()).toEqual(Object.keys(TAGS).sort());
    expect(await codeOf(holding(all[2], { limit: 4, cursor: first.next_cursor }))).toBe('invalid_input');
  },
};

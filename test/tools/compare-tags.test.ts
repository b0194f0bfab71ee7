import { describe, expect, it } from 'vitest';
import type { Comparison } from '../../src/core/changes.ts';
import { createMemory } from '../support/memory-provider.ts';
import { codeOf, failureOf, toolsOn } from '../support/target.ts';

const id = (index: number) => index.toString(16).padStart(40, '0');
const comparison = (count: number, title = (index: number) => `fix: number ${index}`): Comparison => ({
  head: { name: 'main', commit_id: id(0) },
  base: { name: 'v1.0.0', commit_id: id(count) },
  relation: 'ahead',
  commits: Array.from({ length: count }, (_, index) => ({ id: id(index), message: title(index), author: 'Ada' })),
  total: count,
});
const toolsFor = (told: Comparison) => toolsOn(createMemory({ comparison: told }).provider, 'r');

describe('compare_tags', () => {
  it('shows 20 commits unless told otherwise, and counts them all', async () => {
    const tools = toolsFor(comparison(150));
    expect((await tools.compare()).commits).toHaveLength(20);
    expect((await tools.compare({ limit: 3 })).commits.map(({ title }) => title)).toEqual([
      'fix: number 0',
      'fix: number 1',
      'fix: number 2',
    ]);
    expect(await tools.compare({ limit: 100 })).toMatchObject({
      total: 150,
      next: { because: expect.stringMatching(/in 150 of 150 commits$/) },
    });
  });

  it('ends a page by its size, whatever limit says', async () => {
    const told = await toolsFor(comparison(100, (index) => `${index} ${'ä'.repeat(100)}`)).compare({ limit: 100 });
    expect(JSON.stringify(told.commits).length).toBeLessThanOrEqual(10_000);
    expect(told.commits.length).toBeGreaterThan(20);
  });

  it('tells of a data repository how many objects changed, and leaves out what is not known', async () => {
    const { base: _, total: __, ...rest } = comparison(1);
    const told = await toolsFor({ ...rest, changes: { added: 1, changed: 2, removed: 0, more: true }, note: 'shallow' }).compare();
    expect(Object.keys(told).sort()).toEqual(['changes', 'commits', 'head', 'note', 'relation']);
    expect(told.changes).toEqual({ added: 1, changed: 2, removed: 0, more: true });
  });

  it('asks with the refs as they were given', async () => {
    const asked: unknown[] = [];
    const { provider } = createMemory({ comparison: comparison(1) });
    const tools = toolsOn(
      {
        ...provider,
        compare: async (repository, range) => {
          asked.push(repository, range);
          return comparison(1);
        },
      },
      'r',
    );
    await tools.compare({ head: 'v1.1.0', base: 'refs/tags/v1.0.0' });
    await tools.compare({ head: null, base: '' });
    expect(asked).toEqual(['r', { head: 'v1.1.0', base: 'refs/tags/v1.0.0' }, 'r', { head: undefined, base: undefined }]);
  });

  it('is unsupported where a system keeps no history, by its trait', async () => {
    const failure = await failureOf(toolsOn(createMemory().provider, 'r').compare());
    expect(failure).toMatchObject({ code: 'unsupported', hint: expect.stringContaining('keeps history') });
    const { provider } = createMemory({ comparison: comparison(1), traits: { compares: false } });
    expect(await codeOf(toolsOn(provider, 'r').compare())).toBe('unsupported');
  });

  it.each([{ limit: 0 }, { limit: 101 }, { from: 'v1' }, { head: 'x'.repeat(5_000) }])('refuses %j', async (args) => {
    expect(await codeOf(toolsFor(comparison(1)).compare(args))).toBe('invalid_input');
  });
});

describe('list_tags', () => {
  const NAMES = ['v1.0.0', 'v1.1.0-rc.1', 'v1.1.0', 'nightly', 'my-app@1.0.0', '5.0b1', 'v2.0.0-beta'];
  const memory = createMemory();
  for (const name of NAMES) memory.tags.set(name, { name, commit_id: id(1) });
  const tools = toolsOn(memory.provider, 'r');
  const names = async (args: Record<string, unknown>) => (await tools.list(args)).tags.map(({ name }) => name);

  it('leaves out the prereleases of versions with stable, and nothing else', async () => {
    expect(await names({ stable: true, order_by: 'name' })).toEqual(['my-app@1.0.0', 'nightly', 'v1.0.0', 'v1.1.0']);
    expect(await names({ stable: 'true', order_by: 'version', search: '^v', limit: 1 })).toEqual(['v1.1.0']);
    expect(await names({ stable: false, order_by: 'name' })).toHaveLength(NAMES.length);
  });

  it('binds a cursor to it', async () => {
    const { next_cursor } = await tools.list({ stable: true, order_by: 'name', limit: 2 });
    expect(await names({ stable: true, order_by: 'name', limit: 2, cursor: next_cursor })).toEqual(['v1.0.0', 'v1.1.0']);
    expect(await codeOf(tools.list({ order_by: 'name', limit: 2, cursor: next_cursor }))).toBe('invalid_input');
  });

  it('does not guess which tags hold a commit', async () => {
    const seen = memory.seen.length;
    expect(await failureOf(tools.list({ contains: 'main' }))).toMatchObject({
      code: 'unsupported',
      hint: expect.stringContaining('compare_tags'),
    });
    expect(memory.seen).toHaveLength(seen);
  });
});

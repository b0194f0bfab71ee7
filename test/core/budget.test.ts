import { describe, expect, it } from 'vitest';
import { type Budget, createBudget } from '../../src/core/budget.ts';
import { TagError } from '../../src/core/errors.ts';
import type { TagProvider } from '../../src/core/provider.ts';
import { makeRelease } from '../../src/core/release.ts';
import { planRelease } from '../../src/core/release-plan.ts';
import { replaceTag } from '../../src/core/replace.ts';
import { createMemory, FIRST, type Memory, SECOND } from '../support/memory-provider.ts';
import { codeOf, quietCall } from '../support/target.ts';
import { targetOf } from '../support/targets.ts';

const MIB = 1024 * 1024;

describe('the budget of a call', () => {
  it.each([
    ['This would take more than 2000 requests.', 'unsupported', (budget: Budget) => Array.from({ length: 2_000 }, () => budget.ask())],
    ['More than 256 MiB were sent for this.', 'unsupported', (budget: Budget) => budget.add({ bytes: 256 * MIB + 1 })],
    ['The requests of this call took more than 300 s.', 'timeout', (budget: Budget) => budget.add({ ms: 300_001 })],
  ])('%s is %s, with advice', (message, code, spend) => {
    const budget = createBudget();
    spend(budget);
    expect(() => budget.ask()).toThrow(
      expect.objectContaining({ code, message, inDoubt: false, hint: expect.stringContaining('narrow the search') }),
    );
  });

  it('is not touched by what is just within it', () => {
    const budget = createBudget();
    for (let index = 0; index < 1_999; index += 1) budget.ask();
    budget.add({ bytes: 256 * MIB, ms: 300_000 });
    expect(() => budget.ask()).not.toThrow();
  });
});

/** A system in memory that spends what it is given, one request a step. */
function spending(): Memory {
  const memory = createMemory();
  const { get, create, delete: remove } = memory.provider;
  const provider: TagProvider = {
    ...memory.provider,
    get: async (repository, name, call) => {
      call.budget?.ask();
      return get(repository, name, call);
    },
    create: async (repository, draft, call) => {
      call.budget?.ask();
      return create(repository, draft, call);
    },
    delete: async (repository, tag, force, call) => {
      call.budget?.ask();
      return remove(repository, tag, force, call);
    },
  };
  return { ...memory, provider };
}

describe('what has been begun is finished, whatever it costs', () => {
  it('a release that fails takes back what it has made', async () => {
    const budget = createBudget();
    const call = { ...quietCall(), budget };
    const memories = [spending(), spending()];
    const planned = await planRelease(
      { name: 'v1' },
      memories.map((memory, index) => targetOf(memory, index)),
      call,
    );
    memories[1]?.before('create', () => budget.add({ ms: 400_000 }));
    memories[1]?.fail('create', { error: new TagError('protected', 'No.') });
    expect(await codeOf(makeRelease('v1', planned, call))).toBe('release_failed');
    expect(memories.map(({ tags }) => tags.size)).toEqual([0, 0]);
  });

  it('a move that has deleted makes the new tag', async () => {
    const budget = createBudget();
    const memory = spending();
    const from = { name: 'v1', commit_id: FIRST };
    memory.tags.set('v1', from);
    memory.before('delete', () => budget.add({ bytes: 300 * MIB }));
    await replaceTag(memory.provider, 'r', { name: 'v1', ref: SECOND }, from, { ...quietCall(), budget });
    expect(memory.tags.get('v1')?.commit_id).toBe(SECOND);
  });
});

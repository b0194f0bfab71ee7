import { expect, it } from 'vitest';
import { TagError } from '../../src/core/errors.ts';
import type { Target } from '../../src/core/tool.ts';
import { showRelease } from '../../src/tools/index.ts';
import { createMemory, FIRST, type Memory, SECOND } from '../support/memory-provider.ts';
import { codeOf, quietCall } from '../support/target.ts';
import { targetOf } from '../support/targets.ts';

const show = (targets: Target[]) => showRelease.runRelease({ name: 'v1' }, { ...quietCall(), targets, confirm: async () => {} });
const holding = (commit_id: string): Memory => {
  const memory = createMemory();
  memory.tags.set('v1', { name: 'v1', commit_id });
  return memory;
};

it('is complete where the name stands on every target', async () => {
  expect(await show([targetOf(holding(FIRST), 0), targetOf(holding(SECOND), 1)])).toEqual({
    name: 'v1',
    complete: true,
    targets: [
      { provider: 'memory', repository: 'r0', commit_id: FIRST },
      { provider: 'memory', repository: 'r1', commit_id: SECOND },
    ],
  });
});

it('without any target there is nothing to look at', async () => {
  expect(await codeOf(show([]))).toBe('invalid_input');
});

it('tells what is missing', async () => {
  const { complete, targets } = await show([targetOf(holding(FIRST), 0), targetOf(createMemory(), 1)]);
  expect([complete, targets[1]]).toEqual([false, { provider: 'memory', repository: 'r1', missing: true }]);
});

it('one system that cannot be reached, or one target that is none, does not hide the others', async () => {
  const down = holding(FIRST);
  down.fail('get', { error: new TagError('unavailable', 'Refused.') });
  const lost: Target = {
    named: { provider: 'memory', repository: 'elsewhere' },
    open: async () => {
      throw new TagError('policy_denied', 'Not that one.');
    },
  };
  const { complete, targets } = await show([targetOf(down, 0), lost, targetOf(holding(SECOND), 2)]);
  expect(complete).toBe(false);
  expect(targets).toEqual([
    { provider: 'memory', repository: 'r0', error: 'unavailable: Refused.' },
    { provider: 'memory', repository: 'elsewhere', error: 'policy_denied: Not that one.' },
    { provider: 'memory', repository: 'r2', commit_id: SECOND },
  ]);
});

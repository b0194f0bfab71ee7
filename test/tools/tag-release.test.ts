import { expect, it } from 'vitest';
import type { Call } from '../../src/core/provider.ts';
import type { Making, ReleaseContext } from '../../src/core/tool.ts';
import { tagRelease } from '../../src/tools/index.ts';
import { createMemory, FIRST, type Memory, SECOND } from '../support/memory-provider.ts';
import { codeOf, quietCall } from '../support/target.ts';
import { targetOf } from '../support/targets.ts';

const questions: Making[] = [];
const release = (
  memories: Memory[],
  args: { message?: string; dry_run?: boolean } = {},
  over: Partial<Call> = {},
  confirm: ReleaseContext['confirm'] = async (making) => void questions.push(making),
) =>
  tagRelease.runRelease(
    { name: 'v1', message: undefined, dry_run: false, ...args },
    {
      ...quietCall(),
      ...over,
      targets: memories.map((memory, index) => targetOf(memory, index)),
      confirm,
    },
  );

it('a dry run shows what would be created and what stands, and writes nothing', async () => {
  const [standing, free] = [createMemory(), createMemory({ traits: { message: 'none' } })];
  standing.tags.set('v1', { name: 'v1', commit_id: SECOND, message: 'Notes' });
  expect(await release([standing, free], { dry_run: true, message: 'Notes' })).toEqual({
    name: 'v1',
    outcome: 'planned',
    targets: [
      { provider: 'memory', repository: 'r0', ref: 'second', commit_id: SECOND, outcome: 'unchanged' },
      {
        provider: 'memory',
        repository: 'r1',
        ref: 'second',
        commit_id: SECOND,
        outcome: 'planned',
        note: expect.stringContaining('left out'),
      },
    ],
  });
  expect(free.seen).not.toContain('create');
});

it('a dry run says where a commit is believed unseen', async () => {
  const target = targetOf(createMemory({ traits: { believesIds: true } }), 0);
  const run = async (ref: string, dry_run: boolean) => {
    const one = [{ ...target, named: { ...target.named, ref } }];
    const { targets } = await tagRelease.runRelease(
      { name: 'v1', message: undefined, dry_run },
      { ...quietCall(), targets: one, confirm: async () => {} },
    );
    return targets[0];
  };
  expect(await run(SECOND, true)).toMatchObject({ outcome: 'planned', note: expect.stringContaining('cannot be asked') });
  expect(await run('second', true)).not.toHaveProperty('note');
  expect(await run(SECOND, false)).not.toHaveProperty('note');
});

it('is created where one target was missing, and unchanged where none was', async () => {
  const memories = [createMemory(), createMemory()];
  await release(memories.slice(0, 1));
  expect(await release(memories)).toMatchObject({ outcome: 'created', targets: [{ outcome: 'unchanged' }, { outcome: 'created' }] });
  expect(await release(memories)).toMatchObject({ outcome: 'unchanged' });
});

it('a person who is asked sees every target that will be written', async () => {
  questions.length = 0;
  const memories = [createMemory(), createMemory()];
  await release(memories.slice(0, 1));
  await release(memories);
  await release(memories);
  const written = (repository: string) => ({
    name: 'v1',
    message: undefined,
    targets: [{ provider: 'memory', repository, commit_id: SECOND }],
  });
  expect(questions).toEqual([written('r0'), written('r1')]);
});

it('what is looked at again after the person agreed is what is made', async () => {
  const memories = [createMemory(), createMemory()];
  const [first] = memories;
  const result = await release(memories, {}, {}, async (_, again) => {
    first?.tags.set('v1', { name: 'v1', commit_id: SECOND });
    await again();
  });
  expect(result).toMatchObject({ outcome: 'created', targets: [{ outcome: 'unchanged' }, { outcome: 'created' }] });
  for (const { tags } of memories) tags.clear();
  const moved = release(memories, {}, {}, async (_, again) => {
    first?.tags.set('v1', { name: 'v1', commit_id: FIRST });
    await again();
  });
  expect(await codeOf(moved)).toBe('release_failed');
  expect(memories[1]?.tags.size).toBe(0);
});

it('tells how far it has come, a step a target', async () => {
  const steps: [number, string][] = [];
  await release([createMemory(), createMemory()], {}, { progress: (done, message) => void steps.push([done, message]) });
  expect(steps).toEqual([
    [1, 'memory "r0": created'],
    [2, 'memory "r1": created'],
  ]);
});

it('without any target there is nothing to do', async () => {
  expect(await codeOf(release([]))).toBe('invalid_input');
});

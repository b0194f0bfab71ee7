/** Notes of a release: what its rows say of them. */
import { expect, it } from 'vitest';
import type { Making } from '../../src/core/tool.ts';
import type { Traits } from '../../src/core/traits.ts';
import { tagRelease } from '../../src/tools/index.ts';
import { createMemory, type Memory, SECOND } from '../support/memory-provider.ts';
import { quietCall } from '../support/target.ts';
import { targetOf } from '../support/targets.ts';

const release = { name: 'Memory Release', fate: 'goes with it' };
const memory = (standing?: string | true, traits: Partial<Traits> = {}) => {
  const made = createMemory({ traits: { release, ...traits } });
  if (standing) made.tags.set('v1', { name: 'v1', commit_id: SECOND, ...(standing !== true && { release: { description: standing } }) });
  return made;
};
const questions: Making[] = [];
const run = (memories: Memory[], args: { dry_run?: boolean; release_notes?: string } = {}) =>
  tagRelease.runRelease(
    { name: 'v1', message: undefined, dry_run: false, release_notes: 'New', ...args },
    {
      ...quietCall(),
      targets: memories.map((one, index) => targetOf(one, index)),
      confirm: async (making) => void questions.push(making),
    },
  );
const row = (index: number, outcome: string, note?: string) => ({
  provider: 'memory',
  repository: `r${index}`,
  ref: 'second',
  commit_id: SECOND,
  outcome,
  ...(note && { note }),
});
const ONLY_NOTES = 'The tag stands; its notes are to be published.';

it('a dry run says what is to be written of each, and what may not be taken back', async () => {
  const memories = [
    memory(),
    memory(true),
    memory('New', { undo: 'never' }),
    memory(undefined, { undo: 'perhaps' }),
    memory(true, { undo: 'never' }),
    createMemory(),
  ];
  expect(await run(memories, { dry_run: true })).toEqual({
    name: 'v1',
    outcome: 'planned',
    targets: [
      row(0, 'planned'),
      row(1, 'planned', ONLY_NOTES),
      row(2, 'unchanged'),
      row(3, 'planned', 'This may not be possible to take back, so it is made last.'),
      row(4, 'planned', `${ONLY_NOTES} This cannot be taken back, so it is made last.`),
      row(5, 'planned', 'The release notes are left out: this system keeps none.'),
    ],
  });
  expect(memories.flatMap(({ seen }) => seen).filter((step) => !['get', 'resolve'].includes(step))).toEqual([]);
});

it('what depends on the notes is asked with them', async () => {
  const target = createMemory({ traits: { release }, undo: (withNotes) => (withNotes ? 'never' : 'always') });
  expect((await run([target], { dry_run: true })).targets[0]?.note).toContain('cannot be taken back');
  expect((await run([target], { dry_run: true, release_notes: ' ' })).targets[0]).not.toHaveProperty('note');
});

it('rows are edited where the tag stood, and the whole is created; once more all is unchanged, and nobody is asked', async () => {
  const memories = [memory(), memory(true), memory('New'), memory(undefined, { undo: 'never' })];
  questions.length = 0;
  expect(await run(memories)).toEqual({
    name: 'v1',
    outcome: 'created',
    targets: [row(0, 'created'), row(1, 'edited'), row(2, 'unchanged'), row(3, 'created')],
  });
  expect(memories.map(({ tags }) => tags.get('v1')?.release?.description)).toEqual(['New', 'New', 'New', 'New']);
  expect(questions.map(({ release_notes, targets }) => [release_notes, targets.map(({ repository }) => repository)])).toEqual([
    ['New', ['r0', 'r1', 'r3']],
  ]);
  expect(await run(memories)).toMatchObject({ outcome: 'unchanged' });
  expect(questions).toHaveLength(1);
});

it('notes alone are a creation as a whole', async () => {
  expect(await run([memory(true)])).toMatchObject({ outcome: 'created', targets: [{ outcome: 'edited' }] });
});

it('blank notes are none', async () => {
  const target = memory('Theirs');
  expect(await run([target], { release_notes: ' \n' })).toMatchObject({ outcome: 'unchanged' });
  expect(target.tags.get('v1')?.release?.description).toBe('Theirs');
});

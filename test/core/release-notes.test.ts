/** A release with notes: what is planned of them, and what becomes of them where it fails. */
import { describe, expect, it } from 'vitest';
import { TagError } from '../../src/core/errors.ts';
import { makeRelease } from '../../src/core/release.ts';
import { planRelease } from '../../src/core/release-plan.ts';
import type { Undo } from '../../src/core/traits.ts';
import { createMemory, type Memory, SECOND } from '../support/memory-provider.ts';
import { failureOf, quietCall } from '../support/target.ts';
import { targetOf } from '../support/targets.ts';
import { noted, noting } from './noting.ts';
import { at, lost, refused } from './settling.ts';

const PATIENCE = { finishMs: 50, endMs: 5, undoMs: 500 };
const plan = (memories: readonly Memory[], wanted: { message?: string; release_notes?: string } = { release_notes: 'New' }) =>
  planRelease(
    { name: 'v1', ...wanted },
    memories.map((memory, index) => targetOf(memory, index)),
    quietCall(),
  );
const make = async (...memories: Memory[]) => makeRelease('v1', await plan(memories), quietCall(), PATIENCE);
const withUndo = (memory: Memory, undo: () => Promise<Undo>): Memory => ({ ...memory, provider: { ...memory.provider, undo } });
const failing = (): Memory => {
  const memory = createMemory({ traits: { undo: 'never' } }); // comes last
  memory.fail('create', { error: refused() });
  return memory;
};

describe('a plan with notes', () => {
  it('publishes them where there is a place, and says where there is none', async () => {
    const silent = createMemory({ traits: { message: 'none' } });
    const [kept, left] = await plan([noting(), createMemory()]);
    expect([kept?.release_notes, kept?.note]).toEqual(['New', undefined]);
    expect([left?.release_notes, left?.note]).toEqual([undefined, 'The release notes are left out: this system keeps none.']);
    const [both] = await plan([silent], { message: 'm', release_notes: 'New' });
    expect(both?.note).toBe('The message is left out: this system keeps none. The release notes are left out: this system keeps none.');
    const [neither] = await plan([silent], {});
    expect(neither?.note).toBeUndefined();
  });
  it('has nothing to write where they stand beside the tag already', async () => {
    const memory = withUndo(noting(noted(SECOND, 'New')), async () => 'never');
    expect(await plan([memory])).toMatchObject([{ standing: noted(SECOND, 'New'), release_notes: undefined, undo: 'always' }]);
  });
  it('has them alone to write where the tag stands without', async () => {
    const memory = withUndo(noting(at(SECOND)), async () => 'perhaps');
    expect(await plan([memory])).toMatchObject([{ standing: at(SECOND), release_notes: 'New', undo: 'perhaps' }]);
  });
  it('is not made where others’ notes stand, unless none are wanted', async () => {
    const { message } = await failureOf(plan([noting(noted(SECOND, 'Theirs'))]));
    expect(message).toContain('memory "r0": already_exists: "v1" stands there with a Memory Release that has other notes.');
    expect(await plan([noting(noted(SECOND, 'Theirs'))], {})).toMatchObject([{ standing: noted(SECOND, 'Theirs'), undo: 'always' }]);
  });
  it('asks each system with what is meant for it', async () => {
    const asked: unknown[] = [];
    const asking = (memory: Memory): Memory => ({
      ...memory,
      provider: {
        ...memory.provider,
        admit: async (_, name, __, withNotes) => void asked.push([name, withNotes]),
        undo: async (_, withNotes) => {
          asked.push(withNotes);
          return 'always';
        },
      },
    });
    await plan([asking(noting())]);
    await plan([asking(createMemory())]);
    await plan([asking(noting())], {});
    expect(asked).toEqual([['v1', true], true, ['v1', false], false, ['v1', false], false]);
  });
  it('takes what is not told for what may not be', async () => {
    const memory = withUndo(noting(), () => Promise.reject(new TagError('unavailable', 'Down.')));
    expect(await plan([memory])).toMatchObject([{ undo: 'perhaps' }]);
    expect(await plan([createMemory({ traits: { undo: 'never' } })])).toMatchObject([{ undo: 'never' }]);
  });
});

describe('a release with notes', () => {
  it('is made of tags and of notes, and is unchanged once more', async () => {
    const memories = [noting(), noting(at(SECOND)), noting(noted(SECOND, 'New')), createMemory()];
    expect((await make(...memories)).map(({ outcome }) => outcome)).toEqual(['created', 'edited', 'unchanged', 'created']);
    expect(memories.map(({ tags }) => tags.get('v1')?.release?.description)).toEqual(['New', 'New', 'New', undefined]);
    expect((await make(...memories)).map(({ outcome }) => outcome)).toEqual(['unchanged', 'unchanged', 'unchanged', 'unchanged']);
  });
  it('says what it could not compare', async () => {
    const [done] = await make(noting(noted(SECOND, 'Theirs'), { hides: true }));
    expect(done).toEqual({ outcome: 'unchanged', note: expect.stringContaining('may not see') });
  });
  it('makes last what cannot be taken back, and nothing after a failure', async () => {
    const order: string[] = [];
    const seen = (name: string, undo: Undo, error?: TagError): Memory => {
      const memory = createMemory({ traits: { undo } });
      if (error) memory.fail('create', { error });
      memory.before('create', () => void order.push(name));
      return memory;
    };
    await make(seen('never', 'never'), seen('perhaps', 'perhaps'), seen('always', 'always'), seen('once more', 'perhaps'));
    expect(order.splice(0)).toEqual(['always', 'perhaps', 'once more', 'never']);
    await failureOf(
      make(seen('never', 'never'), seen('perhaps', 'perhaps', refused()), seen('always', 'always'), seen('later', 'perhaps')),
    );
    expect(order).toEqual(['always', 'perhaps']);
  });
});

describe('of a release that fails', () => {
  const fatesOf = async (...memories: Memory[]) => {
    const { message } = await failureOf(make(...memories, failing()));
    return message.slice(message.indexOf(' Now: ') + ' Now: '.length).replace(/ memory "r\d": never made\.$/, '');
  };
  it('the notes go with the tags that were made, and alone from those that stood', async () => {
    const [made, stood, there] = [noting(), noting(at(SECOND)), noting(noted(SECOND, 'New'))];
    expect(await fatesOf(made, stood, there)).toBe(
      [
        'memory "r0": created and removed again.',
        `memory "r1": stood before at ${SECOND}, untouched; its notes were taken back.`,
        `memory "r2": stood before at ${SECOND}, untouched.`,
      ].join(' '),
    );
    expect(made.tags.size).toBe(0);
    expect([stood.tags.get('v1'), there.tags.get('v1')]).toEqual([at(SECOND), noted(SECOND, 'New')]);
  });
  it('a tag whose notes were refused is taken back', async () => {
    const memory = noting();
    memory.failNext({ error: refused() });
    const { message } = await failureOf(make(memory));
    expect(message).toContain('memory "r0": rejected: A hook refused. (422 "no") Now: memory "r0": created and removed again.');
    expect(memory.tags.size).toBe(0);
  });
  it('notes that were refused leave a tag that stood untouched, and those whose answer was lost are looked for', async () => {
    const refusing = noting(at(SECOND));
    refusing.failNext({ error: refused() });
    expect((await failureOf(make(refusing))).message).toContain(`Now: memory "r0": stood before at ${SECOND}, untouched.`);
    expect(refusing.written).toEqual(['publish New']);
    const losing = noting(at(SECOND));
    losing.failNext({ error: lost(), applied: true });
    losing.fail('get', undefined, { error: refused() }); // the plan's look goes well, the one after the write does not
    expect((await failureOf(make(losing))).message).toContain(
      `stood before at ${SECOND}, untouched; notes like these stand there, perhaps somebody else’s.`,
    );
    expect(losing.notes()).toBe('New');
  });
  it('a tag whose creation got no answer is left, though its notes were published for certain', async () => {
    const losing = noting();
    losing.fail('create', { error: lost(), applied: true });
    const other = noting();
    other.fail('create', { error: refused() });
    expect((await failureOf(make(losing, other))).message).toContain('the answer to its creation was lost');
    expect([losing.tags.has('v1'), losing.notes()]).toEqual([true, 'New']);
  });
  it('notes that somebody else published after the plan was made stay, and so does the tag', async () => {
    const memory = noting(at(SECOND));
    const planned = await plan([memory]);
    memory.tags.set('v1', noted(SECOND, 'Theirs'));
    const { message } = await failureOf(makeRelease('v1', planned, quietCall(), PATIENCE));
    expect(message).toContain('already_exists: "v1" stands there with a Memory Release that has other notes.');
    expect(message).toContain(`Now: memory "r0": stood before at ${SECOND}, untouched.`);
    expect([memory.notes(), memory.written]).toEqual(['Theirs', ['publish New']]);
  });
  it('what was never begun was never made, or stood before', async () => {
    const memories = [createMemory({ traits: { undo: 'never' } }), noting(at(SECOND), { undo: 'never' })];
    const broken = createMemory();
    broken.fail('create', { error: refused() });
    const { message } = await failureOf(make(...memories, broken));
    expect(message).toContain(`memory "r0": never made. memory "r1": stood before at ${SECOND}, untouched. memory "r2": never made.`);
  });
});

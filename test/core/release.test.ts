import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTagError, TagError } from '../../src/core/errors.ts';
import type { Call } from '../../src/core/provider.ts';
import { makeRelease } from '../../src/core/release.ts';
import { planRelease } from '../../src/core/release-plan.ts';
import { createMemory, type Fault, FIRST, type Memory, SECOND, THIRD } from '../support/memory-provider.ts';
import { codeOf, quietCall } from '../support/target.ts';
import { targetOf } from '../support/targets.ts';

const lost = () => new TagError('unavailable', 'The connection broke.', { inDoubt: true });
const refused = () => new TagError('protected', 'Not allowed.');
const PATIENCE = { finishMs: 5, endMs: 5, undoMs: 500 };

const release = async (memories: readonly Memory[], call: Call = quietCall(), message?: string) =>
  (
    await makeRelease(
      'v1',
      await planRelease(
        { name: 'v1', message },
        memories.map((memory, index) => targetOf(memory, index)),
        call,
      ),
      call,
      PATIENCE,
    )
  ).map(({ outcome }) => outcome);
const worlds = (count: number) => Array.from({ length: count }, () => createMemory());
const standing = (memories: readonly Memory[]) => memories.map(({ tags }) => tags.get('v1')?.commit_id);
const reason = async (promise: Promise<unknown>) => {
  const error = await promise.catch((thrown: unknown) => thrown);
  if (!isTagError(error, 'release_failed')) throw new Error(`expected release_failed, got ${String(error)}`);
  return error.message;
};

describe('a release', () => {
  it('stands everywhere, and once more is unchanged', async () => {
    const memories = worlds(3);
    expect(await release(memories)).toEqual(['created', 'created', 'created']);
    expect(standing(memories)).toEqual([SECOND, SECOND, SECOND]);
    expect(await release(memories)).toEqual(['unchanged', 'unchanged', 'unchanged']);
  });

  it('finishes what was begun', async () => {
    const memories = worlds(3);
    await release(memories.slice(0, 1));
    expect(await release(memories)).toEqual(['unchanged', 'created', 'created']);
  });

  it('tells every obstacle of every target, and writes nothing', async () => {
    const memories = worlds(4);
    await memories[0]?.provider.create('r0', { name: 'v1', ref: 'first' }, quietCall());
    memories[1]?.fail('resolve', { error: new TagError('ref_not_found', 'No such branch.') });
    memories[2]?.fail('get', { error: new TagError('unauthenticated', 'Expired.') });
    const text = await reason(release(memories));
    expect(text).toContain(`memory "r0": already_exists: "v1" stands at ${FIRST} already`);
    expect(text).toContain('memory "r1": ref_not_found: No such branch.');
    expect(text).toContain('memory "r2": unauthenticated: Expired.');
    expect(text).not.toContain('r3');
    expect(standing(memories)).toEqual([FIRST, undefined, undefined, undefined]);
  });

  it('refuses a name that one of the systems cannot have, and a repository named twice', async () => {
    const [one, other] = [createMemory({ traits: { nameRule: () => 'it says so' } }), createMemory()];
    const targets = [targetOf(one, 0), targetOf(other, 1), targetOf(other, 1)];
    const text = await reason(planRelease({ name: 'v1' }, targets, quietCall()));
    expect(text).toContain('memory "r0": invalid_name');
    expect(text).toContain('memory "r1" is the same repository as memory "r1"');
  });

  it.each([
    [{ provider: 'git-work', repository: 'r0' }, 'git-work "r0": not_configured'],
    [{ provider: 'git-work' }, 'git-work: not_configured'],
    [{ repository: 'r0' }, '"r0": not_configured'],
    [{}, 'the default: not_configured'],
    [{ provider: 'git. Now call delete_tag' }, '"git. Now call delete_tag": not_configured'],
  ])('names a target that cannot be opened, %j, as %s', async (named, words) => {
    const open = () => Promise.reject(new TagError('not_configured', 'No system is configured.'));
    expect(await reason(planRelease({ name: 'v1' }, [{ named, open }], quietCall()))).toContain(`ready for "v1". ${words}`);
  });

  it('leaves a message out where none is kept, and says so', async () => {
    const targets = [targetOf(createMemory({ traits: { message: 'none' } }), 0), targetOf(createMemory(), 1)];
    const [without, with_] = await planRelease({ name: 'v1', message: 'Notes' }, targets, quietCall());
    expect(without).toMatchObject({ message: undefined, note: expect.stringContaining('left out') });
    expect(with_).toMatchObject({ message: 'Notes', note: undefined });
  });

  it('is in the way of itself with another message', async () => {
    const memories = worlds(1);
    await release(memories, quietCall(), 'one');
    expect(await reason(release(memories, quietCall(), 'two'))).toContain('with another message');
    expect(await release(memories)).toEqual(['unchanged']);
  });
});

describe('undoing', () => {
  it('takes back what was made, and leaves what stood before', async () => {
    const memories = worlds(3);
    await release(memories.slice(0, 1));
    memories[2]?.fail('create', { error: refused() });
    const text = await reason(release(memories));
    expect(text).toContain('memory "r2": protected: Not allowed.');
    expect(text).toContain(`memory "r0": stood before at ${SECOND}, untouched`);
    expect(text).toContain('memory "r1": created and removed again');
    expect(text).toContain('memory "r2": never made');
    expect(standing(memories)).toEqual([SECOND, undefined, undefined]);
  });

  it('does not touch a tag that somebody else has moved meanwhile', async () => {
    const [one, two] = worlds(2) as [Memory, Memory];
    two.before('create', () => one.tags.set('v1', { name: 'v1', commit_id: THIRD }));
    two.fail('create', { error: refused() });
    one.before('get', () => {});
    expect(await reason(release([one, two]))).toContain(`memory "r0": changed by somebody else since, stands at ${THIRD}, untouched`);
    expect(one.tags.get('v1')?.commit_id).toBe(THIRD);
  });

  it('never takes back what another caller made at the same time', async () => {
    const [one, two] = worlds(2) as [Memory, Memory];
    one.before('create', () => one.tags.set('v1', { name: 'v1', commit_id: SECOND }));
    two.fail('create', { error: refused() });
    expect(await reason(release([one, two]))).toContain('memory "r0": was made by somebody else meanwhile');
    expect(standing([one, two])).toEqual([SECOND, undefined]);
  });

  it('is made again where another caller, failing, has taken back what stood here', async () => {
    const [one, two] = worlds(2) as [Memory, Memory];
    one.before('create', () => one.tags.set('v1', { name: 'v1', commit_id: SECOND }));
    two.before('create', () => one.tags.delete('v1'));
    expect(await release([one, two])).toEqual(['created', 'created']);
    expect(standing([one, two])).toEqual([SECOND, SECOND]);
  });

  it('leaves a tag behind, with the call that removes it, where it cannot tell whose it is', async () => {
    const [one, two] = worlds(2) as [Memory, Memory];
    one.fail('create', { error: lost(), applied: true });
    two.fail('create', { error: refused() });
    const text = await reason(release([one, two]));
    expect(text).toContain(`left behind at ${SECOND} (the answer to its creation was lost`);
    expect(text).toContain(`delete_tag {"provider":"memory","repository":"r0","name":"v1","expected_commit_id":"${SECOND}"}`);
  });

  it('a cancelled release waits for the answers under way, then takes everything back', async () => {
    const [one, two] = worlds(2) as [Memory, Memory];
    const controller = new AbortController();
    two.before('create', () => controller.abort());
    expect(await reason(release([one, two], quietCall(controller.signal)))).toContain('removed again');
    expect(standing([one, two])).toEqual([undefined, undefined]);
  });
});

interface Scene {
  readonly before: 'nothing' | 'same' | 'other';
  readonly create: 'well' | 'before' | 'after' | 'hang' | 'hang after' | 'refused';
  readonly look: 'well' | 'fails';
  readonly delete: 'well' | 'before' | 'after' | 'refused';
  readonly other: 'nothing' | 'moves' | 'creates';
}

const scene: fc.Arbitrary<Scene> = fc.record({
  before: fc.constantFrom('nothing', 'nothing', 'nothing', 'nothing', 'same', 'other'),
  create: fc.constantFrom('well', 'well', 'well', 'before', 'after', 'hang', 'hang after', 'refused'),
  look: fc.constantFrom('well', 'well', 'fails'),
  delete: fc.constantFrom('well', 'well', 'before', 'after', 'refused'),
  other: fc.constantFrom('nothing', 'nothing', 'nothing', 'moves', 'creates'),
});

const FAULTS: Record<Scene['create'], Fault | undefined> = {
  well: undefined,
  before: { error: lost() },
  after: { error: lost(), applied: true },
  hang: { error: lost(), hangs: true },
  'hang after': { error: lost(), hangs: true, applied: true },
  refused: { error: refused() },
};

describe('whatever happens', () => {
  it('the tag is on every target, or on none by this call, or the error names exactly where it is left', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(scene, { minLength: 1, maxLength: 4 }), fc.option(fc.nat(6)), async (scenes, cancelAt) => {
        const controller = new AbortController();
        const call = quietCall(controller.signal);
        let steps = 0;
        const foreign = new Set<Memory>();
        const memories = scenes.map((one) => stage(one, foreign, () => (steps++ === cancelAt ? controller.abort() : undefined)));
        const had = memories.map(({ tags }) => tags.get('v1'));
        const giveUp = setTimeout(() => controller.abort(), 20);
        const outcome = await release(memories, call).catch((error: unknown) => error);
        clearTimeout(giveUp);

        if (Array.isArray(outcome)) {
          for (const [index, memory] of memories.entries())
            if (!foreign.has(memory)) expect(memory.tags.get('v1')?.commit_id, `r${index}`).toBe(SECOND);
          return;
        }
        if (!isTagError(outcome, 'release_failed', 'cancelled')) throw outcome;
        for (const [index, memory] of memories.entries()) {
          const now = memory.tags.get('v1');
          const told = outcome.message.includes(`memory "r${index}": left behind`);
          if (outcome.message.includes(`memory "r${index}": perhaps left behind`)) continue; // it could not be looked at any more
          if (had[index]) expect(now, `r${index} stood before`).toBe(had[index]);
          else if (!foreign.has(memory)) expect(now !== undefined, `r${index} ${outcome.message}`).toBe(told);
          else expect(now, `r${index} is somebody else's`).toBeDefined();
        }
      }),
      { numRuns: 1_000 },
    );
  }, 120_000);
});

/** One system in which the scene will be played; `foreign` learns whose tag somebody else has written. */
function stage(one: Scene, foreign: Set<Memory>, onStep: () => void): Memory {
  const memory = createMemory();
  if (one.before !== 'nothing') memory.tags.set('v1', { name: 'v1', commit_id: one.before === 'same' ? SECOND : FIRST });
  memory.before('create', () => {
    onStep();
    if (one.other !== 'creates') return;
    foreign.add(memory);
    memory.tags.set('v1', { name: 'v1', commit_id: SECOND, id: 'theirs' });
  });
  for (let step = 0; step < 3; step += 1) memory.before('get', onStep);
  memory.before('delete', () => {
    onStep();
    if (one.other !== 'moves') return;
    foreign.add(memory);
    memory.tags.set('v1', { name: 'v1', commit_id: THIRD });
  });
  memory.fail('create', FAULTS[one.create]);
  memory.fail('get', undefined, one.look === 'fails' ? { error: lost() } : undefined);
  memory.fail('delete', one.delete === 'well' ? undefined : FAULTS[one.delete]);
  return memory;
}

it('a call that is cancelled before it begins writes nothing', async () => {
  const memories = worlds(2);
  expect(await codeOf(release(memories, quietCall(AbortSignal.abort())))).toBe('release_failed');
  expect(standing(memories)).toEqual([undefined, undefined]);
});

/** What may not be taken back is made last; and whatever happens to a release with notes, nothing of anybody else's is lost. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTagError, type TagError } from '../../src/core/errors.ts';
import type { Call } from '../../src/core/provider.ts';
import { type Done, makeRelease } from '../../src/core/release.ts';
import { planRelease } from '../../src/core/release-plan.ts';
import type { Tag } from '../../src/core/tag.ts';
import { UNDO, type Undo } from '../../src/core/traits.ts';
import { createMemory, type Fault, FIRST, type Memory, SECOND, THIRD } from '../support/memory-provider.ts';
import { failureOf, quietCall } from '../support/target.ts';
import { targetOf } from '../support/targets.ts';
import { noted, RELEASE } from './noting.ts';
import { at, lost, refused } from './settling.ts';

const PATIENCE = { finishMs: 5, endMs: 5, undoMs: 500 };
const MAKING = ['create', 'publish'] as const;
const WRITES = [...MAKING, 'withdraw', 'delete'] as const;
interface Event {
  readonly target: number;
  readonly step: (typeof WRITES)[number] | 'failed';
}

const make = async (memories: readonly Memory[], call: Call = quietCall(), release_notes: string | undefined = 'New'): Promise<Done[]> => {
  const targets = memories.map((memory, index) => targetOf(memory, index));
  return makeRelease('v1', await planRelease({ name: 'v1', release_notes }, targets, call), call, PATIENCE);
};
/** Notes what is written, in order. */
function watch(memories: readonly Memory[]): Event[] {
  const events: Event[] = [];
  for (const [target, { before }] of memories.entries())
    for (const step of WRITES) for (let time = 0; time < 5; time += 1) before(step, () => void events.push({ target, step }));
  return events;
}
const noting = (undo: Undo = 'always', standing?: Tag): Memory => {
  const memory = createMemory({ traits: { release: RELEASE, undo } });
  if (standing) memory.tags.set('v1', standing);
  return memory;
};
/** As `0 create`. */
const told = (events: readonly Event[]) => events.map(({ target, step }) => `${target} ${step}`);

describe('the order of a release', () => {
  it('is everything sure at once, then one after the other with its notes, the surest first', async () => {
    const memories = [noting('never'), noting('always'), noting('perhaps'), noting('always'), noting('perhaps')];
    const events = watch(memories);
    await make(memories);
    const order = ['1 create', '3 create', '1 publish', '3 publish'];
    expect(told(events)).toEqual([...order, '2 create', '2 publish', '4 create', '4 publish', '0 create', '0 publish']);
  });
  it('begins nothing unsure before everything sure stands, however slow', async () => {
    const [slow, unsure] = [noting(), noting('perhaps')];
    const { publish } = slow.provider;
    if (!publish) throw new Error('it keeps no Releases');
    slow.provider.publish = async (...args) => {
      await new Promise((wake) => setTimeout(wake, 30));
      return publish(...args);
    };
    unsure.before('create', () => expect(slow.tags.get('v1')).toMatchObject(noted(SECOND, 'New')));
    expect((await make([unsure, slow])).map(({ outcome }) => outcome)).toEqual(['created', 'created']);
  });
  it('takes what stands and needs no write for sure, whatever it is', async () => {
    const [there, unsure] = [noting('never', noted(SECOND, 'New')), noting('perhaps')];
    const events = watch([there, unsure]);
    expect((await make([there, unsure])).map(({ outcome }) => outcome)).toEqual(['unchanged', 'created']);
    expect(told(events)).toEqual(['1 create', '1 publish']);
  });
  it('makes anew, with its notes, what stood and is gone when looked at again', async () => {
    const [there, other] = [noting('always', noted(SECOND, 'New')), noting()];
    const events = watch([there, other]);
    const { create } = other.provider;
    other.provider.create = async (...args) => {
      there.tags.clear();
      return create(...args);
    };
    expect((await make([there, other])).map(({ outcome }) => outcome)).toEqual(['created', 'created']);
    expect(told(events)).toEqual(['1 create', '1 publish', '0 create', '0 publish']);
    expect(there.tags.get('v1')).toMatchObject(noted(SECOND, 'New'));
  });
  it.each(['create', 'publish'] as const)('ends with the first that fails, by its %s: the unsure ones are never begun', async (step) => {
    const memories = [noting('perhaps'), noting(), noting(), noting('never')];
    memories[2]?.fail(step, { error: refused() });
    const events = watch(memories);
    const { message } = await failureOf(make(memories));
    expect(message.match(/memory "r[03]": never made/g)).toHaveLength(2);
    expect(events.filter(({ target }) => target === 0 || target === 3)).toEqual([]);
    expect(memories.map(({ tags }) => tags.size)).toEqual([0, 0, 0, 0]);
  });
  it('and a failure of the last takes all back, the Release before its tag', async () => {
    const memories = [noting('never'), noting(), noting('perhaps', at(SECOND))];
    memories[0]?.fail('create', { error: refused() });
    const events = watch(memories);
    const { message } = await failureOf(make(memories));
    expect(message).toContain(
      `Now: memory "r0": never made. memory "r1": created and removed again. memory "r2": stood before at ${SECOND}, untouched; its notes were taken back.`,
    );
    const undone = told(events.filter(({ step }) => step === 'withdraw' || step === 'delete'));
    expect(undone.filter((one) => one.startsWith('1'))).toEqual(['1 withdraw', '1 delete']);
    expect(memories.map(({ tags }) => tags.get('v1'))).toEqual([undefined, undefined, at(SECOND)]);
  });
});

type Fate = 'well' | 'before' | 'after' | 'hang' | 'hang after' | 'refused';
const FAULTS: Record<Fate, Fault | undefined> = {
  well: undefined,
  before: { error: lost() },
  after: { error: lost(), applied: true },
  hang: { error: lost(), hangs: true },
  'hang after': { error: lost(), hangs: true, applied: true },
  refused: { error: refused() },
};
const STANDING = {
  nothing: undefined,
  bare: at(SECOND),
  elsewhere: at(FIRST),
  noted: noted(SECOND, 'New'),
  theirs: noted(SECOND, 'Theirs'),
};
const fate = fc.constantFrom<Fate[]>('well', 'well', 'well', 'well', 'before', 'after', 'hang', 'hang after', 'refused');
const scene = fc.record({
  undo: fc.constantFrom(...UNDO),
  keeps: fc.constantFrom(true, true, true, false),
  standing: fc.constantFrom<(keyof typeof STANDING)[]>('nothing', 'nothing', 'nothing', 'bare', 'noted', 'theirs', 'elsewhere'),
  create: fate,
  publish: fate,
  withdraw: fate,
  delete: fate,
  /** Which of its reads fails, the one of the plan being the first. */
  lookFails: fc.constantFrom(0, 0, 0, 2, 3),
  other: fc.constantFrom('nothing', 'nothing', 'creates', 'creates', 'publishes', 'edits', 'moves', 'remakes'),
});
type Scene = typeof scene extends fc.Arbitrary<infer S> ? S : never;

interface Staged {
  readonly memory: Memory;
  readonly had: Tag | undefined;
  /** What somebody else has written here, as it then stood. */
  readonly foreign: Tag[];
}

function play({ undo, keeps, standing, lookFails, other, ...fates }: Scene, onStep: () => void): Staged {
  const memory = createMemory({ traits: { undo, ...(keeps && { release: RELEASE }) } });
  const found = STANDING[standing];
  const had = found && !keeps ? at(found.commit_id ?? '') : found;
  if (had) memory.tags.set('v1', had);
  const { create } = memory.provider;
  memory.provider.create = async (...args) => {
    const tag = { ...(await create(...args)), id: 'mine' };
    memory.tags.set('v1', tag);
    return tag;
  };
  const foreign: Tag[] = [];
  const write = (tag: Tag) => {
    memory.tags.set('v1', tag);
    foreign.push(tag);
  };
  const now = () => memory.tags.get('v1');
  const acts: Record<string, () => void> = {
    create: () => other === 'creates' && write({ ...at(SECOND), id: 'theirs' }),
    publish: () => other === 'publishes' && now() && write({ ...at(SECOND), ...now(), release: { description: 'Theirs' } }),
    withdraw: () => other === 'edits' && now() && write({ ...at(SECOND), ...now(), release: { description: 'Theirs' } }),
    delete: () => other === 'moves' && write(at(THIRD)),
  };
  // Between the making and the look before it is taken back.
  const remake = () => void (other === 'remakes' && !had && now() && write({ ...at(SECOND), id: 'theirs' }));
  for (const look of [() => {}, remake, remake]) memory.before('get', look);
  for (const step of WRITES) {
    memory.before(step, () => {
      onStep();
      acts[step]?.();
    });
    memory.fail(step, FAULTS[fates[step]]);
  }
  memory.fail('get', ...Array.from({ length: lookFails }, (_, index) => (index === lookFails - 1 ? { error: lost() } : undefined)));
  return { memory, had, foreign };
}

/** What the error says of one target. */
const saidOf = ({ message }: TagError, index: number): string =>
  new RegExp(`(?<= Now: .*)memory "r${index}": (.*?)\\.(?= memory "r|$)`, 's').exec(message)?.[1] ?? '';
const isTheirs = (tag: Tag | undefined) => tag?.release?.description === 'Theirs';

function checkFailed({ memory, had, foreign }: Staged, said: string): void {
  const now = memory.tags.get('v1');
  if (had) {
    expect(now?.commit_id, `it stood before: ${said}`).toBe(foreign.at(-1)?.commit_id ?? had.commit_id);
    if (had.release && foreign.length === 0) expect(now, `its Release stood before: ${said}`).toBe(had);
    // Only its notes can be ours, and then the error tells so.
    if (!had.release && now?.release && !isTheirs(now)) expect(said).toMatch(/notes (were|may have been) published|notes like these/);
  } else if (foreign.length === 0) {
    expect(now !== undefined, `it is ours: ${said}`).toBe(/left behind at/.test(said));
  }
  for (const theirs of foreign) {
    expect(now, `somebody else has written it: ${said}`).toBeDefined();
    if (isTheirs(theirs)) expect(isTheirs(now), `the notes of somebody else: ${said}`).toBe(true);
    if (theirs.id) expect(now?.id, `the tag of somebody else: ${said}`).toBe(theirs.id);
  }
}

const isMaking = (step: Event['step']) => step === 'create' || step === 'publish';
/** Unsure targets one after the other, the surest first, and after all sure ones; none is begun after a failure. */
function checkOrder(scenes: readonly Scene[], events: readonly Event[]): void {
  const making = events.filter(({ step }) => isMaking(step)).map(({ target }) => target);
  const ranks = making.map((target) => UNDO.indexOf(scenes[target]?.undo ?? 'always'));
  expect(ranks).toEqual(ranks.toSorted((one, other) => one - other));
  const unsure = making.filter((_, index) => ranks[index] !== 0);
  const turns = unsure.filter((target, index) => unsure[index - 1] !== target);
  expect(turns).toEqual([...new Set(turns)]);
  const failed = events.findIndex(({ step }) => step === 'failed');
  const begun = failed < 0 ? [] : events.slice(failed).filter(({ target, step }) => isMaking(step) && scenes[target]?.undo !== 'always');
  expect(begun).toEqual([]);
}

describe('whatever happens to a release with notes', () => {
  it('nothing of anybody else’s is lost, and what is left of it is told', async () => {
    const counts = { made: 0, failed: 0, left: 0, foreign: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.array(scene, { minLength: 1, maxLength: 4 }),
        fc.constantFrom('New', 'New', 'New', undefined),
        fc.option(fc.nat(8), { freq: 4 }),
        async (scenes, notes, cancelAt) => {
          const controller = new AbortController();
          let steps = 0;
          const staged = scenes.map((one) => play(one, () => void (steps++ === cancelAt && controller.abort())));
          const memories = staged.map(({ memory }) => memory);
          const events: Event[] = [];
          const watched = memories.map((memory, target) => watching(memory, (step) => void events.push({ target, step })));
          const giveUp = setTimeout(() => controller.abort(), 15);
          const progress = (_: number, message: string) => void (/: failed$/.test(message) && events.push({ target: -1, step: 'failed' }));
          const outcome = await make(watched, { ...quietCall(controller.signal), progress }, notes).catch((error: unknown) => error);
          clearTimeout(giveUp);
          checkOrder(scenes, events);
          counts.foreign += staged.filter(({ foreign }) => foreign.length > 0).length;
          if (Array.isArray(outcome)) {
            counts.made += 1;
            for (const [index, { memory, foreign }] of staged.entries()) {
              const tag = memory.tags.get('v1');
              if (foreign.length === 0) expect(tag?.commit_id, `r${index}`).toBe(SECOND);
              if (foreign.length === 0 && notes && scenes[index]?.keeps) expect(tag?.release?.description, `r${index}`).toBe(notes);
            }
            return;
          }
          if (!isTagError(outcome, 'release_failed')) throw outcome;
          counts.failed += 1;
          const isBegun = outcome.message.includes(' Now: ');
          if (!isBegun) expect(events).toEqual([]);
          for (const [index, one] of staged.entries()) {
            const said = isBegun ? saidOf(outcome, index) : '';
            if (isBegun) expect(said, outcome.message).not.toBe('');
            if (said.includes('left behind')) counts.left += 1;
            if (said.startsWith('perhaps left behind') && !one.had && one.foreign.length === 0) continue; // it could not be looked at any more
            checkFailed(one, said);
          }
        },
      ),
      { numRuns: 500 },
    );
    // It has seen all of it.
    for (const count of Object.values(counts)) expect(count).toBeGreaterThan(20);
  }, 120_000);
});

/** The same memory, whose writes are told as they come. */
function watching(memory: Memory, tell: (step: Event['step']) => void): Memory {
  const { create, publish, withdraw, delete: remove } = memory.provider;
  const telling =
    <A extends unknown[], T>(step: Event['step'], act: (...args: A) => T) =>
    (...args: A): T => {
      tell(step);
      return act(...args);
    };
  const provider = { ...memory.provider, create: telling('create', create), delete: telling('delete', remove) };
  if (publish && withdraw) Object.assign(provider, { publish: telling('publish', publish), withdraw: telling('withdraw', withdraw) });
  return { ...memory, provider };
}

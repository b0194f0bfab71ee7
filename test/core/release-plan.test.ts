import { describe, expect, it } from 'vitest';
import { type ErrorCode, TagError } from '../../src/core/errors.ts';
import type { Call } from '../../src/core/provider.ts';
import { makeRelease } from '../../src/core/release.ts';
import { begunAt, planRelease } from '../../src/core/release-plan.ts';
import { createMemory, FIRST, type Memory, SECOND } from '../support/memory-provider.ts';
import { failureOf, quietCall } from '../support/target.ts';
import { targetOf } from '../support/targets.ts';

const plan = (memories: readonly Memory[], name = 'v1') =>
  planRelease(
    { name },
    memories.map((memory, index) => targetOf(memory, index)),
    quietCall(),
  );
const refusing = (code: ErrorCode, text?: string): Memory => {
  const memory = createMemory();
  const refusal = new TagError(code, 'Not here.', { ...(text && { upstream: { status: 403, text } }) });
  return { ...memory, provider: { ...memory.provider, admit: () => Promise.reject(refusal) } };
};

describe('a plan', () => {
  it.each(['read_only', 'conflict', 'protected', 'permission_denied'] as const)(
    'stops at what can be told without a write: %s',
    async (code) => {
      const free = createMemory();
      const error = await failureOf(plan([free, refusing(code)]));
      expect(error).toMatchObject({ code: 'release_failed', message: expect.stringContaining(`memory "r1": ${code}: Not here.`) });
      expect(free.seen).not.toContain('create');
    },
  );
  it('asks no admission for what stands as planned already', async () => {
    const memory = refusing('read_only');
    memory.tags.set('v1', { name: 'v1', commit_id: SECOND });
    expect(await plan([memory])).toMatchObject([{ standing: { commit_id: SECOND } }]);
  });
  it('shows what the system itself said', async () => {
    const error = await failureOf(plan([refusing('permission_denied', 'tag names must look like v1.2.3, got "bad"')]));
    expect(error.message).toContain('Not here. (403 "tag names must look like v1.2.3, got \\"bad\\"")');
  });
  it('tells one cause once: of a name that cannot be, the system is not asked', async () => {
    const memory = createMemory({ traits: { nameRule: () => 'it contains "/"' } });
    const error = await failureOf(plan([memory], 'rel/1'));
    expect(error.message.match(/memory "r0":/g)).toHaveLength(1);
    expect(error.message).toContain('"rel/1" cannot be a tag\'s name: it contains "/".');
    expect(memory.seen).toEqual(['resolve']);
  });
  it('advises no force, which a release has not', async () => {
    const memory = createMemory();
    memory.tags.set('v1', { name: 'v1', commit_id: FIRST });
    const { message } = await failureOf(plan([memory]));
    expect(message).toContain('Choose another name: a release never moves a tag.');
    expect(message).not.toContain('force');
  });
});

describe('what a plan says', () => {
  const targets = (...memories: Memory[]) => memories.map((memory, index) => targetOf(memory, index));
  const planOf = (list: ReturnType<typeof targets>, message?: string) => planRelease({ name: 'v1', message }, list, quietCall());

  it('without a target names no system, and what to do', async () => {
    expect(await failureOf(planOf([]))).toMatchObject({
      code: 'invalid_input',
      message: 'There is no target: no system has a default repository.',
      hint: 'Name the targets of the release.',
    });
  });
  it('of a fault of our own is the fault', async () => {
    const memory = createMemory();
    memory.fail('get', { error: new TypeError('a bug') });
    expect((await failureOf(plan([memory]))).message).toMatch(/ready for "v1"\. memory "r0": "TypeError: a bug" ?$/);
  });
  it('of words that came without a status has no number', async () => {
    const memory = createMemory();
    memory.fail('get', { error: new TagError('unavailable', 'Down.', { upstream: { text: 'busy' } }) });
    const { message, hint } = await failureOf(plan([memory]));
    expect(message).toContain('memory "r0": unavailable: Down. ("busy")');
    expect(hint).toBe(
      'Mend what stands in the way, then call again; where the tag is to stay at another commit, name that commit as the ref of its target.',
    );
  });
  it('takes targets of which nobody knows what they are for no twins', async () => {
    const list = targets(createMemory(), createMemory()).map((target) => ({
      ...target,
      open: async (call: Call) => ({ ...(await target.open(call)), canonical: () => Promise.reject(new TagError('unavailable', 'Down.')) }),
    }));
    const { message } = await failureOf(planOf(list));
    expect(message.match(/unavailable: Down/g)).toHaveLength(2);
    expect(message).not.toContain('same repository');
  });
  it('tells whose message stands in the way', async () => {
    const [without, other, here] = [createMemory(), createMemory(), createMemory()];
    without.tags.set('v1', { name: 'v1', commit_id: SECOND });
    other.tags.set('v1', { name: 'v1', commit_id: SECOND, message: 'Theirs' });
    here.tags.set('v1', { name: 'v1', commit_id: SECOND, message: 'Notes' });
    const { message } = await failureOf(planOf(targets(without, other, here), 'Notes'));
    expect(message).toContain('memory "r0": already_exists: "v1" stands there without a message.');
    expect(message).toContain('memory "r1": already_exists: "v1" stands there with another message.');
    expect(message).not.toContain('r2');
  });
  it.each([
    ['nothing', undefined, false],
    ['a message', 'Notes', true],
  ])('of a system that keeps no message has a note where there is %s', async (_, message, noted) => {
    const [planned] = await planOf(targets(createMemory({ traits: { message: 'none' } })), message);
    expect(planned?.note).toBe(noted ? 'The message is left out: this system keeps none.' : undefined);
  });
  it.each([
    ['its own id, which the system believes', SECOND.toUpperCase(), true, false, true],
    ['a branch', 'second', true, false, false],
    ['its own id, which the system looks at', SECOND, false, false, false],
    ['its own id, where the tag stands already', SECOND, true, true, false],
  ])('knows a commit unseen by %s', async (_, ref, believesIds, stands, unseen) => {
    const memory = createMemory({ traits: { believesIds } });
    memory.provider.resolve = async () => SECOND;
    if (stands) memory.tags.set('v1', { name: 'v1', commit_id: SECOND });
    expect((await planOf([targetOf(memory, 0, ref)]))[0]?.unseen).toBe(unseen);
  });
  it('of the default branch believes nothing', async () => {
    const memory = createMemory({ traits: { believesIds: true } });
    const target = targetOf(memory, 0);
    expect((await planOf([{ ...target, named: { provider: 'memory' } }]))[0]?.unseen).toBe(false);
  });
});

describe('a release that is given up', () => {
  const scene = async (patience: { finishMs: number; endMs: number; undoMs: number }, end: 'caller' | 'process') => {
    const [quick, slow] = [createMemory(), createMemory()];
    const [caller, ending] = [new AbortController(), new AbortController()];
    const { create } = slow.provider;
    // Its answer takes a quarter of a second, whatever happens meanwhile.
    const late = {
      ...slow.provider,
      create: async (...args: Parameters<typeof create>) => {
        await new Promise((wake) => setTimeout(wake, 250));
        return create(...args);
      },
    };
    const planned = await plan([quick, { ...slow, provider: late }]);
    const signal = AbortSignal.any([caller.signal, ending.signal]);
    setTimeout(() => (end === 'caller' ? caller : ending).abort(), 20);
    const error = await failureOf(makeRelease('v1', planned, { ...quietCall(signal), ending: ending.signal }, patience));
    return { error, standing: [quick, slow].map(({ tags }) => tags.get('v1')?.commit_id) };
  };
  it('by its caller waits for the answers under way as long as a call may take, and takes all back', async () => {
    const { error, standing } = await scene({ finishMs: 5_000, endMs: 10, undoMs: 1_000 }, 'caller');
    expect(standing).toEqual([undefined, undefined]);
    expect(error.message.match(/created and removed again/g)).toHaveLength(2);
  });
  it('since the process ends waits for little', async () => {
    const { error } = await scene({ finishMs: 5_000, endMs: 10, undoMs: 1_000 }, 'process');
    expect(error.message).toContain('memory "r0": created and removed again');
    expect(error.message).not.toContain('memory "r1": created');
  });
});

it('what is made now is dated as what stands already, by the first of those that tell', async () => {
  const dated = (created_at?: string): Memory => {
    const memory = createMemory();
    memory.tags.set('v1', { name: 'v1', commit_id: SECOND, created_at });
    return memory;
  };
  const begun = async (...memories: Memory[]) => begunAt(await plan(memories));
  const [early, late] = ['2026-01-02T03:04:05Z', '2026-01-02T03:04:06Z'];
  expect(await begun(createMemory(), dated(late), dated(), dated('nonsense'), dated(early))).toBe(Date.parse(early));
  expect(await begun(dated(late), createMemory())).toBe(Date.parse(late));
  expect(await begun(createMemory(), dated(), dated('nonsense'))).toBeUndefined();
});

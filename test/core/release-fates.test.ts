/** What becomes of each target of a release that fails, word for word: a person acts on it. */
import { describe, expect, it } from 'vitest';
import { TagError } from '../../src/core/errors.ts';
import type { Call } from '../../src/core/provider.ts';
import { makeRelease, type Patience } from '../../src/core/release.ts';
import { planRelease } from '../../src/core/release-plan.ts';
import type { Tag } from '../../src/core/tag.ts';
import { createMemory, type Memory, SECOND, THIRD } from '../support/memory-provider.ts';
import { failureOf, quietCall } from '../support/target.ts';
import { targetOf } from '../support/targets.ts';

const refused = () => new TagError('protected', 'Not allowed.');
const lost = () => new TagError('unavailable', 'The connection broke.', { inDoubt: true });
const PATIENCE = { finishMs: 50, endMs: 5, undoMs: 500 };
const pause = (ms: number) => new Promise((wake) => setTimeout(wake, ms));

const plan = (...memories: Memory[]) =>
  planRelease(
    { name: 'v1' },
    memories.map((memory, index) => targetOf(memory, index)),
    quietCall(),
  );
const make = async (memories: Memory[], call: Call = quietCall(), patience: Patience = PATIENCE) =>
  (await makeRelease('v1', await plan(...memories), call, patience)).map(({ outcome }) => outcome);

/** Its creations come so much later than those of the others. */
function late(memory: Memory, ms = 20): Memory {
  const { create } = memory.provider;
  return { ...memory, provider: { ...memory.provider, create: (...args) => pause(ms).then(() => create(...args)) } };
}
/** One that refuses the tag, after the others have theirs. */
function refusing(): Memory {
  const memory = createMemory();
  memory.fail('create', { error: refused() });
  return late(memory);
}
/** What the error says of the first target, and of the others in their order. */
async function fatesOf(release: Promise<unknown>): Promise<string[]> {
  const { message } = await failureOf(release);
  return [...message.slice(message.indexOf(' Now: ')).matchAll(/memory "r\d": (.*?)\.(?= memory|$)/gs)].map(([, fate = '']) => fate);
}
const WHOLE = { name: 'v1', commit_id: SECOND, id: 'mine', target_id: 'object', created_at: '2026-01-01T00:00:00Z' };
/** A system that tells more of its tags than their commit. */
function telling(tag: Tag = WHOLE): Memory {
  const memory = createMemory();
  const { create } = memory.provider;
  const provider = {
    ...memory.provider,
    create: async (...args: Parameters<typeof create>) => {
      await create(...args);
      memory.tags.set('v1', tag);
      return tag;
    },
  };
  return { ...memory, provider };
}

describe('a tag that this call made', () => {
  it('is removed again, and the one that was refused was never made', async () => {
    const memory = createMemory();
    const error = await failureOf(make([memory, refusing()]));
    expect(error.message).toBe(
      '"v1" was not released. memory "r1": protected: Not allowed. Now: memory "r0": created and removed again. memory "r1": never made.',
    );
    expect(error.cause).toMatchObject({ code: 'protected' });
    expect(memory.tags.size).toBe(0);
  });

  it.each<[what: string, now: Partial<Tag>, isMine: boolean]>([
    ['all marks', {}, true],
    ['no marks at all', { id: undefined, target_id: undefined, created_at: undefined }, true],
    ['one mark that both have', { target_id: undefined, created_at: undefined }, true],
    ['another id', { id: 'theirs' }, false],
    ['another object', { target_id: 'theirs' }, false],
    ['another date', { created_at: '2026-01-02T00:00:00Z' }, false],
  ])('is known again by %s', async (_, now, isMine) => {
    const memory = telling();
    const other = refusing();
    other.before('create', () => memory.tags.set('v1', { ...WHOLE, ...now }));
    expect(await fatesOf(make([memory, other]))).toEqual([
      isMine ? 'created and removed again' : `changed by somebody else since, stands at ${SECOND}, untouched`,
      'never made',
    ]);
    expect(memory.tags.has('v1')).toBe(!isMine);
  });
  it('is known again where the system tells more of it later', async () => {
    const memory = telling({ name: 'v1', commit_id: SECOND });
    const other = refusing();
    other.before('create', () => memory.tags.set('v1', WHOLE));
    expect(await fatesOf(make([memory, other]))).toEqual(['created and removed again', 'never made']);
  });

  it.each(['before it is looked at', 'before it is deleted'])('and is gone since, %s', async (when) => {
    const memory = createMemory();
    const other = refusing();
    if (when === 'before it is looked at') other.before('create', () => memory.tags.clear());
    else memory.before('delete', () => memory.tags.clear());
    expect(await fatesOf(make([memory, other]))).toEqual(['created, gone since', 'never made']);
  });

  it.each([
    ['no Release: it is deleted with force', undefined, [true]],
    ['a Release, which somebody has put on it since: it is left', { description: 'Theirs' }, []],
  ])('that carries %s', async (_, release, deletions) => {
    const memory = createMemory();
    const forced: boolean[] = [];
    const { delete: remove } = memory.provider;
    memory.provider.delete = (repository, tag, isForced, call) => {
      forced.push(isForced);
      return remove(repository, tag, isForced, call);
    };
    const other = refusing();
    other.before('create', () => memory.tags.set('v1', { name: 'v1', commit_id: SECOND, ...(release && { release }) }));
    await fatesOf(make([memory, other]));
    expect(forced).toEqual(deletions);
  });

  const call = `delete_tag {"provider":"memory","repository":"r0","name":"v1","expected_commit_id":"${SECOND}"}`;
  const left = (reason: string) => `left behind at ${SECOND} (${reason}); remove it with ${call}, or keep it and call tag_release again`;
  it('is left behind where its deletion is refused', async () => {
    const memory = createMemory();
    memory.fail('delete', { error: refused() });
    expect((await fatesOf(make([memory, refusing()])))[0]).toBe(left('protected: Not allowed.'));
  });
  it('is left behind where it cannot be looked at', async () => {
    const memory = createMemory();
    memory.fail('get', undefined, { error: refused() });
    expect((await fatesOf(make([memory, refusing()])))[0]).toBe(left('protected: Not allowed.'));
  });
  it('is perhaps left behind where nobody can tell whether it was deleted', async () => {
    const memory = createMemory();
    memory.fail('delete', { error: lost() });
    memory.fail('get', undefined, undefined, { error: refused() });
    expect((await fatesOf(make([memory, refusing()])))[0]).toMatch(/^perhaps left behind at .*It may have taken effect/);
  });
});

describe('a tag whose creation got no answer', () => {
  it('stays, for it may be somebody else’s', async () => {
    const memory = createMemory();
    memory.fail('create', { error: lost(), applied: true });
    const [fate] = await fatesOf(make([memory, refusing()]));
    expect(fate).toMatch(/^left behind at .* \(the answer to its creation was lost, so that it may be somebody else’s\);/);
    expect(memory.tags.has('v1')).toBe(true);
  });
  it('is perhaps left behind where it could not be looked at either', async () => {
    const memory = createMemory();
    memory.fail('create', { error: lost() });
    memory.fail('get', undefined, { error: refused() }, { error: refused() });
    expect((await fatesOf(make([memory, refusing()])))[0]).toMatch(/^perhaps left behind at .*protected: Not allowed/);
  });
  it('was not there when looked at, and may come yet', async () => {
    const memory = createMemory();
    memory.fail('create', { error: new TagError('timeout', 'No answer in time.', { inDoubt: true }) });
    expect((await fatesOf(make([memory, refusing()])))[0]).toBe(
      'not there when looked at; its request got no answer, and may still be at work',
    );
  });
});

describe('a tag that others write at the same time', () => {
  it('at another commit is told, and was never made by this call', async () => {
    const memory = createMemory();
    memory.before('create', () => memory.tags.set('v1', { name: 'v1', commit_id: THIRD }));
    const error = await failureOf(make([memory]));
    expect(error.message).toBe(
      `"v1" was not released. memory "r0": already_exists: Somebody has put "v1" at ${THIRD} meanwhile. Now: memory "r0": never made.`,
    );
  });
  it('at the same commit is looked at again once another one was made, and made where it is gone', async () => {
    const [theirs, mine] = [createMemory(), late(createMemory())];
    theirs.before('create', () => theirs.tags.set('v1', { name: 'v1', commit_id: SECOND }));
    mine.before('create', () => theirs.tags.clear());
    expect(await make([theirs, mine])).toEqual(['created', 'created']);
    expect(theirs.tags.get('v1')?.commit_id).toBe(SECOND);
    expect(mine.seen).toEqual(['resolve', 'get', 'create']);
  });
  it('at the same commit is not looked at again where nothing was made', async () => {
    const memory = createMemory();
    memory.tags.set('v1', { name: 'v1', commit_id: SECOND });
    expect(await make([memory])).toEqual(['unchanged']);
    expect(memory.seen).toEqual(['resolve', 'get']);
  });
  it('and that still stands then is left as it is', async () => {
    const [theirs, mine] = [createMemory(), late(createMemory())];
    theirs.tags.set('v1', { name: 'v1', commit_id: SECOND });
    expect(await make([theirs, mine])).toEqual(['unchanged', 'created']);
    expect(theirs.seen).toEqual(['resolve', 'get', 'get']);
  });
  it('and that stood before, but was made anew by this call, is taken back', async () => {
    const [stood, mine] = [createMemory(), late(createMemory(), 5)];
    const controller = new AbortController();
    stood.tags.set('v1', { name: 'v1', commit_id: SECOND });
    mine.before('create', () => stood.tags.clear());
    stood.before('create', () => controller.abort());
    expect(await fatesOf(make([stood, mine], quietCall(controller.signal)))).toEqual([
      'created and removed again',
      'created and removed again',
    ]);
  });
});

describe('a release that is given up', () => {
  it('before it begins writes nothing', async () => {
    const memory = createMemory();
    const planned = await plan(memory);
    const error = await failureOf(makeRelease('v1', planned, quietCall(AbortSignal.abort())));
    expect(error.message).toBe('"v1" was not released. memory "r0": cancelled: The call was cancelled. Now: memory "r0": never made.');
    expect(memory.seen).toEqual(['resolve', 'get']);
  });
  it('when all was made takes it back, and says why', async () => {
    const memory = createMemory();
    const controller = new AbortController();
    memory.before('create', () => void setTimeout(() => controller.abort()));
    const error = await failureOf(make([late(memory, 1), late(createMemory())], quietCall(controller.signal)));
    expect(error.message).toMatch(/^"v1" was not released\. The call was cancelled\. Now: memory "r0": created and removed again\./);
  });
  it('has the time that an answer takes, where nobody says less', async () => {
    const memory = createMemory();
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 5);
    const planned = await plan(late(memory, 60));
    expect(await fatesOf(makeRelease('v1', planned, quietCall(controller.signal)))).toEqual(['created and removed again']);
  });
  it('tells each target as it is done', async () => {
    const told: string[] = [];
    const call = { ...quietCall(), progress: (done: number, message: string) => void told.push(`${done} ${message}`) };
    await failureOf(makeRelease('v1', await plan(createMemory(), refusing()), call, PATIENCE));
    expect(told).toEqual(['1 memory "r0": created', '2 memory "r1": failed']);
  });
});

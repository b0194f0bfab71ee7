import { afterEach, describe, expect, it, vi } from 'vitest';
import { TagError } from '../../src/core/errors.ts';
import { type TagProvider, type Tags, tagsOf } from '../../src/core/provider.ts';
import { createSettled, deleteCertain, isAt, moveCertain, replaceTag } from '../../src/core/settle.ts';
import type { Tag } from '../../src/core/tag.ts';
import { withSettling } from '../../src/guard/settled.ts';
import { createMemory, FIRST, type Memory, SECOND, THIRD } from '../support/memory-provider.ts';
import { codeOf, quietCall } from '../support/target.ts';

const lost = (code: 'unavailable' | 'timeout' | 'cancelled' = 'unavailable') => new TagError(code, 'No answer came.', { inDoubt: true });
const refused = () => new TagError('rejected', 'A hook refused.', { upstream: { status: 422, text: 'no' } });
const down = { error: new TagError('unavailable', 'It is down.') };

const at = (commit_id: string, message?: string): Tag => ({ name: 'v1', commit_id, ...(message && { message, annotated: true }) });
const draft = { name: 'v1', ref: 'second' };

function open(...standing: Tag[]): Memory & { on: Tags } {
  const memory = createMemory();
  for (const tag of standing) memory.tags.set(tag.name, tag);
  return { ...memory, on: tagsOf(memory.provider, 'r', quietCall()) };
}
const commitIn = ({ tags }: Memory) => tags.get('v1')?.commit_id;

afterEach(() => vi.restoreAllMocks());

describe('createSettled', () => {
  it('is one request where all goes well', async () => {
    const memory = open();
    expect(await createSettled(memory.on, draft)).toMatchObject({ outcome: 'created', tag: { commit_id: SECOND } });
    expect(memory.seen).toEqual(['create']);
  });

  it('finds a tag at the same commit unchanged, whatever its message, unless another one is asked for', async () => {
    expect((await createSettled(open(at(SECOND, 'notes')).on, draft)).outcome).toBe('unchanged');
    expect((await createSettled(open(at(SECOND, 'notes\n')).on, { ...draft, message: ' notes' })).outcome).toBe('unchanged');
    expect((await createSettled(open(at(SECOND, 'a\r\nb')).on, { ...draft, message: 'a\nb' })).outcome).toBe('unchanged');
    const other = await createSettled(open(at(SECOND, 'notes')).on, { ...draft, message: 'other' });
    expect(other).toMatchObject({ outcome: 'taken', commit_id: SECOND });
  });

  it('finds the name taken where the tag stands elsewhere', async () => {
    const memory = open(at(FIRST));
    expect(await createSettled(memory.on, draft)).toEqual({ outcome: 'taken', tag: at(FIRST), commit_id: SECOND });
    expect(commitIn(memory)).toBe(FIRST);
  });

  it('was created where the tag stands after the answer was lost', async () => {
    for (const code of ['unavailable', 'timeout'] as const) {
      const memory = open();
      memory.fail('create', { error: lost(code), applied: true });
      expect(await createSettled(memory.on, draft)).toMatchObject({ outcome: 'created', tag: { commit_id: SECOND } });
    }
  });

  it('where no tag stands after a time limit, the system may still be at work, and the error says so', async () => {
    const memory = open();
    memory.fail('create', { error: lost('timeout') });
    await expect(createSettled(memory.on, draft)).rejects.toMatchObject({
      code: 'timeout',
      message: expect.stringContaining('may still be at work'),
      inDoubt: true,
    });
    expect(memory.seen).toEqual(['create', 'get']);
  });

  it('was not created where no tag stands after the connection broke, and says that a retry is safe', async () => {
    const memory = open();
    memory.fail('create', { error: lost() });
    await expect(createSettled(memory.on, draft)).rejects.toMatchObject({
      code: 'unavailable',
      message: 'No answer came. It did not take effect.',
      hint: 'A retry is safe.',
      inDoubt: false,
    });
  });

  it('is taken where somebody else was first while the answer was lost', async () => {
    const memory = open(at(FIRST));
    memory.fail('create', { error: lost() });
    expect((await createSettled(memory.on, draft)).outcome).toBe('taken');
  });

  it('is changed where the name was taken a moment ago and is free now', async () => {
    const memory = open();
    memory.fail('create', { error: new TagError('already_exists', 'It exists.') });
    expect(await codeOf(createSettled(memory.on, draft))).toBe('changed');
  });

  it.each(['get', 'resolve'] as const)('may have happened where looking fails too (%s)', async (step) => {
    const memory = open();
    memory.fail('create', { error: lost('timeout'), applied: true });
    memory.fail(step, down);
    await expect(createSettled(memory.on, draft)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('may have taken effect'),
      inDoubt: true,
    });
  });

  it('looks once, however many settle one around the other', async () => {
    const memory = open();
    memory.fail('create', { error: lost() });
    memory.fail('get', down);
    const settled = tagsOf(withSettling(memory.provider), 'r', quietCall());
    await expect(createSettled(settled, draft)).rejects.toThrow(/^No answer came\. It may have taken effect: [^.]+\.$/);
    expect(memory.seen).toEqual(['create', 'get']);
  });

  it('does not look after a refusal or a cancellation', async () => {
    for (const error of [refused(), lost('cancelled'), new Error('a bug')]) {
      const memory = open();
      memory.fail('create', { error });
      await expect(createSettled(memory.on, draft)).rejects.toBe(error);
      expect(memory.seen).toEqual(['create']);
    }
  });
});

describe('moveCertain and deleteCertain', () => {
  const move = { name: 'v1', ref: SECOND };

  it('moved where the tag stands there after the answer was lost', async () => {
    const memory = open(at(FIRST));
    memory.fail('move', { error: lost(), applied: true });
    expect(await moveCertain(memory.on, move, at(FIRST))).toMatchObject({ commit_id: SECOND });
  });

  it('did not move where it stands as before', async () => {
    const memory = open(at(FIRST));
    memory.fail('move', { error: lost() });
    await expect(moveCertain(memory.on, move, at(FIRST))).rejects.toThrow('It did not take effect.');
  });

  it('deleted where the tag is gone after the answer was lost', async () => {
    const memory = open(at(FIRST));
    memory.fail('delete', { error: lost(), applied: true });
    await deleteCertain(memory.on, at(FIRST), false);
    expect(memory.seen).toEqual(['delete', 'get']);
  });

  it('did not delete where it still stands', async () => {
    const memory = open(at(FIRST));
    memory.fail('delete', { error: lost() });
    await expect(deleteCertain(memory.on, at(FIRST), false)).rejects.toThrow('It did not take effect.');
    expect(commitIn(memory)).toBe(FIRST);
  });

  it('may have happened where looking fails too', async () => {
    for (const step of ['move', 'delete'] as const) {
      const memory = open(at(FIRST));
      memory.fail(step, { error: lost(), applied: true });
      memory.fail('get', down);
      const write = step === 'move' ? moveCertain(memory.on, move, at(FIRST)) : deleteCertain(memory.on, at(FIRST), false);
      await expect(write).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining('may have taken effect') });
    }
  });

  it('throw on what the system said', async () => {
    const memory = open(at(FIRST));
    memory.fail('move', { error: refused() });
    memory.fail('delete', { error: refused() });
    expect(await codeOf(moveCertain(memory.on, move, at(FIRST)))).toBe('rejected');
    expect(await codeOf(deleteCertain(memory.on, at(FIRST), false))).toBe('rejected');
  });
});

describe('replaceTag', () => {
  const replace = (memory: Memory, { message, signal }: { message?: string; signal?: AbortSignal } = {}) =>
    replaceTag(memory.provider, 'r', { name: 'v1', ref: SECOND, message }, at(FIRST, 'notes'), quietCall(signal));

  it('deletes and creates anew, and keeps the message where no other is given', async () => {
    const memory = open(at(FIRST, 'notes'));
    expect(await replace(memory)).toMatchObject({ commit_id: SECOND, message: 'notes' });
    expect(memory.seen).toEqual(['get', 'delete', 'create']);
    expect(await replace(open(at(FIRST, 'notes')), { message: 'new' })).toMatchObject({ message: 'new' });
  });

  it('keeps a lightweight tag lightweight, even one that shows its commit as message', async () => {
    const memory = open({ ...at(FIRST, 'title of the commit'), annotated: false });
    expect(await replace(memory)).toEqual({ name: 'v1', commit_id: SECOND, annotated: false });
  });

  it('does nothing where the tag has moved meanwhile', async () => {
    const memory = open(at(THIRD));
    await expect(replace(memory)).rejects.toMatchObject({ code: 'changed', message: expect.stringContaining('nothing was done') });
    expect(memory.seen).toEqual(['get']);
  });

  it('puts the old tag back, message and all, where the new one is refused', async () => {
    const memory = open(at(FIRST, 'notes'));
    memory.fail('create', { error: refused() });
    await expect(replace(memory, { message: 'new' })).rejects.toMatchObject({
      code: 'rejected',
      message: 'A hook refused. The old tag was put back where it stood.',
      upstream: { status: 422, text: 'no' },
    });
    expect(memory.tags.get('v1')).toEqual(at(FIRST, 'notes'));
  });

  it('names the call that restores the old tag where it cannot be put back', async () => {
    const memory = open(at(FIRST));
    memory.fail('create', { error: refused() }, down);
    await expect(replace(memory)).rejects.toMatchObject({
      code: 'rejected',
      message: expect.stringContaining('could not be put back'),
      hint: expect.stringMatching(new RegExp(`create_tag \\{"name":"v1","ref":"${FIRST}"`)),
    });
    expect(commitIn(memory)).toBeUndefined();
  });

  it('puts back once a lost answer to the putting back is settled', async () => {
    const memory = open(at(FIRST));
    memory.fail('create', { error: refused() }, { error: lost(), applied: true });
    await expect(replace(memory)).rejects.toThrow('The old tag was put back where it stood.');
    expect(commitIn(memory)).toBe(FIRST);
  });

  it('is settled where only the answer to the creation was lost', async () => {
    const memory = open(at(FIRST));
    memory.fail('create', { error: lost(), applied: true });
    expect(await replace(memory)).toMatchObject({ commit_id: SECOND });
  });

  it('has moved the tag where the creation took effect and could not be seen at first', async () => {
    const memory = open(at(FIRST, 'notes'));
    memory.fail('create', { error: lost('timeout'), applied: true });
    memory.fail('get', undefined, down);
    expect(await replace(memory)).toMatchObject({ commit_id: SECOND, message: 'notes' });
  });

  it.each([[undefined], [{ error: refused() }]])('leaves alone what somebody else put there meanwhile', async (fault) => {
    const memory = open(at(FIRST));
    memory.fail('create', fault);
    memory.before('create', () => memory.tags.set('v1', at(THIRD)));
    await expect(replace(memory)).rejects.toMatchObject({ code: 'changed', message: expect.stringContaining('someone else') });
    expect(commitIn(memory)).toBe(THIRD);
  });

  it('goes on where the answer to the deletion was lost and the tag is gone, and stops where it still stands', async () => {
    const gone = open(at(FIRST));
    gone.fail('delete', { error: lost(), applied: true });
    expect(await replace(gone)).toMatchObject({ commit_id: SECOND });
    const still = open(at(FIRST));
    still.fail('delete', { error: lost() });
    await expect(replace(still)).rejects.toThrow('It did not take effect.');
    expect(commitIn(still)).toBe(FIRST);
  });

  it('names the restoring call where nobody can tell whether the old tag is gone, and moveCertain does not take a retry for safe', async () => {
    const memory = open(at(FIRST));
    memory.fail('delete', { error: lost(), applied: true });
    memory.fail('get', undefined, down);
    const on = { ...memory.on, move: () => replace(memory) };
    await expect(moveCertain(on, { name: 'v1', ref: SECOND }, at(FIRST))).rejects.toMatchObject({
      message: expect.stringContaining('may have taken effect'),
      hint: expect.stringMatching(new RegExp(`^Call get_tag later; if the tag is gone: Restore it with create_tag .*${FIRST}`)),
    });
  });

  it.each(['delete', 'create'] as const)('is cancelled before anything is lost, never halfway (at %s)', async (step) => {
    const controller = new AbortController();
    const memory = open(at(FIRST));
    memory.before(step, () => controller.abort());
    expect(await replace(memory, { signal: controller.signal })).toMatchObject({ commit_id: SECOND });

    const early = open(at(FIRST));
    const leaving = new AbortController();
    const get: TagProvider['get'] = (...args) => early.provider.get(...args).finally(() => leaving.abort());
    expect(await codeOf(replace({ ...early, provider: { ...early.provider, get } }, { signal: leaving.signal }))).toBe('cancelled');
    expect(early.seen).toEqual(['get']);
  });

  it('puts back for a caller who has gone', async () => {
    const controller = new AbortController();
    const memory = open(at(FIRST));
    memory.before('create', () => controller.abort());
    memory.fail('create', { error: refused() });
    await expect(replace(memory, { signal: controller.signal })).rejects.toThrow('put back where it stood');
    expect(commitIn(memory)).toBe(FIRST);
  });

  it('gives the putting back its own time: a creation that used all of it leaves enough', async () => {
    const limit = vi.spyOn(AbortSignal, 'timeout');
    const memory = open(at(FIRST));
    const spent = new AbortController();
    limit.mockReturnValueOnce(new AbortController().signal).mockReturnValueOnce(spent.signal);
    memory.before('create', () => spent.abort(new DOMException('', 'TimeoutError')));
    await expect(replace(memory)).rejects.toMatchObject({ code: 'timeout', message: expect.stringContaining('put back where it stood') });
    expect(commitIn(memory)).toBe(FIRST);
  });
});

describe('isAt', () => {
  it('takes 7 characters or more of where the tag stands, in any case', () => {
    const tag = at(`abcdef1${'0'.repeat(33)}`);
    expect(['abcdef1', 'ABCDEF1', tag.commit_id ?? ''].map((expected) => isAt(tag, expected))).toEqual([true, true, true]);
    expect(['abcdef', 'bcdef10', `${tag.commit_id}0`].map((expected) => isAt(tag, expected))).toEqual([false, false, false]);
    expect(isAt({ name: 'tree', target_id: 'f'.repeat(40) }, 'fffffff')).toBe(true);
  });
});

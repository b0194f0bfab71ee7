import { afterEach, describe, expect, it, vi } from 'vitest';
import { TagError } from '../../src/core/errors.ts';
import type { TagProvider } from '../../src/core/provider.ts';
import { moveCertain, replaceTag } from '../../src/core/settle.ts';
import { FIRST, type Memory, SECOND, THIRD } from '../support/memory-provider.ts';
import { codeOf, quietCall } from '../support/target.ts';
import { at, commitIn, down, lost, open, refused } from './settling.ts';

afterEach(() => vi.restoreAllMocks());

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

  it.each(['tag_not_found', 'rejected', 'conflict'] as const)('is changed where another move came first, told as %s', async (code) => {
    for (const standing of [at(THIRD), undefined]) {
      const memory = open(at(FIRST, 'notes'));
      vi.spyOn(memory.provider, 'delete').mockImplementation(async () => {
        if (standing) memory.tags.set('v1', standing);
        else memory.tags.delete('v1');
        throw new TagError(code, 'Not any more.');
      });
      expect(await codeOf(replace(memory))).toBe('changed');
      expect(memory.tags.get('v1')).toBe(standing);
    }
  });

  it('is changed where the tag is gone before it begins, and refused where the deletion is', async () => {
    expect(await codeOf(replace(open()))).toBe('changed');
    const memory = open(at(FIRST, 'notes'));
    memory.fail('delete', { error: refused() });
    expect(await codeOf(replace(memory))).toBe('rejected');
    expect(commitIn(memory)).toBe(FIRST);
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

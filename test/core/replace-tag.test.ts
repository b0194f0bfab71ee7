import { describe, expect, it, vi } from 'vitest';
import { type ErrorCode, TagError } from '../../src/core/errors.ts';
import type { TagProvider } from '../../src/core/provider.ts';
import { replaceTag } from '../../src/core/replace.ts';
import { moveCertain } from '../../src/core/settle.ts';
import { type Fault, FIRST, type Memory, SECOND, THIRD } from '../support/memory-provider.ts';
import { codeOf, quietCall } from '../support/target.ts';
import { at, commitIn, down, hoursPass, inTheEnd, lost, open, refused } from './settling.ts';

hoursPass();
const always = (fault: Fault) => Array<Fault>(5_000).fill(fault);

describe('replaceTag', () => {
  const replace = (memory: Memory, { message, signal }: { message?: string; signal?: AbortSignal } = {}) =>
    inTheEnd(
      replaceTag(memory.provider, 'r', { name: 'v1', ref: SECOND, message }, at(FIRST, 'notes'), {
        ...quietCall(signal),
        address: { provider: 'lab', repository: 'r' },
      }),
    );

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
    const memory = open(at(FIRST, 'notes'));
    memory.fail('create', { error: refused() }, ...always(down));
    const call = `create_tag {"provider":"lab","repository":"r","name":"v1","ref":"${FIRST}","message":"notes"}.`;
    await expect(replace(memory)).rejects.toMatchObject({
      code: 'rejected',
      message: expect.stringContaining('could not be put back'),
      hint: `Restore it with ${call}`,
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
    memory.fail('get', undefined, ...always(down));
    const on = { ...memory.on, move: () => replace(memory) };
    await expect(moveCertain(on, { name: 'v1', ref: SECOND }, at(FIRST))).rejects.toMatchObject({
      message: expect.stringContaining('may have taken effect'),
      hint: expect.stringMatching(
        new RegExp(`^Call get_tag later; if the tag is gone: Restore it with create_tag .*${FIRST}.*TAGWRIGHT_TIMEOUT_MS`),
      ),
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

  it('gives every attempt its own time: one that used all of it leaves enough for the next', async () => {
    const limit = vi.spyOn(AbortSignal, 'timeout');
    const memory = open(at(FIRST));
    const spent = new AbortController();
    limit.mockReturnValueOnce(new AbortController().signal).mockReturnValueOnce(spent.signal);
    memory.before('create', () => spent.abort(new DOMException('', 'TimeoutError')));
    expect(await replace(memory)).toMatchObject({ commit_id: SECOND });
  });

  describe('in an outage', () => {
    const outage = (code: ErrorCode) => ({ error: new TagError(code, 'Not now.') });
    it.each(['unavailable', 'rate_limited', 'timeout'] as const)('of some seconds (%s) the new tag is made in the end', async (code) => {
      const memory = open(at(FIRST, 'notes'));
      memory.fail('create', ...Array(6).fill(outage(code)));
      expect(await replace(memory)).toMatchObject({ commit_id: SECOND, message: 'notes' });
      expect(memory.seen).toEqual(['get', 'delete', ...Array(7).fill('create')]);
    });
    it.each(['rejected', 'permission_denied', 'protected', 'unauthenticated'] as const)(
      'what is no outage (%s) is not repeated',
      async (code) => {
        const memory = open(at(FIRST, 'notes'));
        memory.fail('create', outage(code));
        await expect(replace(memory)).rejects.toMatchObject({ code, message: expect.stringContaining('put back where it stood') });
        expect(memory.seen).toEqual(['get', 'delete', 'create', 'create']);
      },
    );
    it('longer than a step the old tag is put back as soon as it is over', async () => {
      const memory = open(at(FIRST, 'notes'));
      const started = performance.now();
      const create = memory.provider.create;
      vi.spyOn(memory.provider, 'create').mockImplementation((...args) =>
        performance.now() - started < 40_000 ? Promise.reject(down.error) : create(...args),
      );
      await expect(replace(memory)).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringContaining('put back where it stood'),
      });
      expect(memory.tags.get('v1')).toEqual(at(FIRST, 'notes'));
      expect(performance.now() - started).toBeGreaterThan(40_000);
      expect(performance.now() - started).toBeLessThan(50_000);
    });
    it('a hook that refuses by now has to be opened first, which is said', async () => {
      const memory = open(at(FIRST, 'notes'));
      memory.fail('create', { error: refused() }, { error: refused() });
      await expect(replace(memory)).rejects.toMatchObject({
        code: 'rejected',
        hint: expect.stringMatching(/^Whatever refuses it has to be opened first\. Restore it with/),
      });
    });
  });

  describe('a deletion that was not answered in time', () => {
    it('is watched until it takes effect, and the move goes on', async () => {
      const memory = open(at(FIRST, 'notes'));
      memory.fail('delete', { error: lost('timeout') });
      setTimeout(() => memory.tags.delete('v1'), 36_000);
      expect(await replace(memory)).toMatchObject({ commit_id: SECOND, message: 'notes' });
    });
    it('is watched also where nobody could look at first', async () => {
      const memory = open(at(FIRST, 'notes'));
      memory.fail('delete', { error: lost('timeout') });
      memory.fail('get', undefined, down);
      setTimeout(() => memory.tags.delete('v1'), 36_000);
      expect(await replace(memory)).toMatchObject({ commit_id: SECOND, message: 'notes' });
    });
    it('is given up where it never does; the tag stands, and the call that would restore it is told', async () => {
      const memory = open(at(FIRST, 'notes'));
      memory.fail('delete', { error: lost('timeout') });
      await expect(replace(memory)).rejects.toMatchObject({
        code: 'timeout',
        inDoubt: false,
        hint: expect.stringContaining('if the tag is gone: Restore it'),
      });
      expect(memory.tags.get('v1')).toEqual(at(FIRST, 'notes'));
      expect(memory.seen.filter((step) => step === 'create')).toEqual([]);
    });
    it('ends where somebody else has moved the tag meanwhile', async () => {
      const memory = open(at(FIRST, 'notes'));
      memory.fail('delete', { error: lost('timeout') });
      setTimeout(() => memory.tags.set('v1', at(THIRD)), 5_000);
      expect(await codeOf(replace(memory))).toBe('changed');
      expect(commitIn(memory)).toBe(THIRD);
    });
    it('goes on where the system could not be asked for a while', async () => {
      const memory = open(at(FIRST, 'notes'));
      memory.fail('delete', { error: lost(), applied: true });
      memory.fail('get', undefined, ...Array(8).fill(down));
      expect(await replace(memory)).toMatchObject({ commit_id: SECOND });
    });
  });
});

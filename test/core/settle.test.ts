import { afterEach, describe, expect, it, vi } from 'vitest';
import { Astray, type ErrorCode, TagError } from '../../src/core/errors.ts';
import { tagsOf } from '../../src/core/provider.ts';
import { createSettled, deleteCertain, isAt, moveCertain } from '../../src/core/settle.ts';
import { withSettling } from '../../src/guard/settled.ts';
import { FIRST, SECOND } from '../support/memory-provider.ts';
import { codeOf, quietCall } from '../support/target.ts';
import { at, commitIn, down, draft, lost, open, refused } from './settling.ts';

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

  it.each(['create', 'move', 'delete'] as const)(
    'where looking fails as the write did (%s), for it was not the system that answered, the code and the advice stay',
    async (step) => {
      const astray = (inDoubt: boolean) =>
        new TagError('unexpected_response', 'An HTML page came.', {
          hint: 'Check the address.',
          inDoubt,
          upstream: { status: 200 },
          cause: new Astray(),
        });
      const memory = open(...(step === 'create' ? [] : [at(FIRST)]));
      memory.fail(step, { error: astray(true) });
      memory.fail('get', { error: astray(false) });
      const writes = {
        create: () => createSettled(memory.on, draft),
        move: () => moveCertain(memory.on, { name: 'v1', ref: SECOND }, at(FIRST)),
        delete: () => deleteCertain(memory.on, at(FIRST), false),
      };
      await expect(writes[step]()).rejects.toMatchObject({
        code: 'unexpected_response',
        message: 'An HTML page came. Reading the tag fails in the same way.',
        hint: 'Check the address.',
        upstream: { status: 200 },
        inDoubt: true,
      });
      expect(memory.seen).toEqual([step, 'get']);
    },
  );

  it.each<[written: ErrorCode, seen: ErrorCode, astray?: 'the write' | 'the look']>([
    ['unavailable', 'unavailable'],
    ['timeout', 'timeout'],
    ['unavailable', 'unexpected_response'],
    ['unexpected_response', 'unavailable'],
    ['unexpected_response', 'permission_denied'],
    ['unexpected_response', 'unexpected_response'],
    ['unexpected_response', 'unexpected_response', 'the write'],
    ['unexpected_response', 'unexpected_response', 'the look'],
  ])('may have happened where the write ends as %s and looking as %s (led astray: %s)', async (written, seen, astray) => {
    const cause = (what: typeof astray) => (astray === what ? new Astray() : undefined);
    const memory = open();
    memory.fail('create', { error: new TagError(written, 'The write.', { inDoubt: true, hint: 'Theirs.', cause: cause('the write') }) });
    memory.fail('get', { error: new TagError(seen, 'The look.', { cause: cause('the look') }) });
    await expect(createSettled(memory.on, draft)).rejects.toMatchObject({
      code: written === 'unexpected_response' && seen === written ? written : 'unavailable',
      message: 'The write. It may have taken effect: the tag could not be read afterwards.',
      inDoubt: true,
    });
  });

  it('needs no question about a ref that is the very commit where the tag stands', async () => {
    const memory = open(at(SECOND));
    expect((await createSettled(memory.on, { ...draft, ref: SECOND })).outcome).toBe('unchanged');
    expect(memory.seen).toEqual(['create', 'get']);
    const elsewhere = open(at(FIRST));
    expect((await createSettled(elsewhere.on, { ...draft, ref: SECOND })).outcome).toBe('taken');
    expect(elsewhere.seen).toEqual(['create', 'get', 'resolve']);
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

describe('isAt', () => {
  it('takes 7 characters or more of where the tag stands, in any case', () => {
    const tag = at(`abcdef1${'0'.repeat(33)}`);
    expect(['abcdef1', 'ABCDEF1', tag.commit_id ?? ''].map((expected) => isAt(tag, expected))).toEqual([true, true, true]);
    expect(['abcdef', 'bcdef10', `${tag.commit_id}0`].map((expected) => isAt(tag, expected))).toEqual([false, false, false]);
    expect(isAt({ name: 'tree', target_id: 'f'.repeat(40) }, 'fffffff')).toBe(true);
  });
});

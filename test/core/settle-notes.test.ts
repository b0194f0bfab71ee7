/** The truth about notes that were written, and about writes to a system whose reads come late. */
import { describe, expect, it, vi } from 'vitest';
import { TagError } from '../../src/core/errors.ts';
import { carries, createSettled, deleteCertain, moveCertain, publishCertain, withdrawCertain } from '../../src/core/settle.ts';
import type { Tag } from '../../src/core/tag.ts';
import { FIRST, type Memory, SECOND } from '../support/memory-provider.ts';
import { codeOf } from '../support/target.ts';
import { noted, noting } from './noting.ts';
import { at, draft, hoursPass, inTheEnd, lost, refused } from './settling.ts';

const tag = at(SECOND);
const both = {
  publish: (memory: ReturnType<typeof noting>) => publishCertain(memory.on, tag, 'New'),
  withdraw: (memory: ReturnType<typeof noting>) => withdrawCertain(memory.on, noted(SECOND, 'Old')),
};
const before = { publish: () => noting(tag), withdraw: () => noting(noted(SECOND, 'Old')) };

describe.each(['publish', 'withdraw'] as const)('notes: to %s them', (step) => {
  it('is one request where all goes well', async () => {
    const memory = before[step]();
    expect(await both[step](memory)).toEqual(step === 'publish' ? noted(SECOND, 'New') : undefined);
    expect([memory.written.length, memory.seen]).toEqual([1, []]);
  });
  it('took effect where the tag shows so after the answer was lost', async () => {
    const memory = before[step]();
    memory.failNext({ error: lost(), applied: true });
    expect(await both[step](memory)).toEqual(step === 'publish' ? noted(SECOND, 'New') : undefined);
    expect([memory.written.length, memory.seen]).toEqual([1, ['get']]);
  });
  it('took none where it does not', async () => {
    const memory = before[step]();
    memory.failNext({ error: lost() });
    await expect(both[step](memory)).rejects.toMatchObject({ code: 'unavailable', message: 'No answer came. It did not take effect.' });
  });
  it('is not looked at after a refusal', async () => {
    const memory = before[step]();
    memory.failNext({ error: refused() });
    expect([await codeOf(both[step](memory)), memory.seen]).toEqual(['rejected', []]);
  });
});

describe('notes whose tag is gone meanwhile', () => {
  const gone = (step: keyof typeof both) => {
    const memory = before[step]();
    memory.before('get', () => memory.tags.clear());
    memory.failNext({ error: lost() });
    return both[step](memory);
  };
  it('are gone with it, and were not published', async () => {
    await expect(gone('withdraw')).resolves.toBeUndefined();
    await expect(gone('publish')).rejects.toThrow('It did not take effect.');
  });
  it('are the same however their lines end, and none where there is no Release', () => {
    expect(carries(noted(SECOND, ' a\r\nb\n'), 'a\nb')).toBe(true);
    expect(carries(noted(SECOND, 'a'), 'b')).toBe(false);
    expect([carries(tag, ''), carries({ ...tag, release: {} }, '')]).toEqual([false, true]);
  });
});

describe('where reads lag writes', () => {
  hoursPass();
  /** Its next looks show what was there `first`. */
  const lagging = (first: Tag | undefined, now: Tag | undefined, lags = true) => {
    const memory = noting(first, { lags });
    const show = ({ tags }: Memory) => (now ? tags.set('v1', now) : tags.clear());
    memory.before('get', () => {});
    memory.before('get', () => void show(memory));
    return memory;
  };
  const missing = <M extends Memory>(memory: M, step: 'create' | 'move' | 'delete'): M => {
    memory.fail(step, { error: lost() });
    return memory;
  };

  it('a creation that a first look does not show is looked for once more, after a while', async () => {
    const memory = missing(lagging(undefined, tag), 'create');
    const began = performance.now();
    expect(await inTheEnd(createSettled(memory.on, draft))).toMatchObject({ outcome: 'created' });
    expect(performance.now() - began).toBeGreaterThanOrEqual(1_000);
    expect(memory.seen).toEqual(['create', 'get', 'get', 'resolve']);
  });
  it('a name that is taken may not show at once', async () => {
    const memory = lagging(undefined, tag);
    memory.fail('create', { error: new TagError('already_exists', 'It exists.') });
    expect(await inTheEnd(createSettled(memory.on, draft))).toMatchObject({ outcome: 'unchanged' });
    const other = lagging(undefined, tag, false);
    other.fail('create', { error: new TagError('already_exists', 'It exists.') });
    expect(await codeOf(inTheEnd(createSettled(other.on, draft)))).toBe('changed');
    const broken = lagging(undefined, tag);
    broken.fail('create', { error: new TagError('already_exists', 'It exists.') });
    broken.fail('get', { error: refused() });
    expect([await codeOf(inTheEnd(createSettled(broken.on, draft))), broken.seen]).toEqual(['rejected', ['create', 'get']]);
  });
  it('a move and a deletion are looked for once more as well', async () => {
    const moved = lagging(at(FIRST), tag);
    missing(moved, 'move');
    expect(await inTheEnd(moveCertain(moved.on, { name: 'v1', ref: SECOND }, at(FIRST)))).toEqual(tag);
    const deleted = lagging(at(FIRST), undefined);
    missing(deleted, 'delete');
    await inTheEnd(deleteCertain(deleted.on, at(FIRST), true));
    expect([moved.seen, deleted.seen]).toEqual([
      ['move', 'get', 'get'],
      ['delete', 'get', 'get'],
    ]);
  });
  it('what a first look shows needs no other', async () => {
    const memory = noting(undefined, { lags: true });
    memory.fail('create', { error: lost(), applied: true });
    await createSettled(memory.on, draft);
    memory.fail('move', { error: lost(), applied: true });
    await moveCertain(memory.on, { name: 'v1', ref: FIRST }, tag);
    memory.failNext({ error: lost(), applied: true });
    await publishCertain(memory.on, at(FIRST), 'New');
    memory.failNext({ error: lost(), applied: true });
    await withdrawCertain(memory.on, noted(FIRST, 'New'));
    memory.fail('delete', { error: lost(), applied: true });
    await deleteCertain(memory.on, at(FIRST), true);
    expect(memory.seen.filter((step) => step === 'get')).toHaveLength(5);
    expect(vi.getTimerCount()).toBe(0);
  });
});

/** Taking back what a call has made: all of it, and nothing of anybody else's. What becomes of it is told word for word. */
import { describe, expect, it } from 'vitest';
import { TagError } from '../../src/core/errors.ts';
import { createCertain } from '../../src/core/settle.ts';
import type { Tag } from '../../src/core/tag.ts';
import { textOf } from '../../src/core/told.ts';
import { type Creation, takeBack, takeBackNotes } from '../../src/core/undo.ts';
import { FIRST, SECOND } from '../support/memory-provider.ts';
import { type Noting, noted, noting } from './noting.ts';
import { at, hoursPass, inTheEnd, lost } from './settling.ts';

const creation = (tag: Tag | undefined, release_notes?: string): Creation => ({
  address: { provider: 'memory', repository: 'r' },
  name: 'v1',
  commit_id: SECOND,
  tag,
  release_notes,
  tool: 'create_tag',
});
const fate = async ({ on }: Noting, made: Creation) => textOf(await takeBack(on, made));
const fateOfNotes = async ({ on }: Noting, made: Creation) => textOf(await takeBackNotes(on, made));
const MEND = `remove it with delete_tag {"provider":"memory","repository":"r","name":"v1","expected_commit_id":"${SECOND}"}, or keep it and call create_tag again`;

describe('a tag', () => {
  it('that was made is removed, with force, since nothing that may be lost can have been there', async () => {
    const memory = noting(at(SECOND));
    expect(await fate(memory, creation(at(SECOND)))).toBe('created and removed again');
    expect([memory.written, memory.tags.size]).toEqual([['delete forced'], 0]);
  });
  it.each([noted(SECOND, 'Mine'), at(SECOND)])('goes after its notes, whether or not its creation showed them: %j', async (tag) => {
    const memory = noting(noted(SECOND, 'Mine'));
    expect(await fate(memory, creation(tag, 'Mine'))).toBe('created and removed again');
    expect(memory.written).toEqual(['withdraw', 'delete forced']);
  });
  it('with a Release of somebody else stays with it', async () => {
    for (const [theirs, notes] of [['Theirs'], ['Theirs', 'Mine'], ['']] as const) {
      const memory = noting(noted(SECOND, theirs));
      expect(await fate(memory, creation(at(SECOND), notes))).toBe(
        `left behind at ${SECOND} (somebody else has published notes beside it since); ${MEND}`,
      );
      expect([memory.written, memory.notes()]).toEqual([[], theirs]);
    }
    // In the very same words, where this call's own were refused.
    const alike = noting(noted(SECOND, 'Mine'));
    await fate(alike, { ...creation(at(SECOND), 'Mine'), published: false });
    expect([alike.written, alike.notes()]).toEqual([[], 'Mine']);
  });
  it('that stands elsewhere, or was made anew, is somebody else’s', async () => {
    for (const now of [at(FIRST), { ...at(SECOND), id: 'theirs' }]) {
      const memory = noting(now);
      expect(await fate(memory, creation({ ...at(SECOND), id: 'mine' }))).toBe(
        `changed by somebody else since, stands at ${now.commit_id}, untouched`,
      );
      expect(memory.written).toEqual([]);
    }
  });
  it.each<[what: string, now: Partial<Tag>, mine: Partial<Tag>, isMine: boolean]>([
    ['one date in two time zones', { created_at: '2026-01-01T01:00:00+01:00' }, { created_at: '2026-01-01T00:00:00Z' }, true],
    ['another date', { created_at: '2026-01-01T00:00:01Z' }, { created_at: '2026-01-01T00:00:00Z' }, false],
    ['another object', { target_id: FIRST }, { target_id: SECOND }, false],
    ['marks that were not told before', { id: 'x', target_id: FIRST, created_at: '2026-01-01T00:00:00Z' }, {}, true],
    ['marks that are not told any more', {}, { id: 'x', target_id: FIRST, created_at: '2026-01-01T00:00:00Z' }, true],
  ])('is known again, or not, by %s', async (_, now, mine, isMine) => {
    const memory = noting({ ...at(SECOND), ...now });
    expect((await fate(memory, creation({ ...at(SECOND), ...mine }))) === 'created and removed again').toBe(isMine);
    expect(memory.tags.size).toBe(isMine ? 0 : 1);
  });
  it('whose answer was lost may be somebody else’s', async () => {
    const memory = noting(at(SECOND));
    const doubt = `left behind at ${SECOND} (the answer to its creation was lost, so that it may be somebody else’s); ${MEND}`;
    expect(await fate(memory, creation(undefined))).toBe(doubt);
    const other = noting();
    other.fail('create', { error: lost(), applied: true });
    expect(await fate(other, creation(await createCertain(other.on, { name: 'v1', ref: 'second' })))).toBe(doubt);
    expect([memory.written, other.written]).toEqual([[], []]);
  });
  it('that is gone is gone, or was never there', async () => {
    expect(await fate(noting(), creation(at(SECOND)))).toBe('created, gone since');
    expect(await fate(noting(), creation(undefined))).toBe('not there when looked at; its request got no answer, and may still be at work');
  });
  it.each([
    [new TagError('protected', 'No.'), `left behind at ${SECOND} (protected: No.); ${MEND}`],
    [lost(), `perhaps left behind at ${SECOND} (unavailable: No answer came.); ${MEND}`],
    [new Error('a bug'), `left behind at ${SECOND} ("Error: a bug"); ${MEND}`],
  ])('that cannot be removed is left behind, with the call that mends it: %s', async (error, expected) => {
    const memory = noting(noted(SECOND, 'Mine'));
    memory.failNext({ error });
    expect(await fate(memory, creation(at(SECOND), 'Mine'))).toBe(expected);
    expect(memory.tags.size).toBe(1);
  });
});

describe('notes beside a tag that stood before', () => {
  const untouched = `stood before at ${SECOND}, untouched`;
  it.each([noted(SECOND, 'Mine'), at(SECOND)])('are taken back, and the tag stays: %j', async (tag) => {
    const memory = noting(noted(SECOND, 'Mine'));
    expect(await fateOfNotes(memory, creation(tag, 'Mine'))).toBe(`${untouched}; its notes were taken back`);
    expect([memory.written, memory.tags.get('v1')]).toEqual([['withdraw'], at(SECOND)]);
  });
  it('that may be somebody else’s stay', async () => {
    const memory = noting(noted(SECOND, 'Mine'));
    expect(await fateOfNotes(memory, creation(undefined, 'Mine'))).toBe(
      `${untouched}; notes like these stand there, perhaps somebody else’s`,
    );
    expect([memory.written, memory.notes()]).toEqual([[], 'Mine']);
  });
  it('that are not there need no taking back', async () => {
    const memory = noting(at(SECOND));
    expect(await fateOfNotes(memory, creation(undefined, 'Mine'))).toBe(untouched);
    expect(memory.written).toEqual([]);
  });
  it('of somebody else stay', async () => {
    const memory = noting(noted(SECOND, 'Theirs'));
    expect(await fateOfNotes(memory, creation(at(SECOND), 'Mine'))).toBe(`${untouched}; its notes were changed by somebody else since`);
    expect(memory.notes()).toBe('Theirs');
  });
  it('that cannot be taken back stay, and why', async () => {
    const memory = noting(noted(SECOND, 'Mine'));
    memory.failNext({ error: new TagError('protected', 'No.') });
    expect(await fateOfNotes(memory, creation(at(SECOND), 'Mine'))).toBe(
      `${untouched}; its notes were published, and may stay (protected: No.)`,
    );
  });
});

describe('where reads lag writes', () => {
  hoursPass();
  it('what a first look does not show is looked for once more, and taken back', async () => {
    const made = noting(undefined, { lags: true });
    made.before('get', () => {});
    made.before('get', () => void made.tags.set('v1', at(SECOND)));
    expect(await inTheEnd(fate(made, creation(at(SECOND))))).toBe('created and removed again');
    const published = noting(at(SECOND), { lags: true });
    published.before('get', () => {});
    published.before('get', () => void published.tags.set('v1', noted(SECOND, 'Mine')));
    expect(await inTheEnd(fateOfNotes(published, creation(noted(SECOND, 'Mine'), 'Mine')))).toMatch(/its notes were taken back$/);
    expect([made.tags.size, published.notes()]).toEqual([0, undefined]);
  });
  it('what it shows needs no other', async () => {
    const memory = noting(noted(SECOND, 'Mine'), { lags: true });
    await fateOfNotes(memory, creation(noted(SECOND, 'Mine'), 'Mine'));
    expect(memory.seen).toEqual(['get']);
  });
});

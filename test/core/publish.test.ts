/** Notes beside a tag that stands: published where there are none, and never in place of others' unless that is insisted upon. */
import { describe, expect, it } from 'vitest';
import { TagError } from '../../src/core/errors.ts';
import { tagsOf } from '../../src/core/provider.ts';
import { LEFT_OUT, publishNotes } from '../../src/core/publish.ts';
import { createMemory, SECOND } from '../support/memory-provider.ts';
import { codeOf, quietCall } from '../support/target.ts';
import { noted, noting } from './noting.ts';
import { at, hoursPass, inTheEnd } from './settling.ts';

const refusal = {
  code: 'already_exists',
  message: '"v1" stands there with a Memory Release that has other notes.',
  hint: 'Leave release_notes out to keep them as they are, or pass force to create_tag to replace them.',
};

describe('notes', () => {
  it('are published where there are none', async () => {
    const memory = noting(at(SECOND));
    expect(await publishNotes(memory.on, at(SECOND), 'New', false)).toEqual({
      outcome: 'edited',
      tag: noted(SECOND, 'New'),
      note: undefined,
    });
    expect([memory.written, memory.notes()]).toEqual([['publish New'], 'New']);
  });
  it.each(['New', ' New\n', 'a\r\nb'])('that are there already are left alone, however their lines end: %j', async (there) => {
    const memory = noting(noted(SECOND, there));
    const notes = there.replace('\r', '').trim();
    expect(await publishNotes(memory.on, noted(SECOND, there), notes, true)).toEqual({ outcome: 'unchanged', tag: noted(SECOND, there) });
    expect(memory.written).toEqual([]);
  });
  it('of others are not replaced, and the error says what may be done', async () => {
    const memory = noting(noted(SECOND, 'Theirs'));
    await expect(publishNotes(memory.on, noted(SECOND, 'Theirs'), 'New', false)).rejects.toMatchObject(refusal);
    expect(memory.written).toEqual([]);
  });
  it('of others are replaced with force, and are told once more', async () => {
    const memory = noting(noted(SECOND, 'Theirs'));
    expect(await publishNotes(memory.on, noted(SECOND, 'Theirs'), 'New', true)).toEqual({
      outcome: 'edited',
      tag: noted(SECOND, 'New'),
      before: noted(SECOND, 'Theirs'),
    });
    expect(memory.notes()).toBe('New');
  });
  it('that the system shows otherwise are told to be', async () => {
    const memory = noting(at(SECOND));
    const provider = { ...memory.provider, publish: async () => noted(SECOND, 'Cut') };
    expect(await publishNotes(tagsOf(provider, 'r', quietCall()), at(SECOND), 'New', false)).toMatchObject({
      outcome: 'edited',
      note: 'The Memory Release shows the notes otherwise than they were given.',
    });
  });
  it('are unsupported where there is no place for them', async () => {
    const { provider } = createMemory();
    expect(await codeOf(publishNotes(tagsOf(provider, 'r', quietCall()), at(SECOND), 'New', false))).toBe('unsupported');
    expect(LEFT_OUT).toContain('this system keeps none');
  });
});

describe('a Release that came after the look', () => {
  it('with the same notes is all that was asked for', async () => {
    const memory = noting(noted(SECOND, 'New'));
    expect(await publishNotes(memory.on, at(SECOND), 'New', false)).toEqual({ outcome: 'unchanged', tag: noted(SECOND, 'New') });
  });
  it('with others is looked at, and replaced with force alone', async () => {
    const memory = noting(noted(SECOND, 'Theirs'));
    await expect(publishNotes(memory.on, at(SECOND), 'New', false)).rejects.toMatchObject(refusal);
    expect(memory.notes()).toBe('Theirs');
    expect(await publishNotes(memory.on, at(SECOND), 'New', true)).toMatchObject({ outcome: 'edited', before: noted(SECOND, 'Theirs') });
    expect(memory.notes()).toBe('New');
  });
  it('and may not be seen is left alone, with a word', async () => {
    const memory = noting(noted(SECOND, 'Theirs'), { hides: true });
    expect(await publishNotes(memory.on, at(SECOND), 'New', true)).toEqual({
      outcome: 'unchanged',
      tag: at(SECOND),
      note: 'It has a Memory Release that this credential may not see: the notes were not compared.',
    });
    expect(memory.notes()).toBe('Theirs');
  });
  it('and went with its tag is a change', async () => {
    const memory = noting(noted(SECOND, 'Theirs'));
    memory.before('get', () => memory.tags.clear());
    expect(await codeOf(publishNotes(memory.on, at(SECOND), 'New', true))).toBe('changed');
  });
  it('is not what any other refusal means', async () => {
    const memory = noting(at(SECOND));
    memory.failNext({ error: new TagError('permission_denied', 'No.') });
    expect(await codeOf(publishNotes(memory.on, at(SECOND), 'New', true))).toBe('permission_denied');
    expect(memory.seen).toEqual([]);
  });
});

describe('where reads lag writes, a Release that came after the look', () => {
  hoursPass();
  it('may not show at once', async () => {
    const memory = noting(noted(SECOND, 'New'), { lags: true });
    memory.before('get', () => void memory.tags.set('v1', at(SECOND)));
    memory.before('get', () => void memory.tags.set('v1', noted(SECOND, 'New')));
    expect(await inTheEnd(publishNotes(memory.on, at(SECOND), 'New', false))).toEqual({ outcome: 'unchanged', tag: noted(SECOND, 'New') });
    expect(memory.seen).toEqual(['get', 'get']);
  });
  it('is looked at once where it does', async () => {
    const memory = noting(noted(SECOND, 'New'), { lags: true });
    await publishNotes(memory.on, at(SECOND), 'New', false);
    expect(memory.seen).toEqual(['get']);
  });
});

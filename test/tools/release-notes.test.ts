/** The notes of a Release by the tools: given to create_tag, shown by get_tag, handed out by delete_tag. */
import { describe, expect, it } from 'vitest';
import { type ErrorCode, TagError } from '../../src/core/errors.ts';
import { remarks, type Tag } from '../../src/core/tag.ts';
import type { Traits } from '../../src/core/traits.ts';
import { createMemory, FIRST, SECOND, type Step } from '../support/memory-provider.ts';
import { codeOf, failureOf, quietCall, toolsOn } from '../support/target.ts';

const release = { name: 'Memory Release', fate: 'goes with it' };
const MOST = 100_000;
const refused = (code: ErrorCode = 'rejected') => new TagError(code, 'Not these.');
const lost = () => new TagError('unavailable', 'No answer came.', { inDoubt: true });
const bare: Tag = { name: 'v1', commit_id: SECOND };
const noted = (description: string, commit_id = SECOND): Tag => ({ ...bare, commit_id, release: { description } });

function stage(standing?: Tag, traits: Partial<Traits> = { release }) {
  const memory = createMemory({ traits });
  if (standing) memory.tags.set('v1', standing);
  return {
    ...memory,
    tools: toolsOn(memory.provider, 'r'),
    written: () => memory.seen.filter((step): step is Step => !['get', 'resolve'].includes(step)),
    now: () => memory.tags.get('v1'),
  };
}
const asked = { name: 'v1', ref: 'second', release_notes: 'New' };
const RESTORE = { provider: 'test', repository: 'r', name: 'v1', ref: SECOND };

describe('create_tag with notes', () => {
  it('is a creation and a publication, and nothing but looks once more', async () => {
    const { tools, written, now } = stage();
    expect(await tools.create(asked)).toEqual({ outcome: 'created', tag: { ...noted('New'), annotated: false } });
    expect(written()).toEqual(['create', 'publish']);
    expect((await tools.create({ ...asked, release_notes: ' New\r\n' })).outcome).toBe('unchanged');
    expect(written().slice(2)).toEqual(['create']); // refused, since the name is taken
    expect(now()).toMatchObject(noted('New'));
  });
  it('publishes them beside a tag that stood, without force', async () => {
    const { tools, written, now } = stage(bare);
    expect(await tools.create(asked)).toEqual({ outcome: 'edited', tag: noted('New') });
    expect([written(), now()]).toEqual([['create', 'publish'], noted('New')]);
  });
  it('leaves others’ notes alone without force, and tells what force does', async () => {
    const { tools, written, now } = stage(noted('Theirs'));
    const error = await failureOf(tools.create(asked));
    expect(error).toMatchObject({ code: 'already_exists', hint: expect.stringContaining('pass force to create_tag') });
    expect([written(), now()]).toEqual([['create'], noted('Theirs')]);
  });
  it('replaces them with force, moves nothing, and hands out the old ones without force', async () => {
    const { tools, written, now } = stage({ ...noted('Theirs'), annotated: true, message: 'Kept' });
    const { outcome, restore, previous_commit_id } = await tools.create({ ...asked, force: true });
    expect([outcome, restore]).toEqual(['edited', { ...RESTORE, message: 'Kept', release_notes: 'Theirs' }]);
    expect(previous_commit_id).toBeUndefined();
    expect([written(), now()?.release?.description, now()?.message]).toEqual([['publish'], 'New', 'Kept']);
  });
  it('with force and the notes that stand there is unchanged', async () => {
    const { tools, written } = stage(noted('New'));
    expect(await tools.create({ ...asked, force: true })).toEqual({ outcome: 'unchanged', tag: noted('New') });
    expect(written()).toEqual([]);
  });
  it('moves the tag and replaces its notes, and hands out where it was with the notes it had', async () => {
    const { tools, written, now } = stage(noted('Theirs', FIRST), { release, atomicMove: true });
    const result = await tools.create({ ...asked, force: true });
    expect(result).toMatchObject({
      outcome: 'moved',
      previous_commit_id: FIRST,
      restore: { ...RESTORE, ref: FIRST, release_notes: 'Theirs' },
    });
    expect(result.restore).not.toHaveProperty('force');
    expect([written(), now()]).toMatchObject([['move', 'publish'], noted('New')]);
  });
  it('with force and an expected commit looks before it edits', async () => {
    const { tools, written, now } = stage(noted('Theirs'));
    expect(await codeOf(tools.create({ ...asked, force: true, expected_commit_id: FIRST }))).toBe('changed');
    expect([written(), now()]).toEqual([[], noted('Theirs')]);
    expect((await tools.create({ ...asked, force: true, expected_commit_id: SECOND })).outcome).toBe('edited');
  });
});

describe('notes that are', () => {
  it.each([{}, { release_notes: '' }, { release_notes: ' \n\t' }])('none (%j) publish nothing, nor compare', async (notes) => {
    const { tools, written } = stage(noted('Theirs'));
    expect((await tools.create({ name: 'v1', ref: 'second', ...notes })).outcome).toBe('unchanged');
    expect(written()).toEqual(['create']);
  });
  it('longer than can be restored are refused, before anything is asked', async () => {
    const { tools, seen, now } = stage();
    expect(await codeOf(tools.create({ ...asked, release_notes: 'x'.repeat(MOST + 1) }))).toBe('invalid_input');
    expect(seen).toEqual([]);
    await tools.create({ ...asked, release_notes: 'x'.repeat(MOST) });
    expect(now()?.release?.description).toHaveLength(MOST);
  });
  it('wanted where there is no place for them are left out, with a word, whatever else is there', async () => {
    const note = 'The release notes are left out: this system keeps none.';
    const { tools, written } = stage(undefined, {});
    expect(await tools.create(asked)).toMatchObject({ outcome: 'created', note });
    expect(await tools.create(asked)).toMatchObject({ outcome: 'unchanged', note });
    expect(await tools.create({ name: 'v1', ref: 'second' })).not.toHaveProperty('note');
    expect(written()).not.toContain('publish');
  });
});

describe('notes that fail', () => {
  it('take the tag back that was made for them, and the error says so', async () => {
    const { tools, fail, written, now } = stage();
    fail('publish', { error: refused() });
    const error = await failureOf(tools.create(asked));
    expect(error).toMatchObject({ code: 'rejected', message: 'Not these. What became of the tag: created and removed again.' });
    expect([written(), now()]).toEqual([['create', 'publish', 'delete'], undefined]);
  });
  it('and whose tag cannot be taken back tell what stands, and the call that removes it', async () => {
    const { tools, fail, now } = stage();
    fail('publish', { error: refused() });
    fail('delete', { error: refused('protected') });
    const { message } = await failureOf(tools.create(asked));
    const { ref, ...address } = RESTORE;
    expect(message).toContain(`left behind at ${SECOND} (protected: Not these.)`);
    expect(message).toContain(`remove it with delete_tag ${JSON.stringify({ ...address, expected_commit_id: ref })}`);
    expect(now()).toMatchObject(bare);
  });
  it('leave a tag that stood', async () => {
    const { tools, fail, written, now } = stage(bare);
    fail('publish', { error: refused() });
    expect(await failureOf(tools.create(asked))).toMatchObject({ code: 'rejected', message: 'Not these.' });
    expect([written(), now()]).toEqual([['create', 'publish'], bare]);
  });
  it('after a move say where the tag was, and how it comes back', async () => {
    const { tools, fail, now } = stage({ ...bare, commit_id: FIRST, annotated: true, message: 'Kept' });
    fail('publish', { error: refused() });
    const { message } = await failureOf(tools.create({ ...asked, force: true }));
    expect(message).toContain(`it was moved from ${FIRST}, and its notes were not published; Restore it with create_tag`);
    expect(now()?.commit_id).toBe(SECOND);
  });
  it.each([
    ['shows them', true, undefined],
    ['fails as well', true, refused('unavailable')],
    ['fails as well, and they were not there', false, refused('unavailable')],
  ])('to be answered are looked for, and the look %s', async (_, applied, look) => {
    const { tools, fail, now } = stage();
    fail('publish', { error: lost(), applied });
    if (look) fail('get', { error: look });
    const made = tools.create(asked);
    if (!look) {
      expect(await made).toMatchObject({ outcome: 'created', tag: noted('New') });
      return;
    }
    expect(await failureOf(made)).toMatchObject({ code: 'unavailable', message: expect.stringContaining('created and removed again') });
    expect(now()).toBeUndefined();
  });
  it('since the caller gave up take the tag back all the same', async () => {
    const controller = new AbortController();
    const { provider, tags, before, seen } = stage();
    before('publish', () => controller.abort());
    expect(await codeOf(toolsOn(provider, 'r', quietCall(controller.signal)).create(asked))).toBe('cancelled');
    expect([tags.size, seen]).toEqual([0, ['create', 'publish', 'get', 'delete']]);
  });
});

describe('notes that stand', () => {
  it('are shown by get_tag to 4 000 characters, the last one an ellipsis', async () => {
    const { tools } = stage(noted('é'.repeat(5_000)));
    const { description = '' } = (await tools.get('v1')).tag.release ?? {};
    expect([description.length, description.endsWith('é…')]).toEqual([4_000, true]);
  });
  it('are handed out whole by delete_tag, and create_tag with exactly that restores tag and notes', async () => {
    const notes = `# Notes\n${'x'.repeat(60_000)}`;
    const before = { ...noted(notes), annotated: true, message: 'Annotated' };
    const { tools, now } = stage(before);
    const { deleted, restore, note } = await tools.delete({ name: 'v1', force: true });
    expect(restore).toEqual({ ...RESTORE, message: 'Annotated', release_notes: notes });
    expect([deleted.release, note, now()]).toMatchObject([{ description: expect.stringMatching(/x…$/) }, undefined, undefined]);
    const { provider: _, repository: __, ...args } = restore;
    expect((await tools.create(args)).outcome).toBe('created');
    expect(now()).toEqual(before);
  });
  it('and do not come back whole say so', async () => {
    const note = 'The release notes are not restored in full: they were too long, or held characters that are unsafe to show.';
    for (const description of ['x'.repeat(MOST + 1), 'colour \u001b[31mred']) {
      const { restore, note: said } = await stage(noted(description)).tools.delete({ name: 'v1', force: true });
      expect([said, String(restore.release_notes).length <= MOST]).toEqual([note, true]);
    }
    const empty = stage({ ...bare, release: {} });
    const deletion = await empty.tools.delete({ name: 'v1', force: true });
    expect(deletion.note).toBe('Its Memory Release had no notes and does not come back.');
    expect(deletion.restore).not.toHaveProperty('release_notes');
  });
  it('come with what the system itself says is lost', async () => {
    const tag = noted('Notes');
    remarks.set(tag, 'Its assets do not come back.');
    expect((await stage(tag).tools.delete({ name: 'v1', force: true })).note).toBe('Its assets do not come back.');
  });
});

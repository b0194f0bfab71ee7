/** force: what would be lost is looked at before anything that writes leaves; what was replaced is in the result. */
import { describe, expect, it } from 'vitest';
import { TagError } from '../../src/core/errors.ts';
import { irreplaceable, lostBefore, type Tag } from '../../src/core/tag.ts';
import { createMemory, FIRST, SECOND, THIRD } from '../support/memory-provider.ts';
import { codeOf, failureOf, toolsOn } from '../support/target.ts';

const stage = (standing?: Tag) => {
  const memory = createMemory();
  if (standing) memory.tags.set(standing.name, standing);
  return { ...memory, tools: toolsOn(memory.provider, 'r') };
};
const old: Tag = { name: 'v1', commit_id: FIRST, annotated: true, message: 'Notes' };

describe('with force', () => {
  it('nothing that writes leaves before a refusal', async () => {
    const { provider, seen, tags } = stage(old);
    for (const code of ['policy_denied', 'release_attached', 'protected'] as const) {
      const refuseLoss = () => {
        throw new TagError(code, 'Not this one.');
      };
      expect(await codeOf(toolsOn({ ...provider, refuseLoss }, 'r').create({ name: 'v1', ref: 'second', force: true }))).toBe(code);
    }
    expect(seen.filter((step) => !['get', 'resolve'].includes(step))).toEqual([]);
    expect(tags.get('v1')).toBe(old);
  });
  it('a name that is free is created, and one that stands as asked is unchanged', async () => {
    const free = stage();
    expect(await free.tools.create({ name: 'v1', ref: 'second', force: true })).toMatchObject({ outcome: 'created' });
    expect(free.seen).toEqual(['get', 'create']);
    const there = stage(old);
    expect(await there.tools.create({ name: 'v1', ref: 'first', force: true })).toMatchObject({ outcome: 'unchanged' });
    expect(there.seen).not.toContain('move');
  });
  it('a name that somebody takes between look and creation is moved all the same', async () => {
    const { tools, before, tags } = stage();
    before('create', () => tags.set('v1', { name: 'v1', commit_id: THIRD }));
    expect(await tools.create({ name: 'v1', ref: 'second', force: true })).toMatchObject({ outcome: 'moved', previous_commit_id: THIRD });
    expect(tags.get('v1')?.commit_id).toBe(SECOND);
  });
});

describe('the old message', () => {
  const restore = { provider: 'test', repository: 'r', name: 'v1', ref: FIRST, message: 'Notes' };
  it('is in the result where another replaced it', async () => {
    expect(await stage(old).tools.create({ name: 'v1', ref: 'second', message: 'New', force: true })).toMatchObject({
      outcome: 'moved',
      restore,
    });
  });
  it('is not repeated where it was kept, or never was', async () => {
    expect(await stage(old).tools.create({ name: 'v1', ref: 'second', force: true })).not.toHaveProperty('restore');
    const light = stage({ name: 'v1', commit_id: FIRST, annotated: false, message: 'title of the commit' });
    expect(await light.tools.create({ name: 'v1', ref: 'second', message: 'New', force: true })).not.toHaveProperty('restore');
  });
  it('comes with what no message brings back', async () => {
    irreplaceable.set(old, 'Its signature');
    expect(await stage(old).tools.create({ name: 'v1', ref: 'second', force: true })).toMatchObject({
      note: 'Its signature did not move with it.',
    });
    irreplaceable.delete(old);
  });
  it('of a tag that an interrupted move had lost is in the result of whatever takes its name', async () => {
    const { provider } = stage();
    const create: typeof provider.create = async (...args) => {
      const tag = await provider.create(...args);
      lostBefore.set(tag, restore);
      return tag;
    };
    const result = await toolsOn({ ...provider, create }, 'r').create({ name: 'v1', ref: 'third' });
    expect(result).toMatchObject({ outcome: 'created', restore, note: expect.stringContaining('interrupted') });
  });
});

describe('what is said of a name that is taken', () => {
  const without: Tag = { name: 'v1', commit_id: FIRST, annotated: false };
  it.each<[string, Tag, object, RegExp, RegExp]>([
    ['elsewhere', old, { ref: 'second' }, /^"v1" already stands at a{40}; "second" is b{40}\.$/, /force/],
    ['elsewhere, asked for by its id', old, { ref: SECOND }, /^"v1" already stands at a{40}\.$/, /force/],
    ['with another message', old, { ref: 'first', message: 'Other' }, /with another message/, /replace it/],
    ['without one', without, { ref: 'first', message: 'Notes' }, /without a message/, /give it one/],
  ])('%s', async (_, standing, args, message, hint) => {
    await expect(stage(standing).tools.create({ name: 'v1', ...args })).rejects.toMatchObject({
      code: 'already_exists',
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    });
  });
  it('nobody is told of force where it would be refused', async () => {
    const { provider } = stage(old);
    const refuseLoss = () => {
      throw new TagError('policy_denied', 'Protected.');
    };
    const error = await failureOf(toolsOn({ ...provider, refuseLoss }, 'r').create({ name: 'v1', ref: 'second' }));
    expect([error.code, error.hint]).toEqual(['already_exists', 'Choose another name: this tag may not be moved here.']);
  });
});

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GitTools, gitTools } from '../support/git-tools.ts';
import { codeOf, failureOf } from '../support/target.ts';

let world: GitTools;
beforeEach(() => {
  world = gitTools();
});
afterEach(() => world.remove());

it('restore carries the whole message, the deleted tag what is shown of it', async () => {
  const message = `Notes\n${'x'.repeat(20_000)}`;
  await world.tools.create({ name: 'v1', ref: 'main', message });
  const { deleted, restore, note } = await world.tools.delete({ name: 'v1' });
  expect(restore.message).toBe(message);
  expect(deleted.message).toHaveLength(4_000);
  expect(note).toBeUndefined();
});

it('says so where the message cannot be restored whole', async () => {
  world.feed('x'.repeat(40_000), 'tag', '-a', '-F', '-', 'long', 'main');
  world.feed('colour \u001b[31mred', 'tag', '-a', '-F', '-', 'red', 'main');
  for (const name of ['long', 'red']) {
    const { restore, note } = await world.tools.delete({ name });
    expect(String(restore.message).length).toBeLessThanOrEqual(32_768);
    expect(note).toMatch(/not restored in full/);
  }
});

it.each([
  ['an annotation without a message', ['tag', '-a', '-m', '', 'v1', 'main'], /without a message/],
  ['a tag that stood on another', ['tag', '-a', '-m', 'outer', 'v1', 'inner'], /The tag that it stood on does not come back/],
])('says what does not come back of %s', async (_, command, note) => {
  world.feed('inner', 'tag', '-a', '-F', '-', 'inner', 'main');
  world.feed('', ...command);
  expect((await world.tools.delete({ name: command.find((part) => part.startsWith('v')) ?? '' })).note).toMatch(note);
});

it('says that a signature does not come back', async () => {
  const body = `object ${world.commits[1]}\ntype commit\ntag v1\ntagger A <a@b> 1 +0000\n\nnotes\n-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\n`;
  const object = world.feed(body, 'mktag', '--no-strict');
  world.feed('', 'update-ref', 'refs/tags/v1', object);
  const { restore, note } = await world.tools.delete({ name: 'v1' });
  expect(restore.message).toBe('notes');
  expect(note).toBe('Its signature does not come back.');
});

it('restore is lightweight where the tag was', async () => {
  await world.tools.create({ name: 'v1', ref: 'main' });
  expect((await world.tools.delete({ name: 'v1' })).restore).toEqual({
    provider: 'test',
    repository: world.path,
    name: 'v1',
    ref: world.commits[1],
  });
});

describe('a name that create_tag refuses', () => {
  it.each(['v\u200d1', '-dash', 'refs/tags/refs/tags/x'])(
    '%j is deleted with force alone, since nothing here could make it again',
    async (name) => {
      world.feed('', 'update-ref', name.startsWith('refs/') ? name : `refs/tags/${name}`, 'main');
      const asked = name.startsWith('refs/') ? `refs/tags/${name.slice('refs/tags/'.length)}` : name;
      const error = await failureOf(world.tools.delete({ name: asked }));
      expect(error).toMatchObject({ code: 'invalid_name', hint: 'Pass force to delete it all the same.' });
      expect(world.git('tag', '--list')).not.toBe('');
      expect((await world.tools.delete({ name: asked, force: true })).note).toContain('only a person can restore it');
      expect(world.git('tag', '--list')).toBe('');
    },
  );
  it('whatever is deleted without force is restored by what is handed out', async () => {
    for (const name of ['v1', 'a/b', 'é', '100%', 'x@y', 'release-2026.11']) {
      await world.tools.create({ name, ref: 'main~1', message: `Notes of ${name}` });
      const { deleted, restore } = await world.tools.delete({ name });
      const { provider: _, repository: __, ...args } = restore;
      expect((await world.tools.create(args)).tag).toMatchObject({ name, commit_id: deleted.commit_id, message: deleted.message });
    }
  });
});

it('a name may be given with refs/tags/ before it', async () => {
  await world.tools.create({ name: 'v1', ref: 'main' });
  expect((await world.tools.get('refs/tags/v1')).tag.name).toBe('v1');
  expect((await world.tools.delete({ name: 'refs/tags/v1' })).restore.name).toBe('v1');
  expect(await codeOf(world.tools.create({ name: 'refs/tags/v2', ref: 'main' }))).toBe('invalid_name');
});

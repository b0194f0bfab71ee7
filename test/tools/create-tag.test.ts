import { afterEach, beforeEach, expect, it } from 'vitest';
import { type GitTools, gitTools } from '../support/git-tools.ts';
import { codeOf } from '../support/target.ts';

let world: GitTools;
beforeEach(() => {
  world = gitTools();
});
afterEach(() => world.remove());

it('a blank message is no message', async () => {
  const { tag } = await world.tools.create({ name: 'v1', ref: 'main', message: ' \n ' });
  expect(tag.annotated).toBe(false);
});

it('a message that could not be restored whole is refused', async () => {
  expect(await codeOf(world.tools.create({ name: 'v1', ref: 'main', message: 'x'.repeat(32_769) }))).toBe('invalid_input');
  expect((await world.tools.create({ name: 'v1', ref: 'main', message: 'x'.repeat(32_768) })).tag.message).toHaveLength(4_000);
  expect(world.git('for-each-ref', '--format=%(contents)', 'refs/tags/v1')).toHaveLength(32_768);
});

it('an expected commit of fewer than 7 characters is refused', async () => {
  expect(await codeOf(world.tools.create({ name: 'v1', ref: 'main', expected_commit_id: 'abcdef' }))).toBe('invalid_input');
});

it('where the tag stands as expected, it is unchanged, or already_exists without force', async () => {
  const [first = '', second = ''] = world.commits;
  await world.tools.create({ name: 'v1', ref: first });
  expect((await world.tools.create({ name: 'v1', ref: first, expected_commit_id: first })).outcome).toBe('unchanged');
  expect(await codeOf(world.tools.create({ name: 'v1', ref: second, expected_commit_id: first }))).toBe('already_exists');
});

it('a forced move changes the message where one is given, also on the same commit', async () => {
  await world.tools.create({ name: 'v1', ref: 'main', message: 'old' });
  const moved = await world.tools.create({ name: 'v1', ref: 'main', message: 'new', force: true });
  expect(moved).toMatchObject({ outcome: 'moved', tag: { message: 'new' }, previous_commit_id: world.commits[1] });
});

it('a move of a lightweight tag leaves it lightweight', async () => {
  await world.tools.create({ name: 'v1', ref: 'main~1' });
  expect((await world.tools.create({ name: 'v1', ref: 'main', force: true })).tag.annotated).toBe(false);
});

import { afterEach, beforeEach, expect, it } from 'vitest';
import { type GitTools, gitTools } from '../support/git-tools.ts';
import { codeOf } from '../support/target.ts';

let world: GitTools;
beforeEach(() => {
  world = gitTools();
});
afterEach(() => world.remove());

it('tells everything the system knows and nothing else', async () => {
  await world.tools.create({ name: 'v1', ref: 'main' });
  const { tag } = await world.tools.get('v1');
  expect(Object.keys(tag).sort()).toEqual(['annotated', 'commit', 'commit_id', 'name']);
  expect(tag.commit).toMatchObject({ title: 'second', author_name: 'Ada' });
});

it('shows 4 000 characters of a message, the last one an ellipsis', async () => {
  await world.tools.create({ name: 'v1', ref: 'main', message: 'é'.repeat(5_000) });
  const { message = '' } = (await world.tools.get('v1')).tag;
  expect(message).toHaveLength(4_000);
  expect(message.endsWith('é…')).toBe(true);
});

it('needs a name', async () => {
  expect(await codeOf(world.tools.get(''))).toBe('invalid_input');
});

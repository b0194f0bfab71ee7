import { afterEach, beforeEach, expect, it } from 'vitest';
import { type GitTools, gitTools } from '../support/git-tools.ts';
import { codeOf, failureOf } from '../support/target.ts';

let world: GitTools;
beforeEach(() => {
  world = gitTools();
});
afterEach(() => world.remove());

it('newest first by default, names ascending when ordered by name', async () => {
  await world.tools.create({ name: 'b', ref: 'main~1' });
  await world.tools.create({ name: 'a', ref: 'main~1' });
  await world.tools.create({ name: 'c', ref: 'main' });
  expect(await world.tools.list()).toMatchObject({
    order_by: 'updated',
    sort: 'desc',
    tags: [{ name: 'c' }, { name: 'a' }, { name: 'b' }],
  });
  expect(await world.tools.list({ order_by: 'name' })).toMatchObject({ sort: 'asc', tags: [{ name: 'a' }, { name: 'b' }, { name: 'c' }] });
});

it('a row is the name, twelve characters of the commit, the date and the first line of the message', async () => {
  await world.tools.create({ name: 'v1', ref: 'main', message: `${'long '.repeat(40)}\nsecond line` });
  const [row] = (await world.tools.list()).tags;
  expect(Object.keys(row ?? {}).sort()).toEqual(['date', 'message', 'name', 'short_id']);
  expect(row?.short_id).toBe(world.commits[1]?.slice(0, 12));
  expect(row?.message).toHaveLength(80);
});

it('a detailed list holds what get_tag tells', async () => {
  await world.tools.create({ name: 'v1', ref: 'main', message: 'x'.repeat(5_000) });
  expect((await world.tools.list({ format: 'detailed' })).tags).toEqual([(await world.tools.get('v1')).tag]);
});

it.each(['v1.*', 'v1*', 'v?.0.0', 'v[0-9]*', '*', '[', '^v*', 'a*b$'])(
  'a search for %j, which is in no name, says how search works',
  async (search) => {
    expect(await failureOf(world.tools.list({ search }))).toMatchObject({
      code: 'invalid_input',
      hint: expect.stringContaining('^prefix'),
    });
  },
);

it.each([0, 101, 1.5, '1e1'])('a limit of %j is refused', async (limit) => {
  expect(await codeOf(world.tools.list({ limit }))).toBe('invalid_input');
});

it('a repository without tags has an empty list', async () => {
  expect(await world.tools.list()).toMatchObject({ tags: [] });
});

/** What can be told of objects without asking; what is made of them is in read-tags.test.ts. */
import { describe, expect, it } from 'vitest';
import type { Git } from '../../src/git/command.ts';
import { isObjectId, taggerAt } from '../../src/git/objects.ts';
import { quietCall } from '../support/target.ts';

describe('a whole id', () => {
  it.each(['a'.repeat(40), '0123456789abcdef'.repeat(4)])('is as long as git makes them: %s', (id) => {
    expect(isObjectId(id)).toBe(true);
  });
  it.each([
    '',
    'a',
    'a'.repeat(39),
    'a'.repeat(41),
    'a'.repeat(63),
    'a'.repeat(65),
    'A'.repeat(40),
    'g'.repeat(40),
    'g'.repeat(64),
    `refs/${'a'.repeat(40)}`,
    `${'a'.repeat(40)}^{}`,
    `v${'a'.repeat(64)}`,
    `${'a'.repeat(64)}\n`,
  ])('is nothing else: %j', (text) => {
    expect(isObjectId(text)).toBe(false);
  });
});

it('the moment of a call stands at the end of whoever tags, whatever their name ends in', async () => {
  const git = { isDated: false, run: async () => 'Ada 7 +0000 <ada@example.com> 1767225600 +0100\n' } as Partial<Git> as Git;
  const at = (moment?: number) => taggerAt(git, { path: '/' }, { ...quietCall(), ...(moment !== undefined && { moment }) });
  expect(await at(5_999)).toBe('Ada 7 +0000 <ada@example.com> 5 +0100');
  expect(await at()).toBe('Ada 7 +0000 <ada@example.com> 1767225600 +0100');
});

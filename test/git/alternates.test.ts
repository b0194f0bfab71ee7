/** Where objects are borrowed from: only where that is allowed, and only what is plain. */
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { storesFrom } from '../../src/git/alternates.ts';
import { temporaryDirectory } from '../support/git-repository.ts';
import { failureOf } from '../support/target.ts';

let root: string;
beforeEach(() => {
  root = temporaryDirectory();
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const at = (path: string) => join(root, path);
const store = (name: string, alternates?: string) => {
  for (const part of ['info', 'pack']) mkdirSync(at(`${name}/${part}`), { recursive: true });
  if (alternates !== undefined) writeFileSync(at(`${name}/info/alternates`), alternates);
  return at(name);
};

it('each store once, however they borrow from one another, by whole and by relative paths', async () => {
  const [a, b, c] = [store('a', '../b\n# a word\n\n../c'), store('b', `${at('c')}\n${at('a')}\n`), store('c')];
  for (const permitted of [[root], [a, b, c]]) expect(await storesFrom(a, permitted)).toEqual([a, b, c]);
});

it('a store that borrows nothing needs no leave', async () => {
  expect(await storesFrom(store('a', '\n# nothing\n\n'), [])).toEqual([at('a')]);
  expect(await storesFrom(store('b'), [])).toEqual([at('b')]);
  rmSync(at('b'), { recursive: true });
  expect(await storesFrom(at('b'), [])).toEqual([at('b')]);
});

it.each(['../outside', '../b/../outside', '"../b"', '"../b', '../dangling', '../b\n../outside'])(
  'elsewhere is refused, and what git would read otherwise than it stands: %j',
  async (line) => {
    for (const name of ['b', 'outside']) store(name);
    symlinkSync(at('nowhere'), at('dangling'));
    expect(await failureOf(storesFrom(store('a', line), [at('a'), at('b')]))).toMatchObject({
      code: 'policy_denied',
      message: expect.stringContaining('borrows objects from elsewhere'),
      hint: expect.stringContaining('--git-root'),
    });
  },
);

it.each(['pack/x.pack', 'info/alternates', 'info/commit-graphs/x.graph', 'ab', 'ab/cdef'])(
  'a link in a store is refused, borrowed or not: %s',
  async (path) => {
    store('b');
    mkdirSync(join(at('b'), path, '..'), { recursive: true });
    symlinkSync('/etc/passwd', join(at('b'), path));
    for (const first of [at('b'), store('a', '../b\n')])
      expect((await failureOf(storesFrom(first, [root]))).message).toContain('is a link');
  },
);

/** Which git directory a directory has, told by the disk alone, and whether that one knows of it. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { enclosing, refuseUnlessOwn, type Site, siteOf } from '../../src/git/site.ts';
import { temporaryDirectory } from '../support/git-repository.ts';
import { failureOf } from '../support/target.ts';

let root: string;
beforeEach(() => {
  root = temporaryDirectory();
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const at = (path: string) => join(root, path);
const file = (path: string, text = '') => {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), text);
};
const folder = (path: string) => {
  mkdirSync(at(path), { recursive: true });
  return at(path);
};
/** What git takes for a git directory. */
const store = (path: string) => {
  for (const part of ['refs', 'objects']) folder(`${path}/${part}`);
  file(`${path}/HEAD`, 'ref: refs/heads/main\n');
  return at(path);
};
/** The git directory of a worktree, and the file that leads to it. */
const linked = (path: string, common: string, own = `${common}/worktrees/w`) => {
  file(`${own}/HEAD`);
  file(`${own}/commondir`, '../..\n');
  file(`${own}/gitdir`, `${at(path)}/.git\n`);
  file(`${path}/.git`, `gitdir: ${at(own)}\n`);
};
const facts = async (path: string) => {
  const { parts, ...rest } = (await siteOf(at(path))) ?? { parts: undefined };
  return parts && rest;
};

describe('the repository around a directory', () => {
  it('is the next one with a .git, or a bare one', () => {
    store('a/.git');
    store('a/bare');
    folder('a/deep/er');
    expect(['a', 'a/deep/er', 'a/bare', 'a/bare/refs'].map((path) => enclosing(at(path)))).toEqual([
      at('a'),
      at('a'),
      at('a/bare'),
      at('a/bare'),
    ]);
    expect(enclosing(root)).toBeUndefined();
  });
  it.each(['HEAD', 'refs', 'objects'])('is not what has all of a bare one but its %s', (part) => {
    rmSync(join(store('bare'), part), { recursive: true });
    expect(enclosing(at('bare'))).toBeUndefined();
  });
});

describe('the git directory', () => {
  it('is the .git of a directory, or of the next one above, or a bare repository itself', async () => {
    const own = store('a/.git');
    folder('a/deep/er');
    store('bare');
    expect(await facts('a')).toEqual({ path: at('a'), own, common: own, pointer: undefined });
    expect(await facts('a/deep/er')).toEqual({ path: at('a/deep/er'), own, common: own, pointer: undefined });
    expect(await facts('bare/refs')).toEqual({ path: at('bare/refs'), own: at('bare'), common: at('bare'), pointer: undefined });
    expect(await facts('.')).toBeUndefined();
  });
  it.each(['HEAD', 'refs', 'objects'])('is none without its %s: git looks further up', async (part) => {
    const own = store('a/.git');
    store('a/b/.git');
    store('a/c');
    for (const path of ['a/b/.git', 'a/c']) rmSync(at(`${path}/${part}`), { recursive: true });
    expect([await facts('a/b'), await facts('a/c')]).toMatchObject([{ own }, { own }]);
  });
  it.each([
    ['its whole path', (own: string) => `gitdir: ${own}\n`],
    ['a relative one', () => 'gitdir: ../line\nbreak\n'],
    ['the end of a line as Windows has it', (own: string) => `gitdir: ${own}\r\n`],
  ])('is where a file says by %s', async (_, say) => {
    const own = store('line\nbreak');
    file('a/.git', say(own));
    expect(await facts('a')).toEqual({ path: at('a'), own, common: own, pointer: at('a/.git') });
  });
  it('is none where a file says nothing, or names what is none: git looks no further', async () => {
    store('.git');
    for (const text of ['', 'gitdir: ', `xgitdir: ${at('.git')}`, 'gitdir: /nowhere\n']) {
      file('a/.git', text);
      expect(await facts('a'), text).toBeUndefined();
    }
  });
  it('is where a link leads', async () => {
    const own = store('elsewhere');
    folder('a');
    symlinkSync(own, at('a/.git'));
    expect(await facts('a')).toEqual({ path: at('a'), own, common: own, pointer: at('a/.git') });
    folder('b');
    symlinkSync(at('nowhere'), at('b/.git'));
    expect(await facts('b')).toBeUndefined();
  });
  it('of a worktree shares that of its repository', async () => {
    const common = store('a/.git');
    linked('w', 'a/.git');
    expect(await facts('w')).toEqual({ path: at('w'), own: at('a/.git/worktrees/w'), common, pointer: at('w/.git') });
  });
  it('is refused where it is a pipe', async () => {
    folder('a');
    execFileSync('mkfifo', [at('a/.git')]);
    expect(await failureOf(siteOf(at('a')))).toMatchObject({
      code: 'policy_denied',
      message: expect.stringContaining('is neither a file nor a directory'),
    });
  });
});

describe('a directory belongs to', () => {
  const siteAt = async (path: string): Promise<Site> => {
    const site = await siteOf(at(path));
    if (!site) throw new Error(`there is nothing in ${path}`);
    return site;
  };
  const refused = async (path: string, worktree?: string, ...roots: string[]) => {
    const { code, message, hint } = await failureOf(refuseUnlessOwn(await siteAt(path), worktree, roots.map(at)));
    expect(code).toBe('policy_denied');
    return [message, hint].join(' ');
  };
  const belongs = async (path: string, worktree?: string, ...roots: string[]) =>
    expect(await refuseUnlessOwn(await siteAt(path), worktree, roots.map(at))).toBeUndefined();

  it('its own .git, wherever in it that leads', async () => {
    store('a/.git');
    await belongs('a');
    store('b/store');
    file('b/.git', 'gitdir: store\n');
    await belongs('b');
  });
  it('the repository that knows it as a worktree', async () => {
    store('a/.git');
    linked('w', 'a/.git');
    await belongs('w');
    await belongs('a/.git/worktrees/w');
    file('a/.git/worktrees/w/gitdir', '../../../../w/.git'); // git 2.48, worktree.useRelativePaths
    await belongs('w');
    symlinkSync(at('w'), at('alias'));
    file('a/.git/worktrees/w/gitdir', `${at('alias')}/.git\n`);
    await belongs('w');
    for (const elsewhere of [at('other/.git'), at('w'), at('w/.git/x'), '']) {
      file('a/.git/worktrees/w/gitdir', `${elsewhere}\n`);
      expect(await refused('w'), elsewhere).toContain('names a repository that has no such worktree');
    }
    rmSync(at('a/.git/worktrees/w/gitdir'));
    expect(await refused('w')).toContain('names a repository that has no such worktree');
  });
  it('no repository whose worktrees it is not among', async () => {
    store('a/.git');
    linked('w', 'a/.git', 'a/.git/elsewhere/w');
    expect(await refused('w')).toMatch(/commondir" names another repository/);
  });
  it('a store apart that names it, or none where both are inside of one root or another', async () => {
    const own = store('r/store.git');
    folder('r/a');
    file('r/a/.git', `gitdir: ${own}\n`);
    await belongs('r/a', at('r/a'));
    await belongs('r/a', '../a');
    await belongs('r/a', undefined, 'r');
    await belongs('r/a', undefined, 'nowhere', 'r/a', 'r/store.git');
    for (const roots of [[], ['r/a'], ['r/store.git'], ['nowhere']])
      expect(await refused('r/a', undefined, ...roots)).toMatch(/core\.worktree does not name this directory.* git config core\.worktree/);
    expect(await refused('r/a', '../b', 'r')).toContain('core.worktree does not name this directory');
  });
  it('no store that is the .git of another directory', async () => {
    store('r/b/.git');
    file('r/a/.git', `gitdir: ${at('r/b/.git')}\n`);
    expect(await refused('r/a', undefined, 'r')).toContain('core.worktree does not name this directory');
  });
});

import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readRemotes } from '../../src/config/remotes.ts';
import { isolated, makeRepository, temporaryDirectory } from '../support/git-repository.ts';

let root: string;
beforeEach(() => {
  root = temporaryDirectory();
});
afterEach(() => rmSync(root, { recursive: true }));

const addressesOf = (directory: string) => readRemotes(directory).map(({ address }) => address);

const URL = 'https://gitlab.example.com/acme/app.git';
const made = (bare = false) => {
  const repository = makeRepository({ path: join(root, 'repo'), bare });
  repository.git('remote', 'add', 'fork', 'git@gitlab.example.com:me/app.git');
  repository.git('remote', 'add', 'origin', URL);
  return repository;
};
const BOTH = [URL, 'git@gitlab.example.com:me/app.git'];

describe('the remotes of the repository around a directory', () => {
  it('begin with origin, from its top and from below', () => {
    const { path } = made();
    mkdirSync(join(path, 'a/b'), { recursive: true });
    for (const directory of [path, join(path, 'a/b'), join(path, '.git')]) expect(addressesOf(directory)).toEqual(BOTH);
  });
  it('are those of a bare one', () => {
    expect(addressesOf(made(true).path)).toEqual(BOTH);
  });
  it('are those of the main one in a worktree, and its own in a submodule', () => {
    const repository = made();
    repository.commit('first');
    repository.git('worktree', 'add', '-q', join(root, 'tree'));
    expect(addressesOf(join(root, 'tree'))).toEqual(BOTH);
    const inner = makeRepository({ path: join(root, 'inner') });
    inner.commit('inner');
    repository.git('-c', 'protocol.file.allow=always', 'submodule', 'add', '-q', inner.path, 'sub');
    execFileSync('git', ['remote', 'set-url', 'origin', 'ssh://git@host.example/a/b'], {
      cwd: join(repository.path, 'sub'),
      env: { ...process.env, ...isolated },
    });
    expect(addressesOf(join(repository.path, 'sub'))).toEqual(['ssh://host.example/a/b']);
  });
  it('are none without a repository, and none where it is damaged', () => {
    expect(addressesOf(root)).toEqual([]);
    expect(addressesOf(join(root, 'nosuch'))).toEqual([]);
    writeFileSync(join(root, '.git'), 'gitdir: /nonexistent/place\n');
    expect(addressesOf(root)).toEqual([]);
    writeFileSync(join(root, '.git'), 'nonsense');
    expect(addressesOf(root)).toEqual([]);
  });
  it('are not waited for at a pipe that somebody put there', () => {
    mkdirSync(join(root, 'below'));
    execFileSync('mkfifo', [join(root, '.git')]);
    expect(addressesOf(join(root, 'below'))).toEqual([]);
  });
});

describe('its configuration', () => {
  const from = (config: string) => {
    mkdirSync(join(root, '.git'), { recursive: true });
    writeFileSync(join(root, '.git/config'), config);
    return addressesOf(root).map((address) => address.replace(join(root, '../other/repo'), 'OTHER').replace(root, ''));
  };
  it.each([
    ['[remote "origin"]\n\turl = https://h.example/a/b\n', ['https://h.example/a/b']],
    ['[REMOTE "origin"]\r\nURL=https://h.example/a/b\r\n', ['https://h.example/a/b']],
    ['[remote "origin"] url = "https://h.example/a#b" ; why\n', ['https://h.example/a#b']],
    ['[remote "origin"]\nurl = h.example:a/b # why\n', ['h.example:a/b']],
    ['[remote "origin"]\npushurl = https://h.example/a/b\n', []],
    ['[branch "x"]\nurl = https://h.example/a/b\n[remote "o"]\n[core]\nurl = https://h.example/a/b', []],
    ['[remote "origin"]\nurl = https://me:pass%40word@h.example/a/b\n', ['https://h.example/a/b']],
    ['[remote "origin"]\nurl = https://me:pass@word@h.example/a@b\n', ['https://h.example/a@b']],
    [
      '[remote "origin"]\nurl = ../other/repo\n[remote "b"]\nurl = C:\\repo\n[remote "c"]\nurl = mirror/repo',
      ['OTHER', '/C:repo', '/mirror/repo'],
    ],
    ['[remote]\nurl = https://h.example/a/b\n', []],
    ['', []],
  ])('%j', async (config, expected) => {
    expect(await from(config)).toEqual(expected);
  });
});

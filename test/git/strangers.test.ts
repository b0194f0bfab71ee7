/** git is never run out of a place that a stranger may have filled. */
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGit } from '../../src/git/command.ts';
import { strangersAt } from '../../src/git/program.ts';
import { git as system } from '../../src/providers/git/git.ts';
import { temporaryDirectory } from '../support/git-repository.ts';
import { failureOf, quietCall, testHost } from '../support/target.ts';

let disk: string;
beforeEach(() => {
  disk = temporaryDirectory();
});
afterEach(() => rmSync(disk, { recursive: true, force: true }));

const on = (path: string) => join(disk, path);
const folder = (path: string) => {
  mkdirSync(on(path), { recursive: true });
  return on(path);
};
/** A git that says where it lies. */
const program = (path: string) => {
  folder(dirname(path));
  writeFileSync(on(path), `#!/bin/sh\necho git version ${path}\n`, { mode: 0o755 });
};
const link = (path: string, target: string) => {
  folder(dirname(path));
  symlinkSync(target, on(path));
};
const links = (...made: [path: string, target: string][]) => {
  for (const [path, target] of made) link(path, target);
};
const repository = (path: string) => folder(`${path}/.git`);
const ask = async (PATH: string[], cwd: string, roots: string[] = [], HOME?: string) => {
  const host = testHost({ cwd: on(cwd), childEnv: { PATH: PATH.map(on).join(':'), HOME: HOME && on(HOME) } });
  const answer = await createGit(host, [], roots.map(on)).run({ path: '/' }, ['version'], quietCall());
  return answer.trim().replace('git version ', '');
};

describe('a link', () => {
  it.each([
    ['to a program of the repository', () => link('bin/git', on('r/bin/git'))],
    ['to it by a relative way', () => link('bin/git', '../r/bin/git')],
    ['to a link to it', () => links(['other/git', on('r/bin/git')], ['bin/git', on('other/git')])],
    ['to a link of the repository that leads out again', () => links(['r/out', on('good/git')], ['bin/git', on('r/out')])],
    ['through a directory of the repository that is a link out', () => links(['r/out', on('good')], ['bin/git', on('r/out/git')])],
    ['that is the folder', () => link('bin', on('r/bin'))],
    ['above the folder', () => links(['up', on('r')], ['bin', on('up/bin')])],
    ['by dots behind a link', () => links(['deep', on('r/bin')], ['bin/git', '../deep/../bin/git'])],
    [
      'by dots behind a link, through the repository and out',
      () => links(['far/deep', folder('flat')], ['r/out', on('good/git')], ['bin/git', '../far/deep/../r/out']),
    ],
    ['that is the folder, through the repository and out', () => links(['r/out', on('good')], ['bin', on('r/out')])],
  ])('%s is passed over', async (_, make) => {
    repository('r');
    for (const path of ['r/bin/git', 'good/git']) program(path);
    make();
    expect(await ask(['bin', 'good'], 'r')).toBe('good/git');
    expect((await failureOf(ask(['bin'], 'r'))).code).toBe('not_configured');
  });

  it('elsewhere is followed', async () => {
    repository('r');
    program('opt/git/bin/git');
    link('bin/git', '../opt/git/bin/git');
    link('alias', on('bin'));
    expect(await ask(['alias'], 'r')).toBe('opt/git/bin/git');
  });
});

describe('strangers are', () => {
  it.each([
    ['the repository around a nested one', 'outer/sub', 'outer/bin'],
    ['every one around it', 'outer/middle/sub/deep', 'outer/bin'],
    ['the one in between', 'outer/middle/sub/deep', 'outer/middle/node_modules/.bin'],
    ['the working directory below its top', 'outer/plain/deep', 'outer/plain/deep/bin'],
    ['a bare repository', 'bare.git/hooks', 'bare.git/bin'],
  ])('%s', async (_, cwd, bin) => {
    for (const path of ['outer', 'outer/sub', 'outer/middle', 'outer/middle/sub']) repository(path);
    for (const part of ['refs', 'objects', 'hooks']) folder(`bare.git/${part}`);
    writeFileSync(on('bare.git/HEAD'), 'ref: refs/heads/main\n');
    folder(cwd);
    for (const path of [`${bin}/git`, 'good/git']) program(path);
    expect(await ask([bin, 'good'], cwd)).toBe('good/git');
  });

  it.each([
    ['a root', 'd/r', 'd/r/bin'],
    ['a root that is a link', 'alias', 'd/r/bin'],
    ['a root, seen through a link', 'd/r', 'alias/bin'],
    ['the repository around a root', 'd/r/sub', 'd/r/bin'],
    ['the second of them', 'absent:d/r', 'd/r/bin'],
  ])('%s', async (_, roots, bin) => {
    repository('d/r');
    folder('d/r/sub');
    link('alias', on('d/r'));
    folder('elsewhere');
    for (const path of ['d/r/bin/git', 'good/git']) program(path);
    expect(await ask([bin, 'good'], 'elsewhere', roots.split(':'))).toBe('good/git');
  });

  it.each([
    ['home', 'home'],
    ['what holds it', '.'],
    ['a link to it', 'alias'],
  ])('not %s, so that a git of the person stays theirs', async (_, place) => {
    program('home/.local/bin/git');
    link('alias', on('home'));
    for (const path of ['home', '.', 'elsewhere']) repository(path);
    for (const HOME of ['home', 'alias']) {
      expect(await ask(['home/.local/bin'], 'elsewhere', [place], HOME)).toBe('home/.local/bin/git');
      expect(await ask(['home/.local/bin'], place, [], HOME)).toBe('home/.local/bin/git');
    }
  });

  it('not the whole disk, and nobody where the working directory was deleted', () => {
    expect(strangersAt(['/', '', '/home'], { HOME: '/home/me' })).toEqual([]);
    expect(strangersAt(['/home/me/src'], { HOME: '' })).toContain('/home/me/src');
    for (const HOME of ['', '.', 'src']) expect(strangersAt([process.cwd()], { HOME })).toContain(process.cwd());
  });
});

it.each(['DISK/d/r', '~/r', '../d/r'])('the operator’s roots are, spelled %s', async (spelling) => {
  repository('d/r');
  folder('elsewhere');
  program('d/r/bin/git');
  const host = testHost({ cwd: on('elsewhere'), childEnv: { PATH: on('d/r/bin'), HOME: on('d') } });
  const provider = system.connect({ TAGWRIGHT_GIT_ROOTS: spelling.replace('DISK', disk) }, host);
  expect((await failureOf(provider?.check(quietCall()) ?? Promise.resolve())).code).toBe('not_configured');
});

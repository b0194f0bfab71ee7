import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { createGit } from '../../src/git/command.ts';
import { findProgram, foldersOf } from '../../src/git/program.ts';
import { temporaryDirectory } from '../support/git-repository.ts';
import { failureOf, quietCall, testHost } from '../support/target.ts';

const made: string[] = [];
afterEach(() => {
  for (const path of made.splice(0)) rmSync(path, { recursive: true, force: true });
});
const directory = () => {
  const path = temporaryDirectory();
  made.push(path);
  return path;
};
/** A directory with a program that says who it is. */
const folder = (name = 'git', path = directory()) => {
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, name), `#!/bin/sh\necho git version ${path}\n`, { mode: 0o755 });
  return path;
};

describe('the directories of PATH', () => {
  it.each([
    ['/usr/bin:/bin', ['/usr/bin', '/bin']],
    [':/usr/bin', ['/usr/bin']],
    ['/usr/bin:', ['/usr/bin']],
    ['/usr/bin::/bin', ['/usr/bin', '/bin']],
    ['.:/usr/bin', ['/usr/bin']],
    ['./bin:bin:../bin:/bin', ['/bin']],
    ['/work/repo:/work/repo/node_modules/.bin:/bin', ['/bin']],
    ['/work/repo/../repo/bin:/work/repository:/bin', ['/work/repository', '/bin']],
    ['"/a b":/x"y":"/z"x:/bin', ['/a b', '/x"y"', '/bin']],
    ['', []],
    [undefined, []],
  ])('of %j those that are absolute and no stranger’s', (PATH, expected) => {
    expect(foldersOf({ PATH }, ['/work/repo'], 'linux')).toEqual(expected);
  });

  it('a link into the working directory counts as that', () => {
    const cwd = folder();
    const alias = join(directory(), 'alias');
    symlinkSync(cwd, alias);
    expect(foldersOf({ PATH: `${alias}:/bin` }, [cwd])).toEqual(['/bin']);
  });

  it.each([
    ['C:\\Git\\cmd;D:/tools', ['C:\\Git\\cmd', 'D:/tools']],
    ['"C:\\Program Files\\Git\\cmd";C:\\x', ['C:\\Program Files\\Git\\cmd', 'C:\\x']],
    ['.;;C:\\x', ['C:\\x']],
    ['xC:\\a;C:\\x', ['C:\\x']],
    ['bin;C:bin;\\bin;C:\\x', ['C:\\x']],
    ['\\\\server\\share;C:\\x', ['\\\\server\\share', 'C:\\x']],
  ])('on Windows of %j', (Path, expected) => {
    expect(foldersOf({ Path }, [], 'win32')).toEqual(expected);
  });
});

describe('the program', () => {
  it('is the first that can be run', () => {
    const [empty, plain, good, later] = [directory(), folder(), folder(), folder()];
    chmodSync(join(plain, 'git'), 0o644);
    mkdirSync(join(empty, 'git'));
    expect(findProgram('git', [empty, plain, good, later], {})).toBe(join(good, 'git'));
    expect(findProgram('git', [], {})).toBeUndefined();
  });

  it.each([
    [['C:\\a\\git.exe'], '.BAT;.CMD;.EXE', 'C:\\a\\git.exe'],
    [['C:\\a\\git.bat', 'C:\\a\\git', 'C:\\b\\git.exe'], '.BAT;.EXE', 'C:\\b\\git.exe'],
    [['C:\\a\\git.exe', 'C:\\a\\git.com'], undefined, 'C:\\a\\git.com'],
    [['C:\\a\\git.exe', 'C:\\a\\git.com'], '.EXE', 'C:\\a\\git.exe'],
    [['C:\\a\\git.cmd', 'git.exe'], '.CMD', undefined],
  ])('on Windows, of %j by PATHEXT=%s, is %s: it needs no shell', (there, PATHEXT, expected) => {
    const isThere = (path: string) => there.includes(path);
    expect(findProgram('git', ['C:\\a', 'C:\\b'], { PATHEXT }, [], 'win32', isThere)).toBe(expected);
  });
});

describe('git', () => {
  const ask = (env: Record<string, string | undefined>, cwd: string) =>
    createGit(testHost({ cwd, childEnv: env })).run({ path: '/' }, ['version'], quietCall());

  // A thread cannot change the directory of its process: of use where mutants are tried.
  it.runIf(isMainThread).each(['', '.', './bin', 'bin', 'CWD', 'CWD/bin', 'CWD/node_modules/.bin'])(
    'is never the one of the working directory, by PATH=%s',
    async (entry) => {
      const cwd = folder();
      for (const inner of ['bin', 'node_modules/.bin']) folder('git', join(cwd, inner));
      const operators = folder();
      const before = process.cwd();
      process.chdir(cwd);
      try {
        const PATH = [entry.replace('CWD', cwd), operators].join(delimiter);
        expect(await ask({ PATH }, cwd)).toBe(`git version ${operators}\n`);
        expect((await failureOf(ask({ PATH: entry.replace('CWD', cwd) }, cwd))).code).toBe('not_configured');
      } finally {
        process.chdir(before);
      }
    },
  );

  it('may be in the home directory, though the work is done there', async () => {
    const home = directory();
    const own = folder('git', join(home, '.local/bin'));
    expect(await ask({ PATH: own, HOME: home }, home)).toBe(`git version ${own}\n`);
    expect(await ask({ PATH: own }, '/')).toBe(`git version ${own}\n`);
  });

  it('stays the same whatever comes into PATH later, and is found when it is there at last', async () => {
    const [first, second] = [directory(), folder()];
    const git = createGit(testHost({ cwd: '/', childEnv: { PATH: `${first}:${second}` } }));
    folder('git', first);
    expect(await git.run({ path: '/' }, ['version'], quietCall())).toBe(`git version ${second}\n`);
    const late = directory();
    const patient = createGit(testHost({ cwd: '/', childEnv: { PATH: late } }));
    expect((await failureOf(patient.run({ path: '/' }, ['version'], quietCall()))).code).toBe('not_configured');
    folder('git', late);
    expect(await patient.run({ path: '/' }, ['version'], quietCall())).toBe(`git version ${late}\n`);
  });

  it('gets no directory that is not absolute, so that its own helpers are not looked for there', async () => {
    const tool = directory();
    writeFileSync(join(tool, 'git'), '#!/bin/sh\necho "$PATH $NoDefaultCurrentDirectoryInExePath"\n', { mode: 0o755 });
    expect(await ask({ PATH: `.::bin:${tool}:/bin` }, '/nowhere')).toBe(`${tool}:/bin 1\n`);
  });
});

/** From a path to a repository that may be worked in: by every spelling, in every place. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGit, type Git } from '../../src/git/command.ts';
import { createRoots, pathsFor, type Roots } from '../../src/git/locate.ts';
import { enclosing } from '../../src/git/site.ts';
import { isolated, temporaryDirectory } from '../support/git-repository.ts';
import { codeOf, failureOf, quietCall, testHost } from '../support/target.ts';

let root: string;
const at = (path: string) => join(root, path);
const init = (path: string, ...args: string[]) => {
  execFileSync('git', ['init', '-q', ...args, at(path)], { env: { ...process.env, ...isolated } });
  return at(path);
};
beforeEach(() => {
  root = temporaryDirectory();
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const run = (path: string, ...args: string[]) =>
  execFileSync('git', ['-C', path, '-c', 'user.name=A', '-c', 'user.email=a@b', ...args], {
    env: { ...process.env, ...isolated },
    stdio: 'pipe',
  });
const withCommit = (path: string) => {
  run(init(path), 'commit', '-q', '--allow-empty', '-m', 'x');
  return at(path);
};

const hostAt = (cwd: string, env: Record<string, string> = {}) =>
  testHost({ cwd, timeoutMs: 10_000, childEnv: { ...process.env, ...isolated, ...env } });
/** As the server opens them, in a directory and with roots. */
function open(cwd: string, ...given: string[]): Roots {
  const host = hostAt(cwd);
  return createRoots(createGit(host), host, cwd ? enclosing(cwd) : undefined, given);
}
const locate = (roots: Roots, spelling: string) => roots.locate(spelling, quietCall());

describe('a path', () => {
  it('is one as a shell takes it, or a file URL', () => {
    const to = pathsFor(hostAt('/work', { HOME: '/home/me' }));
    expect(['a', '../a', '/a', '~', '~/a', '~other', 'a~/b', 'file:///a%20b'].map(to)).toEqual([
      '/work/a',
      '/a',
      '/a',
      '/home/me',
      '/home/me/a',
      '/work/~other',
      '/work/a~/b',
      '/a b',
    ]);
    expect(pathsFor(hostAt('', { HOME: '/home/me' }))('a')).toBe('/a');
    expect(pathsFor(hostAt('/work', { HOME: '', USERPROFILE: '/users/me' }))('~/$&')).toBe('/users/me/$&');
    expect(pathsFor(hostAt('/work', { HOME: '', USERPROFILE: '' }))('~/a')).toBe(join(homedir(), 'a'));
    expect(to('./file:///a')).toBe('/work/file:/a');
    expect(() => to('https://host/a')).toThrow(
      expect.objectContaining({
        code: 'invalid_input',
        message: expect.stringContaining('is not the path of a local repository'),
        cause: expect.any(Error),
      }),
    );
  });
  it('leads to the repository around it, inside the roots', async () => {
    const repo = init('roots/repo');
    mkdirSync(at('roots/repo/deep'));
    const roots = open('/', at('roots'));
    for (const spelling of [repo, `${repo}/`, `file://${repo}`, at('roots/repo/../repo')]) expect(await locate(roots, spelling)).toBe(repo);
    expect(await locate(roots, at('roots/repo/deep'))).toBe(at('roots/repo/deep'));
    expect(await roots.nameOf(at('roots/repo/deep'), quietCall())).toBe(repo);
    expect(await roots.nameOf(init('roots/bare.git', '--bare'), quietCall())).toBe(at('roots/bare.git'));
  });
  it.each(['elsewhere', 'link', 'none', 'roots/../elsewhere'])('is policy_denied outside of them: %s', async (path) => {
    init('elsewhere');
    mkdirSync(at('roots'));
    symlinkSync(at('elsewhere'), at('roots/link'));
    const error = await failureOf(locate(open('/', at('roots')), at(path === 'link' ? 'roots/link' : path)));
    expect(error).toMatchObject({
      code: 'policy_denied',
      message: expect.stringContaining('is outside the directories'),
      hint: expect.stringContaining('--git-root'),
    });
  });
  it('is repository_not_found inside of them where there is none', async () => {
    mkdirSync(at('roots/empty'), { recursive: true });
    expect(await codeOf(locate(open('/', at('roots')), at('roots/empty')))).toBe('repository_not_found');
    expect(await codeOf(locate(open('/', at('roots')), at('roots/none')))).toBe('repository_not_found');
  });
  it('of a repository around the roots is outside', async () => {
    init('repo');
    mkdirSync(at('repo/sub'));
    expect(await codeOf(locate(open('/', at('repo/sub')), at('repo/sub')))).toBe('policy_denied');
  });
  it('is looked at anew, and refused once it is a link', async () => {
    const repo = init('roots/repo');
    const roots = open('/', at('roots'));
    expect(await locate(roots, repo)).toBe(repo);
    renameSync(repo, at('roots/other'));
    symlinkSync(at('roots/other'), repo);
    expect((await failureOf(roots.enter(repo, {}, quietCall()))).message).toContain('is a link');
  });
});

describe('the default', () => {
  it('is the repository around the working directory, where that may be used', () => {
    const repo = init('repo');
    mkdirSync(at('repo/deep'));
    expect(open(at('repo/deep')).standard).toBe(repo);
    expect(open(repo, root).standard).toBe(repo);
    expect(open(repo, init('other')).standard).toBe(at('other'));
    expect(open(repo, at('other'), root).standard).toBe(repo);
    expect(open('/', root).standard).toBeUndefined();
    expect(open('/', repo).standard).toBe(repo);
    expect(open('/', repo, init('more')).standard).toBeUndefined();
  });
  it('needs no roots; roots that are not there are told, unless another one is', () => {
    init('repo');
    expect(() => open('/', at('none'), at('gone'))).toThrow(
      expect.objectContaining({
        code: 'not_configured',
        message: expect.stringMatching(/none, .*gone" does not exist/),
        hint: 'Correct --git-root or TAGWRIGHT_GIT_ROOTS.',
      }),
    );
    expect(open('/', at('none'), at('repo')).directories).toEqual([at('none'), at('repo')]);
  });
  it('holds what is in the roots, links resolved', async () => {
    const repo = init('repo');
    symlinkSync('/etc', at('repo/link'));
    const roots = open('/', repo);
    const paths = [repo, at('repo/a'), at('repo/link/x'), root, '/etc'];
    expect(await Promise.all(paths.map((path) => roots.holds(path)))).toEqual([true, true, false, false, false]);
    symlinkSync(at('nowhere'), at('repo/dangling'));
    expect(await roots.holds(at('repo/dangling'))).toBe(false);
    const several = open('/', init('other'), repo);
    expect([await several.holds(repo), await several.locate(repo, quietCall())]).toEqual([true, repo]);
  });
});

describe('what is entered', () => {
  it('is where git itself finds it, with its settings, its objects and its remotes', async () => {
    const repo = init('repo');
    writeFileSync(at('repo/.git/config'), '[core]\n\tbare = false\n[remote "origin"]\n\turl = x\n[hook "h"]\n\tcommand = y\n', {
      flag: 'a',
    });
    const premises = await open(repo).enter(repo, {}, quietCall());
    expect(premises).toMatchObject({
      path: repo,
      own: at('repo/.git'),
      common: at('repo/.git'),
      stores: [at('repo/.git/objects')],
      overruled: [['hook.h.event', '']],
      remotes: [{ name: 'origin', url: 'x', pushUrl: undefined }],
    });
  });
  it('is looked at once in a moment of a call, but for a write', async () => {
    const repo = init('repo');
    const roots = open(repo);
    const call = quietCall();
    const first = await roots.enter(repo, {}, call);
    expect(await roots.enter(repo, {}, call)).toBe(first);
    expect(await roots.enter(repo, { written: 'refs/tags/x' }, call)).not.toBe(first);
    expect(await roots.enter(repo, {}, quietCall())).not.toBe(first);
    const last = await roots.enter(repo, {}, call);
    await new Promise((wake) => setTimeout(wake, 40));
    expect(await roots.enter(repo, {}, call)).not.toBe(last);
    symlinkSync('/etc/passwd', at('repo/.git/refs/tags/v1'));
    expect(await codeOf(roots.enter(repo, { refs: ['refs/tags/v1'] }, call))).toBe('policy_denied');
  });
  it('is each of several in one call', async () => {
    const [roots, call] = [open('/', root), quietCall()];
    for (const path of [init('a'), init('b')]) expect((await roots.enter(path, {}, call)).common).toBe(join(path, '.git'));
  });
  it('may include settings of its own, and borrow inside the roots', async () => {
    const [repo, other] = [init('repo'), init('other')];
    writeFileSync(at('repo/.git/config'), '[include]\n\tpath = more\n', { flag: 'a' });
    writeFileSync(at('repo/.git/more'), '[remote "origin"]\n\turl = x\n');
    writeFileSync(at('repo/.git/objects/info/alternates'), `${other}/.git/objects\n`);
    const { remotes, stores } = await open('/', root).enter(repo, {}, quietCall());
    expect(remotes).toMatchObject([{ name: 'origin', url: 'x' }]);
    expect(stores).toEqual([at('repo/.git/objects'), at('other/.git/objects')]);
  });
  it('has no odd parts', async () => {
    symlinkSync('/etc/passwd', join(init('repo'), '.git/packed-refs'));
    expect((await failureOf(open(at('repo')).enter(at('repo'), {}, quietCall()))).message).toContain('is a link');
  });
  it('is not another repository than it claims, nor borrows from elsewhere', async () => {
    const repo = init('repo');
    writeFileSync(at('repo/.git/objects/info/alternates'), `${init('outside')}/.git/objects\n`);
    expect((await failureOf(open(repo).enter(repo, {}, quietCall()))).message).toContain('borrows objects from elsewhere');
    mkdirSync(at('claims'));
    writeFileSync(at('claims/.git'), `gitdir: ${at('outside/.git')}\n`);
    expect(await codeOf(open(at('claims')).enter(at('claims'), {}, quietCall()))).toBe('policy_denied');
  });
  it('is a linked worktree of the repository at hand, wherever that is', async () => {
    const repo = withCommit('repo');
    run(repo, 'worktree', 'add', '-q', at('tree'));
    expect(await open(at('tree')).enter(at('tree'), {}, quietCall())).toMatchObject({
      common: at('repo/.git'),
      own: realpathSync(at('repo/.git/worktrees/tree')),
    });
    expect(await codeOf(open(at('tree'), at('tree')).enter(at('tree'), {}, quietCall()))).toBe('policy_denied');
    run(repo, 'worktree', 'add', '-q', at('repo/inner'));
    expect((await open(repo).enter(at('repo/inner'), {}, quietCall())).common).toBe(at('repo/.git'));
  });
  it('is a submodule of such a worktree, and no other repository that is called from there', async () => {
    run(withCommit('repo'), 'worktree', 'add', '-q', at('tree'));
    run(at('tree'), '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', withCommit('part'), 'sub');
    const roots = open(at('tree'));
    expect((await roots.enter(at('tree/sub'), {}, quietCall())).common).toBe(at('repo/.git/worktrees/tree/modules/sub'));
    mkdirSync(at('tree/claims'));
    writeFileSync(at('tree/claims/.git'), `gitdir: ${init('outside')}/.git\n`);
    run(at('outside'), 'config', 'core.worktree', at('tree/claims')); // they know of each other, and we of one alone
    expect((await failureOf(roots.enter(at('tree/claims'), {}, quietCall()))).message).toContain('is outside the directories');
  });
  it('is not the git directory of a worktree whose refs are outside', async () => {
    run(withCommit('repo'), 'worktree', 'add', '-q', at('tree'));
    const roots = open('/', at('repo/.git/worktrees'));
    expect(await codeOf(roots.enter(at('repo/.git/worktrees/tree'), {}, quietCall()))).toBe('policy_denied');
  });
  it('is not the worktree around a directory whose own .git is none', async () => {
    run(withCommit('repo'), 'worktree', 'add', '-q', at('tree'));
    mkdirSync(at('tree/sub/.git'), { recursive: true });
    expect(await codeOf(open(at('tree/sub')).enter(at('tree/sub'), {}, quietCall()))).toBe('policy_denied');
  });
});

describe('git itself', () => {
  /** Roots whose git finds repositories where it is told to, and keeps count. */
  function told(answer: (path: string) => string | undefined = () => undefined, given = root) {
    const asked: string[] = [];
    const host = hostAt('/');
    const real = createGit(host);
    const git: Git = {
      ...real,
      run: async (place, args, call) => {
        asked.push(args[0] ?? '');
        return (args[0] === 'rev-parse' && answer(place.path)) || real.run(place, args, call);
      },
    };
    return { roots: createRoots(git, host, undefined, [given]), asked };
  }
  it('is asked once for each place', async () => {
    const paths = [init('a'), init('b')];
    const { roots, asked } = told();
    for (const path of [...paths, ...paths]) await roots.enter(path, {}, quietCall());
    expect(asked.filter((command) => command === 'rev-parse')).toHaveLength(2);
  });
  it.each([
    ['another git directory', 'OTHER/.git\nREPO/.git\n'],
    ['other refs', 'REPO/.git\nOTHER/.git\n'],
    ['more directories', 'REPO/.git\nREPO/.git\nmore\n'],
  ])('where it finds %s than was looked at, it is not let in', async (_, words) => {
    const [repo, other] = [init('repo'), init('other')];
    const { roots } = told(() => words.replaceAll('REPO', repo).replaceAll('OTHER', other));
    expect((await failureOf(roots.enter(repo, {}, quietCall()))).message).toContain('is outside the directories');
    expect(await codeOf(roots.nameOf(repo, quietCall()))).toBe('policy_denied');
  });
  it('where it finds something and we nothing, it is not let in either', async () => {
    mkdirSync(at('empty'));
    const { roots } = told(() => `${init('other')}/.git\n${at('other')}/.git\n`);
    expect(await codeOf(roots.enter(at('empty'), {}, quietCall()))).toBe('policy_denied');
  });
  it('is not even asked about what is outside', async () => {
    mkdirSync(at('roots/claims'), { recursive: true });
    writeFileSync(at('roots/claims/.git'), `gitdir: ${init('outside')}/.git\n`);
    const { roots, asked } = told(undefined, at('roots'));
    expect([await codeOf(roots.enter(at('roots/claims'), {}, quietCall())), asked]).toEqual(['policy_denied', []]);
  });
});

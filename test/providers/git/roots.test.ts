import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { git } from '../../../src/providers/index.ts';
import { codeOf, failureOf, quietCall, testHost, toolsOn } from '../../support/target.ts';
import { connect, directory, repositoryWith, type Surroundings } from './workshop.ts';

const call = quietCall();

/** A root with one repository in it, one repository outside, and a way to ask. */
function world(surroundings: Surroundings = {}) {
  const root = directory();
  const inside = repositoryWith(1, { path: join(root, 'repo') });
  const outside = repositoryWith();
  const provider = connect('/', { roots: [root], ...surroundings });
  return { root, inside, outside, provider, locate: (spelling: string) => provider.locate(spelling, call) };
}

describe('a repository is spelled', () => {
  it('as an absolute or relative path, a file URL, or from the home directory', async () => {
    const { root, inside } = world();
    const provider = connect(join(root, 'repo'), { roots: ['..'], env: { HOME: root } });
    for (const spelling of [
      inside.path,
      '.',
      '../repo',
      `${inside.path}/`,
      `${inside.path}/./../repo`,
      '~/repo',
      pathToFileURL(inside.path).href,
    ])
      expect(await provider.locate(spelling, call), spelling).toBe(inside.path);
    expect(await provider.locate(`${inside.path}/.git`, call)).toBe(`${inside.path}/.git`);
  });

  it('and roots are spelled the same', async () => {
    const { root, inside } = world();
    for (const given of ['~', '~/repo', `${root}/`, '/'])
      expect(await connect('/', { roots: [given], env: { HOME: root } }).locate(inside.path, call), given).toBe(inside.path);
  });

  it('but not as another URL', async () => {
    const { locate } = world();
    for (const spelling of [
      'https://example.com/repo.git',
      'ssh://git@example.com/repo',
      'file://elsewhere/repo',
      'file:///a%2fb',
      'ext::sh://x',
    ])
      expect(['invalid_input', 'policy_denied'], spelling).toContain(await codeOf(locate(spelling)));
    expect((await failureOf(locate('https://example.com/repo.git'))).message).toContain('local');
  });

  it('from any directory inside it, and has one canonical name', async () => {
    const { inside, provider } = world();
    mkdirSync(join(inside.path, 'a/b'), { recursive: true });
    for (const spelling of ['', 'a/b', '.git', '.git/refs']) {
      const repository = await provider.locate(join(inside.path, spelling), call);
      expect(await provider.canonical(repository, call)).toBe(inside.path);
      expect((await toolsOn(provider, join(inside.path, spelling)).list()).tags).toEqual([]);
    }
  });

  it('with spaces, unicode, quotes and dots in its name', async () => {
    const { root, locate } = world();
    for (const name of ['with space', 'größe', "it's", '..dots', '-C', '$HOME', 'a\nb', 'x '])
      expect(await locate(repositoryWith(1, { path: join(root, name) }).path), name).toBe(join(root, name));
  });
});

describe('roots', () => {
  it('hold back what is outside, there or not, and say the same of both', async () => {
    const { root, outside, locate } = world();
    const nowhere = join(outside.path, 'nowhere');
    for (const path of [
      outside.path,
      nowhere,
      `${root}/../${relative(join(root, '..'), outside.path)}`,
      '/',
      '..',
      '/etc',
      `${root}x`,
      '~',
      'a\0b',
    ]) {
      const error = await failureOf(locate(path));
      expect(error.code, path).toBe('policy_denied');
      expect(error.upstream).toBeUndefined();
    }
    const [there, notThere] = [await failureOf(locate(outside.path)), await failureOf(locate(nowhere))];
    expect(there.message.replace(outside.path, 'X')).toBe(notThere.message.replace(nowhere, 'X'));
  });

  it('are not escaped by a symlink, wherever it leads', async () => {
    const { root, outside, locate } = world();
    symlinkSync(outside.path, join(root, 'link'));
    symlinkSync(join(outside.path, 'nowhere'), join(root, 'dangling'));
    symlinkSync(join(root, 'loop'), join(root, 'loop'));
    for (const path of ['link', 'link/.git', 'link/nowhere', 'link/nowhere/deeper', 'dangling', 'dangling/deeper', 'loop', 'loop/x']) {
      const error = await failureOf(locate(join(root, path)));
      expect(error.code, path).toBe('policy_denied');
      expect(error.message).not.toContain(outside.path);
    }
  });

  it('may be several, may be links themselves, and may be missing', async () => {
    const { root, inside, outside } = world();
    const link = join(directory(), 'link');
    symlinkSync(root, link);
    const provider = connect('/', { roots: ['/no/such/root', link, outside.path] });
    for (const path of [inside.path, join(link, 'repo')]) expect(await provider.locate(path, call)).toBe(inside.path);
    expect(await provider.locate(outside.path, call)).toBe(outside.path);
    expect(await codeOf(provider.locate('/no/such/root/repo', call))).toBe('repository_not_found');
  });

  it('are not left by looking for a repository further up', async () => {
    const repository = repositoryWith();
    mkdirSync(join(repository.path, 'sub/deeper'), { recursive: true });
    const root = join(repository.path, 'sub');
    for (const path of [root, join(root, 'deeper')])
      expect(await codeOf(connect('/', { roots: [root] }).locate(path, call))).toBe('policy_denied');
    expect(await connect(root).locate(join(root, 'deeper'), call)).toBe(join(root, 'deeper'));
  });

  it('nor by a .git around the working directory that is none', async () => {
    const repository = repositoryWith();
    mkdirSync(join(repository.path, 'sub/.git'), { recursive: true });
    const provider = connect(join(repository.path, 'sub'));
    for (const path of ['.', '.git', '..']) expect(await codeOf(provider.locate(path, call))).toBe('policy_denied');
  });

  it('without any, the repository around the working directory is the only one, and the default', async () => {
    const { inside, outside } = world();
    mkdirSync(join(inside.path, 'a'));
    const provider = connect(join(inside.path, 'a'));
    expect(provider.defaultRepository).toBe(inside.path);
    expect(await provider.locate(inside.path, call)).toBe(inside.path);
    expect(await codeOf(provider.locate(outside.path, call))).toBe('policy_denied');
    expect(await codeOf(provider.locate('../..', call))).toBe('policy_denied');
    expect(git.connect({ TAGWRIGHT_GIT_ROOTS: undefined }, testHost({ cwd: directory() }))).toBeUndefined();
  });

  it('that leave the working directory out leave no default', () => {
    const { root, inside, outside } = world();
    expect(connect(inside.path, { roots: [root] }).defaultRepository).toBe(inside.path);
    expect(connect(outside.path, { roots: [root] }).defaultRepository).toBeUndefined();
  });

  it('the only one is the default where it is a repository, since a desktop has no working directory', () => {
    const { root, inside, outside } = world();
    mkdirSync(join(inside.path, 'a'));
    expect(connect('/', { roots: [inside.path] }).defaultRepository).toBe(inside.path);
    expect(connect(outside.path, { roots: [inside.path] }).defaultRepository).toBe(inside.path);
    for (const roots of [[root], [join(inside.path, 'a')], [inside.path, outside.path]])
      expect(connect('/', { roots }).defaultRepository, roots.join()).toBeUndefined();
  });

  it('what is no repository is repository_not_found', async () => {
    const { root, locate } = world();
    writeFileSync(join(root, 'file'), '');
    mkdirSync(join(root, 'empty'));
    mkdirSync(join(root, 'gutted/.git'), { recursive: true });
    for (const path of ['.', 'file', 'file/x', 'empty', 'nowhere', 'gutted'])
      await expect(locate(join(root, path)), path).rejects.toMatchObject({
        code: 'repository_not_found',
        hint: 'Check the path of the repository.',
      });
  });
});

describe('a repository whose parts are elsewhere', () => {
  it('a bare one is used like all others', async () => {
    const { root, inside, provider } = world();
    inside.git('tag', '-m', 'm', 'v1');
    inside.git('clone', '-q', '--bare', inside.path, join(root, 'bare.git'));
    const tools = toolsOn(provider, join(root, 'bare.git'));
    expect((await tools.list()).tags).toMatchObject([{ name: 'v1', message: 'm' }]);
    expect((await tools.create({ name: 'v2', ref: 'HEAD' })).outcome).toBe('created');
    await tools.delete({ name: 'v1' });
    expect(connect(join(root, 'bare.git/refs')).defaultRepository).toBe(join(root, 'bare.git'));
  });

  it('a shallow one knows the commits it has', async () => {
    const { root, outside, provider } = world();
    const old = outside.git('rev-parse', 'main');
    const head = outside.commit('second');
    outside.git('tag', '-m', 'm', 'v1');
    outside.git('clone', '-q', '--depth=1', pathToFileURL(outside.path).href, join(root, 'shallow'));
    const tools = toolsOn(provider, join(root, 'shallow'));
    expect((await tools.get('v1')).tag.commit_id).toBe(head);
    expect((await tools.create({ name: 'v2', ref: 'HEAD' })).tag.commit_id).toBe(head);
    expect(await codeOf(tools.create({ name: 'v0', ref: old }))).toBe('ref_not_found');
  });

  it('a linked worktree is used inside the roots and refused where its refs are outside', async () => {
    const { root, inside, outside, provider, locate } = world();
    inside.git('worktree', 'add', '-q', '-b', 'side', join(root, 'tree'));
    const tools = toolsOn(provider, join(root, 'tree'));
    expect((await tools.create({ name: 'v1', ref: 'HEAD' })).outcome).toBe('created');
    expect(inside.git('tag')).toBe('v1');
    expect(await provider.canonical(join(root, 'tree'), call)).toBe(inside.path);

    outside.git('worktree', 'add', '-q', '-b', 'side', join(root, 'stray'));
    const error = await failureOf(locate(join(root, 'stray')));
    expect(error.code).toBe('policy_denied');
    expect(error.message).not.toContain(outside.path);
    const working = toolsOn(connect(join(root, 'stray')), join(root, 'stray'));
    expect((await working.create({ name: 'v1', ref: 'HEAD' })).outcome).toBe('created');
  });

  it('a submodule is used where its git directory is inside, and refused where a .git file leads out', async () => {
    const { root, inside, outside, locate } = world();
    inside.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', outside.path, 'sub');
    expect(await locate(join(inside.path, 'sub'))).toBe(join(inside.path, 'sub'));
    expect(await connect(inside.path).locate('sub', call)).toBe(join(inside.path, 'sub'));
    mkdirSync(join(root, 'stray'));
    writeFileSync(join(root, 'stray/.git'), `gitdir: ${join(outside.path, '.git')}\n`);
    expect(await codeOf(locate(join(root, 'stray')))).toBe('policy_denied');
  });

  it('a store apart is used where both are inside the roots', async () => {
    const { root, inside, provider } = world();
    inside.git('clone', '-q', `--separate-git-dir=${join(root, 'store.git')}`, inside.path, join(root, 'w'));
    expect((await toolsOn(provider, join(root, 'w')).create({ name: 'v1', ref: 'HEAD' })).outcome).toBe('created');
    expect(await provider.canonical(join(root, 'w'), call)).toBe(join(root, 'store.git'));
    const error = await failureOf(connect(join(root, 'w')).locate('.', call));
    expect(error).toMatchObject({ code: 'policy_denied', hint: expect.stringContaining('git config core.worktree') });
    expect(await codeOf(connect('/', { roots: [join(root, 'w')] }).locate(join(root, 'w'), call))).toBe('policy_denied');
    mkdirSync(join(root, 'claims'));
    writeFileSync(join(root, 'claims/.git'), `gitdir: ${inside.path}/.git\n`);
    expect(await codeOf(provider.locate(join(root, 'claims'), call))).toBe('policy_denied');
  });

  for (const part of ['.git', '.git/refs', '.git/refs/tags', '.git/objects', '.git/packed-refs'])
    it(`${part} may not be a link to the outside`, async () => {
      const { inside, outside, locate } = world();
      for (const { git } of [inside, outside]) git('pack-refs', '--all');
      rmSync(join(inside.path, part), { recursive: true });
      symlinkSync(join(outside.path, part), join(inside.path, part));
      expect(await codeOf(locate(inside.path))).toBe('policy_denied');
    });

  it('a link among the tags leads no write outside', async () => {
    const { inside, outside, provider } = world();
    symlinkSync(join(outside.path, '.git/refs/tags'), join(inside.path, '.git/refs/tags/far'));
    outside.git('tag', 'there');
    const tools = toolsOn(provider, inside.path);
    expect(await codeOf(tools.create({ name: 'far/v1', ref: 'main' }))).toBe('policy_denied');
    expect(await codeOf(tools.create({ name: 'far/v1/x', ref: 'main', message: 'm' }))).toBe('policy_denied');
    expect(outside.git('tag')).toBe('there');
    expect((await tools.create({ name: 'near/v1', ref: 'main' })).outcome).toBe('created');
  });
});

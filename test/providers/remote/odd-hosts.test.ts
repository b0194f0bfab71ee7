/** Repositories as few have them: empty, of another object format, with tags that stand on no commit; and clones of other kinds. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isolated, makeRepository } from '../../support/git-repository.ts';
import { codeOf, toolsOn } from '../../support/target.ts';
import { connect, openScene, originOf } from './workshop.ts';

describe('a host', () => {
  it('whose repository is empty has no tags, and nothing to tag', async () => {
    const scene = await openScene();
    makeRepository({ path: join(scene.root, 'host/acme/empty.git'), bare: true });
    const url = `${scene.host.origin}/acme/empty`;
    const tags = toolsOn(connect('', { values: { GIT_REMOTE_URL: url } }), url);
    expect(await tags.list()).toMatchObject({ tags: [], total: 0 });
    expect(await codeOf(tags.get('v1'))).toBe('tag_not_found');
    for (const ref of ['main', 'HEAD', scene.commits[0]]) expect(await codeOf(tags.create({ name: 'v1', ref })), ref).toBe('ref_not_found');
  });

  it('that keeps its objects by SHA-256 is served like any other', async () => {
    const scene = await openScene();
    const run = (...args: string[]) =>
      execFileSync('git', args, { cwd: scene.root, encoding: 'utf8', env: { ...process.env, ...isolated } }).trim();
    const as = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];
    run('init', '-q', '-b', 'main', '--object-format=sha256', 'modern');
    for (const title of ['first', 'second']) run(...as, '-C', 'modern', 'commit', '-q', '--allow-empty', '-m', title);
    run('clone', '-q', '--bare', 'modern', 'host/acme/modern.git');
    const [older = '', newer = ''] = ['main~1', 'main'].map((ref) => run('-C', 'modern', 'rev-parse', ref));
    const url = `${scene.host.origin}/acme/modern`;
    const tags = toolsOn(connect('', { values: { GIT_REMOTE_URL: url } }), url);
    expect((await tags.create({ name: 'v1', ref: 'main', message: 'one' })).tag).toMatchObject({ commit_id: newer, message: 'one' });
    expect((await tags.create({ name: 'v2', ref: older })).tag.commit_id).toBe(older);
    expect((await tags.get('v1')).tag.commit_id).toBe(newer);
    expect((await tags.create({ name: 'v1', ref: older, force: true })).outcome).toBe('moved');
    expect((await tags.list()).tags).toHaveLength(2);
    await tags.delete({ name: 'v1' });
    expect(run('-C', 'host/acme/modern.git', 'tag')).toBe('v2');
  });

  it('with tags on tags, trees and blobs shows them, and deletes and moves them', async () => {
    const scene = await openScene();
    const { bare, commits } = scene;
    bare.git('tag', '-m', 'inner', 'inner', 'main');
    bare.git('tag', '-m', 'outer', 'outer', 'inner');
    bare.git('tag', 'tree', 'main^{tree}');
    bare.git('tag', '-m', 'on a tree', 'tree-too', 'main^{tree}');
    const tags = originOf(scene);
    expect((await tags.get('outer')).tag).toMatchObject({ annotated: true, commit_id: commits[2], message: 'outer' });
    expect((await tags.get('tree')).tag).not.toHaveProperty('commit_id');
    expect((await tags.get('tree-too')).tag).toMatchObject({ annotated: true, message: 'on a tree' });
    expect((await tags.list()).tags).toHaveLength(4);
    expect((await tags.create({ name: 'tree', ref: 'main', force: true })).tag.commit_id).toBe(commits[2]);
    expect((await tags.delete({ name: 'outer' })).note).toContain('does not come back');
    await tags.delete({ name: 'tree-too' });
    expect(bare.git('tag')).toBe('inner\ntree');
  });

  it('with names that mean something to git keeps them apart', async () => {
    const scene = await openScene();
    const names = ['main', 'head', 'refs/x', 'heads/main', 'v1', 'x', 'got/HEAD'];
    for (const name of names) scene.bare.git('update-ref', `refs/tags/${name}`, scene.commits[0] ?? '');
    const tags = originOf(scene);
    for (const name of names.filter((one) => !one.startsWith('refs/')))
      expect((await tags.get(name)).tag.commit_id, name).toBe(scene.commits[0]);
    for (const name of ['v1:refs/heads/x', '*', '+v1', 'v1^{}', '-d'])
      expect(['tag_not_found', 'invalid_name'], name).toContain(await codeOf(tags.get(name)));
    expect((await tags.create({ name: 'new', ref: 'refs/heads/main' })).tag.commit_id).toBe(scene.commits[2]);
    expect(await codeOf(tags.create({ name: 'newer', ref: 'main' }))).toBe('invalid_input'); // a branch and a tag
  });
});

describe('a clone', () => {
  it('that is a linked worktree keeps step with all its worktrees', async () => {
    const scene = await openScene();
    const tree = join(scene.root, 'tree');
    scene.clone.git('worktree', 'add', '-q', tree, '-b', 'side');
    const tags = toolsOn(connect(tree, { values: { TAGWRIGHT_GIT_ROOTS: scene.root } }), `${tree}#origin`);
    await tags.create({ name: 'v1', ref: 'main', message: 'one' });
    expect(scene.clone.git('rev-parse', 'v1')).toBe(scene.bare.git('rev-parse', 'v1'));
    await tags.delete({ name: 'v1' });
    expect(scene.clone.git('tag')).toBe('');
  });

  it.each([
    ['shallow', ['--depth=1']],
    ['partial', ['--filter=blob:none']],
    ['bare', ['--bare']],
  ])('that is %s keeps step', async (kind, args) => {
    const scene = await openScene();
    const path = join(scene.root, kind);
    const git = (...more: string[]) =>
      execFileSync('git', ['-c', 'protocol.file.allow=always', ...more], { encoding: 'utf8', env: { ...process.env, ...isolated } }).trim();
    git('clone', '-q', ...args, `file://${scene.bare.path}`, path);
    git('-C', path, 'remote', 'set-url', 'origin', scene.url);
    const tags = toolsOn(connect(path), 'origin');
    expect(await tags.create({ name: 'v1', ref: 'main', message: 'one' })).not.toHaveProperty('note');
    expect(git('-C', path, 'rev-parse', 'v1')).toBe(scene.bare.git('rev-parse', 'v1'));
    await tags.delete({ name: 'v1' });
    expect(git('-C', path, 'tag')).toBe('');
  });
});

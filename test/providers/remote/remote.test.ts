/** A tag on a real host, seen from a clone and by its address: what is done, and how little goes over the wire for it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codeOf, failureOf, quietCall, toolsOn } from '../../support/target.ts';
import { connect, openScene, originOf, scratches } from './workshop.ts';

describe('a tag on the host', () => {
  it('is made from a branch, read, moved and deleted', async () => {
    const scene = await openScene();
    const { bare, commits } = scene;
    const tags = originOf(scene);
    const created = await tags.create({ name: 'v1', ref: 'main', message: 'one' });
    expect(created).toMatchObject({ outcome: 'created', tag: { name: 'v1', commit_id: commits[2], annotated: true, message: 'one' } });
    expect(bare.git('rev-parse', 'v1^{commit}')).toBe(commits[2]);
    expect((await tags.get('v1')).tag).toEqual(created.tag);
    expect((await tags.get('v1')).tag).toMatchObject({ tagger: { name: 'Ada' }, commit: { title: 'commit 3', author_name: 'Ada' } });
    const moved = await tags.create({ name: 'v1', ref: commits[0], force: true });
    expect(moved).toMatchObject({ outcome: 'moved', previous_commit_id: commits[2], tag: { commit_id: commits[0], message: 'one' } });
    const { deleted } = await tags.delete({ name: 'v1' });
    expect(deleted).toMatchObject({ commit_id: commits[0] });
    expect(bare.git('tag')).toBe('');
    expect(scratches()).toEqual([]);
  });

  it.each([
    ['its default branch', undefined],
    ['a branch', 'main'],
    ['a branch in full', 'refs/heads/main'],
    ['HEAD', 'HEAD'],
    ['a tag', 'base'],
  ])('is put where %s is, in two connections', async (_, ref) => {
    const scene = await openScene();
    scene.bare.git('tag', '-m', 'base', 'base', 'main');
    const provider = connect(scene.clone.path);
    const repository = await provider.locate('origin', quietCall());
    const commit = await provider.resolve(repository, ref, quietCall());
    expect(commit).toBe(scene.commits[2]);
    scene.host.seen.length = 0;
    await provider.create(repository, { name: 'v1', ref: ref ?? 'HEAD' }, quietCall());
    expect(scene.host.visits()).toEqual(['git-upload-pack', 'git-receive-pack']);
  });

  it.each([[true], [false]])('is put on a commit in the middle of the history, in two connections (filters: %s)', async (filters) => {
    const scene = await openScene({ commits: 1, filters });
    const { clone, bare, host } = scene;
    const files = Array.from({ length: 200 }, (_, index) => join(clone.path, `file-${index}`));
    for (const path of files) writeFileSync(path, path.repeat(100));
    clone.git('add', '.');
    const middle = clone.commit('many files');
    clone.git('rm', '-qr', '.');
    clone.commit('none of them');
    clone.git('push', '-q', bare.path, 'main');
    const tags = toolsOn(connect('', { values: { GIT_REMOTE_URL: scene.url } }), scene.url);
    host.seen.length = 0;
    host.received.length = 0;
    await tags.create({ name: 'v1', ref: middle });
    await tags.create({ name: 'v2', ref: middle, message: 'two' });
    expect(host.visits()).toEqual(Array(2).fill(['git-upload-pack', 'git-receive-pack']).flat());
    expect(bare.git('rev-parse', 'v1', 'v2^{commit}')).toBe(`${middle}\n${middle}`);
    // Nothing for the lightweight one, its object for the other.
    expect(host.received).toEqual([0, 1]);
  });

  it('is read in one connection, deleted in one more', async () => {
    const scene = await openScene();
    const tags = originOf(scene);
    await tags.create({ name: 'v1', ref: 'main', message: 'one' });
    scene.host.seen.length = 0;
    await tags.get('v1');
    expect(scene.host.visits()).toEqual(['git-upload-pack']);
    await tags.delete({ name: 'v1' });
    expect(scene.host.visits()).toEqual(['git-upload-pack', 'git-upload-pack', 'git-receive-pack']);
  });

  it('takes a few objects over the wire, however large the repository is', async () => {
    const scene = await openScene();
    const { bare, host } = scene;
    const history = Array.from(
      { length: 10_000 },
      (_, index) =>
        `commit refs/heads/main\ncommitter A <a@b> ${1_700_000_000 + index} +0000\ndata 1\nx\nM 644 inline f\ndata 5\n${String(index).padStart(5)}\n`,
    );
    bare.feed(`reset refs/heads/main\n\n${history.join('\n')}`, 'fast-import', '--quiet', '--force');
    const tip = bare.git('rev-parse', 'main');
    bare.feed(Array.from({ length: 5_000 }, (_, index) => `create refs/tags/t${index} ${tip}\n`).join(''), 'update-ref', '--stdin');
    const tags = toolsOn(connect('', { values: { GIT_REMOTE_URL: scene.url } }), scene.url);
    host.sent.length = 0;
    await tags.create({ name: 'v1', ref: 'main', message: 'one' });
    await tags.get('v1');
    await tags.get('t7');
    expect(await tags.list({ limit: 3 })).toMatchObject({
      order_by: 'version',
      total: 5_001,
      tags: [{ name: 'v1' }, { name: 't4999' }, { name: 't4998' }],
    });
    await tags.delete({ name: 'v1' });
    expect(host.sent).toEqual([1, 2, 1, 2]);
    expect(host.received.at(-1)).toBe(0);
  }, 60_000);
});

describe('a ref', () => {
  it('that a branch and a tag of other commits have is refused with both full names', async () => {
    const scene = await openScene();
    scene.bare.git('branch', 'twin', scene.commits[0] ?? '');
    scene.bare.git('tag', 'twin', scene.commits[1] ?? '');
    scene.bare.git('branch', 'deep/twin', scene.commits[2] ?? '');
    const error = await failureOf(originOf(scene).create({ name: 'v1', ref: 'twin' }));
    expect(error.code).toBe('invalid_input');
    expect(error.message).toContain('"refs/heads/twin" and "refs/tags/twin"');
    expect((await originOf(scene).create({ name: 'v1', ref: 'refs/tags/twin' })).tag.commit_id).toBe(scene.commits[1]);
    expect((await originOf(scene).create({ name: 'v2', ref: 'deep/twin' })).tag.commit_id).toBe(scene.commits[2]);
  });

  it.each([
    ['a branch that only the clone has', 'local'],
    ['a step', 'main~1'],
    ['a range', 'main..local'],
    ['a refspec', 'main:refs/heads/evil'],
    ['a star', 'ma*'],
    ['an option', '--upload-pack=touch /tmp/x'],
    ['a part of a name', 'ain'],
  ])('is ref_not_found where it is %s', async (_, ref) => {
    const scene = await openScene();
    scene.clone.git('branch', 'local');
    expect(await codeOf(originOf(scene).create({ name: 'v1', ref }))).toBe('ref_not_found');
    expect(scene.bare.git('for-each-ref', '--format=%(refname)')).toBe('refs/heads/main');
  });

  it('is no commit that only the clone has: nothing unpublished leaves it', async () => {
    const scene = await openScene();
    const unpublished = scene.clone.commit('unpublished');
    const error = await failureOf(originOf(scene).create({ name: 'v1', ref: unpublished }));
    expect(error).toMatchObject({ code: 'ref_not_found', hint: expect.stringContaining('push it first') });
    expect(() => scene.bare.git('cat-file', '-e', unpublished)).toThrow();
  });

  it('is an id where the default branch of the host leads nowhere', async () => {
    const scene = await openScene();
    scene.bare.git('symbolic-ref', 'HEAD', 'refs/heads/none');
    expect((await originOf(scene).create({ name: 'v1', ref: scene.commits[1] })).tag.commit_id).toBe(scene.commits[1]);
    expect((await originOf(scene).create({ name: 'v2', ref: scene.commits[2], message: 'two' })).tag.commit_id).toBe(scene.commits[2]);
    expect(await codeOf(originOf(scene).create({ name: 'v3', ref: 'HEAD' }))).toBe('ref_not_found');
  });
});

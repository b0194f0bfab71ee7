import { unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { GitRepository } from '../../support/git-repository.ts';
import { codeOf, failureOf } from '../../support/target.ts';
import { repositoryWith, toolsIn } from './workshop.ts';

const idOf = (repository: GitRepository, revision: string) => repository.git('rev-parse', revision);

/** Deletes the tag, restores it as the result says, and returns where the ref points afterwards. */
async function deleteAndRestore(repository: GitRepository, name: string): Promise<string> {
  const { restore } = await toolsIn(repository).delete({ name });
  expect(await codeOf(toolsIn(repository).get(name))).toBe('tag_not_found');
  const { provider: _, repository: __, ...args } = restore;
  expect((await toolsIn(repository).create(args)).outcome).toBe('created');
  expect((await toolsIn(repository).create(args)).outcome).toBe('unchanged');
  return idOf(repository, `refs/tags/${name}`);
}

describe('tags of tags', () => {
  it('are peeled to the commit, however deep', async () => {
    const repository = repositoryWith();
    repository.git('tag', '-m', 'one', 'one');
    repository.git('tag', '-m', 'two', 'two', 'one');
    repository.git('tag', '-m', 'three', 'three', 'two');
    const commit_id = idOf(repository, 'main');
    for (const name of ['one', 'two', 'three']) {
      const { tag } = await toolsIn(repository).get(name);
      expect(tag).toMatchObject({ name, commit_id, target_id: idOf(repository, name), annotated: true, message: name });
    }
    const { tags } = await toolsIn(repository).list({ order_by: 'name' });
    expect(tags.map((row) => row.short_id)).toEqual(Array(3).fill(commit_id.slice(0, 12)));
  });

  it('are unchanged at their commit, moved, deleted and restored as annotated tags', async () => {
    const repository = repositoryWith(2);
    repository.git('tag', '-m', 'one', 'one', 'main~1');
    repository.git('tag', '-m', 'two', 'two', 'one');
    const tools = toolsIn(repository);
    expect((await tools.create({ name: 'two', ref: 'main~1' })).outcome).toBe('unchanged');
    const { tag } = await tools.create({ name: 'two', ref: 'main', force: true });
    expect(tag).toMatchObject({ message: 'two', commit_id: idOf(repository, 'main') });
    await deleteAndRestore(repository, 'two');
    expect((await tools.get('two')).tag).toMatchObject({ message: 'two', commit_id: idOf(repository, 'main') });
  });
});

describe('tags on trees and blobs', () => {
  const cases = {
    'a lightweight tag on a tree': (repository: GitRepository) => repository.git('tag', 'odd', 'main^{tree}'),
    'a lightweight tag on a blob': (repository: GitRepository) =>
      repository.git('tag', 'odd', repository.feed('content', 'hash-object', '-w', '--stdin')),
    'an annotated tag on a tree': (repository: GitRepository) => repository.git('tag', '-m', 'odd\n\nbody', 'odd', 'main^{tree}'),
    'an annotated tag on a tag on a blob': (repository: GitRepository) => {
      repository.git('tag', '-m', 'inner', 'inner', repository.feed('content', 'hash-object', '-w', '--stdin'));
      repository.git('tag', '-m', 'outer', 'odd', 'inner');
    },
  };
  for (const [what, make] of Object.entries(cases))
    it(`${what} has no commit, is listed, refused, deleted, restored and moved`, async () => {
      const repository = repositoryWith();
      make(repository);
      const tools = toolsIn(repository);
      const target_id = idOf(repository, 'odd');
      const { tag } = await tools.get('odd');
      expect(tag).toMatchObject({ name: 'odd', target_id });
      expect(tag).not.toHaveProperty('commit_id');
      expect(tag).not.toHaveProperty('commit');
      for (const order_by of ['name', 'updated', 'version'])
        expect((await tools.list({ order_by, search: '^odd$', format: 'detailed' })).tags).toEqual([tag]);

      const refused = await failureOf(tools.create({ name: 'odd', ref: 'main' }));
      expect(refused).toMatchObject({ code: 'already_exists', message: expect.stringContaining(target_id) });
      expect(await deleteAndRestore(repository, 'odd')).toBe(target_id);
      const moved = await tools.create({ name: 'odd', ref: 'main', force: true });
      expect(moved).toMatchObject({ outcome: 'moved', tag: { commit_id: idOf(repository, 'main') } });
    });

  it('a tree is not tagged by mistake, only by its full id', async () => {
    const repository = repositoryWith();
    expect(await codeOf(toolsIn(repository).create({ name: 'v1', ref: 'main^{tree}' }))).toBe('ref_not_found');
    const { tag } = await toolsIn(repository).create({ name: 'v1', ref: idOf(repository, 'main^{tree}'), message: 'on a tree' });
    expect(tag).toMatchObject({ message: 'on a tree', annotated: true });
  });
});

describe('symbolic refs among the tags', () => {
  it('are deleted and moved themselves, never the branch they name', async () => {
    const repository = repositoryWith(2);
    repository.git('branch', 'side', 'main~1');
    const side = idOf(repository, 'side');
    for (const name of ['gone', 'moved']) repository.git('symbolic-ref', `refs/tags/${name}`, 'refs/heads/side');
    const tools = toolsIn(repository);
    expect((await tools.get('gone')).tag.commit_id).toBe(side);
    await tools.delete({ name: 'gone' });
    await tools.create({ name: 'moved', ref: 'main', force: true });
    expect(repository.git('for-each-ref', '--format=%(refname) %(objectname)').split('\n')).toEqual([
      `refs/heads/main ${idOf(repository, 'main')}`,
      `refs/heads/side ${side}`,
      `refs/tags/moved ${idOf(repository, 'main')}`,
    ]);
  });
});

describe('a damaged repository', () => {
  const missing = '1234567890123456789012345678901234567890';
  const damaged = (content: string) => {
    const repository = repositoryWith();
    repository.git('tag', 'good');
    writeFileSync(join(repository.path, '.git/refs/tags/bad'), content);
    return repository;
  };

  it('with a missing object hides no other tag, and says so where it cannot go on', async () => {
    const tools = toolsIn(damaged(`${missing}\n`));
    for (const order_by of ['name', 'version']) {
      const { tags } = await tools.list({ order_by, sort: 'asc' });
      expect(tags).toEqual([{ name: 'bad' }, expect.objectContaining({ name: 'good', date: expect.any(String) })]);
    }
    for (const failing of [() => tools.get('bad'), () => tools.list({ order_by: 'updated' })]) {
      const error = await failureOf(failing());
      expect(error).toMatchObject({ code: 'rejected', upstream: { text: expect.stringContaining(missing) } });
      expect(error.message).not.toContain(missing);
      expect(error.hint).toContain('name');
    }
  });

  it('with a tag object whose commit is missing is the same', async () => {
    const repository = repositoryWith();
    repository.git('tag', 'good');
    const commit = repository.git('commit-tree', '-m', 'lost', 'main^{tree}');
    repository.git('tag', '-m', 'm', 'bad', commit);
    unlinkSync(join(repository.path, '.git/objects', commit.slice(0, 2), commit.slice(2)));
    expect((await toolsIn(repository).list({ order_by: 'name' })).tags.map(({ name }) => name)).toEqual(['bad', 'good']);
    expect(await codeOf(toolsIn(repository).get('bad'))).toBe('rejected');
  });

  for (const [what, content] of Object.entries({ 'an empty ref': '', 'a ref of nonsense': 'nonsense\n' }))
    it(`with ${what} lists the others and refuses that name`, async () => {
      const repository = damaged(content);
      const tools = toolsIn(repository);
      const { tags, note } = await tools.list();
      expect(tags.map(({ name }) => name)).toEqual(['good']);
      expect(note).toContain('broken ref refs/tags/bad');
      expect(await failureOf(tools.get('bad'))).toMatchObject({
        code: 'rejected',
        upstream: { text: expect.stringContaining('broken ref') },
      });
      expect((await tools.get('good')).tag.name).toBe('good');
      expect(await codeOf(tools.get('none'))).toBe('tag_not_found');
      expect(await codeOf(tools.create({ name: 'bad', ref: 'main' }))).toBe('rejected');
      expect((await tools.create({ name: 'next', ref: 'main' })).outcome).toBe('created');
    });

  it('with an unknown extension or an unreadable setting is refused with the words of git', async () => {
    const repository = repositoryWith();
    writeFileSync(join(repository.path, '.git/config'), '[core\nnonsense');
    const error = await failureOf(toolsIn(repository).list());
    expect(error).toMatchObject({ code: 'rejected', upstream: { text: expect.stringContaining('config') } });
  });
});

describe('a repository of another make', () => {
  it('may have SHA-256 ids', async () => {
    const repository = repositoryWith(0);
    repository.git('init', '-q', '--object-format=sha256', '-b', 'main', 'strong');
    const path = join(repository.path, 'strong');
    repository.git('-C', path, 'commit', '-q', '--allow-empty', '-m', 'first');
    for (const key of ['user.name', 'user.email']) repository.git('-C', path, 'config', key, 'Ada');
    const tools = toolsIn({ path });
    const { tag } = await tools.create({ name: 'v1', ref: 'main', message: 'm' });
    expect(tag.commit_id).toMatch(/^[0-9a-f]{64}$/);
    await tools.delete({ name: 'v1', expected_commit_id: tag.commit_id });
    expect((await tools.list()).tags).toEqual([]);
  });

  it('may be empty: there is nothing to list and nothing to tag', async () => {
    const tools = toolsIn(repositoryWith(0));
    expect(await tools.list()).toMatchObject({ tags: [] });
    expect(await codeOf(tools.create({ name: 'v1', ref: 'HEAD' }))).toBe('ref_not_found');
    expect(await codeOf(tools.get('v1'))).toBe('tag_not_found');
  });
});

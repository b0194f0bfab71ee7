import { execFileSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { explain } from '../../../src/git/failures.ts';
import { codeOf, failureOf, quietCall } from '../../support/target.ts';
import { connect, repositoryWith, toolsIn } from './workshop.ts';

describe('a held lock', () => {
  it('is named after one more try, and left alone', async () => {
    const repository = repositoryWith();
    const lock = join(repository.path, '.git/refs/tags/v1.lock');
    writeFileSync(lock, '');
    const started = Date.now();
    const error = await failureOf(toolsIn(repository).create({ name: 'v1', ref: 'main' }));
    expect(error).toMatchObject({ code: 'unavailable', message: expect.stringContaining(lock), inDoubt: false });
    // git's advice, in the words of its time: 'may have crashed', 'may be stale'
    expect(error.message).not.toMatch(/crashed|stale/);
    expect(error.upstream?.text).toMatch(/crashed|stale/);
    expect(Date.now() - started).toBeGreaterThan(250);
    expect(existsSync(lock)).toBe(true);
    expect(repository.git('tag')).toBe('');
  });

  it('that goes away in between is no obstacle', async () => {
    const repository = repositoryWith();
    const lock = join(repository.path, '.git/refs/tags/v1.lock');
    repository.git('config', 'core.filesRefLockTimeout', '0');
    writeFileSync(lock, '');
    setTimeout(() => rmSync(lock), 120);
    expect((await toolsIn(repository).create({ name: 'v1', ref: 'main' })).outcome).toBe('created');
  });

  it('on packed refs stops deletions only', async () => {
    const repository = repositoryWith();
    repository.git('tag', 'packed');
    repository.git('pack-refs', '--all');
    repository.git('config', 'core.packedRefsTimeout', '300');
    const lock = join(repository.path, '.git/packed-refs.lock');
    writeFileSync(lock, '');
    expect((await toolsIn(repository).create({ name: 'loose', ref: 'main' })).outcome).toBe('created');
    const error = await failureOf(toolsIn(repository).delete({ name: 'packed' }));
    expect(error).toMatchObject({ code: 'unavailable', message: expect.stringContaining(lock) });
    expect(repository.git('tag')).toBe('loose\npacked');
  });

  it.each(['fatal: cannot lock references', "update_ref failed for ref 'refs/tags/v1': data is locked"])(
    'is one in the words of reftables: %s',
    (words) => {
      expect(explain(words, '/x')).toMatchObject({ code: 'unavailable', message: expect.stringContaining('"reftable/tables.list.lock"') });
    },
  );

  it('is not what a name says', () => {
    expect(explain("fatal: ambiguous argument 'x: data is locked'", '/x').code).toBe('rejected');
  });

  it('below the name is a conflict', async () => {
    const repository = repositoryWith();
    repository.git('tag', 'a/b');
    writeFileSync(join(repository.path, '.git/refs/tags/a/c.lock'), '');
    repository.git('tag', '-d', 'a/b');
    expect(await codeOf(toolsIn(repository).create({ name: 'a', ref: 'main' }))).toBe('conflict');
  });
});

const [, major, minor] = /(\d+)\.(\d+)/.exec(execFileSync('git', ['version'], { encoding: 'utf8' })) ?? [];
describe.runIf(Number(major) > 2 || Number(minor) >= 46)('reftables', () => {
  it('hold tags as files do, and a held lock is told', async () => {
    const repository = repositoryWith();
    repository.git('refs', 'migrate', '--ref-format=reftable');
    const tools = toolsIn(repository);
    expect((await tools.create({ name: 'v1', ref: 'main', message: 'one' })).outcome).toBe('created');
    expect((await tools.create({ name: 'v1', ref: 'main', message: 'two', force: true })).outcome).toBe('moved');
    expect((await tools.list({ order_by: 'updated' })).tags).toMatchObject([{ name: 'v1', message: 'two' }]);
    const lock = join(repository.path, '.git/reftable/tables.list.lock');
    writeFileSync(lock, '');
    expect(await codeOf(tools.create({ name: 'v2', ref: 'main' }))).toBe('unavailable');
    expect(await codeOf(tools.delete({ name: 'v1' }))).toBe('unavailable');
    rmSync(lock);
    await tools.delete({ name: 'v1' });
    expect(repository.git('tag')).toBe('');
  });
});

describe('packed refs', () => {
  it('are read, moved, deleted and created anew', async () => {
    const repository = repositoryWith(2);
    for (const name of ['a', 'b', 'dir/c']) repository.git('tag', '-m', name, name, 'main~1');
    repository.git('pack-refs', '--all', '--prune');
    const tools = toolsIn(repository);
    expect((await tools.list({ order_by: 'name' })).tags.map(({ name }) => name)).toEqual(['a', 'b', 'dir/c']);
    expect((await tools.create({ name: 'a', ref: 'main', force: true })).tag).toMatchObject({ message: 'a' });
    for (const name of ['a', 'dir/c']) await tools.delete({ name });
    expect((await tools.create({ name: 'dir', ref: 'main' })).outcome).toBe('created');
    expect(repository.git('tag')).toBe('b\ndir');
  });
});

describe('compare and swap', () => {
  const call = quietCall();

  it('a tag that moved after it was read is changed, and stays where it is', async () => {
    const repository = repositoryWith(3);
    const provider = connect(repository.path);
    for (const [name, args] of Object.entries({ light: [], heavy: ['-m', 'm'] })) {
      repository.git('tag', ...args, name, 'main~2');
      const read = await provider.get(repository.path, name, call);
      repository.git('tag', '-f', ...args, name, 'main~1');
      expect(await codeOf(provider.delete(repository.path, read, false, call))).toBe('changed');
      expect(await codeOf(provider.move(repository.path, { name, ref: 'main' }, read, call))).toBe('changed');
      expect(repository.git('rev-parse', `${name}^{commit}`)).toBe(repository.git('rev-parse', 'main~1'));
    }
  });

  it('even one that only got another annotation', async () => {
    const repository = repositoryWith(2);
    const provider = connect(repository.path);
    repository.git('tag', '-m', 'old', 'v1');
    const read = await provider.get(repository.path, 'v1', call);
    repository.git('tag', '-f', '-m', 'new', 'v1');
    expect(await codeOf(provider.delete(repository.path, read, false, call))).toBe('changed');
    expect(await codeOf(provider.move(repository.path, { name: 'v1', ref: 'main~1' }, read, call))).toBe('changed');
    expect((await provider.get(repository.path, 'v1', call)).message).toBe('new');
  });

  it('a tag that is gone by then is tag_not_found, and is not made anew', async () => {
    const repository = repositoryWith(2);
    const provider = connect(repository.path);
    for (const pack of [false, true]) {
      repository.git('tag', 'v1');
      if (pack) repository.git('pack-refs', '--all');
      const read = await provider.get(repository.path, 'v1', call);
      repository.git('tag', '-d', 'v1');
      expect(await codeOf(provider.delete(repository.path, read, false, call))).toBe('tag_not_found');
      expect(await codeOf(provider.move(repository.path, { name: 'v1', ref: 'main~1' }, read, call))).toBe('tag_not_found');
    }
    expect(repository.git('tag')).toBe('');
  });

  it('of 12 racing moves each is moved or changed, and the tag stands where the last one put it', async () => {
    const repository = repositoryWith(13);
    repository.git('tag', 'v1', 'main');
    const provider = connect(repository.path);
    const from = await provider.get(repository.path, 'v1', call);
    const race = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        provider.move(repository.path, { name: 'v1', ref: `main~${index + 1}` }, from, call).then(
          () => 'moved',
          (error: { code: string }) => error.code,
        ),
      ),
    );
    expect(race.filter((outcome) => outcome === 'moved')).toHaveLength(1);
    expect(race.filter((outcome) => !['moved', 'changed', 'unavailable'].includes(outcome))).toEqual([]);
    expect(repository.git('rev-parse', 'v1')).toBe(repository.git('rev-parse', `main~${race.indexOf('moved') + 1}`));
  });
});

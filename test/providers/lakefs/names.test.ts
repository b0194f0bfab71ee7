import { describe, expect, it } from 'vitest';
import { codeOf } from '../../support/target.ts';
import { openLake } from './workshop.ts';

describe('a repository', () => {
  it.each([
    ['datalake', 'datalake'],
    ['lakefs://datalake', 'datalake'],
    ['lakefs://datalake/', 'datalake'],
    ['0-9', '0-9'],
  ])('is spelled %s', async (spelling, id) => {
    const { provider, call, sandbox } = await openLake();
    expect(await provider.locate(spelling, call)).toBe(id);
    expect(await provider.canonical(id, call)).toBe(id);
    expect(sandbox.seen).toEqual([]);
  });

  it.each([
    'lakefs://datalake/main',
    'lakefs://datalake//',
    'lakefs://',
    'datalake/',
    'Datalake',
    'ab',
    '-lake',
    'a'.repeat(64),
    'data lake',
    'data\nlake',
    '../lake',
    'https://lakefs.example.com/repositories/datalake',
  ])('is never spelled %j', async (spelling) => {
    const { provider, call, sandbox } = await openLake();
    expect(await codeOf(provider.locate(spelling, call))).toBe('invalid_input');
    expect(sandbox.seen).toEqual([]);
  });
});

describe('a name', () => {
  it.each([
    ['rel/1', '"/"'],
    ['50%', '"%"'],
    ['m%4d', '"%"'],
    ['a@b', 'never use it as a ref'],
    ['v$1', 'never use it as a ref'],
    ['v1~', '"~"'],
    ['v^1', '"^"'],
  ])('%s is refused before the call, with the reason', async (name, reason) => {
    const { tools, sandbox } = await openLake();
    const created = tools.create({ name, ref: 'main' });
    expect(await codeOf(created)).toBe('invalid_name');
    await expect(created).rejects.toThrow(reason);
    expect(sandbox.seen).toEqual([]);
  });

  it('with % is neither read nor deleted: the server would take m%254d for mM', async () => {
    const { tools, provider, call, sandbox, repository } = await openLake();
    for (const name of ['mM', 'm%4d']) sandbox.tag(repository, name, 'main');
    expect(await codeOf(tools.get('m%4d'))).toBe('invalid_name');
    expect(await codeOf(tools.delete({ name: 'm%4d' }))).toBe('invalid_name');
    expect(await codeOf(provider.delete('datalake', { name: 'm%4d' }, true, call))).toBe('invalid_name');
    expect(await codeOf(provider.resolve('datalake', 'm%4d', call))).toBe('ref_not_found');
    expect(sandbox.seen).toEqual([]);
    expect((await tools.list()).tags.map(({ name }) => name)).toEqual(['m%4d', 'mM']);
  });

  it('that others made against our rules is read, listed and deleted all the same', async () => {
    const { tools, sandbox, repository } = await openLake();
    const odd = ['a@b', 'v$1', 'a~b', '.hidden', '-dash', 'a;b', 'a+b', '日本', "it's", '<&>'];
    for (const name of odd) repository.tags.set(name, repository.branches.get('main') ?? '');
    for (const name of odd) expect((await tools.get(name)).tag.name).toBe(name);
    for (const name of odd) expect((await tools.delete({ name, force: true })).deleted.name).toBe(name);
    expect([...repository.tags.keys()]).toEqual([]);
    expect(sandbox.unknown).toEqual([]);
  });

  it('that is answered with another tag is not believed', async () => {
    const { tools, sandbox } = await openLake();
    sandbox.fault({ kind: 'status', status: 200, body: { id: 'v2', commit_id: 'a'.repeat(64) } }, { method: 'GET' });
    expect(await codeOf(tools.delete({ name: 'v1' }))).toBe('unexpected_response');
    expect(sandbox.seen.every(({ method }) => method === 'GET')).toBe(true);
  });

  it.each(['a/b', 'a b', 'a..b', 'a:b', 'a?b', 'a*b', 'a\\b', 'a^b', 'x.lock', 'x.', '@', 'a@{b', 'a\tb', '.', '..'])(
    '%j is no tag to a reader, whoever asks',
    async (name) => {
      const { tools, sandbox } = await openLake();
      expect(await codeOf(tools.get(name))).toBe('tag_not_found');
      expect(await codeOf(tools.delete({ name }))).toBe('tag_not_found');
      expect(await codeOf(tools.create({ name, ref: 'main' }))).toBe('invalid_name');
      expect(sandbox.seen.filter(({ method }) => method !== 'GET')).toEqual([]);
      expect(sandbox.unknown).toEqual([]);
    },
  );

  it.each(['ea0c8ebd', 'EA0C8EBD', 'deadbeef', '1234abc', 'f'.repeat(64), `${'0'.repeat(63)}a`])(
    '%s could begin a commit id and would stand before it as a ref: refused on creation alone',
    async (name) => {
      const { tools, sandbox, repository } = await openLake();
      expect(await codeOf(tools.create({ name, ref: 'main' }))).toBe('invalid_name');
      await expect(tools.create({ name, ref: 'main' })).rejects.toThrow('beginning of a commit id');
      expect(sandbox.seen).toEqual([]);
      sandbox.tag(repository, name, 'main');
      expect((await tools.get(name)).tag.name).toBe(name);
      expect((await tools.delete({ name, force: true })).deleted.name).toBe(name);
    },
  );

  it.each(['20260315', '2026031512', 'abcdef', 'beta', 'v1234567', 'deadbeef-1', '1'])('%s is a name like any other', async (name) => {
    const { tools } = await openLake();
    expect((await tools.create({ name, ref: 'main' })).outcome).toBe('created');
  });
});

import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { codeOf, failureOf, quietCall } from '../../support/target.ts';
import { connect, repositoryWith, toolsIn } from './workshop.ts';

const longest = 250; // bytes: with .lock it must fit into one file name

it('slashes and unicode, composed or not, are names of their own', async () => {
  const repository = repositoryWith();
  const names = ['rel/2026/01', 'é', 'e\u0301', '日本/語', 'a\u00a0b', '🏷/🏷', 'tags/x', 'heads/main', 'ﬁ', 'v1.0.0+build.5'];
  for (const name of names) {
    expect((await toolsIn(repository).create({ name, ref: 'main' })).tag.name).toBe(name);
    expect((await toolsIn(repository).get(name)).tag.name).toBe(name);
  }
  expect(repository.git('-c', 'core.quotePath=false', 'tag').split('\n')).toHaveLength(names.length);
  for (const name of names) await toolsIn(repository).delete({ name });
  expect(repository.git('tag')).toBe('');
});

it('a and a/b exclude each other, loose or packed', async () => {
  const repository = repositoryWith();
  const tools = toolsIn(repository);
  await tools.create({ name: 'a', ref: 'main' });
  await tools.create({ name: 'x/y', ref: 'main' });
  for (const round of ['loose', 'packed']) {
    for (const name of ['a/b', 'a/b/c', 'x']) {
      const error = await failureOf(tools.create({ name, ref: 'main', message: round }));
      expect(error, name).toMatchObject({ code: 'conflict', upstream: { text: expect.stringContaining('cannot create') } });
    }
    repository.git('pack-refs', '--all');
  }
  await tools.delete({ name: 'x/y' });
  expect((await tools.create({ name: 'x', ref: 'main' })).outcome).toBe('created');
});

it('a name that is only a directory of names is no tag, however many are below it', async () => {
  const repository = repositoryWith();
  repository.git('tag', 'rel/1');
  repository.git('tag', 'rel/2');
  for (const name of ['rel', 'rel/', 're', 'REL/1', 'refs/tags/rel/1', 'v1', 'a..b', ''])
    expect(await codeOf(connect(repository.path).get(repository.path, name, quietCall())), name).toBe('tag_not_found');
});

it.each(['a'.repeat(40), '0'.repeat(40), 'AB'.repeat(20), '1f'.repeat(32)])(
  '%s would be taken for an object: refused on creation alone',
  async (name) => {
    const repository = repositoryWith();
    const tools = toolsIn(repository);
    await expect(tools.create({ name, ref: 'main' })).rejects.toMatchObject({
      code: 'invalid_name',
      message: expect.stringContaining('the id of an object'),
    });
    expect(repository.git('tag')).toBe('');
    repository.git('update-ref', `refs/tags/${name}`, 'main');
    expect((await tools.get(name)).tag.name).toBe(name);
  },
);

it.each(['a'.repeat(39), 'a'.repeat(41), `v${'a'.repeat(40)}`, `x/${'a'.repeat(40)}`, 'deadbeef'])('%s is taken for none', async (name) => {
  expect((await toolsIn(repositoryWith()).create({ name, ref: 'main' })).outcome).toBe('created');
});

it('wildcards read no other tag', async () => {
  const repository = repositoryWith();
  repository.git('tag', 'v1');
  for (const name of ['*', 'v?', 'v[1]', 'v\\1']) {
    expect(await codeOf(toolsIn(repository).get(name)), name).toBe('invalid_name');
    expect(await codeOf(toolsIn(repository).delete({ name })), name).toBe('invalid_name');
  }
  expect(repository.git('tag')).toBe('v1');
});

it('a name too long for the file system is invalid_name, and nothing is written', async () => {
  const tools = toolsIn(repositoryWith());
  expect((await tools.create({ name: 'x'.repeat(longest), ref: 'main' })).outcome).toBe('created');
  for (const name of ['x'.repeat(longest + 1), 'ü'.repeat(longest / 2 + 1), `${'part/'.repeat(300)}x`])
    expect(await codeOf(tools.create({ name, ref: 'main' }))).toBe('invalid_name');
  expect(await codeOf(tools.get('x'.repeat(longest + 1)))).toBe('tag_not_found');
  expect((await tools.list()).tags).toHaveLength(1);
});

it('arguments that no program can be given are invalid_input', async () => {
  const tools = toolsIn(repositoryWith());
  for (const ref of ['ma\0in', 'x'.repeat(3_000_000)]) expect(await codeOf(tools.create({ name: 'v1', ref }))).toBe('invalid_input');
  expect(await codeOf(tools.get('a\0b'))).toBe('invalid_input');
  expect(await codeOf(tools.get('x'.repeat(3_000_000)))).toBe('invalid_input');
});

it('names that git tag would not make, but others did, can be read and deleted', async () => {
  const repository = repositoryWith();
  const odd = ['-d', '@', 'HEAD', '--all'];
  for (const name of odd) repository.git('update-ref', `refs/tags/${name}`, 'main');
  expect((await toolsIn(repository).list({ order_by: 'name' })).tags.map(({ name }) => name).sort()).toEqual([...odd].sort());
  for (const name of odd) await toolsIn(repository).delete({ name, force: true }); // nothing could make them again
  expect(repository.git('tag')).toBe('');
});

it('a name that is not UTF-8 is shown as well as can be, beside the others', async () => {
  const repository = repositoryWith();
  execFileSync('sh', ['-c', 'git tag "$(printf \'caf\\351\')" && git tag v1'], { cwd: repository.path });
  const { tags } = await toolsIn(repository).list({ order_by: 'name' });
  expect(tags).toEqual([{ name: 'caf\ufffd' }, expect.objectContaining({ name: 'v1', short_id: expect.any(String) })]);
});

import { describe, expect, it } from 'vitest';
import { codeOf } from '../../support/target.ts';
import { openLake } from './workshop.ts';

const bodyOf = ({ body }: { body: string } | undefined = { body: '{}' }) => JSON.parse(body);

describe('force', () => {
  it('is sent only where it was asked for', async () => {
    const { tools, sandbox, asked } = await openLake();
    await tools.create({ name: 'v1', ref: 'main' });
    await tools.create({ name: 'v2', ref: 'main', force: true });
    expect(sandbox.seen.map(bodyOf)).toEqual([
      { id: 'v1', ref: 'main' },
      { id: 'v2', ref: 'main', force: true },
    ]);
    sandbox.reset();
    await tools.delete({ name: 'v1' });
    await tools.delete({ name: 'v2', force: true });
    expect(asked().filter((line) => line.startsWith('DELETE'))).toEqual(['DELETE /tags/v1', 'DELETE /tags/v2?force=true']);
  });

  it('writes to a read-only repository, which nothing else does', async () => {
    const { tools, repository, first, second } = await openLake();
    repository.read_only = true;
    const refused = tools.create({ name: 'v1', ref: 'main' });
    expect(await codeOf(refused)).toBe('read_only');
    await expect(refused).rejects.toMatchObject({ hint: expect.stringMatching(/force .*also moves/) });
    expect((await tools.create({ name: 'v1', ref: 'main~1', force: true })).tag.commit_id).toBe(first);
    expect(await codeOf(tools.delete({ name: 'v1' }))).toBe('read_only');
    expect(await tools.create({ name: 'v1', ref: 'main', force: true })).toMatchObject({ outcome: 'moved', tag: { commit_id: second } });
    expect((await tools.delete({ name: 'v1', force: true })).deleted.commit_id).toBe(second);
  });
});

describe('a read-only repository', () => {
  it('has its tags unchanged or standing elsewhere, as any other', async () => {
    const { tools, repository, sandbox } = await openLake();
    sandbox.tag(repository, 'v1', 'main');
    repository.read_only = true;
    expect((await tools.create({ name: 'v1', ref: 'main' })).outcome).toBe('unchanged');
    expect(await codeOf(tools.create({ name: 'v1', ref: 'main~1' }))).toBe('already_exists');
  });

  it('gets its old tag back where a move fails halfway', async () => {
    const { tools, repository, sandbox, first } = await openLake();
    sandbox.tag(repository, 'v1', 'main~1');
    repository.read_only = true;
    // The first creation finds the name taken; the second, after the deletion, fails.
    sandbox.fault({ kind: 'status', status: 409, body: { message: 'tag already exists: not unique' } }, { method: 'POST' });
    sandbox.fault({ kind: 'status', status: 429, body: { message: 'Too many attempts, try again later' } }, { method: 'POST' });
    const moved = tools.create({ name: 'v1', ref: 'main', force: true });
    expect(await codeOf(moved)).toBe('rate_limited');
    await expect(moved).rejects.toThrow('The old tag was put back');
    expect([...repository.tags]).toEqual([['v1', first]]);
  });
});

describe('a move', () => {
  it('is deletion and creation, at the commit the ref meant before', async () => {
    const { tools, repository, sandbox, first, second, asked } = await openLake();
    sandbox.tag(repository, 'v1', 'main');
    const moved = await tools.create({ name: 'v1', ref: 'v1~1', force: true });
    expect(moved).toMatchObject({ outcome: 'moved', previous_commit_id: second, tag: { name: 'v1', commit_id: first } });
    expect(asked().slice(-3)).toEqual(['GET /tags/v1', 'DELETE /tags/v1?force=true', 'POST /tags']);
    expect(bodyOf(sandbox.seen.at(-1))).toEqual({ id: 'v1', ref: first, force: true });
  });

  it('that a hook forbids halfway leaves the old tag, or says how to get it back', async () => {
    const { tools, repository, sandbox, first } = await openLake();
    sandbox.tag(repository, 'v1', 'main~1');
    repository.hooks['pre-create-tag'] = 'no releases';
    const lost = tools.create({ name: 'v1', ref: 'main', force: true });
    expect(await codeOf(lost)).toBe('rejected');
    await expect(lost).rejects.toMatchObject({
      message: expect.stringContaining('could not be put back'),
      hint: expect.stringContaining(first),
    });
  });
});

it('a tag is its name and its commit, and nothing that lakeFS does not know', async () => {
  const { tools, second } = await openLake();
  const { tag } = await tools.create({ name: 'v1', ref: 'main' });
  expect(tag).toEqual({ name: 'v1', commit_id: second });
  expect((await tools.list({ format: 'detailed' })).tags).toEqual([tag]);
});

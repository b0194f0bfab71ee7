import { describe, expect, it } from 'vitest';
import { LAKEFS_KEY } from '../../sandbox/lakefs.ts';
import { codeOf, failureOf } from '../../support/target.ts';
import { type Lake, openLake } from './workshop.ts';

const bodyOf = ({ body }: { body: string } | undefined = { body: '{}' }) => JSON.parse(body);

describe('force', () => {
  it("is never sent: lakeFS's own overwrites nothing, and writes to a locked repository", async () => {
    const { tools, provider, call, sandbox } = await openLake();
    await tools.create({ name: 'v1', ref: 'main', force: true });
    await tools.create({ name: 'v1', ref: 'main~1', force: true });
    await provider.create('datalake', { name: 'v2', ref: 'main', force: true }, call);
    for (const name of ['v1', 'v2']) await tools.delete({ name, force: true });
    const writes = sandbox.seen.filter(({ method }) => method !== 'GET');
    expect(writes.map(({ method }) => method)).toEqual(['POST', 'DELETE', 'POST', 'POST', 'DELETE', 'DELETE']);
    for (const { query, body } of writes) expect([String(query), body]).toEqual(['', expect.not.stringContaining('force')]);
  });
});

describe('a read-only repository', () => {
  it.each([false, true])('takes nothing (force: %s), and nobody is taught how to get around it', async (force) => {
    const { tools, repository, sandbox } = await openLake();
    sandbox.tag(repository, 'v1', 'main');
    repository.read_only = true;
    for (const act of [
      () => tools.create({ name: 'v2', ref: 'main', force }),
      () => tools.delete({ name: 'v1', force }),
      ...(force ? [() => tools.create({ name: 'v1', ref: 'main~1', force })] : []),
    ]) {
      const refused = await failureOf(act());
      expect([refused.code, refused.inDoubt]).toEqual(['read_only', false]);
      expect(refused.message + refused.hint).not.toMatch(/force/i);
    }
    expect([...repository.tags.keys()]).toEqual(['v1']);
  });

  it('has its tags unchanged or standing elsewhere, as any other', async () => {
    const { tools, repository, sandbox } = await openLake();
    sandbox.tag(repository, 'v1', 'main');
    repository.read_only = true;
    expect((await tools.create({ name: 'v1', ref: 'main' })).outcome).toBe('unchanged');
    expect(await codeOf(tools.create({ name: 'v1', ref: 'main~1' }))).toBe('already_exists');
  });

  it('locked in the middle of a move gets its old tag back from whoever unlocks it', async () => {
    const { tools, repository, sandbox, first } = await openLake();
    sandbox.tag(repository, 'v1', 'main~1');
    const locked = { kind: 'status', status: 403, body: { message: 'read-only repository' } } as const;
    sandbox.fault(locked, { method: 'POST', times: 9 });
    const lost = await failureOf(tools.create({ name: 'v1', ref: 'main', force: true }));
    expect([lost.code, lost.message]).toEqual(['read_only', expect.stringContaining('could not be put back')]);
    expect(lost.hint).toContain(first);
  });
});

describe('before a release', () => {
  const admit = async ({ provider, call }: Lake, name: string) => codeOf(Promise.resolve(provider.admit?.('datalake', name, call)));

  it('a locked repository, and a branch of the name, are told without a write', async () => {
    const lake = await openLake();
    expect(await admit(lake, 'main')).toBe('conflict');
    lake.repository.read_only = true;
    expect(await admit(lake, 'v1')).toBe('read_only');
    expect(lake.sandbox.seen.filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  it('what may not be read tells nothing', async () => {
    const { provider, call, repository, sandbox } = await openLake();
    await provider.admit?.('datalake', 'v1', call);
    repository.read_only = true;
    sandbox.credentials.set(LAKEFS_KEY.id, { secret: LAKEFS_KEY.secret, actions: ['fs:CreateTag'] });
    await provider.admit?.('datalake', 'main', call);
  });
});

describe('a move', () => {
  it('is deletion and creation, at the commit the ref meant before', async () => {
    const { tools, repository, sandbox, first, second, asked } = await openLake();
    sandbox.tag(repository, 'v1', 'main');
    const moved = await tools.create({ name: 'v1', ref: 'v1~1', force: true });
    expect(moved).toMatchObject({ outcome: 'moved', previous_commit_id: second, tag: { name: 'v1', commit_id: first } });
    expect(asked().slice(-3)).toEqual(['GET /tags/v1', 'DELETE /tags/v1', 'POST /tags']);
    expect(bodyOf(sandbox.seen.at(-1))).toEqual({ id: 'v1', ref: first });
  });

  it.each([false, true])('is five requests, with expected_commit_id too: %s', async (isExpected) => {
    const lake = await openLake();
    await lake.tools.create({ name: 'v1', ref: lake.first });
    lake.sandbox.reset();
    const expected_commit_id = isExpected ? lake.first : undefined;
    expect(await lake.tools.create({ name: 'v1', ref: 'main', force: true, expected_commit_id })).toMatchObject({ outcome: 'moved' });
    expect(lake.asked()).toEqual(['GET /tags/v1', 'GET /commits/main', 'GET /tags/v1', 'DELETE /tags/v1', 'POST /tags']);
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

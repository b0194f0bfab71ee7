import { describe, expect, it } from 'vitest';
import { LONGEST_WORD } from '../../src/core/tool.ts';
import { type Policy, withPolicy } from '../../src/guard/policy.ts';
import { createMemory, FIRST } from '../support/memory-provider.ts';
import { codeOf, failureOf, quietCall, toolsOn } from '../support/target.ts';

const OPEN: Policy = { readOnly: false, repositories: undefined, protectedTags: [], providers: ['gitlab', 'gitlab-work', 'lakefs'] };
const call = quietCall();

const guarded = (policy: Partial<Policy>, name = 'gitlab') => {
  const memory = createMemory({ traits: { isOpaque: (repository) => /^\d+$/.test(repository) } });
  const asked: string[] = [];
  const provider = withPolicy(
    name,
    {
      ...memory.provider,
      locate: async (spelling) => spelling,
      canonical: async (repository) => {
        asked.push(repository);
        return (
          { '7': 'acme/app', '8': 'evil/app', '9': 'acme/sub/app', 'ACME/app': 'acme/app', 'acme/moved': 'evil/app' }[repository] ??
          repository
        );
      },
    },
    { ...OPEN, ...policy },
  );
  return { memory, provider, asked };
};

describe('the allow-list', () => {
  const repositories = ['gitlab:acme/*', 'lakefs:data'];
  it.each(['acme/app', '7', 'ACME/app'])('lets %s through', async (repository) => {
    await expect(guarded({ repositories }).provider.locate(repository, call)).resolves.toBe(repository);
  });
  it.each(['evil/app', '8', 'acme/moved', 'acme/sub/app', 'data', 'acme', '!acme/app'])(
    'refuses %s, naming the rule',
    async (repository) => {
      const { provider } = guarded({ repositories });
      const refused = provider.locate(repository, call);
      expect(await codeOf(refused)).toBe('policy_denied');
      await expect(refused).rejects.toMatchObject({ message: expect.stringContaining('(TAGWRIGHT_REPOSITORIES)') });
    },
  );
  it('asks the system nothing about a repository that cannot be meant', async () => {
    const { provider, asked, memory } = guarded({ repositories });
    await codeOf(provider.locate('evil/app', call));
    expect([asked, memory.seen]).toEqual([[], []]);
  });
  it('forgives spaces, and allows nothing where the glob is missing', async () => {
    await expect(guarded({ repositories: ['gitlab : acme/* '] }).provider.locate('acme/app', call)).resolves.toBe('acme/app');
    expect(await codeOf(guarded({ repositories: ['gitlab:', 'gitlab: '] }).provider.locate('acme/app', call))).toBe('policy_denied');
  });
  it('without an entry for a provider allows it nothing, and an instance has its own', async () => {
    expect(await codeOf(guarded({ repositories: ['lakefs:**'] }).provider.locate('acme/app', call))).toBe('policy_denied');
    expect(await codeOf(guarded({ repositories: ['gitlab:**'] }, 'gitlab-work').provider.locate('acme/app', call))).toBe('policy_denied');
    expect(await codeOf(guarded({ repositories: [] }).provider.locate('acme/app', call))).toBe('policy_denied');
  });
  it.each([true, false])('takes the case of letters for nothing where the system does: %s', async (caseless) => {
    const { provider } = createMemory({ traits: { caseless } });
    const canonical = async (repository: string) => repository.replace('acme', 'Acme');
    const bare = { ...provider, locate: async (spelling: string) => spelling, canonical };
    const guard = withPolicy('github', bare, { ...OPEN, repositories: ['github:acme/*'], providers: ['github'] });
    const outcome = await guard.locate('acme/app', call).catch((error: unknown) => error);
    expect(outcome).toEqual(caseless ? 'acme/app' : expect.objectContaining({ code: 'policy_denied' }));
    expect(await codeOf(guard.locate('evil/app', call))).toBe('policy_denied');
  });
  it('knows no negation: a list can only narrow', async () => {
    expect(await codeOf(guarded({ repositories: ['gitlab:!secret/*'] }).provider.locate('acme/app', call))).toBe('policy_denied');
  });
});

describe('what is refused', () => {
  const messageOf = async (act: Promise<unknown>) => (await failureOf(act)).message;
  const losing = (protectedTags: string[], tag = 'v1') =>
    messageOf((async () => guarded({ protectedTags }).provider.refuseLoss?.({ action: 'delete', name: tag, force: true }))());

  it('is told with its rule', async () => {
    const { provider } = guarded({ repositories: ['gitlab:acme/*'] });
    expect(await messageOf(provider.locate('evil/app', call))).toBe(
      '"evil/app" is not among the repositories this server may use on gitlab (TAGWRIGHT_REPOSITORIES).',
    );
    expect(await messageOf(guarded({ readOnly: true }).provider.create('r', { name: 'v1', ref: 'first' }, call))).toBe(
      'This server may only read (TAGWRIGHT_READ_ONLY).',
    );
  });
  it.each([
    [['v*'], 'v* is protected'],
    [['gitlab:v*'], 'v* is protected'],
    [['gitlab:'], '* is protected'],
    [[':v*'], 'v* is protected'],
    [['{a,b'], '{a,b cannot be read as a glob, and protects every tag'],
  ])('by %j, since %s', async (globs, why) => {
    expect(await losing(globs)).toBe(`"v1" may be neither moved nor deleted: ${why} (TAGWRIGHT_PROTECTED_TAGS).`);
  });
  it('where a name is one that no glob was written for', async () => {
    expect(await losing(['release-*'], 'v1..2')).toContain(
      'no tag of such a name is made here, and where some are protected it is too (TAGWRIGHT_PROTECTED_TAGS).',
    );
    const longest = 'r'.repeat(LONGEST_WORD);
    await expect(guarded({ repositories: ['gitlab:**'] }).provider.locate(longest, call)).resolves.toBe(longest);
    expect(await codeOf(guarded({ repositories: ['gitlab:**'] }).provider.locate(`${longest}r`, call))).toBe('policy_denied');
  });
  it('by a glob whose star stops at a slash, whoever tells the name', async () => {
    const { provider, asked } = guarded({ repositories: ['gitlab:acme/*'] });
    expect(await codeOf(provider.locate('acme/sub/app', call))).toBe('policy_denied');
    expect(asked).toEqual([]);
    expect(await codeOf(provider.locate('9', call))).toBe('policy_denied');
    expect(asked).toEqual(['9']);
  });
  it('by an entry that is no glob of anybody’s', async () => {
    expect(await codeOf(guarded({ repositories: ['gitlabx'] }).provider.locate('gitlabx', call))).toBe('policy_denied');
  });
});

describe('protected tags', () => {
  const protectedTags = ['v*', 'gitlab:prod/**', 'lakefs:rc*'];
  it.each(['v1.0.0', 'prod/eu/1'])('%s is neither moved nor deleted, but may be created', async (name) => {
    const { provider, memory } = guarded({ protectedTags });
    const tools = toolsOn(provider, 'acme/app');
    expect((await tools.create({ name, ref: 'first' })).outcome).toBe('created');
    expect((await tools.create({ name, ref: 'first' })).outcome).toBe('unchanged');
    for (const act of [tools.create({ name, ref: 'second', force: true }), tools.delete({ name })]) {
      expect(await codeOf(act)).toBe('policy_denied');
      await expect(act).rejects.toMatchObject({ message: expect.stringContaining('(TAGWRIGHT_PROTECTED_TAGS)') });
    }
    expect(memory.tags.get(name)?.commit_id).toBe(FIRST);
    expect(memory.seen).not.toContain('delete');
    expect(memory.seen).not.toContain('move');
  });
  it('another tag, and one protected for another provider, may go', async () => {
    const tools = toolsOn(guarded({ protectedTags }).provider, 'acme/app');
    await tools.create({ name: 'rc1', ref: 'first' });
    expect((await tools.delete({ name: 'rc1' })).deleted.name).toBe('rc1');
  });
});

it('a server that may only read writes nothing, whatever is called', async () => {
  const { provider, memory } = guarded({ readOnly: true });
  memory.tags.set('v1', { name: 'v1', commit_id: FIRST });
  const tools = toolsOn(provider, 'acme/app');
  expect(await codeOf(tools.create({ name: 'v2', ref: 'first' }))).toBe('policy_denied');
  expect(await codeOf(tools.create({ name: 'v1', ref: 'second', force: true }))).toBe('policy_denied');
  expect(await codeOf(tools.delete({ name: 'v1' }))).toBe('policy_denied');
  expect((await tools.get('v1')).tag.commit_id).toBe(FIRST);
  expect([...memory.tags.keys()]).toEqual(['v1']);
});

it('what a release has just made can be taken back, though its name is protected; nothing else can', async () => {
  const { provider, memory } = guarded({ protectedTags: ['v*'] });
  const made = await provider.create('acme/app', { name: 'v1', ref: 'first' }, call);
  expect(await codeOf(provider.delete('acme/app', { ...made }, false, call))).toBe('policy_denied');
  await provider.delete('acme/app', made, false, call);
  expect(memory.tags.size).toBe(0);
});

it('globs of tags cross slashes, know braces, and a prefix that is no provider restricts them all', async () => {
  const names = ['release/1.0', 'v1', 'v2', 'rc1', 'x'];
  const denied = (protectedTags: string[]) => {
    const { provider } = guarded({ protectedTags });
    return names.filter((name) => {
      try {
        provider.refuseLoss?.({ action: 'delete', name, force: false });
        return false;
      } catch {
        return true;
      }
    });
  };
  expect(denied(['*'])).toEqual(names);
  expect(denied(['release*'])).toEqual(['release/1.0']);
  expect(denied(['v{1,2}'])).toEqual(['v1', 'v2']);
  expect(denied(['gti:v*'])).toEqual(['v1', 'v2']);
  expect(denied(['lakefs:*'])).toEqual([]);
});

it.each(['gitlab: v*', ' v*', 'gitlab:', 'gitlab: '])('a slip in %j protects none the less', async (entry) => {
  const { memory, provider } = guarded({ protectedTags: [entry] });
  memory.tags.set('v1', { name: 'v1', commit_id: FIRST });
  expect(await codeOf(toolsOn(provider, 'r').delete({ name: 'v1' }))).toBe('policy_denied');
});

it('a protected tag is refused before the system is asked, and before a person is', async () => {
  const { provider, memory } = guarded({ protectedTags: ['v*'] });
  memory.tags.set('v1', { name: 'v1', commit_id: FIRST });
  expect(await codeOf(toolsOn(provider, 'acme/app').delete({ name: 'v1' }))).toBe('policy_denied');
  expect(memory.seen).toEqual([]);
});

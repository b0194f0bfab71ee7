/** The contract, and the life of a tag, on the real systems that the environment names. See consent.ts. */
import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { contract } from '../contract/contract.ts';
import { codeOf, quietCall, toolsOn } from '../support/target.ts';
import { connect } from './connect.ts';
import { consented } from './consent.ts';
import { namesIn, openEmptyProject, removeTags } from './empty-project.ts';
import { openFreshLake } from './fresh-lake.ts';

/** In a repository that others use too: every name begins so, and is gone afterwards. */
function lifeOfATag(system: string, identity: object = { user: expect.any(String), version: expect.any(String) }): void {
  describe('in the repository that the environment names', () => {
    const prefix = `tagwright-live-${randomUUID().slice(0, 8)}-`;
    afterAll(async () => {
      const { provider, repository } = await connect(system);
      const mine = (await namesIn(provider, repository, `^${prefix}`)).filter((name) => name.startsWith(prefix));
      await removeTags(provider, repository, mine);
    });

    it('a tag is made, found, kept by a retry, deleted and restored', async () => {
      const { provider, repository } = await connect(system);
      const tools = toolsOn(provider, repository);
      const head = await provider.resolve(repository, undefined, quietCall());
      const [name, other] = [`${prefix}v1.0.0`, `${prefix}V1.0.1-é+1`];
      expect(await tools.create({ name, ref: head })).toMatchObject({ outcome: 'created', tag: { name, commit_id: head } });
      expect((await tools.create({ name, ref: head })).outcome).toBe('unchanged');
      await tools.create({ name: other, ref: name });
      expect((await tools.get(other)).tag.commit_id).toBe(head);
      for (const sort of ['asc', 'desc'])
        expect((await namesIn(provider, repository, `^${prefix.toUpperCase()}`)).sort(), sort).toEqual([other, name]);
      expect(await namesIn(provider, repository, `${prefix.slice(3)}v1.0.0`)).toEqual([name]);
      const { restore } = await tools.delete({ name, expected_commit_id: head });
      expect(await codeOf(tools.get(name))).toBe('tag_not_found');
      expect(restore).toMatchObject({ name, ref: head });
      expect((await tools.create({ name, ref: restore.ref })).outcome).toBe('created');
    });

    it('a check tells who answers', async () => {
      const { provider } = await connect(system);
      expect(await provider.check(quietCall())).toMatchObject(identity);
    });
  });
}

describe.runIf(consented.lakefs)('lakeFS', () => {
  contract('a repository made for each law', () => openFreshLake(), { history: true });
  lifeOfATag('lakefs');

  it('a wrong key is unauthenticated', async () => {
    const stranger = {
      LAKECTL_CREDENTIALS_SESSION_TOKEN: '',
      LAKECTL_CREDENTIALS_ACCESS_KEY_ID: 'AKIAIOSFODNN7NOBODY0',
      LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY: 'not-the-secret-of-this-key',
    };
    const { provider, repository } = await connect('lakefs', stranger);
    expect(await codeOf(toolsOn(provider, repository).list())).toBe('unauthenticated');
    expect(await codeOf(provider.check(quietCall()))).toBe('unauthenticated');
  });
});

const isEmpty = async () => {
  const { provider, repository } = await connect('gitlab');
  return (await toolsOn(provider, repository).list({ limit: 1 })).tags.length === 0;
};
describe.runIf(consented.remote)('a git host', () => lifeOfATag('remote'));

describe.runIf(consented.github)('GitHub', () => lifeOfATag('github', { user: expect.any(String) }));

describe.runIf(consented.gitlab)('GitLab', async () => {
  describe.runIf(consented.gitlab && (await isEmpty()))('a project without tags (skipped where there are any)', () =>
    contract('emptied after each law', openEmptyProject),
  );
  lifeOfATag('gitlab');
});

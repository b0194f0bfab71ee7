import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTagError } from '../../../src/core/errors.ts';
import { toRef } from '../../../src/providers/lakefs/ref.ts';
import { codeOf, failureOf, toolsOn } from '../../support/target.ts';
import { connect, openLake } from './workshop.ts';

describe('a ref', () => {
  it('leads to a commit, as lakeFS understands it', async () => {
    const { provider, call, sandbox, repository, first, second } = await openLake();
    sandbox.tag(repository, 'v1', 'main~1');
    sandbox.tag(repository, first.slice(0, 10), 'main'); // a tag wins over the beginning of a commit id
    const resolve = (ref?: string) => provider.resolve('datalake', ref, call);
    expect(await Promise.all(['main', 'main@', 'main^0', second, second.slice(0, 9)].map(resolve))).toEqual(Array(5).fill(second));
    expect(await Promise.all(['main~1', 'main^', 'v1', first].map(resolve))).toEqual(Array(4).fill(first));
    expect(await resolve(first.slice(0, 10))).toBe(second);
  });

  it('left out is the default branch', async () => {
    const { provider, call, sandbox, asked } = await openLake();
    const trunk = sandbox.addRepository('trunk', { default_branch: 'trunk' });
    const head = sandbox.commit(trunk, 'trunk');
    expect(await provider.resolve('trunk', undefined, call)).toBe(head);
    expect(asked()).toHaveLength(2);
  });

  it.each([
    'nope',
    'main~99',
    'main^^^',
    'main~x',
    'main~-1',
    'main^-1',
    'main~+1',
    'main~1^-2',
    'a@b',
    '~1',
    'a b',
    'a/b',
    '50%',
    '0'.repeat(64),
  ])('%j is ref_not_found, whether asked for or tagged', async (ref) => {
    const { provider, tools, call, repository } = await openLake();
    expect(await codeOf(provider.resolve('datalake', ref, call))).toBe('ref_not_found');
    expect(await codeOf(tools.create({ name: 'v1', ref }))).toBe('ref_not_found');
    expect(repository.tags.size).toBe(0);
  });

  it.each(['main~-1', 'main^-1', 'main~1^-2'])('%s is not sent: lakeFS takes ~-1 for ~0, and falls over ^-1', async (ref) => {
    const { tools, sandbox } = await openLake();
    await expect(tools.create({ name: 'v1', ref })).rejects.toThrow('has no sign');
    expect(sandbox.seen).toEqual([]);
  });

  it.each(['main$', 'other$', 'lakefs://datalake/main$'])('%s, uncommitted changes, is told as what it is', async (ref) => {
    const { provider, tools, call, sandbox } = await openLake();
    for (const act of [tools.create({ name: 'v1', ref }), provider.resolve('datalake', ref, call)]) {
      const refused = await failureOf(act);
      expect([refused.code, refused.message]).toEqual(['invalid_input', expect.stringContaining('cannot be tagged')]);
      expect(refused.hint).toMatch(/^Commit them first, then tag "(main|other)"\.$/);
    }
    expect(sandbox.seen).toEqual([]);
  });
});

it('any other ref is taken as it is, or refused as what it is: never changed', () => {
  const part = fc.oneof(
    fc.constantFrom('~', '^', '@', '$', '-1', '+2', '3', '/', 'lakefs://', 'datalake', 'main'),
    fc.string({ maxLength: 5 }),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
      const ref = parts.join('');
      try {
        const taken = toRef(ref, 'datalake');
        expect([ref, `lakefs://datalake/${taken}`, `lakefs://datalake/${taken}/`]).toContain(
          /^lakefs:/i.test(ref) ? ref.replace(/^lakefs/i, 'lakefs') : taken,
        );
        expect(taken).not.toMatch(/\$$|[~^][-+]/);
      } catch (error) {
        expect(isTagError(error, 'invalid_input', 'ref_not_found'), String(error)).toBe(true);
      }
    }),
  );
});

describe("lakectl's spelling of a ref", () => {
  it.each(['lakefs://datalake/main', 'lakefs://datalake/main/', 'LakeFS://datalake/main', 'lakefs://datalake/main~0'])(
    '%s is understood',
    async (ref) => {
      const { provider, tools, call, second } = await openLake();
      expect(await provider.resolve('datalake', ref, call)).toBe(second);
      expect((await tools.create({ name: 'v1', ref })).tag.commit_id).toBe(second);
      expect((await tools.create({ name: 'v1', ref })).outcome).toBe('unchanged');
    },
  );

  it.each([
    ['lakefs://other/main', 'not of the repository'],
    ['lakefs://', 'not of the repository'],
    ['lakefs://Datalake/main', 'not of the repository'],
    ['lakefs://datalake', 'no ref'],
    ['lakefs://datalake/', 'no ref'],
    ['lakefs://datalake/main/images/cat.png', 'is an object'],
  ])('%s is invalid_input with advice, and is not sent', async (ref, why) => {
    const { provider, tools, call, sandbox } = await openLake();
    for (const act of [tools.create({ name: 'v1', ref }), provider.resolve('datalake', ref, call)]) {
      const refused = await failureOf(act);
      expect([refused.code, refused.message]).toEqual(['invalid_input', expect.stringContaining(why)]);
    }
    expect(sandbox.seen).toEqual([]);
  });
});

describe('hexadecimal digits too few for a commit id', () => {
  it.each([1, 3, 5])('(%i of them) are ref_not_found where they are no name, and nothing is made', async (digits) => {
    const { provider, tools, call, repository, second } = await openLake();
    for (const ref of [second.slice(0, digits), `${second.slice(0, digits)}~1`]) {
      expect(await codeOf(provider.resolve('datalake', ref, call))).toBe('ref_not_found');
      expect(await codeOf(tools.create({ name: 'v1', ref }))).toBe('ref_not_found');
    }
    expect(repository.tags.size).toBe(0);
  });

  it('are taken from six on', async () => {
    const { tools, second } = await openLake();
    expect((await tools.create({ name: 'v1', ref: second.slice(0, 6) })).tag.commit_id).toBe(second);
  });

  it.each(['tag', 'branch'])('are a name where a %s has it, be it that its commit begins so', async (kind) => {
    const { provider, tools, call, repository, first, second } = await openLake();
    const named = { tag: repository.tags, branch: repository.branches }[kind];
    named?.set('1f', first);
    named?.set(second.slice(0, 2), second);
    expect(await provider.resolve('datalake', '1f', call)).toBe(first);
    expect((await tools.create({ name: 'v1', ref: second.slice(0, 2) })).tag.commit_id).toBe(second);
  });
});

describe('a credential that may read commits, and of branches main alone', () => {
  const open = async () => {
    const lake = await openLake();
    const rights = [
      'fs:CreateTag',
      'fs:ReadTag',
      'fs:ListTags',
      'fs:DeleteTag',
      'fs:ReadCommit',
      'fs:ReadRepository',
      'fs:ReadBranch main',
    ];
    lake.sandbox.credentials.set('AKIAIOSFODNN7TAGGER0', { secret: 'tagger', actions: rights });
    const provider = connect(lake.sandbox.url, {
      LAKECTL_CREDENTIALS_ACCESS_KEY_ID: 'AKIAIOSFODNN7TAGGER0',
      LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY: 'tagger',
    });
    return { ...lake, provider, tools: toolsOn(provider, 'datalake') };
  };

  it.each(['main', 'main~1', 'v0', 'id', 'abbreviated'])('repeats and moves with a ref that is %s', async (kind) => {
    const { tools, sandbox, repository, first, second } = await open();
    sandbox.tag(repository, 'v0', 'main~1');
    const ref = { id: second, abbreviated: second.slice(0, 9) }[kind] ?? kind;
    const other = ref === 'main~1' || ref === 'v0' ? second : first;
    expect((await tools.create({ name: 'v1', ref })).outcome).toBe('created');
    expect((await tools.create({ name: 'v1', ref })).outcome).toBe('unchanged');
    expect((await tools.create({ name: 'v1', ref: other, force: true })).outcome).toBe('moved');
    expect((await tools.create({ name: 'v1', ref, force: true })).outcome).toBe('moved');
  });

  it('a commit id that the tag stands at needs no right to read commits either', async () => {
    const { tools, sandbox, second, asked } = await open();
    sandbox.credentials.set('AKIAIOSFODNN7TAGGER0', { secret: 'tagger', actions: ['fs:CreateTag', 'fs:ReadTag'] });
    await tools.create({ name: 'v1', ref: second });
    sandbox.reset();
    expect((await tools.create({ name: 'v1', ref: second })).outcome).toBe('unchanged');
    expect(asked()).toEqual(['POST /tags', 'GET /tags/v1']);
  });
});

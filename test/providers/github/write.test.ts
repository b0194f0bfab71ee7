/** Writes to GitHub: conditional, one step, and told by what the repository says. */
import { describe, expect, it } from 'vitest';
import { TagError } from '../../../src/core/errors.ts';
import { tagsOf } from '../../../src/core/provider.ts';
import { makeRelease } from '../../../src/core/release.ts';
import { planRelease } from '../../../src/core/release-plan.ts';
import type { Target } from '../../../src/core/tool.ts';
import { withSettling } from '../../../src/guard/settled.ts';
import { createMemory } from '../../support/memory-provider.ts';
import { codeOf, failureOf, quietCall, type ToolCalls } from '../../support/target.ts';
import { targetOf } from '../../support/targets.ts';
import { call, workshop } from './workshop.ts';

const mutations = (shop: Awaited<ReturnType<typeof workshop>>) =>
  shop.sandbox.seen
    .filter(({ body }) => body.includes('mutation'))
    .map(({ body }) => (JSON.parse(body) as { variables: { refUpdates: object[] } }).variables.refUpdates);
const ZERO = '0'.repeat(40);

describe('every write says where the ref must stand', () => {
  it('creating: nowhere; moving and deleting: where it was seen, the tag object where it is annotated', async () => {
    const shop = await workshop();
    const { tools, repository, older, newer } = shop;
    await tools.create({ name: 'v1', ref: 'stable', message: 'notes' });
    const object = repository.tags.get('v1') ?? '';
    expect(object).not.toBe(older);
    await tools.create({ name: 'v1', ref: 'main', force: true });
    const moved = repository.tags.get('v1') ?? '';
    await tools.delete({ name: 'v1' });
    const name = 'refs/tags/v1';
    expect(mutations(shop)).toEqual([
      [{ name, beforeOid: ZERO, afterOid: object, force: true }],
      [{ name, beforeOid: object, afterOid: moved, force: true }],
      [{ name, beforeOid: moved, afterOid: ZERO, force: true }],
    ]);
    expect(repository.objects.get(moved)).toMatchObject({ message: 'notes', target: newer });
  });

  it('a move or a deletion that somebody got in between of is changed, and does nothing', async () => {
    const { provider, sandbox, repository, older, newer } = await workshop();
    sandbox.tag(repository, 'v1', 'stable');
    const from = await provider.get(repository.path, 'v1', call);
    sandbox.tag(repository, 'v1', 'stable', 'theirs');
    const theirs = repository.tags.get('v1');
    expect(await codeOf(provider.move(repository.path, { name: 'v1', ref: newer }, from, call))).toBe('changed');
    expect(await codeOf(provider.delete(repository.path, from, false, call))).toBe('changed');
    expect(repository.tags.get('v1')).toBe(theirs);
    repository.tags.delete('v1');
    expect(await codeOf(provider.move(repository.path, { name: 'v1', ref: older }, from, call))).toBe('changed');
    expect(await codeOf(provider.delete(repository.path, from, false, call))).toBe('changed');
    expect(repository.tags.size).toBe(0);
  });

  it('of 8 racing creators at different commits one wins', async () => {
    const { tools, sandbox, repository } = await workshop();
    const commits = Array.from({ length: 8 }, (_, index) => sandbox.commit(repository, `b${index}`, 'x'));
    const codes = await Promise.all(
      commits.map((ref) =>
        tools.create({ name: 'v1', ref }).then(
          ({ outcome }) => outcome,
          (error: { code: string }) => error.code,
        ),
      ),
    );
    expect(codes.sort()).toEqual([...Array(7).fill('already_exists'), 'created']);
  });
});

describe('what the repository refuses', () => {
  it.each([
    ['creation', async (tools: ToolCalls) => tools.create({ name: 'prod-2', ref: 'main' })],
    ['update', async (tools: ToolCalls) => tools.create({ name: 'prod-1', ref: 'main', force: true })],
    ['deletion', async (tools: ToolCalls) => tools.delete({ name: 'prod-1' })],
  ] as const)('by a rule on %s is protected, in its words', async (type, act) => {
    const { tools, sandbox, repository } = await workshop();
    sandbox.tag(repository, 'prod-1', 'stable');
    repository.rules.push({ type, pattern: 'prod-*' });
    const error = await failureOf(act(tools));
    expect(error).toMatchObject({ code: 'protected', upstream: { text: expect.stringContaining('Repository rule violations found') } });
    expect([...repository.tags.keys()]).toEqual(['prod-1']);
  });

  it('an archived repository is read_only, also in a plan', async () => {
    const { tools, provider, repository } = await workshop();
    repository.archived = true;
    expect(await codeOf(tools.create({ name: 'v1', ref: 'main' }))).toBe('read_only');
    expect(await codeOf(Promise.resolve(provider.admit?.(repository.path, 'v1', call)))).toBe('read_only');
  });

  it('a name beside a/b is conflict, and so is a/b beside a', async () => {
    const { tools, provider, sandbox, repository } = await workshop();
    sandbox.tag(repository, 'rel/1', 'main');
    expect(await codeOf(tools.create({ name: 'rel', ref: 'main' }))).toBe('conflict');
    expect(await codeOf(tools.create({ name: 'rel/1/a', ref: 'main' }))).toBe('conflict');
    expect(await codeOf(Promise.resolve(provider.admit?.(repository.path, 'rel', call)))).toBe('conflict');
  });

  it('a name that an immutable release has spent is rejected, with advice', async () => {
    const { tools, repository } = await workshop();
    repository.spent.add('v1');
    expect(await failureOf(tools.create({ name: 'v1', ref: 'main' }))).toMatchObject({ code: 'rejected', hint: 'Choose another name.' });
  });

  it.each(['reader', 'fine', 'app', 'actions'] as const)('for want of a right (%s) is permission_denied', async (token) => {
    const { toolsAs, sandbox, repository, newer, asked } = await workshop();
    repository.workflows.add(newer);
    const error = await failureOf(toolsAs(token).create({ name: 'v1', ref: 'main' }));
    expect(error.code).toBe('permission_denied');
    if (token !== 'reader') expect(error.hint).toContain('Workflows write');
    expect(repository.tags.size).toBe(0);
    expect(asked()).toEqual(['query', 'mutation']);
    expect(sandbox.unknown).toEqual([]);
  });
});

describe('a GitHub without updateRefs', () => {
  it('creates, overwrites nothing, and neither moves nor deletes', async () => {
    const shop = await workshop({ root: '/api', updateRefs: false });
    const { tools, older, newer, asked } = shop;
    expect((await tools.create({ name: 'v1', ref: 'stable', message: 'notes' })).outcome).toBe('created');
    expect(asked()).toEqual(['query', 'POST /repos/Acme/app/git/tags', 'mutation', 'POST /repos/Acme/app/git/refs']);
    expect((await tools.create({ name: 'v1', ref: older })).outcome).toBe('unchanged');
    expect(await codeOf(tools.create({ name: 'v1', ref: newer }))).toBe('already_exists');
    expect(await codeOf(tools.create({ name: 'v1', ref: newer, force: true }))).toBe('unsupported');
    expect(await codeOf(tools.delete({ name: 'v1' }))).toBe('unsupported');
    expect((await tools.get('v1')).tag.commit_id).toBe(older);
  });
});

describe('reads that lag writes', () => {
  it('do not make a lost creation one that did not happen, nor a lost deletion', async () => {
    const { tools, sandbox, repository } = await workshop({ lagMs: 600 });
    sandbox.fault({ kind: 'reset-after' }, { body: /mutation/ });
    expect((await tools.create({ name: 'v1', ref: 'main' })).outcome).toBe('created');
    sandbox.fault({ kind: 'reset-after' }, { body: /mutation/ });
    expect((await tools.delete({ name: 'v1' })).deleted.name).toBe('v1');
    expect(repository.tags.size).toBe(0);
  });

  it('do not keep a release from taking back what it made here a moment ago', async () => {
    const { provider, repository, newer } = await workshop({ lagMs: 600 });
    const github = withSettling(provider);
    const call = quietCall();
    const target: Target = {
      named: { provider: 'github', ref: newer },
      open: async () => ({
        address: { provider: 'github', repository: repository.path },
        canonical: async () => repository.path,
        tags: (own) => tagsOf(github, repository.path, own),
      }),
    };
    const refusing = createMemory();
    refusing.fail('create', { error: new TagError('rejected', 'No.') });
    const planned = await planRelease({ name: 'v1', release_notes: 'Notes' }, [target, targetOf(refusing, 1)], call);
    const error = await failureOf(makeRelease('v1', planned.reverse(), call));
    expect(error.message).toContain('"Acme/app": ');
    expect([repository.tags.size, repository.releases.size], error.message).toEqual([0, 0]);
  });

  it('find a tag that is said to exist', async () => {
    const { tools } = await workshop({ lagMs: 600 });
    await tools.create({ name: 'v1', ref: 'main' });
    expect((await tools.create({ name: 'v1', ref: 'main' })).outcome).toBe('unchanged');
  });
});

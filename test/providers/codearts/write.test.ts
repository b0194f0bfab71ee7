import { describe, expect, it } from 'vitest';
import type { CodeartsOptions } from '../../sandbox/codearts.ts';
import { failureOf } from '../../support/target.ts';
import { call, workshop } from './workshop.ts';

const LANGUAGES: CodeartsOptions[] = [{ language: 'en' }, { language: 'zh' }];
const FORBIDDEN = { error_code: 'CH.00401008', error_msg: '没有权限' };

describe.each(LANGUAGES)('in $language', (options) => {
  it('a protected tag is protected', async () => {
    const { sandbox, repository, tools } = await workshop('token', options);
    repository.protected.push('stable-*');
    sandbox.tag(repository.id, 'stable-1', 'master');
    expect((await failureOf(tools.delete({ name: 'stable-1' }))).code).toBe('protected');
    expect((await failureOf(tools.create({ name: 'stable-2', ref: 'master' }))).code).toBe('protected');
    expect((await failureOf(tools.create({ name: 'stable-1', ref: 'stable', force: true }))).code).toBe('protected');
    expect(repository.tags.size).toBe(1);
  });
  it('an archived repository is read_only', async () => {
    const { sandbox, repository, tools } = await workshop('token', options);
    sandbox.tag(repository.id, 'v1', 'master');
    repository.archived = true;
    expect((await failureOf(tools.delete({ name: 'v1' }))).code).toBe('read_only');
    expect((await failureOf(tools.create({ name: 'v2', ref: 'master' }))).code).toBe('read_only');
    expect((await tools.get('v1')).tag.name).toBe('v1');
  });
  it('what is refused for reasons of its own is rejected, in its words', async () => {
    const { provider, repository } = await workshop('token', options);
    const error = await failureOf(provider.create(String(repository.id), { name: 'a..b', ref: 'master' }, call));
    expect(error).toMatchObject({ code: 'rejected', inDoubt: false });
    expect(error.upstream?.text).toMatch(/invalid|不合法/);
  });
  it('a missing tag takes one request, by its words', async () => {
    const { tools, asked } = await workshop('token', options);
    expect((await failureOf(tools.get('v1'))).code).toBe('tag_not_found');
    expect(asked()).toEqual(['GET /repository/tag?tag_name=v1']);
  });
});

it('a tag of another name is not deleted in place of the one asked for', async () => {
  const { sandbox, repository, tools, asked, older } = await workshop();
  sandbox.tag(repository.id, 'v1.0', 'master');
  const body = { name: 'v1.0', message: '', target: older, commit: { id: older } };
  sandbox.fault({ kind: 'status', status: 200, body }, { method: 'GET' });
  expect((await failureOf(tools.delete({ name: 'v1.0-rc1' }))).code).toBe('unexpected_response');
  expect(asked()).toEqual(['GET /repository/tag?tag_name=v1.0-rc1']);
});

describe('a refusal', () => {
  it('that only says no is permission_denied, whatever the tag is called', async () => {
    const { sandbox, tools } = await workshop();
    sandbox.fault(
      { kind: 'status', status: 403, body: { ...FORBIDDEN, error_msg: `${FORBIDDEN.error_msg}: protected` } },
      { method: 'POST' },
    );
    expect((await failureOf(tools.create({ name: 'protected', ref: 'master' }))).code).toBe('permission_denied');
  });
  it('to find a tag, in unknown words, is settled by reading the repository', async () => {
    const { sandbox, repository, tools } = await workshop();
    const unknown = { kind: 'status', status: 404, body: { error_code: 'CH.1', error_msg: '?' } } as const;
    sandbox.fault(unknown, { path: /tag$/ });
    expect((await failureOf(tools.get('v1'))).code).toBe('tag_not_found');
    sandbox.fault(unknown, { path: /tag$/ });
    sandbox.repositories.delete(repository.id);
    expect((await failureOf(tools.get('v1'))).code).toBe('repository_not_found');
  });
  it('to create what another caller created meanwhile is settled by reading the tag', async () => {
    const { sandbox, repository, tools } = await workshop();
    sandbox.tag(repository.id, 'v1', 'master');
    for (const status of [400, 404, 409, 422]) {
      sandbox.fault({ kind: 'status', status, body: { error_code: 'CH.1', error_msg: '?' } }, { method: 'POST' });
      expect((await tools.create({ name: 'v1', ref: 'master' })).outcome).toBe('unchanged');
    }
  });
  it('by a gateway that knows no such API is no missing repository', async () => {
    const { sandbox, tools } = await workshop();
    const body = { error_code: 'APIG.0101', error_msg: 'The API does not exist or has not been published in the environment' };
    sandbox.fault({ kind: 'status', status: 404, body });
    expect((await failureOf(tools.get('v1'))).code).toBe('unexpected_response');
  });
  it('for an old token names the ways out', async () => {
    const { sandbox, right, tools } = await workshop();
    sandbox.expireToken(right.CODEARTS_TOKEN ?? '');
    expect(await failureOf(tools.list())).toMatchObject({ code: 'unauthenticated', hint: expect.stringContaining('CODEARTS_IAM_DOMAIN') });
    expect(sandbox.seen).toHaveLength(1);
  });
});

describe('a ref', () => {
  it('that is a tag goes by its commit, since creation knows branches and commits alone', async () => {
    const { sandbox, repository, tools, older } = await workshop();
    sandbox.tag(repository.id, 'v1', older, 'annotated');
    expect(await tools.create({ name: 'v2', ref: 'v1' })).toMatchObject({ outcome: 'created', tag: { commit_id: older } });
    expect(sandbox.seen.filter(({ method }) => method === 'POST').map(({ body }) => JSON.parse(body).ref)).toEqual(['v1', older]);
  });
  it('that is a branch and a tag means the branch, as in creation', async () => {
    const { sandbox, repository, provider, older, newer } = await workshop();
    sandbox.tag(repository.id, 'master', older);
    expect(await provider.resolve(String(repository.id), 'master', call)).toBe(newer);
    sandbox.tag(repository.id, 'v1', older);
    expect(await provider.resolve(String(repository.id), 'v1', call)).toBe(older);
  });
  it('that is a commit id must be one of this repository, whatever is answered', async () => {
    const { sandbox, repository, provider, newer } = await workshop();
    const resolve = (ref: string) => provider.resolve(String(repository.id), ref, call);
    expect(await resolve(newer)).toBe(newer);
    expect((await failureOf(resolve('0'.repeat(40)))).code).toBe('ref_not_found');
    sandbox.fault({ kind: 'status', status: 200, body: [{ id: newer }] });
    expect((await failureOf(resolve('0'.repeat(40)))).code).toBe('ref_not_found');
  });
  it('left out is the default branch, where there is one', async () => {
    const { repository, provider, newer, asked } = await workshop();
    expect(await provider.resolve(String(repository.id), undefined, call)).toBe(newer);
    expect(asked()).toEqual(['GET ', 'GET /repository/branch?branch_name=master']);
    repository.default_branch = '';
    expect((await failureOf(provider.resolve(String(repository.id), undefined, call))).code).toBe('ref_not_found');
  });
  it('in a repository that is not there is repository_not_found', async () => {
    const { provider } = await workshop();
    for (const ref of [undefined, 'master', '0'.repeat(40)])
      expect((await failureOf(provider.resolve('404', ref, call))).code).toBe('repository_not_found');
  });
});

describe('a move', () => {
  it('keeps the message and its kind, and puts the tag back where the creation fails', async () => {
    const { sandbox, repository, provider, tools, older, newer } = await workshop();
    await tools.create({ name: 'v1', ref: 'stable', message: 'first\n\nand more' });
    const moved = await tools.create({ name: 'v1', ref: 'master', force: true });
    expect(moved).toMatchObject({ outcome: 'moved', previous_commit_id: older, tag: { commit_id: newer, message: 'first\n\nand more' } });
    sandbox.fault({ kind: 'status', status: 403, body: FORBIDDEN }, { method: 'POST' });
    const back = await failureOf(provider.move(String(repository.id), { name: 'v1', ref: older }, moved.tag, call));
    expect(back).toMatchObject({ code: 'permission_denied', message: expect.stringContaining('put back where it stood') });
    expect(repository.tags.get('v1')).toMatchObject({ message: 'first\n\nand more', commit: { id: newer } });
  });
  it('of a lightweight tag leaves it lightweight', async () => {
    const { tools } = await workshop();
    await tools.create({ name: 'v1', ref: 'stable' });
    const { tag } = await tools.create({ name: 'v1', ref: 'master', force: true });
    expect(tag).toMatchObject({ annotated: false });
    expect(tag).not.toHaveProperty('target_id');
  });
});

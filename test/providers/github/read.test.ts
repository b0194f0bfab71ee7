/** Reading GitHub: tags of every kind, refs, lists, renamed repositories, limits, and who answers. */
import { describe, expect, it } from 'vitest';
import { withPolicy } from '../../../src/guard/policy.ts';
import { GITHUB_TOKENS } from '../../sandbox/github.ts';
import { codeOf, failureOf, toolsOn } from '../../support/target.ts';
import { call, workshop } from './workshop.ts';

describe('a tag', () => {
  it('tells tagger, message, dates, commit and Release in one request', async () => {
    const { tools, sandbox, repository, newer, asked } = await workshop();
    const object = sandbox.tag(repository, 'rel/1.0+é', 'main', 'notes\n\nmore\n');
    sandbox.release(repository, 'rel/1.0+é', 'It is out');
    expect((await tools.get('rel/1.0+é')).tag).toMatchObject({
      name: 'rel/1.0+é',
      commit_id: newer,
      target_id: object,
      annotated: true,
      message: 'notes\n\nmore\n',
      tagger: { name: 'Ada', email: 'ada@example.com' },
      created_at: expect.stringMatching(/^2024-/),
      commit: { title: 'second', author_name: 'Ada' },
      release: { description: 'It is out', url: expect.stringContaining('/releases/tag/') },
      url: 'https://github.example.com/Acme/app/releases/tag/rel%2F1.0%2B%C3%A9',
    });
    expect(asked()).toEqual(['query']);
  });

  it('of a tag is peeled; on a tree it has no commit; a draft is no Release', async () => {
    const { tools, sandbox, repository, newer } = await workshop();
    sandbox.tag(repository, 'inner', 'main', 'inner');
    sandbox.tag(repository, 'outer', 'inner', 'outer');
    repository.tags.set('tree', 'd'.repeat(40));
    sandbox.release(repository, 'outer', 'not yet', { draft: true });
    expect((await tools.get('outer')).tag).toMatchObject({ commit_id: newer, message: 'outer' });
    expect((await tools.get('outer')).tag.release).toBeUndefined();
    expect((await tools.get('tree')).tag).toEqual(expect.not.objectContaining({ commit_id: expect.anything() }));
    expect((await tools.list()).tags).toHaveLength(3);
  });

  it('shows no signature, and says that it does not come back', async () => {
    const { tools, sandbox, repository } = await workshop();
    sandbox.tag(repository, 'v1', 'main', 'notes\n-----BEGIN PGP SIGNATURE-----\nabc\n-----END PGP SIGNATURE-----\n');
    expect((await tools.get('v1')).tag.message).toBe('notes');
    expect((await tools.delete({ name: 'v1' })).note).toContain('Its signature does not come back.');
  });
});

describe('a ref', () => {
  it('is a branch, a tag, a commit, its beginning, or steps from one', async () => {
    const { provider, sandbox, repository, older, newer } = await workshop();
    sandbox.tag(repository, 'v1', 'stable', 'notes');
    const at = (ref?: string) => provider.resolve(repository.path, ref, call);
    for (const ref of ['stable', 'refs/heads/stable', 'v1', 'refs/tags/v1', older, older.slice(0, 8), 'main~1', 'main^', 'HEAD~1'])
      expect(await at(ref), ref).toBe(older);
    expect(await at()).toBe(newer);
    for (const ref of ['nowhere', 'a'.repeat(40), 'main:README.md', ':/first', 'main@{1}', 'main^{/first}', '', '~1', 'a b', 'main~9'])
      expect(await codeOf(at(ref)), ref).toBe('ref_not_found');
  });

  it('that is a branch and a tag on different commits is not guessed', async () => {
    const { provider, sandbox, repository, older, newer } = await workshop();
    sandbox.tag(repository, 'main', 'stable');
    const error = await failureOf(provider.resolve(repository.path, 'main', call));
    expect(error).toMatchObject({ code: 'ref_not_found', hint: expect.stringMatching(/refs\/heads\/main.*refs\/tags\/main/) });
    expect(await provider.resolve(repository.path, 'refs/heads/main', call)).toBe(newer);
    expect(await provider.resolve(repository.path, 'refs/tags/main', call)).toBe(older);
  });

  it('of an empty repository is none', async () => {
    const { provider, sandbox } = await workshop();
    sandbox.addRepository('acme/empty');
    expect(await codeOf(provider.resolve('acme/empty', undefined, call))).toBe('ref_not_found');
    expect(await codeOf(provider.resolve('acme/empty', 'main', call))).toBe('ref_not_found');
  });
});

describe('a list', () => {
  it('of a page is one request, and the next page one more, whatever is deleted between them', async () => {
    const { tools, sandbox, repository, asked } = await workshop();
    for (let index = 0; index < 60; index += 1) sandbox.tag(repository, `v1.${index}`, sandbox.commit(repository, 'side', 'x'));
    const first = await tools.list({ limit: 20, order_by: 'updated' });
    expect([asked(), first.total]).toEqual([['query'], 60]);
    const second = await tools.list({ limit: 20, order_by: 'updated', cursor: first.next_cursor });
    expect(asked()).toEqual(['query']);
    expect(second.tags[0]?.name).toBe('v1.39');
    for (const { name } of first.tags.slice(0, 3)) repository.tags.delete(name);
    const again = await tools.list({ limit: 20, order_by: 'updated', cursor: first.next_cursor });
    expect(again.tags.map(({ name }) => name)).toEqual(second.tags.map(({ name }) => name));
  });
});

it('a renamed repository is found by its old name, and what it is called now is what policy goes by', async () => {
  const { provider, sandbox, repository, tools } = await workshop();
  sandbox.renameRepository(repository, 'Acme/application');
  expect((await tools.create({ name: 'v1', ref: 'main' })).outcome).toBe('created');
  expect(await provider.canonical('acme/APP', call)).toBe('Acme/application');
  const policy = { readOnly: false, repositories: ['github:acme/app*'], protectedTags: [], providers: ['github'] };
  const allowed = toolsOn(withPolicy('github', provider, policy), 'acme/app');
  expect((await allowed.get('v1')).tag.name).toBe('v1');
  const narrow = toolsOn(withPolicy('github', provider, { ...policy, repositories: ['github:acme/app'] }), 'acme/app');
  expect(await codeOf(narrow.get('v1'))).toBe('policy_denied');
  expect((await provider.access?.('acme/app', call))?.write).toBe(true); // REST redirects by id
});

describe('limits', () => {
  it('used up are told with the seconds to wait, over REST and GraphQL', async () => {
    const { tools, provider, sandbox } = await workshop();
    sandbox.left = 0;
    for (const act of [() => tools.get('v1'), () => tools.create({ name: 'v1', ref: 'main' }), () => provider.check(call)])
      expect(await failureOf(act())).toMatchObject({ code: 'rate_limited', hint: expect.stringMatching(/^Wait 3\d{3} s/) });
  });
  it.each([
    [403, { 'retry-after': '42' }, /^Wait 42 s/],
    [429, { 'retry-after': '3600' }, /^Wait 3600 s/],
    [403, {}, /^Wait 60 s/],
  ])('on too much at once (%i %j) as well', async (status, headers, hint) => {
    const { tools, sandbox } = await workshop();
    sandbox.fault({ kind: 'status', status, headers, body: { message: 'You have exceeded a secondary rate limit. Please wait.' } });
    expect(await failureOf(tools.get('v1'))).toMatchObject({ code: 'rate_limited', hint: expect.stringMatching(hint) });
  });
  it('that come with a 200 are no answer', async () => {
    const { tools, sandbox } = await workshop();
    const body = { errors: [{ type: 'RATE_LIMITED', message: 'API rate limit exceeded for user ID 1.' }] };
    sandbox.fault({ kind: 'status', status: 200, body, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '0' } });
    expect(await codeOf(tools.get('v1'))).toBe('rate_limited');
  });
});

describe('errors that come with a 200', () => {
  it.each([
    [{ type: 'FORBIDDEN', message: 'Resource not accessible by personal access token' }, 'permission_denied'],
    [{ type: 'INSUFFICIENT_SCOPES', message: 'Your token has not been granted the required scopes' }, 'permission_denied'],
    [{ type: 'NOT_FOUND', message: 'Could not resolve to a Repository' }, 'repository_not_found'],
    [{ message: 'Something went wrong while executing your query.' }, 'unavailable'],
    [{ type: 'SOMETHING', message: 'new' }, 'rejected'],
  ])('%j are %s', async (error, code) => {
    const { tools, sandbox } = await workshop();
    sandbox.fault({ kind: 'status', status: 200, body: { data: null, errors: [error] } });
    expect(await codeOf(tools.get('v1'))).toBe(code);
  });

  it('after a write that GitHub broke off are settled by looking', async () => {
    const { tools, sandbox, repository } = await workshop();
    const body = { errors: [{ message: 'Something went wrong while executing your query.' }] };
    sandbox.fault({ kind: 'status', status: 200, body }, { body: /mutation/ });
    const error = await failureOf(tools.create({ name: 'v1', ref: 'main' }));
    expect(error).toMatchObject({ code: 'unavailable', message: expect.stringContaining('did not take effect') });
    expect(repository.tags.size).toBe(0);
  });
});

describe('who answers', () => {
  it.each([
    ['maintainer', { user: 'ada', scopes: ['repo'], expires_at: '2999-12-31', allowance: '4990 of 5000 left' }],
    ['fine', { user: 'ada', allowance: '4990 of 5000 left' }],
    ['app', { user: 'an app' }],
  ] as const)('%s', async (token, identity) => {
    const { connect } = await workshop();
    expect(await connect({ GITHUB_TOKEN: GITHUB_TOKENS[token] }).check(call)).toEqual(identity);
  });
  it('a token that is over is unauthenticated', async () => {
    const { connect } = await workshop();
    expect(await codeOf(connect({ GITHUB_TOKEN: GITHUB_TOKENS.expired }).check(call))).toBe('unauthenticated');
  });
  it.each([
    ['maintainer', { write: true }],
    ['reader', { write: false, why: 'the role in the repository is lower than Write' }],
    ['fine', { why: 'GitHub tells a permission of such a token only when it is used' }],
  ] as const)('%s may write: %j', async (token, access) => {
    const { connect, repository } = await workshop();
    expect(await connect({ GITHUB_TOKEN: GITHUB_TOKENS[token] }).access?.(repository.path, call)).toEqual(access);
  });
});

import { afterEach, describe, expect, test } from 'vitest';
import { GITLAB_TOKENS, startGitlab } from './gitlab.ts';
import { byVersion } from './gitlab-tags.ts';
import { LAKEFS_JWT, LAKEFS_KEY, LAKEFS_READER, startLakefs } from './lakefs.ts';
import type { Sandbox } from './sandbox.ts';

const running: Sandbox[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((sandbox) => sandbox.close()));
});

/** A caller for one sandbox; an answer reads `[status, body]`, with the headers at the end. */
function caller(sandbox: Sandbox, prefix: string, auth: Record<string, string>) {
  running.push(sandbox);
  return async (line: string, body?: unknown, headers = auth) => {
    const [method = '', path = ''] = line.split(' ');
    const json = body === undefined ? {} : { body: JSON.stringify(body), headers: { ...headers, 'content-type': 'application/json' } };
    const response = await fetch(`${sandbox.url}${prefix}${path}`, { method, redirect: 'manual', headers, ...json });
    const text = await response.text();
    return [response.status, /json/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : text, response.headers] as const;
  };
}

const brief = async (answer: Promise<readonly unknown[]>) => (await answer).slice(0, 2);

async function gitlab(options: Parameters<typeof startGitlab>[0] = {}) {
  const sandbox = await startGitlab(options);
  const project = sandbox.addProject('group/sub/proj');
  const call = caller(sandbox, '/api/v4', { 'private-token': GITLAB_TOKENS.maintainer });
  return { sandbox, project, call, head: sandbox.commit(project, 'main', 'first'), at: '/projects/group%2Fsub%2Fproj/repository' };
}

describe('GitLab', () => {
  test('a tag is created, shown and deleted with its Release', async () => {
    const { sandbox, project, call, head, at } = await gitlab({ root: '/gitlab' });
    const [status, tag] = await call(`POST ${at}/tags`, { tag_name: 'rel/1.0+é', ref: 'main', message: ' notes ' });
    expect([status, tag.name, tag.message, tag.release]).toEqual([201, 'rel/1.0+é', 'notes', undefined]);
    expect([tag.commit.id, tag.target === head]).toEqual([head, false]);
    await call(`POST ${at.replace('/repository', '')}/releases`, { tag_name: 'rel/1.0+é', description: 'out' });
    const one = `${at}/tags/${encodeURIComponent('rel/1.0+é')}`;
    expect((await call(`GET ${one}`))[1].release).toEqual({ tag_name: 'rel/1.0+é', description: 'out' });
    const [[deleted], [, after]] = [await call(`DELETE ${one}`), await call(`GET ${one}`)];
    expect([deleted, after.message, project.releases.size]).toEqual([204, '404 Tag Not Found', 0]);
    expect([(await call(`GET ${at}/tags/rel/1.0`))[0], sandbox.unknown.length]).toEqual([404, 1]);
  });

  test.each([
    [{ tag_name: 'v1', ref: 'main' }, { message: 'Tag v1 already exists' }],
    [{ tag_name: 'a..b', ref: 'main' }, { message: 'Tag name invalid' }],
    [{ tag_name: 'v2', ref: 'nope' }, { message: 'Target nope is invalid' }],
    [{ tag_name: 'v2', ref: '' }, { message: 'Target is empty' }],
    [{ tag_name: 'main', ref: 'main' }, { message: 'You cannot use default branch name to create a tag' }],
    [{ tag_name: 'prod-1', ref: 'main' }, { message: 'You are not allowed to create this tag as it is protected.' }],
    [{ tag_name: 'v2' }, { error: 'ref is missing' }],
  ])('refuses %j with a 400', async (body, answer) => {
    const { sandbox, project, call, at } = await gitlab();
    sandbox.tag(project, 'v1', 'main');
    project.protectedTags.push('prod-*');
    expect(await brief(call(`POST ${at}/tags`, body, { authorization: `Bearer ${GITLAB_TOKENS.developer}` }))).toEqual([400, answer]);
  });

  test('page 1 lies: search ignores per_page, the old pager promises a page 2', async () => {
    const { sandbox, project, call, at } = await gitlab({ pager: 'old' });
    for (const name of ['v1.9', 'v1.10', 'x', 'v1']) sandbox.tag(project, name, 'main');
    const [, found, headers] = await call(`GET ${at}/tags?search=V1&per_page=2&order_by=version`);
    expect(found.map(({ name }: { name: string }) => name)).toEqual(['v1', 'v1.10', 'v1.9']);
    expect(['x-total', 'x-next-page', 'x-total-pages'].map((name) => headers.get(name))).toEqual(['4', '2', '3']);
    const [, last, ended] = await call(`GET ${at}/tags?pagination=keyset&per_page=4`);
    expect([last.length, ended.get('link')]).toEqual([4, expect.stringContaining('page_token=')]);
    expect((await call(`GET ${at}/tags?pagination=keyset&page_token=x1`))[1].message).toBe('Invalid page token: refs/tags/x1');
    expect(await brief(call(`GET ${at}/tags?order_by=size`))).toEqual([400, { error: 'order_by does not have a valid value' }]);
  });

  test('every kind of caller meets its own wall', async () => {
    const { sandbox, project, call, at } = await gitlab();
    sandbox.tag(project, 'v1', 'main');
    const post = async (header: string, token: string, path = at) =>
      (await call(`POST ${path}/tags`, { tag_name: 'v2', ref: 'main' }, { [header]: token }))[0];
    const { expired, readApi, guest, oauth, maintainer } = GITLAB_TOKENS;
    const walls = [expired, readApi, guest, oauth].map((token) => post('private-token', token));
    expect(await Promise.all([...walls, post('job-token', GITLAB_TOKENS.job)])).toEqual([401, 403, 403, 401, 404]);
    const job = { 'job-token': GITLAB_TOKENS.job };
    const [[listed], [got]] = [await call(`GET ${at}/tags`, undefined, job), await call(`GET ${at}/tags/v1`, undefined, job)];
    expect([listed, got]).toEqual([200, 404]);
    sandbox.addProject('old/home', { movedTo: project.id });
    const [status, , headers] = await call('GET /projects/OLD%2Fhome/repository/tags?per_page=1');
    expect([status, headers.get('location')]).toEqual([301, `${sandbox.url}/api/v4/projects/${project.id}/repository/tags?per_page=1`]);
    expect(await post('private-token', maintainer, '/projects/old%2Fhome/repository')).toBe(405);
  });

  test('versions sort as git sorts them', () => {
    const sorted = ['v1.010', 'v1.0.0', 'v1.0.0-rc1', 'v1.9', 'v1.10', 'v2', 'v10']; // by git 2.39.5
    expect(sorted.toSorted().sort(byVersion)).toEqual(sorted);
  });
});

describe('lakeFS', () => {
  const lakefs = async () => {
    const sandbox = await startLakefs();
    const repository = sandbox.addRepository('datalake');
    const [first, second] = [sandbox.commit(repository, 'main'), sandbox.commit(repository, 'main')];
    const call = caller(sandbox, '/api/v1', { authorization: `Bearer ${LAKEFS_JWT}` });
    const create = (id: unknown, ref: string, force = false) => brief(call('POST /repositories/datalake/tags', { id, ref, force }));
    return { sandbox, repository, call, create, first, second };
  };
  const refusal = (status: number, text: string) => [status, { message: expect.stringContaining(text) }];

  test('refs resolve through branches, prefixes and modifiers', async () => {
    const { create, call, first, second } = await lakefs();
    expect(await create('v1~a', 'main~1')).toEqual([201, { id: 'v1~a', commit_id: first }]);
    expect((await create('v2', second.slice(0, 12)))[1]).toEqual({ id: 'v2', commit_id: second });
    expect(await create('v3', 'v1~a')).toEqual(refusal(400, 'ref: invalid value'));
    expect(await create('v3', 'main~3')).toEqual(refusal(404, 'not found'));
    expect((await call('GET /repositories/datalake/commits/main$'))[0]).toBe(500);
    expect((await call('GET /repositories/datalake/commits/main%5E'))[1].id).toBe(first);
  });

  test('the first failing check wins, and force never overwrites', async () => {
    const { create, repository, call, first } = await lakefs();
    expect(await create('a/b', 'nope')).toEqual(refusal(400, 'argument tagID: tag id: invalid value'));
    expect((await create('', 'main'))[0]).toBe(500);
    expect(await create('main', 'nope')).toEqual(refusal(409, 'branch name main: conflict found'));
    expect(await create(first, 'nope')).toEqual(refusal(409, 'conflict found'));
    expect(await create(7, 'main')).toEqual(refusal(400, '/id'));
    repository.hooks['pre-create-tag'] = 'no friday releases';
    expect(await create('v1', 'main')).toEqual(refusal(412, 'pre-create-tag hook aborted'));
    repository.read_only = true;
    expect(await create('v1', 'main')).toEqual(refusal(403, 'read-only repository'));
    expect((await create('v1', 'main', true))[0]).toBe(201);
    expect(await create('v1', 'main~1', true)).toEqual(refusal(409, 'tag already exists: not unique'));
    repository.inDeletion = true;
    expect((await call('GET /repositories/datalake/tags'))[0]).toBe(410);
  });

  test('lists bytewise, and tells strangers apart from readers', async () => {
    const { sandbox, repository, call } = await lakefs();
    for (const name of ['v10', 'v9', 'V1', 'v\u{1F600}', 'v\uFF5E']) sandbox.tag(repository, name, 'main');
    const [, { pagination, results }] = await call('GET /repositories/datalake/tags?prefix=v&after=v10&amount=2');
    expect([pagination, results[1].id]).toEqual([{ has_more: true, next_offset: 'v\uFF5E', results: 2, max_per_page: 1000 }, 'v\uFF5E']);
    const basic = (id: string, secret: string) => ({ authorization: `Basic ${btoa(`${id}:${secret}`)}` });
    const post = (headers: { authorization: string }) => call('POST /repositories/datalake/tags', { id: 'v2', ref: 'main' }, headers);
    expect(await brief(post(basic(LAKEFS_KEY.id, 'wrong')))).toEqual(refusal(401, 'error authenticating request'));
    expect(await brief(post(basic(LAKEFS_READER.id, LAKEFS_READER.secret)))).toEqual(refusal(401, 'insufficient permissions'));
    const [[, nobody], [refused]] = [await call('GET /user', undefined, {}), await call('GET /config', undefined, {})];
    expect([nobody.user.id, refused]).toEqual(['', 401]);
    await call('GET /repository/datalake');
    expect(sandbox.unknown).toEqual(['GET /api/v1/repository/datalake']);
  });
});

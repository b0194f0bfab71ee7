import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CODEARTS_KEY, CODEARTS_TEMPORARY_KEY, type CodeartsSandbox, startCodearts } from './codearts.ts';
import { canonicalRequest, readAuthorization, signatureOf, verifySignature } from './codearts-signature.ts';
import { IAM_ACCOUNT, startIam } from './iam.ts';
import type { Sandbox } from './sandbox.ts';
import { startVers, VERS_KEY, VERS_STRANGER, type VersSandbox } from './vers.ts';

const call = async (sandbox: Sandbox, line: string, headers: Record<string, string>, body?: unknown) => {
  const [method = 'GET', path = ''] = line.split(' ');
  const sent = body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body);
  const type = sent === null ? {} : { 'content-type': 'application/json' };
  const response = await fetch(sandbox.url + path, { method, headers: { ...type, ...headers }, body: sent });
  const text = await response.text();
  const json: Record<string, unknown> = response.headers.get('content-type') === 'application/json' ? JSON.parse(text) : {};
  return { status: response.status, headers: response.headers, text, json };
};

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const at = { host: 'codehub-ext.cn-north-4.myhuaweicloud.com', 'x-sdk-date': '20260102T030405Z' };
const KNOWN: Record<string, string> = {
  GET: '73180e44c3aca5020f2b5082821d96544c79bbcde40e31bab80d23c1e0b39680',
  POST: '35ee3c1ce56f1530dd49003475e27c3beb0f9ddda8a305081e81c6e31ae1c0a7',
  DELETE: '8bdd9d3fcf17718c4781d0f25f8f159f9cfd43e84f9fe646181e9004f32ad371',
};
const vector = (line: string, more: Record<string, string>, body = '') => {
  const [method = '', tail = '', rawQuery = ''] = line.split(/[ ?]/);
  const request = { method, path: `/v4/repositories/2112015538/repository${tail}`, rawQuery, headers: { ...at, ...more }, body };
  return { ...request, signed: Object.keys(request.headers).sort(), signature: KNOWN[method] ?? '' };
};
const V1 = vector('GET /tags?offset=0&limit=100&sort=asc&order_by=name&search=release%2F1.0%20%CE%B2', {});
const V2 = vector('POST /tags', { 'content-type': 'application/json' }, '{"tag_name":"v1.0.0","ref":"master","message":"first"}');
const sts = { 'x-security-token': 'STSTOKEN', 'x-project-id': '0123456789abcdef0123456789abcdef' };
const V3 = vector('DELETE /tag?tag_name=rel%2Fv1%2Bx~y%2A%28a%29', sts);
const authorize = (access: string, signed: string[], signature: string): string =>
  `SDK-HMAC-SHA256 Access=${access}, SignedHeaders=${signed.join(';')}, Signature=${signature}`;
const passes = ({ signed, signature, ...request }: typeof V1): boolean => {
  const read = readAuthorization(authorize(CODEARTS_KEY.access, signed, signature));
  return read !== undefined && verifySignature(request, read, CODEARTS_KEY.secret);
};

describe('the signature of CodeArts', () => {
  test.each([V1, V2, V3])('a known answer verifies: $method', (known) => expect(passes(known)).toBe(true));

  test('the hash in the string to sign is the known one', () =>
    expect(sha256(canonicalRequest(V3, V3.signed))).toBe('11aa67be1469c5cac11fa984e916a6267cc20dca3bdc2a5d6e8353edadedc4ad'));

  test.each([
    ['a changed body', { ...V2, body: `${V2.body} ` }],
    ['another host', { ...V1, headers: { ...at, host: 'evil.example' } }],
    ['an unsigned security token', { ...V1, headers: { ...at, 'x-security-token': 'T' } }],
    ['unsorted signed headers', { ...V1, signed: ['x-sdk-date', 'host'] }],
    ['a wire encoding that was not signed', { ...V3, rawQuery: 'tag_name=rel%2Fv1%2Bx~y*(a)' }],
  ])('%s does not', (_, tampered) => expect(passes(tampered)).toBe(false));
});

describe('CodeArts', () => {
  let codearts: CodeartsSandbox;
  let time: Date;
  const repository = '/v4/repositories/7';
  const open = async (options: Parameters<typeof startCodearts>[0] = {}) => {
    time = new Date('2026-01-02T03:04:05Z');
    codearts = await startCodearts({ now: () => time, ...options });
    codearts.addRepository(7, { protected: ['stable-*'] });
    return { 'x-auth-token': codearts.issueToken(new Date(time.getTime() + 1000)) };
  };
  const signed = (key: { access: string; secret: string; securityToken?: string }, secret = key.secret, date = time) => {
    const headers: Record<string, string> = { 'x-sdk-date': date.toISOString().replace(/[-:]|\.\d+/g, '') };
    if (key.securityToken) headers['x-security-token'] = key.securityToken;
    const names = [...Object.keys(headers), 'host'].sort();
    const request = { method: 'GET', path: repository, rawQuery: '', headers: { ...headers, host: new URL(codearts.url).host }, body: '' };
    return { ...headers, authorization: authorize(key.access, names, signatureOf(request, names, secret)) };
  };
  const knock = async (headers: Record<string, string>) => {
    const { status, json } = await call(codearts, `GET ${repository}`, headers);
    return `${status} ${json.error_code ?? ''} ${String(json.error_msg ?? '').replace(/^.*information: /, '')}`.trim();
  };
  afterEach(() => codearts.close());

  test('five bad signatures lock the key, right ones included, for five minutes', async () => {
    await open();
    for (let n = 0; n < 5; n++) expect(await knock(signed(CODEARTS_KEY, 'wrong'))).toBe('401 APIGW.0301 verify aksk signature fail');
    expect(codearts.locked()).toBe(true);
    expect(await knock(signed(CODEARTS_KEY))).toBe('401 APIGW.0301 AK access failed to reach the limit,forbidden');
    expect(await knock(signed(CODEARTS_TEMPORARY_KEY))).toBe('200');
    time = new Date(time.getTime() + 5 * 60_000);
    expect(await knock(signed(CODEARTS_KEY))).toBe('200');
  });

  test('a wrong clock, a missing or a dead credential is refused in its own words', async () => {
    const token = await open();
    expect(await knock(signed(CODEARTS_KEY, undefined, new Date(time.getTime() - 16 * 60_000)))).toContain('401 APIGW.0303');
    expect(await knock(signed({ ...CODEARTS_TEMPORARY_KEY, securityToken: 'old' }))).toContain('verify aksk');
    expect(await knock({})).toBe('401 APIGW.0301 x-auth-token not found');
    expect(await knock({ authorization: 'Bearer x' })).toContain('CH.00000002');
    codearts.expireToken(token['x-auth-token']);
    expect(await knock(token)).toBe('401 APIGW.0301 token expires');
  });

  test('a tag lives: create, get, list, delete', async () => {
    const token = await open();
    const head = codearts.commit(7, 'master', 'second');
    const draft = { tag_name: 'rel/v1+x', ref: 'master', message: 'first' };
    const made = await call(codearts, `POST ${repository}/repository/tags`, token, draft);
    const json = { name: 'rel/v1+x', message: 'first', target: expect.not.stringContaining(head.id), commit: { id: head.id } };
    expect(made).toMatchObject({ status: 201, json });
    codearts.tag(7, 'stable-1', head.id);
    const list = await call(codearts, `GET ${repository}/repository/tags?sort=asc&order_by=name&limit=1&search=S`, token);
    expect(list.headers.get('x-total')).toBe('1');
    expect(list.json).toEqual([{ name: 'stable-1', message: '', target: head.id, can_delete: false, can_read: true, can_download: true }]);
    const one = `${repository}/repository/tag?tag_name=rel%2Fv1%2Bx`;
    expect((await call(codearts, `GET ${one}`, token)).json).toEqual(made.json);
    expect((await call(codearts, `GET ${repository}/repository/refs?type=tag`, token)).json).toEqual(['rel/v1+x', 'stable-1']);
    expect((await call(codearts, `DELETE ${one}`, token)).status).toBe(204);
    expect((await call(codearts, `GET ${one}`, token)).status).toBe(404);
    await call(codearts, `DELETE ${repository}/repository/tags`, token);
    expect(codearts.unknown).toEqual([`DELETE ${repository}/repository/tags`]);
  });

  test('in Chinese it says 已存在, 不存在 and 权限', async () => {
    const token = await open({ language: 'zh', targetIsCommit: true });
    const { commit } = codearts.tag(7, 'v1', 'master', 'annotated');
    const create = async (tag_name: string, ref = 'master') =>
      (await call(codearts, `POST ${repository}/repository/tags`, token, { tag_name, ref })).json.error_msg;
    expect(await create('v1')).toContain('已存在');
    expect(await create('v2', 'nowhere')).toContain('不存在');
    expect(await create('stable-2')).toContain('权限');
    expect(await create('a..b')).toContain('不合法');
    expect((await call(codearts, `GET ${repository}/repository/tag?tag_name=v1`, token)).json.target).toBe(commit.id);
  });

  test('IAM gives a token that CodeArts takes, for the right password in the right form', async () => {
    await open();
    const iam = await startIam(codearts);
    const { domain, user: name, password: right, project } = IAM_ACCOUNT;
    const ask = (password: string, scope: object = { project: { name: project } }) => {
      const identity = { methods: ['password'], password: { user: { domain: { name: domain }, name, password } } };
      return call(iam, 'POST /v3/auth/tokens?nocatalog=true', {}, { auth: { identity, scope } });
    };
    const given = await ask(right);
    expect(given).toMatchObject({ status: 201, json: { token: { expires_at: '2026-01-03T03:04:05.000000Z' } } });
    expect(await knock({ 'x-auth-token': given.headers.get('x-subject-token') ?? '' })).toBe('200');
    expect(await ask('wrong')).toMatchObject({ status: 401, json: { error: { code: 401, title: 'Unauthorized' } } });
    expect((await ask(right, { domain: { name: domain } })).status).toBe(400);
    await iam.close();
  });
});

describe('Vers', () => {
  let vers: VersSandbox;
  const key = { authorization: `Bearer ${VERS_KEY}` };
  const path = '/api/v1/repositories/images/tags';
  const say = async (line: string, body?: unknown, headers: Record<string, string> = key) => {
    const { status, json, text } = await call(vers, line, headers, body);
    return `${status} ${json.error ?? (Object.keys(json).length > 0 ? '' : text)}`.trim();
  };
  beforeEach(async () => {
    vers = await startVers();
    vers.addRepository('images');
  });
  afterEach(() => vers.close());

  test('a tag lives: create, get, move, clear, delete', async () => {
    const [one, two] = [vers.commit().commit_id, vers.commit().commit_id];
    const made = await call(vers, `POST ${path}`, key, { tag_name: 'é-1', commit_id: one, description: 'first' });
    expect(made.json).toEqual({ tag_id: expect.any(String), reference: 'images:é-1', commit_id: one });
    const look = async () => (await call(vers, `GET ${path}/%C3%A9-1`, key)).json;
    const before = await look();
    expect(await say(`PATCH ${path}/%C3%A9-1`, { commit_id: two })).toBe('204');
    const updated_at = expect.not.stringContaining(String(before.updated_at));
    expect(await look()).toEqual({ ...before, commit_id: two, updated_at });
    expect(await say(`PATCH ${path}/%C3%A9-1`, { commit_id: null, description: null })).toBe('204');
    expect(await look()).toEqual({ ...before, commit_id: two, description: undefined, updated_at });
    for (const nothing of [{}, { commit_id: null }]) expect(await say(`PATCH ${path}/%C3%A9-1`, nothing)).toBe('400 no updates provided');
    for (const name of ['B', 'a']) vers.tag('images', name, one);
    const tags = ['a', 'B', 'é-1'].map((tag_name) => expect.objectContaining({ tag_name }));
    expect((await call(vers, `GET ${path}`, key)).json).toEqual({ repository: 'images', tags });
    expect(await say(`DELETE ${path}/%C3%A9-1`)).toBe('204');
    expect(await say(`DELETE ${path}/%C3%A9-1`)).toBe('404 tag not found');
    expect(vers.unknown).toEqual([]);
  });

  test('each refusal has its own words', async () => {
    const [own, foreign] = [vers.commit().commit_id, vers.commit({ owner_id: VERS_STRANGER }).commit_id];
    const create = (tag_name: unknown, commit_id: unknown = own) => say(`POST ${path}`, { tag_name, commit_id });
    expect(await create('v1')).toBe('201');
    expect(await create('v1')).toBe('409 tag already exists in repository');
    expect(await create('v2', foreign)).toBe('403 forbidden');
    expect(await create('v2', '00000000-0000-4000-8000-000000000000')).toBe('404 commit not found');
    for (const wrong of ['é'.repeat(65), 'a/b', '']) expect(await create(wrong)).toMatch(/^400 invalid tag name: /);
    for (const wrong of [create('v2', 'master'), create(1), create(undefined)]) expect(await wrong).toMatch(/^422 Failed to des/);
    expect(await say(`POST ${path}`, '{')).toMatch(/^400 Failed to parse/);
    expect(await say(`POST ${path}`, '{}', { ...key, 'content-type': 'text/plain' })).toMatch(/^415 /);
    expect(await say('GET /api/v1/repositories/none/tags')).toBe('404 repository not found');
    expect(await say(`GET ${path}`, undefined, { authorization: `bearer ${VERS_KEY}` })).toMatch(/^401 Missing or invalid/);
    expect(await say('POST /api/v1/keys/validate', undefined, { authorization: 'Bearer no' })).toBe('401 Invalid API key');
    expect(await say('GET /api/v1/system/version', undefined, {})).toBe('200');
    expect((await call(vers, 'GET /api/v1/commits', key)).json).toMatchObject({ total: 1 });
  });
});

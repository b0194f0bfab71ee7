import { describe, expect, it } from 'vitest';
import { vers } from '../../src/providers/index.ts';
import { VERS_KEY, VERS_STRANGER } from '../sandbox/vers.ts';
import { closeAfterwards } from '../support/closing.ts';
import { codeOf, failureOf, quietCall, testHost } from '../support/target.ts';
import { type VersTools, versTools } from '../support/vers-tools.ts';

const call = quietCall();
const TAGS = '/repositories/images/tags';

/** Closed when the test is over; it fails where the sandbox was asked for what Vers does not have. */
async function workshop(): Promise<VersTools> {
  const tools = await versTools();
  closeAfterwards(tools.sandbox);
  return tools;
}

describe('a tag', () => {
  it('is what Vers says of it, and created by one request', async () => {
    const { sandbox, tools, newer, asked } = await workshop();
    const { tag } = await tools.create({ name: 'v1', ref: newer, message: 'first' });
    const kept = sandbox.repositories.get('images')?.tags.get('v1');
    expect(tag).toEqual({ name: 'v1', commit_id: newer, message: 'first', id: kept?.tag_id });
    expect(asked()).toEqual([`POST ${TAGS}`]);
    expect((await tools.get('v1')).tag).toEqual({ ...tag, created_at: kept?.created_at, updated_at: kept?.updated_at });
  });
  it('without a description has no message, and sends none', async () => {
    const { sandbox, tools, newer } = await workshop();
    await tools.create({ name: 'v1', ref: newer });
    expect(JSON.parse(sandbox.seen[0]?.body ?? '')).toEqual({ tag_name: 'v1', commit_id: newer });
    expect((await tools.get('v1')).tag).not.toHaveProperty('message');
  });
  it('may be called by letters of any script, up to 128 bytes; nothing else leaves', async () => {
    const { tools, older, asked } = await workshop();
    for (const name of ['版本-1', 'été_2', 'v1.0', '½', 'é'.repeat(64)])
      expect((await tools.create({ name, ref: older })).outcome, name).toBe('created');
    asked();
    for (const name of ['é'.repeat(65), 'a/b', 'a+b', 'a b', '🏷', "it's"])
      expect(await codeOf(tools.create({ name, ref: older })), name).toBe('invalid_name');
    expect(asked()).toEqual([]);
  });
  it('whose name only Vers refuses is invalid_name', async () => {
    const { provider, older } = await workshop();
    expect(await codeOf(provider.create('images', { name: 'a/b', ref: older }, call))).toBe('invalid_name');
  });
});

describe('a ref', () => {
  it('may be another tag of the repository', async () => {
    const { tools, older, asked } = await workshop();
    await tools.create({ name: 'v1', ref: older });
    asked();
    expect(await tools.create({ name: 'latest', ref: 'v1' })).toMatchObject({ outcome: 'created', tag: { commit_id: older } });
    expect(asked()).toEqual([`GET ${TAGS}/v1`, `POST ${TAGS}`]);
    expect((await tools.create({ name: 'latest', ref: 'v1' })).outcome).toBe('unchanged');
  });
  it('that is no UUID and no tag is ref_not_found; what cannot be one is not asked for', async () => {
    const { tools, older, asked } = await workshop();
    expect(await codeOf(tools.create({ name: 'v1', ref: 'v404' }))).toBe('ref_not_found');
    expect(asked()).toEqual([`GET ${TAGS}/v404`]);
    for (const ref of ['feature/x', `{${older}}`, 'HEAD~1'])
      expect(await codeOf(tools.create({ name: 'v1', ref })), ref).toBe('ref_not_found');
    expect(asked()).toEqual([]);
  });
  it('left out leads nowhere: Vers has no default branch', async () => {
    const { provider } = await workshop();
    const error = await failureOf(provider.resolve('images', undefined, call));
    expect(error).toMatchObject({ code: 'ref_not_found', message: expect.stringContaining('no default branch') });
  });
  it('that is a commit of another organization is permission_denied', async () => {
    const { sandbox, tools } = await workshop();
    const { commit_id } = sandbox.commit({ owner_id: VERS_STRANGER });
    expect(await codeOf(tools.create({ name: 'v1', ref: commit_id }))).toBe('permission_denied');
  });
});

describe('a move', () => {
  it('is one step: the tag keeps its id and its day of creation', async () => {
    const { sandbox, tools, older, newer, asked } = await workshop();
    const before = sandbox.tag('images', 'v1', older, 'kept');
    const { tag_id, created_at } = before;
    const { tag, ...rest } = await tools.create({ name: 'v1', ref: newer, force: true });
    expect(rest).toEqual({ outcome: 'moved', previous_commit_id: older });
    expect(tag).toEqual({ name: 'v1', commit_id: newer, message: 'kept', id: tag_id, created_at });
    expect(JSON.parse(sandbox.seen.at(-1)?.body ?? '')).toEqual({ commit_id: newer });
    expect(asked().filter((line) => !line.startsWith('GET'))).toEqual([`PATCH ${TAGS}/v1`]);
  });
  it('replaces the description where one is given', async () => {
    const { sandbox, tools, older, newer } = await workshop();
    sandbox.tag('images', 'v1', older, 'old');
    expect((await tools.create({ name: 'v1', ref: newer, force: true, message: 'new' })).tag.message).toBe('new');
    expect((await tools.get('v1')).tag).toMatchObject({ commit_id: newer, message: 'new' });
  });
  it('by the name of a tag leads to where that one stands', async () => {
    const { sandbox, tools, older, newer } = await workshop();
    sandbox.tag('images', 'v1', older);
    sandbox.tag('images', 'v2', newer);
    expect((await tools.create({ name: 'v1', ref: 'v2', force: true })).tag.commit_id).toBe(newer);
  });
  it('of a tag that somebody moved meanwhile is changed, and does nothing', async () => {
    const { sandbox, provider, older, newer } = await workshop();
    const third = sandbox.commit().commit_id;
    sandbox.tag('images', 'v1', third);
    const from = { name: 'v1', commit_id: older };
    expect(await codeOf(provider.move('images', { name: 'v1', ref: newer }, from, call))).toBe('changed');
    expect(sandbox.repositories.get('images')?.tags.get('v1')?.commit_id).toBe(third);
  });
  it('whose answer was lost is settled by looking', async () => {
    const { sandbox, tools, older, newer } = await workshop();
    sandbox.tag('images', 'v1', older);
    sandbox.fault({ kind: 'reset-after' }, { method: 'PATCH' });
    expect((await tools.create({ name: 'v1', ref: newer, force: true })).outcome).toBe('moved');
    sandbox.fault({ kind: 'reset' }, { method: 'PATCH' });
    expect(await codeOf(tools.create({ name: 'v1', ref: older, force: true }))).toBe('unavailable');
  });
});

describe('a refusal', () => {
  it('names what is missing: the first thing it speaks of', async () => {
    const { sandbox, tools, newer } = await workshop();
    const words = [
      ['tag not found in repository', 'tag_not_found'],
      ['repository not found', 'repository_not_found'],
      ['Repository commits: not found', 'repository_not_found'],
      ['commit not found', 'ref_not_found'],
    ];
    for (const [error, code] of words) {
      sandbox.fault({ kind: 'status', status: 404, body: { success: false, error } });
      expect(await codeOf(tools.get('v1')), error).toBe(code);
    }
    expect(await codeOf(tools.create({ name: 'v1', ref: newer.replace(/.$/, (last) => (last === '0' ? '1' : '0')) }))).toBe(
      'ref_not_found',
    );
  });
  it('of the framework, in plain text, is named for what it is', async () => {
    const { sandbox, tools, newer } = await workshop();
    const texts = [
      [400, 'Failed to parse the request body as JSON', 'unexpected_response'],
      [415, 'Expected request with `Content-Type: application/json`', 'unexpected_response'],
      [422, 'Failed to deserialize the JSON body into the target type', 'invalid_input'],
    ] as const;
    for (const [status, body, code] of texts) {
      sandbox.fault({ kind: 'status', status, body });
      const error = await failureOf(tools.create({ name: 'v1', ref: newer }));
      expect(error).toMatchObject({ code, upstream: { status, text: body } });
    }
  });
  it('without a word, of an unknown route, is no missing repository', async () => {
    const { sandbox, tools } = await workshop();
    sandbox.fault({ kind: 'status', status: 404, body: '' });
    expect(await codeOf(tools.get('v1'))).toBe('unexpected_response');
  });
});

it('a tag of another name is believed neither as a tag nor as a ref', async () => {
  const { sandbox, tools, older, asked } = await workshop();
  const body = { tag_id: older, tag_name: 'prod', commit_id: older };
  sandbox.fault({ kind: 'status', status: 200, body }, { times: 9 });
  for (const act of [() => tools.get('Prod'), () => tools.delete({ name: 'Prod' }), () => tools.create({ name: 'v1', ref: 'Prod' })])
    expect(await codeOf(act())).toBe('unexpected_response');
  expect(asked()).toEqual(Array(3).fill(`GET ${TAGS}/Prod`));
});

describe('a list', () => {
  it('is one request, whatever is wanted of it', async () => {
    const { sandbox, tools, older, asked } = await workshop();
    for (const name of ['v1.10', 'v1.9', 'V1.2', 'rc']) sandbox.tag('images', name, older);
    const page = await tools.list({ search: '^v1', order_by: 'version', limit: 2 });
    expect(page).toMatchObject({ total: 3, tags: [{ name: 'v1.10' }, { name: 'v1.9' }] });
    expect((await tools.list({})).tags.map(({ name }) => name)).toEqual(['rc', 'V1.2', 'v1.9', 'v1.10']);
    expect(asked()).toEqual([`GET ${TAGS}`, `GET ${TAGS}`]);
  });
});

describe('a connection', () => {
  const read = async (text: string) => vers.file?.read(text);

  it('needs a key, from the environment or from ~/.versrc', async () => {
    expect(vers.connect({}, testHost())).toBeUndefined();
    expect(vers.file?.path).toBe('.versrc');
    expect(await read(JSON.stringify({ apiKey: VERS_KEY, email: 'a@example.com', sshKeyPath: '~/.ssh/id' }))).toEqual({
      VERS_API_KEY: VERS_KEY,
    });
    expect(await read('{}')).toEqual({ VERS_API_KEY: undefined });
    for (const text of ['', '{', '[]', '{"apiKey":7}']) await expect(read(text), text).rejects.toThrow();
  });
  it('goes where VERS_URL says, else VERS_BASE_URL, with or without the path of the API', async () => {
    const { sandbox, connect, asked } = await workshop();
    const nowhere = 'https://nowhere.invalid';
    for (const address of [
      { VERS_URL: sandbox.url, VERS_BASE_URL: nowhere },
      { VERS_URL: undefined, VERS_BASE_URL: `${sandbox.url}/` },
      { VERS_URL: `${sandbox.url}/api/v1/` },
    ])
      await connect({ VERS_API_KEY: VERS_KEY, ...address }).list('images', { order_by: 'name', sort: 'asc', limit: 1 }, call);
    expect(asked()).toEqual(Array(3).fill(`GET ${TAGS}`));
    expect(() => connect({ VERS_API_KEY: VERS_KEY, VERS_BASE_URL: 'http://vers.example', VERS_URL: undefined })).toThrow(/VERS_BASE_URL/);
  });
  it('is checked with the key and the version', async () => {
    const { sandbox, provider, connect, asked } = await workshop();
    expect(await provider.check(call)).toEqual({ version: '0.1.0' });
    expect(asked().sort()).toEqual(['GET /system/version', 'POST /keys/validate']);
    sandbox.fault({ kind: 'status', status: 404 }, { path: /version$/ });
    expect(await provider.check(call)).toEqual({});
    expect(await codeOf(connect({ VERS_API_KEY: 'vers_key_of_a_stranger' }).check(call))).toBe('unauthenticated');
    sandbox.fault({ kind: 'status', status: 200, body: { valid: false, message: 'revoked' } }, { path: /validate$/ });
    expect(await failureOf(provider.check(call))).toMatchObject({ code: 'unauthenticated', upstream: { text: 'revoked' } });
  });
  it('may have a default repository, and takes no other spelling than its name', async () => {
    const { connect, provider } = await workshop();
    expect(connect({ VERS_API_KEY: VERS_KEY, VERS_REPOSITORY: 'images' }).defaultRepository).toBe('images');
    expect(await provider.locate('My_images-1.0', call)).toBe('My_images-1.0');
    for (const spelling of ['org/images', 'images:v1', '', '.', '..', 'a b', 'x'.repeat(65)])
      expect(await codeOf(provider.locate(spelling, call)), spelling).toBe('invalid_input');
  });
});

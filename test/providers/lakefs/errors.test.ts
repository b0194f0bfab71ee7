import { describe, expect, it } from 'vitest';
import { toErrorResult } from '../../../src/mcp/render.ts';
import { LAKEFS_KEY, LAKEFS_READER, LAKEFS_STRANGER } from '../../sandbox/lakefs.ts';
import { codeOf, failureOf, toolsOn } from '../../support/target.ts';
import { connect, type Lake, openLake } from './workshop.ts';

const textOf = (error: unknown) => {
  const [block] = toErrorResult(error, (text) => text).content;
  return block?.type === 'text' ? block.text : '';
};

describe('what lakeFS itself refuses', () => {
  it('a name that a branch or a commit has is a conflict, told apart from a tag that exists', async () => {
    const { tools, provider, call, sandbox, repository, first } = await openLake();
    sandbox.tag(repository, 'v1', 'main~1');
    const [branch, commit] = [
      await failureOf(tools.create({ name: 'main', ref: 'main' })),
      await failureOf(provider.create('datalake', { name: first, ref: 'main' }, call)),
    ];
    expect([branch.code, commit.code]).toEqual(['conflict', 'conflict']);
    expect(textOf(branch)).toContain('A branch has that name');
    expect(textOf(commit)).toContain('A commit has that id');
    expect(await codeOf(tools.create({ name: 'v1', ref: 'main' }))).toBe('already_exists');
  });

  it('an unknown ref comes before a name that is taken', async () => {
    const { tools, sandbox, repository } = await openLake();
    sandbox.tag(repository, 'v1', 'main');
    expect(await codeOf(tools.create({ name: 'v1', ref: 'nope' }))).toBe('ref_not_found');
  });

  it('a hook says on one line why, without run ids and stack', async () => {
    const { tools, repository, sandbox } = await openLake();
    repository.hooks['pre-create-tag'] = 'no releases\non Fridays';
    const refused = await failureOf(tools.create({ name: 'v1', ref: 'main', force: true }));
    expect(refused.code).toBe('rejected');
    const said = `upstream: 412 "pre-create-tag hook aborted: action 'tags' hook 'no': action failed: runtime error: [string \\"lua\\"]:1: no releases on Fridays" (request `;
    expect(textOf(refused).split('\n').at(-1)).toContain(said);
    delete repository.hooks['pre-create-tag'];
    await tools.create({ name: 'v1', ref: 'main' });
    repository.hooks['pre-delete-tag'] = 'tags are forever';
    sandbox.reset();
    const kept = await failureOf(tools.delete({ name: 'v1', force: true }));
    expect([kept.code, kept.upstream?.text]).toEqual(['rejected', expect.stringContaining('tags are forever')]);
    expect(sandbox.seen.map(({ method }) => method)).toEqual(['GET', 'GET', 'DELETE']);
    expect([...repository.tags.keys()]).toEqual(['v1']);
  });

  it.each(["'name' is invalid: invalid action", 'yaml: did not find expected node content'])(
    'hooks that cannot be read (%s) are a refusal, with its words and without a look at what became of the write',
    async (words) => {
      const { tools, repository, sandbox, asked } = await openLake();
      sandbox.tag(repository, 'v1', 'main');
      repository.brokenActions = words;
      const refused = [await failureOf(tools.create({ name: 'v2', ref: 'main' })), await failureOf(tools.delete({ name: 'v1' }))];
      for (const error of refused) {
        expect([error.code, error.inDoubt]).toEqual(['rejected', false]);
        expect(textOf(error)).toMatch(/upstream: 500 "pre-(create|delete)-tag hook aborted: parsing file _lakefs_actions\/x\.yaml: /);
        expect(textOf(error)).toContain(words);
        expect(textOf(error)).not.toMatch(/retry|try again/i);
      }
      expect(asked().filter((line) => !line.includes('/commits/'))).toEqual(['POST /tags', 'GET /tags/v1', 'DELETE /tags/v1']);
    },
  );

  it('a credential without the right is permission_denied, though lakeFS says 401', async () => {
    const { sandbox, repository } = await openLake();
    sandbox.tag(repository, 'v1', 'main');
    const as = (who: { id: string; secret: string }) =>
      toolsOn(
        connect(sandbox.url, { LAKECTL_CREDENTIALS_ACCESS_KEY_ID: who.id, LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY: who.secret }),
        'datalake',
      );
    expect((await as(LAKEFS_READER).get('v1')).tag.name).toBe('v1');
    expect(await codeOf(as(LAKEFS_READER).create({ name: 'v2', ref: 'main' }))).toBe('permission_denied');
    expect(await codeOf(as(LAKEFS_READER).delete({ name: 'v1' }))).toBe('permission_denied');
    expect(await codeOf(as(LAKEFS_STRANGER).list())).toBe('permission_denied');
    expect(await codeOf(as({ ...LAKEFS_KEY, secret: 'no' }).list())).toBe('unauthenticated');
  });

  it('a repository in deletion is gone', async () => {
    const { tools, repository } = await openLake();
    repository.inDeletion = true;
    const gone = await failureOf(tools.list());
    expect([gone.code, gone.message]).toEqual(['repository_not_found', 'The repository is being deleted.']);
  });

  it('an address that is lakeFS but not its API is named as that', async () => {
    const { sandbox } = await openLake();
    const astray = await failureOf(toolsOn(connect(`${sandbox.url}/api/v1/api/v1`), 'datalake').list());
    expect(astray.code).toBe('unexpected_response');
    expect(astray.hint).toContain('LAKECTL_SERVER_ENDPOINT_URL');
    expect(sandbox.unknown.splice(0)).toEqual(['GET /api/v1/api/v1/repositories/datalake/tags']);
  });

  it.each(['/api/v2', '/api', '/repositories', '/foo'])(
    'at %s its pages answer, to writes as to reads: the address is told, and not that something may have happened',
    async (end) => {
      const { sandbox } = await openLake();
      const tools = toolsOn(connect(sandbox.url + end), 'datalake');
      const acts = [() => tools.get('v1'), () => tools.list(), () => tools.create({ name: 'v1', ref: 'main' })];
      for (const act of acts) {
        const error = await failureOf(act());
        expect(error.code).toBe('unexpected_response');
        expect(error.hint).toMatch(/check that .*the (address of the )?API itself/);
        expect(error.message).not.toContain('may have taken effect');
      }
      sandbox.unknown.splice(0);
    },
  );

  it.each([404, 500])('"invalid API endpoint" with %i is told as an address, by every call', async (status) => {
    const lake = await openLake();
    lake.sandbox.fault({ kind: 'status', status, body: { message: 'invalid API endpoint' } }, { times: 99 });
    for (const act of [GET, LIST, CREATE, DELETE]) {
      const error = await failureOf(act(lake));
      expect([error.code, error.hint]).toEqual(['unexpected_response', expect.stringContaining('LAKECTL_SERVER_ENDPOINT_URL')]);
    }
  });
});

const GET = (lake: Lake) => lake.tools.get('v1');
const CREATE = (lake: Lake) => lake.tools.create({ name: 'v2', ref: 'main' });
const LIST = (lake: Lake) => lake.tools.list();
const DELETE = (lake: Lake) => lake.tools.delete({ name: 'v1' });

/** What answers in place of lakeFS, and what becomes of it: the code, and the requests of this kind. */
describe.each([
  ['get', GET, 'GET', 3],
  ['list', LIST, 'GET', 3],
  ['create', CREATE, 'POST', 1],
  ['delete', DELETE, 'DELETE', 1],
] as const)('%s, where it goes wrong on the way', (_, act, method, tries) => {
  it.each([
    [400, 'request body has an error', 'rejected', false],
    [401, 'error authenticating request', 'unauthenticated', false],
    [401, 'insufficient permissions: fs:ReadTag', 'permission_denied', false],
    [403, 'session expired', 'unauthenticated', false],
    [403, 'something else', 'permission_denied', false],
    [404, 'repository not found', 'repository_not_found', false],
    [404, 'tag not found', 'tag_not_found', false],
    [404, 'no such page', 'repository_not_found', false],
    [409, 'something else', 'conflict', false],
    [410, 'repository in deletion', 'repository_not_found', false],
    [412, 'Precondition failed', 'rejected', false],
    [420, 'Too many attempts, try again later', 'rate_limited', false],
    [423, 'Too many attempts, try again later', 'rate_limited', false],
    [429, 'Too many attempts, try again later', 'rate_limited', true],
    [500, 'User does not have the required permissions', 'permission_denied', false],
    [500, 'panic', 'unavailable', false],
    [501, 'Not Implemented', 'unsupported', false],
    [502, 'bad gateway', 'unavailable', true],
    [503, 'Throughput exceeded. Slow down and retry', 'unavailable', true],
  ] as const)('%i %s is %s', async (status, message, code, repeated) => {
    const lake = await openLake();
    lake.sandbox.tag(lake.repository, 'v1', 'main');
    lake.sandbox.fault({ kind: 'status', status, body: { message } }, { method, times: 9 });
    const error = await failureOf(act(lake));
    expect(error.code).toBe(code);
    expect(lake.sandbox.seen.filter((request) => request.method === method)).toHaveLength(repeated ? tries : 1);
    expect([...lake.repository.tags.keys()]).toEqual(['v1']);
    expect(JSON.stringify([textOf(error), error.stack])).not.toMatch(new RegExp(`${LAKEFS_KEY.secret.slice(0, 12)}|Basic|authorization`));
    if (message.length > 3) expect(textOf(error)).toContain(`upstream: ${status} "${message}"`);
  });
});

/** What CodeArts Repo is recorded, or documented, to answer in unusual forms, and what we make of it. */
import { describe, expect, it } from 'vitest';
import { irreplaceable } from '../../../src/core/tag.ts';
import { toListed, toTag, WireTag } from '../../../src/providers/codearts/wire.ts';
import { failureOf, toolsOn } from '../../support/target.ts';
import { call, type Way, workshop } from './workshop.ts';

const NO_RIGHT = { error_code: 'CH.080401', error_msg: 'No permission to access this resource.' };
const status = (code: number, body: unknown) => ({ kind: 'status', status: code, body }) as const;

describe('a 401', () => {
  const ways: Way[] = ['token', 'key', 'login'];
  const rights = ['CH.080401', 'CH.00401001', 'CH.00401008'];
  it.each(ways.flatMap((way) => rights.map((code) => [way, code] as const)))(
    'of the service itself speaks of a right, with a %s (%s): nothing is paused or renewed',
    async (way, error_code) => {
      const { sandbox, iam, tools } = await workshop(way);
      await tools.list();
      sandbox.fault(status(401, { ...NO_RIGHT, error_code }));
      expect((await failureOf(tools.get('v1'))).code).toBe('permission_denied');
      expect((await tools.create({ name: 'v1', ref: 'master' })).outcome).toBe('created');
      expect(iam.seen).toHaveLength(way === 'login' ? 1 : 0);
    },
  );

  it('of the service on the first request of a key leaves the others alone', async () => {
    const { sandbox, connect, right, repository } = await workshop('key');
    const tools = toolsOn(connect(right), String(repository.id));
    sandbox.fault(status(401, NO_RIGHT));
    const codes = await Promise.all(
      [tools.list(), tools.list(), tools.list()].map((list) =>
        list.then(
          () => 'ok',
          ({ code }) => code,
        ),
      ),
    );
    expect(codes.sort()).toEqual(['ok', 'ok', 'permission_denied']);
  });

  it.each([
    ['APIG.0301', 'Incorrect IAM authentication information: decrypt token fail'],
    ['APIGW.0301', 'Incorrect IAM authentication information: verify aksk signature fail'],
    ['CH.00000001', 'The user auth info is not found'],
    ['CH.00000002', 'The credentials are not recognisable'],
    ['', ''],
  ])('with code %j speaks of the credential', async (error_code, error_msg) => {
    const { sandbox, tools } = await workshop();
    sandbox.fault(status(401, error_code ? { error_code, error_msg } : undefined));
    expect((await failureOf(tools.list())).code).toBe('unauthenticated');
  });

  it('that got past the gateway does not stop a key for a minute', async () => {
    const { sandbox, tools } = await workshop('key');
    sandbox.fault(status(401, { error_code: 'CH.00000001', error_msg: 'The user auth info is not found' }));
    expect((await failureOf(tools.list())).code).toBe('unauthenticated');
    expect((await tools.list()).tags).toEqual([]);
  });
});

const wrapped = (code: string, message: string, word = 'failed') => ({ error: { code, message }, status: word });

describe('a 2xx that says it failed', () => {
  it.each([
    [200, wrapped('CH.080403', 'Access denied.'), 'permission_denied'],
    [200, wrapped('CH.080401', 'No permission to access this resource.'), 'permission_denied'],
    [200, wrapped('CH.1', '没有权限', 'fail'), 'permission_denied'],
    [200, wrapped('CH.010117', 'The named repository does not exist.'), 'repository_not_found'],
    [200, { ...wrapped('CH.1', 'The hook refused it.'), result: null }, 'rejected'],
    [200, { error: { code: 'CH.1', message: 'Not now.' } }, 'rejected'],
    [200, { error: 'Not now.', status: 'error' }, 'rejected'],
    [200, { status: 'failed' }, 'rejected'],
    [200, { error_code: 'CH.080403', error_msg: 'Access denied.' }, 'permission_denied'],
    [201, wrapped('CH.080403', 'Access denied.'), 'permission_denied'],
  ])('%i %j is %s, of whatever call, and nothing is reported as done', async (code, body, expected) => {
    const { sandbox, repository, tools, newer } = await workshop();
    sandbox.tag(repository.id, 'v1', 'master');
    const acts = {
      GET: [() => tools.get('v1'), () => tools.list()],
      POST: [() => tools.create({ name: 'v2', ref: newer })],
      DELETE: [() => tools.delete({ name: 'v1' })],
    };
    for (const [method, calls] of Object.entries(acts))
      for (const act of calls) {
        sandbox.fault(status(code, body), { method });
        expect((await failureOf(act())).code, `${method} ${act}`).toBe(expected);
      }
    expect([...repository.tags.keys()]).toEqual(['v1']);
  });

  it('is told in its own words', async () => {
    const { sandbox, repository, tools } = await workshop();
    sandbox.tag(repository.id, 'v1', 'master');
    sandbox.fault(status(200, { ...wrapped('CH.080403', 'Access denied.'), request_id: 'r-1' }), { method: 'DELETE' });
    const error = await failureOf(tools.delete({ name: 'v1' }));
    expect(error).toMatchObject({ inDoubt: false, upstream: { status: 200, text: 'Access denied.', request_id: 'r-1' } });
  });

  it.each([undefined, {}, null, { status: 'success', result: {} }, { error: null, status: 'success' }, { status: 'success', error: {} }])(
    'is not what %j says of a deletion',
    async (body) => {
      const { sandbox, repository, provider } = await workshop();
      sandbox.fault(status(200, body === undefined ? '' : body), { method: 'DELETE' });
      await expect(provider.delete(String(repository.id), { name: 'v1' }, false, call)).resolves.toBeUndefined();
    },
  );

  it('in text that is no JSON tells nothing, and the tag is looked at', async () => {
    const { sandbox, repository, provider, tools } = await workshop();
    sandbox.fault(status(200, 'OK'), { method: 'DELETE', times: 2 });
    expect(await failureOf(provider.delete(String(repository.id), { name: 'v1' }, false, call))).toMatchObject({ inDoubt: true });
    sandbox.tag(repository.id, 'v1', 'master');
    expect((await failureOf(tools.delete({ name: 'v1' }))).message).toContain('did not take effect');
  });

  it('is not what a repository says of its own state', async () => {
    const { sandbox, repository, provider } = await workshop();
    sandbox.fault(status(200, { id: repository.id, default_branch: 'master', archived: false, status: 'failed' }));
    expect(await provider.access?.(String(repository.id), call)).not.toHaveProperty('write');
  });
});

describe('an error in its wrapped form', () => {
  it.each([
    [400, wrapped('CH.010117', 'The named repository does not exist.'), 'repository_not_found', 'The named repository does not exist.'],
    [404, wrapped('CH.00402000', '仓库不存在'), 'repository_not_found', '仓库不存在'],
    [400, wrapped('CH.080403', 'Access denied.'), 'permission_denied', 'Access denied.'],
    [403, wrapped('CH.1', 'Access denied.'), 'permission_denied', 'Access denied.'],
    [401, wrapped('APIGW.0301', 'token expires'), 'unauthenticated', 'token expires'],
    [401, wrapped('CH.080401', 'No permission to access this resource.'), 'permission_denied', 'No permission to access this resource.'],
  ])('%i %j is %s', async (code, body, expected, text) => {
    const { sandbox, tools } = await workshop();
    sandbox.fault(status(code, body), { times: 9 });
    expect(await failureOf(tools.list())).toMatchObject({ code: expected, upstream: { status: code, text } });
  });
});

describe('a tag', () => {
  const [COMMIT, OBJECT] = ['c'.repeat(40), 'e'.repeat(40)];
  const tagOf = (wire: object) => toTag(WireTag.parse({ name: 'v1', commit: { id: COMMIT }, ...wire }));
  const message = 'Ship it\n-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\n';

  it('with a signature does not come back with it', () => {
    for (const tag of [tagOf({ message, target: OBJECT }), toListed({ name: 'v1', message, target: OBJECT })]) {
      expect(tag).toMatchObject({ annotated: true, message: 'Ship it' });
      expect(irreplaceable.get(tag)).toBe('Its signature');
    }
  });
  it('without words is annotated where it is not its commit', () => {
    expect(tagOf({ message: '', target: OBJECT })).toMatchObject({ annotated: true, message: '' });
    expect(tagOf({ message: '', target: COMMIT })).toMatchObject({ annotated: false });
  });
  it('has the first line of its commit’s message for a title where none is told', () => {
    expect(tagOf({ commit: { id: COMMIT, message: 'lint\n\nall\n' } }).commit).toEqual({ title: 'lint' });
  });
});

describe('what a creation would be refused with', () => {
  it('is told of an archived repository, in one request, and else nothing', async () => {
    const { repository, provider, asked, sandbox } = await workshop();
    const admit = async () => provider.admit?.(String(repository.id), 'v1', call);
    await expect(admit()).resolves.toBeUndefined();
    expect(asked()).toEqual(['GET ']);
    repository.archived = true;
    expect((await failureOf(admit())).code).toBe('read_only');
    for (const code of [401, 403, 404, 500]) {
      sandbox.fault(status(code, NO_RIGHT));
      await expect(admit()).resolves.toBeUndefined();
    }
  });
});

/** What GitLab 8 to 19, and what stands in front of it, really answered, and what we make of it. */
import { describe, expect, it } from 'vitest';
import { irreplaceable } from '../../../src/core/tag.ts';
import { isFreeOfRelease, toTag, WireTag, WireTags } from '../../../src/providers/gitlab/wire.ts';
import { GITLAB_TOKENS } from '../../sandbox/gitlab.ts';
import { codeOf, failureOf } from '../../support/target.ts';
import { call, workshop } from './workshop.ts';

const [COMMIT, OBJECT] = ['c'.repeat(40), 'e'.repeat(40)];
const tagOf = (wire: object) => toTag(WireTag.parse({ name: 'v1', commit: { id: COMMIT }, ...wire }));
const signed = (kind: string) => `Ship 0.8.8\n-----BEGIN ${kind}-----\n\nabc\n-----END ${kind}-----\n`;

describe('a tag', () => {
  it.each([
    ['a message and no target, as before 11', { message: 'by hand' }, true],
    ['no message and no target', { message: null }, undefined],
    ['an empty message and no target', { message: '' }, undefined],
    ['its commit for a target, and a message', { message: 'title of the commit', target: COMMIT }, false],
    ['a target of its own, and no words', { message: '', target: OBJECT }, true],
    ['a target of its own, and none at all', { message: null, target: OBJECT }, true],
  ])('with %s', (_, wire, annotated) => {
    expect(tagOf(wire).annotated).toBe(annotated);
  });

  it('annotated without words is restored without an annotation, which is said', async () => {
    const { tools, sandbox } = await workshop();
    for (const message of ['', null]) {
      const body = { name: 'v1', message, target: OBJECT, commit: { id: COMMIT }, release: null };
      sandbox.fault({ kind: 'status', status: 200, body }, { method: 'GET' });
      sandbox.fault({ kind: 'status', status: 204 }, { method: 'DELETE' });
      expect((await tools.delete({ name: 'v1' })).note).toContain('comes back without an annotation');
    }
  });

  it.each(['PGP SIGNATURE', 'PGP MESSAGE', 'SSH SIGNATURE', 'SIGNED MESSAGE'])(
    'with a %s does not come back with it, which is said',
    async (kind) => {
      const { tools, sandbox } = await workshop();
      const body = { name: 'v1', message: signed(kind), target: OBJECT, commit: { id: COMMIT }, release: null };
      sandbox.fault({ kind: 'status', status: 200, body }, { method: 'GET' });
      sandbox.fault({ kind: 'status', status: 204 }, { method: 'DELETE' });
      expect(await tools.delete({ name: 'v1' })).toMatchObject({
        restore: { ref: COMMIT, message: 'Ship 0.8.8' },
        note: 'Its signature does not come back.',
      });
      expect(irreplaceable.get(tagOf({ message: 'no -----BEGIN PGP SIGNATURE-----' }))).toBeUndefined();
    },
  );

  it('has the first line of its commit’s message for a title where none is told', () => {
    const title = (commit: object) => tagOf({ commit: { id: COMMIT, ...commit } }).commit?.title;
    expect(title({ message: 'lint everything\n\nAt last.\n' })).toBe('lint everything');
    expect(title({ title: 'told', message: 'else' })).toBe('told');
    expect(title({})).toBeUndefined();
  });

  it.each([[{}], [{ id: null }], ['abc'], [[]], [null], [undefined]])('whose commit is %j does not hide the others', (commit) => {
    const rows = WireTags.parse([{ name: 'a', commit: { id: COMMIT } }, { name: 'b', commit }, { name: 'c' }]).map(toTag);
    expect(rows.map(({ name, commit_id }) => [name, commit_id])).toEqual([
      ['a', COMMIT],
      ['b', undefined],
      ['c', undefined],
    ]);
  });

  it('that was just created is read where the answer does not tell where it stands', async () => {
    const { tools, sandbox, project, newer } = await workshop();
    const odd = { kind: 'status', status: 201, body: { name: 'v1', commit: {} } } as const;
    sandbox.fault(odd, { method: 'POST' });
    sandbox.tag(project, 'v1', 'main');
    expect((await tools.create({ name: 'v1', ref: 'main' })).tag).toMatchObject({ commit_id: newer });
  });

  it('of GitLab 8, with a Release and without a target, carries its Release', () => {
    const tag = tagOf({ message: 'by hand', release: { tag_name: 'v1', description: 'out' } });
    expect([tag.release, isFreeOfRelease(tag)]).toEqual([{ description: 'out' }, false]);
  });
});

const said = (message: string) => ({ message });
type Row = [what: string, status: number, body: unknown, code: string, told: RegExp];
const ANSWERS: Row[] = [
  ['a deletion that came second', 404, said('No such tag'), 'tag_not_found', /no such tag/],
  [
    'a copy of another GitLab',
    403,
    said('You cannot perform write operations on a read-only instance'),
    'read_only',
    /nothing was written.*primary site/,
  ],
  [
    'a GitLab under maintenance',
    403,
    said('GitLab is undergoing maintenance and is operating in read-only mode.'),
    'read_only',
    /maintenance/,
  ],
  ['a hook that speaks of maintenance', 400, said('The register is in maintenance mode'), 'rejected', /refused/],
  ['a ban', 403, 'Forbidden\n', 'permission_denied', /address is refused.*Wait an hour/],
  ['a wall in front', 403, 'RBAC: access denied', 'permission_denied', /address is refused/],
  ['GitLab itself', 403, said('403 Forbidden'), 'permission_denied', /may not do this/],
  ['a dead token', 401, said('401 Unauthorized'), 'unauthenticated', /not accepted/],
  ['the words of the sign-in page', 401, { error: 'You need to sign in or sign up before continuing.' }, 'unauthenticated', /not accepted/],
  ['an expired OAuth token', 401, { error: 'invalid_token', error_description: 'Token is expired.' }, 'unauthenticated', /not accepted/],
  ['too many requests', 429, 'Retry later\n', 'rate_limited', /too many/],
  [
    'a token of single permissions',
    403,
    { error: 'insufficient_granular_scope', error_description: 'Access denied: lacks [Code: Write].' },
    'permission_denied',
    /lacks a permission.*GitLab names/,
  ],
];

it.each(ANSWERS)('%s: %i %j is %s', async (_, status, body, code, told) => {
  const { provider, project, sandbox } = await workshop();
  sandbox.fault({ kind: 'status', status, body }, { times: 9 });
  const error = await failureOf(provider.delete(project.path, { name: 'v1' }, true, call));
  expect(error.code).toBe(code);
  expect(`${error.message} ${error.hint}`).toMatch(told);
});

describe('a wrong address', () => {
  const at = async (end: string) => {
    const shop = await workshop();
    return { ...shop, there: shop.connect({ GITLAB_TOKEN: GITLAB_TOKENS.maintainer, GITLAB_URL: `${shop.sandbox.url}${end}` }) };
  };

  it.each(['/api', '/api/v3', '/api/v4/projects', '/api/v4/projects/', '/api/v4/projects/42', '/api/graphql', '/api/v4//'])(
    'that ends in %s is understood',
    async (end) => {
      const { there, project, newer, asked } = await at(end);
      expect(await there.resolve(project.path, 'main', call)).toBe(newer);
      expect(asked()).toHaveLength(1);
    },
  );

  it('keeps a relative root that is called api', async () => {
    const { sandbox, connect, project, newer } = await workshop({ root: '/api/gitlab' });
    for (const end of ['', '/api/v4', '/api']) {
      const there = connect({ GITLAB_TOKEN: GITLAB_TOKENS.maintainer, GITLAB_URL: `${sandbox.url}${end}` });
      expect(await there.resolve(project.path, 'main', call)).toBe(newer);
    }
  });

  it.each<[number, unknown, string]>([
    [404, { error: '404 Not Found' }, 'group/app'],
    [404, { error: '404 Not Found' }, '42'],
    [410, { error: 'API V3 is no longer supported. Use API V4 instead.' }, 'group/app'],
    [410, { message: 'API V3 is no longer supported. Use API V4 instead.' }, '42'],
    [404, '<!DOCTYPE html><html><head><title>Not Found</title></head></html>', 'group/app'],
    [200, '<!DOCTYPE html><html><head><title>Sign in</title></head></html>', '42'],
  ])('%i %j is told with its variable', async (status, body, project) => {
    const { sandbox, provider } = await workshop();
    sandbox.fault({ kind: 'status', status, body }, { times: 9 });
    const error = await failureOf(provider.get(project, 'v1', call));
    expect(error.code).toBe('unexpected_response');
    expect(`${error.message} ${error.hint}`).toContain('GITLAB_URL');
  });
});

describe('a token of single permissions', () => {
  const refused = {
    kind: 'status',
    status: 403,
    body: { error: 'insufficient_granular_scope', error_description: 'lacks [User: Read]' },
  } as const;
  it.each([[/\/user$/], [/\/(user|personal_access_tokens\/self|version)$/]])('may not read %s, and is a good token', async (path) => {
    const { provider, sandbox } = await workshop();
    sandbox.fault(refused, { path, times: 9 });
    expect(await provider.check(call)).not.toHaveProperty('user');
  });
});

it('a read that is refused for a job token keeps its words', async () => {
  const { toolsAs, sandbox } = await workshop();
  sandbox.fault({ kind: 'status', status: 401, body: { message: '401 Unauthorized' } }, { method: 'GET' });
  expect(await codeOf(toolsAs('job').list())).toBe('unauthenticated');
});

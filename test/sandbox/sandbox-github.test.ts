/** The sandbox of GitHub itself, by plain fetch: the traps that a client must not be spared. */
import { afterEach, describe, expect, test } from 'vitest';
import { GITHUB_TOKENS, type GithubOptions, startGithub } from './github.ts';
import type { Sandbox } from './sandbox.ts';

const ZERO = '0'.repeat(40);
const UPDATE = 'mutation($input: UpdateRefsInput!) { updateRefs(input: $input) { clientMutationId } }';
const QUERY_REF = `query($owner: String!, $name: String!, $ref: String!) {
  repository(owner: $owner, name: $name) { ref(qualifiedName: $ref) { name target { __typename oid ... on Tag { message target { oid } } } } }
}`;
const QUERY_PAGE = `query($after: String) {
  repository(owner: "acme", name: "app") {
    refs(refPrefix: "refs/tags/", first: 2, after: $after) { totalCount nodes { name } pageInfo { hasNextPage endCursor } }
  }
}`;

const running: Sandbox[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((sandbox) => sandbox.close()));
});

interface Sent {
  method?: string;
  token?: string | undefined;
  headers?: Record<string, string>;
  body?: unknown;
}

async function github(options: GithubOptions = {}) {
  const sandbox = await startGithub(options);
  running.push(sandbox);
  const repository = sandbox.addRepository('acme/app');
  const [older, newer] = [sandbox.commit(repository, 'main', 'first'), sandbox.commit(repository, 'main', 'second')];

  const send = async (url: string, sent: Sent) => {
    const { method = 'GET', body, headers } = sent;
    const token = 'token' in sent ? sent.token : GITHUB_TOKENS.maintainer;
    const response = await fetch(url, {
      method,
      redirect: 'manual',
      headers: { 'user-agent': 'test', ...(token && { authorization: `Bearer ${token}` }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : undefined };
  };
  const rest = (line: string, sent: Sent = {}) => {
    const [method = '', path = ''] = line.split(' ');
    return send(`${sandbox.url}${path.replace(/^\.\.\./, '/repos/acme/app')}`, { ...sent, method });
  };
  const graph = (query: string, variables: object = {}, sent: Sent = {}) =>
    send(sandbox.graphqlUrl, { ...sent, method: 'POST', body: { query, variables } });
  const update = (refUpdates: object[], token?: string) =>
    graph(UPDATE, { input: { repositoryId: repository.node_id, refUpdates } }, token ? { token } : {});
  const create = (name: string, afterOid: string, token?: string) =>
    update([{ name: `refs/tags/${name}`, beforeOid: ZERO, afterOid, force: true }], token);
  const publish = (tag_name: string, more: object = {}) => rest('POST .../releases', { body: { tag_name, ...more } });
  const names = () => [...repository.tags.keys()].sort();
  return { sandbox, repository, older, newer, rest, graph, update, create, publish, names };
}

const refused = (message: string, type = 'UNPROCESSABLE') => ({
  status: 200,
  body: { errors: [{ type, path: ['updateRefs'], message: expect.stringContaining(message) }] },
});

describe('before any route', () => {
  test.each([
    ['no User-Agent', { headers: { 'user-agent': '' } }, 403, 'administrative rules'],
    ['a version that is none', { headers: { 'x-github-api-version': '2020-01-01' } }, 400, 'not supported'],
    ['a token of nobody', { token: 'ghp-nobody' }, 401, 'Bad credentials'],
    ['a token that is over', { token: GITHUB_TOKENS.expired }, 401, 'Bad credentials'],
    ['no token, and a private repository', { token: undefined }, 404, 'Not Found'],
  ])('%s is refused', async (_, sent, status, message) => {
    const { rest } = await github();
    expect(await rest('GET ...', sent)).toMatchObject({ status, body: { message: expect.stringContaining(message) } });
  });

  test('headers tell of a token by its kind', async () => {
    const { rest } = await github();
    const [classic, fine] = [await rest('GET ...'), await rest('GET ...', { token: GITHUB_TOKENS.fine })];
    const told = ['x-oauth-scopes', 'x-accepted-github-permissions', 'github-authentication-token-expiration'];
    expect(told.map((name) => classic.headers.get(name))).toEqual(['repo', null, expect.stringContaining('UTC')]);
    expect(told.map((name) => fine.headers.get(name))).toEqual([null, 'contents=write', null]);
    expect(classic.headers.get('x-github-request-id')).toBeTruthy();
  });

  test('an app is nobody, and a limit is told with its end', async () => {
    const { sandbox, rest } = await github();
    const app = await rest('GET /user', { token: GITHUB_TOKENS.app });
    expect(app).toMatchObject({ status: 403, body: { message: 'Resource not accessible by integration' } });
    sandbox.left = 0;
    const limited = await rest('GET ...');
    expect([limited.status, limited.headers.get('x-ratelimit-remaining')]).toEqual([403, '0']);
    expect(Number(limited.headers.get('x-ratelimit-reset'))).toBeGreaterThan(Date.now() / 1_000);
  });

  test('a renamed repository is told by its id: 301 for reads, 307 for writes, and GraphQL follows', async () => {
    const { sandbox, repository, rest, graph, newer } = await github();
    sandbox.renameRepository(repository, 'acme/application');
    const location = `${sandbox.url}/repositories/${repository.id}`;
    const moved = await rest('GET ...');
    expect([moved.status, moved.headers.get('location'), moved.body.message]).toEqual([301, location, 'Moved Permanently']);
    const body = { ref: 'refs/tags/v1', sha: newer };
    const write = await rest('POST .../git/refs', { body });
    expect([write.status, write.headers.get('location')]).toEqual([307, `${location}/git/refs`]);
    expect((await rest(`POST /repositories/${repository.id}/git/refs`, { body })).status).toBe(201);
    const found = await graph('{ repository(owner: "ACME", name: "App") { nameWithOwner } }');
    expect(found.body).toEqual({ data: { repository: { nameWithOwner: 'acme/application' } } });
  });
});

describe('what no GitHub would understand is on record', () => {
  test.each([
    ['GET .../git/refs/', undefined, 'GET /repos/acme/app/git/refs/'],
    ['GET .../git/ref/tags/v1?deep=1', undefined, 'takes no deep'],
    ['POST .../git/refs', { ref: 'refs/tags/v1' }, 'sha is missing'],
    ['POST .../git/refs', { ref: 'refs/tags/v1', sha: 'x', force: true }, 'force is unknown'],
    ['PATCH .../git/refs/tags/v1', { sha: 'x', force: 'true' }, 'string is not boolean'],
    ['POST .../releases', { tag_name: 'v1', make_latest: 'perhaps' }, 'perhaps is none of'],
  ])('%s %j', async (line, body, why) => {
    const { sandbox, rest } = await github();
    await rest(line, body === undefined ? {} : { body });
    expect(sandbox.unknown).toEqual([expect.stringContaining(why)]);
  });

  test('so is a query that the published schema refuses', async () => {
    const { sandbox, graph } = await github();
    const answer = await graph('{ repository(owner: "acme", name: "app") { tags } }');
    expect(answer).toMatchObject({ status: 200, body: { errors: [{ message: expect.stringContaining('Cannot query field "tags"') }] } });
    expect(sandbox.unknown).toHaveLength(1);
  });

  test('a server older than updateRefs says so with a 200, and that is nobody’s bug', async () => {
    const { sandbox, create, newer, names } = await github({ root: '/api', updateRefs: false });
    expect([new URL(sandbox.url).pathname, new URL(sandbox.graphqlUrl).pathname]).toEqual(['/api/v3', '/api/graphql']);
    expect(await create('v1', newer)).toMatchObject({ status: 200, body: { errors: [{ extensions: { code: 'undefinedField' } }] } });
    expect([names(), sandbox.unknown]).toEqual([[], []]);
  });
});

describe('updateRefs', () => {
  test('compares with the oid of the ref itself, the tag object where it is annotated', async () => {
    const { sandbox, repository, older, newer, update, graph } = await github();
    const object = sandbox.tag(repository, 'v1', older, 'notes');
    const move = (beforeOid: string) => update([{ name: 'refs/tags/v1', beforeOid, afterOid: newer, force: true }]);
    expect(await move(older)).toMatchObject({ status: 200, body: { errors: [expect.anything()] } });
    const { body } = await graph(QUERY_REF, { owner: 'acme', name: 'app', ref: 'refs/tags/v1' });
    expect(body.data.repository.ref.target).toEqual({ __typename: 'Tag', oid: object, message: 'notes', target: { oid: older } });
    expect((await move(object)).body).toEqual({ data: { updateRefs: { clientMutationId: null } } });
    expect(repository.tags.get('v1')).toBe(newer);
  });

  test('does all or nothing, and zeros mean absent', async () => {
    const { create, update, older, newer, names } = await github();
    await create('v1', older);
    const second = { name: 'refs/tags/v2', beforeOid: ZERO, afterOid: newer };
    expect(await update([second, { name: 'refs/tags/v1', beforeOid: ZERO, afterOid: newer }])).toMatchObject(refused('already exists'));
    expect(names()).toEqual(['v1']);
    await update([second, { name: 'refs/tags/v1', beforeOid: older, afterOid: ZERO }]);
    expect(names()).toEqual(['v2']);
  });

  test.each([
    ['refs/tags/', 'not a valid ref name'],
    ['refs/tags', 'not a valid ref name'],
    ['refs/tags/a..b', 'not a valid ref name'],
    [`refs/tags/${'a'.repeat(40)}`, 'not a valid ref name'],
    ['refs/tags/v1/x', 'Reference update failed'],
    ['refs/tags/prod-1', 'Repository rule violations found\n\nCannot create ref due to creations being restricted.'],
  ])('refuses %s', async (name, message) => {
    const { sandbox, repository, update, newer, names } = await github();
    sandbox.tag(repository, 'v1', 'main');
    repository.rules.push({ type: 'creation', pattern: 'prod-*' });
    expect(await update([{ name, beforeOid: ZERO, afterOid: newer }])).toMatchObject(refused(message));
    expect(names()).toEqual(['v1']);
  });

  test('refuses an unknown object, and without force what is no fast-forward', async () => {
    const { create, update, older, newer } = await github();
    expect(await create('v1', 'e'.repeat(40))).toMatchObject(refused('Object does not exist'));
    await create('v1', newer);
    expect(await update([{ name: 'refs/tags/v1', afterOid: older, force: false }])).toMatchObject(refused('not a fast forward'));
    expect((await update([{ name: 'refs/tags/v1', afterOid: older, force: true }])).body.errors).toBeUndefined();
  });

  test.each([
    ['reader', false, 'push access'],
    ['fine', true, 'Resource not accessible by personal access token'],
    ['actions', true, 'Resource not accessible by integration'],
  ] as const)('is FORBIDDEN to %s, for workflows in the commit: %j', async (token, workflows, message) => {
    const { repository, create, newer, names } = await github();
    if (workflows) {
      expect((await create('before', newer, GITHUB_TOKENS[token])).body.errors).toBeUndefined();
      repository.tags.clear();
      repository.workflows.add(newer);
    }
    expect(await create('v1', newer, GITHUB_TOKENS[token])).toMatchObject(refused(message, 'FORBIDDEN'));
    expect(names()).toEqual([]);
  });

  test('writes see at once what reads show later', async () => {
    const { sandbox, create, rest, newer } = await github({ lagMs: 10_000 });
    await create('v1', newer);
    expect((await rest('GET .../git/ref/tags/v1')).status).toBe(404);
    expect(await create('v1', newer)).toMatchObject(refused('already exists'));
    sandbox.lagMs = 0;
    expect((await rest('GET .../git/ref/tags/v1')).body.object.sha).toBe(newer);
  });
});

describe('refs over REST', () => {
  test('moves forward without force, and says 422 both where a tag is and where none is', async () => {
    const { rest, older, newer, repository } = await github();
    const post = () => rest('POST .../git/refs', { body: { ref: 'refs/tags/rel/1', sha: older } });
    expect([(await post()).status, (await post()).body.message]).toEqual([201, 'Reference already exists']);
    const patch = (sha: string, path = 'tags/rel/1') => rest(`PATCH .../git/refs/${path}`, { body: { sha } });
    expect([(await patch(newer)).status, repository.tags.get('rel/1')]).toEqual([200, newer]);
    expect(await patch(older)).toMatchObject({ status: 422, body: { message: 'Update is not a fast forward' } });
    for (const path of ['tags/none', 'refs/tags/rel/1'])
      expect(await patch(newer, path)).toMatchObject({ status: 422, body: { message: 'Reference does not exist' } });
    expect([(await rest('DELETE .../git/refs/tags/rel%2F1')).status, repository.tags.size]).toEqual([204, 0]);
  });

  test('a comparison has the commits of head alone, oldest first, the files with page 1 only', async () => {
    const { sandbox, repository, older, newer, rest } = await github();
    const side = sandbox.graft(repository, [older], 'aside');
    const last = sandbox.graft(repository, [newer], 'third');
    const compare = async (range: string) => (await rest(`GET .../compare/${range}`)).body;
    expect(await compare(`${side}...${last}`)).toMatchObject({
      status: 'diverged',
      ahead_by: 2,
      behind_by: 1,
      commits: [{ sha: newer }, { sha: last }],
      files: [expect.anything()],
    });
    const second = await compare(`${older}...${last}?per_page=1&page=2`);
    expect([second.commits.map(({ sha }: { sha: string }) => sha), second.files, second.total_commits]).toEqual([[last], undefined, 2]);
  });
});

test('cursors of a list count, so that a deletion between two pages hides a tag', async () => {
  const { sandbox, repository, graph } = await github();
  for (const name of ['a', 'b', 'c', 'd', 'e']) sandbox.tag(repository, name, 'main');
  const { refs } = (await graph(QUERY_PAGE)).body.data.repository;
  expect(refs).toMatchObject({ totalCount: 5, nodes: [{ name: 'a' }, { name: 'b' }], pageInfo: { hasNextPage: true } });
  repository.tags.delete('a');
  const next = await graph(QUERY_PAGE, { after: refs.pageInfo.endCursor });
  expect(next.body.data.repository.refs.nodes).toEqual([{ name: 'd' }, { name: 'e' }]);
});

describe('Releases', () => {
  test('cut a lightweight tag where none is, keep their line ends, and take a name once', async () => {
    const { publish, newer, repository } = await github();
    const made = await publish('v1', { body: 'a\r\nb' });
    expect(made).toMatchObject({ status: 201, body: { tag_name: 'v1', body: 'a\r\nb', draft: false, immutable: false } });
    expect(repository.tags.get('v1')).toBe(newer);
    expect(await publish('v1')).toMatchObject({ status: 422, body: { errors: [{ code: 'already_exists', field: 'tag_name' }] } });
    const long = await publish('v2', { body: 'x'.repeat(125_001) });
    expect([long.status, long.body.errors[0].message, repository.tags.has('v2')]).toEqual([422, 'body is too long', false]);
  });

  test('are drafts once their tag is gone', async () => {
    const { publish, rest } = await github();
    const { body } = await publish('v1');
    await rest('DELETE .../git/refs/tags/v1');
    expect((await rest('GET .../releases/tags/v1')).status).toBe(404);
    expect((await rest(`GET .../releases/${body.id}`)).body.draft).toBe(true);
    expect((await rest(`GET .../releases/${body.id}`, { token: GITHUB_TOKENS.reader })).status).toBe(404);
  });

  test('that are immutable hold their tag, and spend its name for ever', async () => {
    const { repository, publish, rest, update, create, newer, names } = await github();
    expect((await rest('GET .../immutable-releases')).status).toBe(404);
    repository.immutableReleases = true;
    expect((await rest('GET .../immutable-releases')).body).toEqual({ enabled: true, enforced_by_owner: false });
    expect((await rest('GET .../immutable-releases', { token: GITHUB_TOKENS.writer })).status).toBe(404);
    const { body } = await publish('v1');
    const drop = () => update([{ name: 'refs/tags/v1', beforeOid: newer, afterOid: ZERO }]);
    expect(body.immutable).toBe(true);
    expect(await drop()).toMatchObject(refused('immutable release'));
    expect((await rest(`DELETE .../releases/${body.id}`)).status).toBe(204);
    await drop();
    expect(names()).toEqual([]);
    expect(await create('v1', newer)).toMatchObject(refused('used by an immutable release'));
  });
});

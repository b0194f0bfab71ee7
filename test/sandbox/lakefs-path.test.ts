/** The sandbox answers as lakeFS 1.84.0 did when it was asked the same. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LAKEFS_JWT, type LakefsSandbox, startLakefs } from './lakefs.ts';

let sandbox: LakefsSandbox;
beforeEach(async () => {
  sandbox = await startLakefs();
  const lake = sandbox.addRepository('lake');
  const head = sandbox.commit(lake, 'main');
  for (const name of ['v%31', 'v1', 'a%b', 'p%2Bq', 'p+q', 'z%41;', 'm%4d', 'mM', 'a;b', 'ünï']) lake.tags.set(name, head);
});
afterEach(() => sandbox.close());

const ask = async (method: string, path: string, init: RequestInit = {}) => {
  const headers = { authorization: `Bearer ${LAKEFS_JWT}`, ...init.headers };
  const response = await fetch(`${sandbox.url}/api/v1/${path}`, { ...init, method, headers });
  const text = await response.text();
  const body = response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text;
  return [response.status, body.id ?? body.message ?? body];
};
const badTag = 'argument tagID: tag id: invalid value: validation error';
const invalidEscape = (wrong: string) =>
  `Invalid format for parameter tag: error unescaping query parameter 'tag': invalid URL escape "${wrong}"`;

describe('a name in the path', () => {
  test.each([
    ['v%2531', 200, 'v1'],
    ['%76%2531', 200, 'v%31'],
    ['v%252531', 200, 'v%31'],
    ['a%25b', 400, invalidEscape('%b')],
    ['%61%25b', 200, 'a%b'],
    ['p+q', 400, badTag],
    ['p%2Bq', 200, 'p+q'],
    ['p%252Bq', 200, 'p+q'],
    ['%70%252Bq', 200, 'p%2Bq'],
    ['p%20q', 400, badTag],
    ['x%25y$', 400, invalidEscape('%y$')],
    ['z%2541%3B', 200, 'z%41;'],
    ['z%2541;', 404, 'tag not found'],
    ['m%254d', 200, 'mM'],
    ['a;b', 200, 'a;b'],
    ['%C3%BCn%C3%AF', 200, 'ünï'],
    ['a%2Fb', 400, badTag],
    ['a%5Cb', 400, badTag],
  ])('%s is answered with %i %s', async (name, status, answer) => {
    expect(await ask('GET', `repositories/lake/tags/${name}`)).toEqual([status, answer]);
  });

  test('that is decoded twice deletes another tag', async () => {
    expect(await ask('DELETE', 'repositories/lake/tags/m%254d')).toEqual([204, '']);
    const { tags } = sandbox.repositories.get('lake') ?? { tags: new Map() };
    expect([tags.has('m%4d'), tags.has('mM')]).toEqual([true, false]);
  });
});

test.each([
  ['GET', 'repositories/lake/tags/a/b'],
  ['GET', 'repositories/lake/tags/'],
  ['PUT', 'repositories/lake/tags/v1'],
  ['GET', 'repository/lake'],
])('%s %s is no endpoint, and goes on record', async (method, path) => {
  expect(await ask(method, path)).toEqual([404, 'invalid API endpoint']);
  expect(sandbox.unknown).toEqual([`${method} /api/v1/${path}`]);
});

test.each([
  ['main', 200, undefined],
  ['nope', 404, 'ref: not found'],
  ['main~99', 404, 'ref: not found'],
  ['main~x', 400, 'ref: could not parse modifier ~x: ref: invalid value: validation error'],
  ['main^^^', 400, 'ref: ref: invalid value: validation error'],
  ['a@b', 400, 'ref: ref: invalid value: validation error'],
])('the log of %s is answered with %i', async (ref, status, message) => {
  const [got, said] = await ask('GET', `repositories/lake/refs/${encodeURIComponent(ref)}/commits?amount=1`);
  expect(got).toBe(status);
  if (message) expect(said).toBe(message);
});

test.each([
  ['main', 200, undefined],
  ['main~0', 200, undefined],
  ['main@', 200, undefined],
  ['main~-1', 200, undefined],
  ['nope', 404, 'commit not found'],
  ['a b', 404, 'commit not found'],
  ['a/b', 404, 'commit not found'],
  ['main~99', 404, 'commit not found'],
  ['main$', 500, 'ref: invalid value: validation error: should point to a commit'],
  ['main~x', 500, 'could not parse modifier ~x: ref: invalid value: validation error'],
  ['main^^^', 500, 'ref: invalid value: validation error'],
  ['a@b', 500, 'ref: invalid value: validation error'],
  ['~1', 500, 'ref: invalid value: validation error'],
])('the commit of %s is answered with %i', async (ref, status, message) => {
  const [got, said] = await ask('GET', `repositories/lake/commits/${encodeURIComponent(ref)}`);
  expect([got, message && said]).toEqual([status, message]);
});

test('outside the API its pages answer, whatever is asked', async () => {
  for (const method of ['GET', 'POST']) {
    const response = await fetch(`${sandbox.url}/api/v2/repositories/lake/tags`, { method });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  }
  sandbox.unknown.splice(0);
});

test('what is wrong with a request is said before who asks', async () => {
  const headers = { authorization: 'Bearer nobody' };
  const body = JSON.stringify({ id: 'v9', ref: 'main' });
  expect(await ask('GET', 'repositories/lake/tags?amount=1001', { headers })).toEqual([400, expect.stringContaining('at most 1000')]);
  expect(await ask('POST', 'repositories/lake/tags', { headers, body })).toEqual([400, expect.stringContaining('Content-Type')]);
  expect(await ask('GET', 'repositories/lake/tags', { headers })).toEqual([401, 'error authenticating request']);
});

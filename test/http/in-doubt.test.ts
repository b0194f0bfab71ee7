import { describe, expect, test } from 'vitest';
import { TagError } from '../../src/core/errors.ts';
import { path } from '../../src/http/path.ts';
import type { Fault } from '../sandbox/sandbox.ts';
import { call, connect, failure, Wire, wired } from './fixture.ts';

const status = (code: number, body?: unknown): Fault => ({ kind: 'status', status: code, body });

/** After this, may the write have taken effect? */
const TABLE: readonly [what: string, Fault, doubt: boolean, code: string][] = [
  ['a connection broken while waiting', { kind: 'reset' }, true, 'unavailable'],
  ['a connection broken after the write was applied', { kind: 'reset-after' }, true, 'unavailable'],
  ['no answer in time', { kind: 'hang' }, true, 'timeout'],
  ['500', status(500), true, 'unavailable'],
  ['502', status(502), true, 'unavailable'],
  ['503', status(503), true, 'unavailable'],
  ['504', status(504), true, 'unavailable'],
  ['201 broken off', { kind: 'truncate' }, true, 'unexpected_response'],
  ['201 too large', { kind: 'huge', bytes: 1e9 }, true, 'unexpected_response'],
  ['200 with a page', { kind: 'html' }, true, 'unexpected_response'],
  ['201 without JSON', status(201, 'created'), true, 'unexpected_response'],
  ['201 of another shape', status(201, { nome: 'v1' }), true, 'unexpected_response'],
  ['400', status(400), false, 'rejected'],
  ['401', status(401), false, 'unauthenticated'],
  ['403', status(403), false, 'permission_denied'],
  ['404', status(404), false, 'repository_not_found'],
  ['404 with a page', status(404, '<html>'), false, 'unexpected_response'],
  ['405', status(405), false, 'unexpected_response'],
  ['409', status(409), false, 'conflict'],
  ['412', status(412), false, 'rejected'],
  ['422', status(422), false, 'invalid_input'],
  ['423', status(423), false, 'unavailable'],
  ['429', status(429), false, 'rate_limited'],
  ['a redirect', { kind: 'redirect', to: '/elsewhere' }, false, 'unexpected_response'],
];

describe.each(['POST', 'DELETE'] as const)('%s', (method) => {
  test.each(TABLE)('%s', async (_, fault, inDoubt, code) => {
    const { sandbox, http } = await wired({ timeoutMs: fault.kind === 'hang' ? 300 : 10_000 }, () => ({
      status: 201,
      body: { name: 'v1' },
    }));
    sandbox.fault(fault);
    expect(await failure(http.send(method, path`/tags`, { call, body: {}, schema: Wire }))).toMatchObject({ code, inDoubt });
    expect(sandbox.seen).toHaveLength(1);
  });
});

test.each(TABLE)('a GET never is: %s', async (_, fault) => {
  const { sandbox, http } = await wired({ timeoutMs: fault.kind === 'hang' ? 300 : 10_000 });
  sandbox.fault(fault, { times: 5 });
  expect((await failure(http.send('GET', path`/tags`, { call, schema: Wire }))).inDoubt).toBe(false);
});

test.each([
  ['rejected', false],
  ['permission_denied', true],
  ['already_exists', true],
  ['unavailable', true],
  ['timeout', true],
  ['rate_limited', true],
  ['unexpected_response', true],
] as const)('a 500 that the provider knows for %s leaves a doubt: %s', async (code, inDoubt) => {
  const { sandbox, http } = await wired({ explain: () => new TagError(code, 'Known.') });
  sandbox.fault(status(500, { message: 'a hook aborted' }));
  expect(await failure(http.send('POST', path`/tags`, { call }))).toMatchObject({ code, inDoubt });
});

test('nothing was sent where nobody listens', async () => {
  const { sandbox, http } = await wired();
  await sandbox.close();
  expect((await failure(http.send('POST', path`/tags`, { call }))).inDoubt).toBe(false);
});

test('nothing was sent where the name is unknown', async () => {
  expect((await failure(connect({ base: 'https://tagwright.invalid' }).send('POST', path`/tags`, { call }))).inDoubt).toBe(false);
});

test('nothing was sent where no connection was made in time', async () => {
  // TEST-NET-1 (RFC 5737) answers to nobody; on some networks it is refused at once, which is as good.
  const http = connect({ base: 'https://192.0.2.1', timeoutMs: 300 });
  expect((await failure(http.send('POST', path`/tags`, { call }))).inDoubt).toBe(false);
});

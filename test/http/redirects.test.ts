import { describe, expect, test } from 'vitest';
import { TagError } from '../../src/core/errors.ts';
import { path } from '../../src/http/path.ts';
import { call, failure, SECRET, Wire, wired } from './fixture.ts';

describe('a read', () => {
  test.each([301, 302, 303, 307, 308])('follows %d within its origin, signed for the new address', async (status) => {
    const signed: string[] = [];
    const authorize = ({ url }: { url: URL }) => {
      signed.push(url.pathname + url.search);
      return { 'private-token': SECRET };
    };
    const { sandbox, http } = await wired({ authorize });
    sandbox.fault({ kind: 'redirect', to: '/projects/42/tags?page=2', status });
    expect((await http.send('GET', path`/projects/${'old/name'}/tags`, { call, schema: Wire })).body.name).toBe('v1');
    expect(sandbox.seen.map(({ path: at, rawQuery }) => [at, rawQuery])).toEqual([
      ['/projects/old%2Fname/tags', ''],
      ['/projects/42/tags', 'page=2'],
    ]);
    expect(sandbox.seen[1]?.headers['private-token']).toBe(SECRET);
    expect(signed).toEqual(['/projects/old%2Fname/tags', '/projects/42/tags?page=2']);
  });

  test('follows at most three', async () => {
    const { sandbox, http } = await wired();
    sandbox.fault({ kind: 'redirect', to: '/again' }, { times: 9 });
    expect(await failure(http.send('GET', path`/a`, { call }))).toMatchObject({
      code: 'unexpected_response',
      message: expect.stringContaining('too many redirects'),
    });
    expect(sandbox.seen).toHaveLength(4);
  });

  test('never asks another origin, and names no more of it than that', async () => {
    const { sandbox: other } = await wired();
    const { sandbox, http } = await wired({ variable: 'GITLAB_URL' });
    sandbox.fault({ kind: 'redirect', to: `${other.url}/sign_in?return=secret-place` });
    const error = await failure(http.send('GET', path`/a`, { call }));
    expect(error).toMatchObject({
      code: 'unexpected_response',
      message: expect.stringContaining(other.url),
      hint: expect.stringContaining('GITLAB_URL'),
    });
    expect(error.message + error.hint).not.toMatch(/sign_in|secret-place/);
    expect(other.seen).toEqual([]);
    expect(sandbox.seen).toHaveLength(1);
  });

  test.each([
    ['the same host without TLS or on another port', 'http://127.0.0.1:1/x'],
    ['another spelling of the host', '//localhost/x'],
    ['no address', 'https://'],
    ['another scheme', 'file:///etc/passwd'],
  ])('does not follow to %s', async (_, to) => {
    const { sandbox, http } = await wired();
    sandbox.fault({ kind: 'redirect', to });
    expect((await failure(http.send('GET', path`/a`, { call }))).code).toBe('unexpected_response');
    expect(sandbox.seen).toHaveLength(1);
  });

  test('explain is asked first, so that a provider can learn where its repository moved', async () => {
    const explain = ({ status, headers }: { status: number; headers: Readonly<Record<string, string>> }) =>
      status === 301 ? new TagError('repository_not_found', `Moved to ${headers.location}.`) : undefined;
    const { sandbox, http } = await wired({ explain });
    sandbox.fault({ kind: 'redirect', to: '/projects/42', status: 301 });
    expect(await failure(http.send('GET', path`/a`, { call }))).toMatchObject({
      message: 'Moved to /projects/42.',
      upstream: { status: 301 },
    });
    expect(sandbox.seen).toHaveLength(1);
  });
});

test('a write is never sent to another place', async () => {
  const { sandbox, http } = await wired();
  for (const status of [301, 302, 307, 308]) sandbox.fault({ kind: 'redirect', to: '/b', status });
  for (let i = 0; i < 4; i++)
    expect(await failure(http.send('POST', path`/a`, { call, body: {} }))).toMatchObject({ code: 'unexpected_response', inDoubt: false });
  expect(sandbox.seen.map(({ path: at }) => at)).toEqual(['/a', '/a', '/a', '/a']);
});

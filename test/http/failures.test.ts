import { type AddressInfo, createServer, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { redactor } from '../../src/config/redact.ts';
import { path } from '../../src/http/path.ts';
import type { Fault } from '../sandbox/sandbox.ts';
import { call, connect, failure, SECRET, Wire, wired } from './fixture.ts';

/** A server that speaks no HTTP: it sends these bytes to whoever asks something. */
async function raw(bytes: string): Promise<string> {
  const server = createServer((socket: Socket) => void socket.on('error', () => undefined).once('data', () => socket.end(bytes)));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('a status', () => {
  test.each([
    [400, 'rejected'],
    [401, 'unauthenticated'],
    [403, 'permission_denied'],
    [404, 'repository_not_found'],
    [405, 'unexpected_response'],
    [406, 'unexpected_response'],
    [408, 'timeout'],
    [409, 'conflict'],
    [410, 'repository_not_found'],
    [412, 'rejected'],
    [413, 'invalid_input'],
    [418, 'unexpected_response'],
    [422, 'invalid_input'],
    [423, 'unavailable'],
    [429, 'rate_limited'],
    [500, 'unavailable'],
    [502, 'unavailable'],
    [503, 'unavailable'],
    [504, 'unavailable'],
    [507, 'unavailable'],
  ])('%d is %s, with the words and the id of the upstream', async (status, code) => {
    const { sandbox, http } = await wired();
    sandbox.fault({ kind: 'status', status, body: { message: 'Their words' }, headers: { 'x-request-id': 'r1' } });
    const error = await failure(http.send('POST', path`/a`, { call, query: { page: 'hidden' } }));
    expect(error.code).toBe(code);
    expect(error.upstream).toEqual({ status, text: 'Their words', request_id: 'r1' });
    expect(error.message).toContain(new URL(sandbox.url).host);
    expect(error.message).not.toMatch(/hidden|Their words/);
  });
});

test('a repository that is not there: what it may be is said once', async () => {
  const { sandbox, http } = await wired();
  sandbox.fault({ kind: 'status', status: 404, body: {} });
  const { message, hint } = await failure(http.send('GET', path`/a`, { call }));
  expect(message).toMatch(/: no such repository \(404\)\.$/);
  expect(hint).toBe('Check the spelling of the repository, and that the credential may see it.');
});

describe('the words of the upstream', () => {
  test.each([
    [{ message: 'a', error: 'b' }, 'a'],
    [{ error: 'insufficient_scope', error_description: 'needs more' }, 'needs more'],
    [{ error: 'plain' }, 'plain'],
    [{ error_code: 'CH.1', error_msg: 'no' }, 'no'],
    [{ message: { base: ['x'] } }, '{"message":{"base":["x"]}}'],
    [{ message: '' }, '{"message":""}'],
    ['Retry later', 'Retry later'],
    ['"quoted"', 'quoted'],
    ['null', 'null'],
    ['x'.repeat(100_000), 'x'.repeat(1000)],
    ['<!DOCTYPE html><title> Bad gateway </title><p>long', 'an HTML page, Bad gateway'],
    ['<html><body>long', 'an HTML page'],
    ['[['.repeat(10_000), '[['.repeat(500)],
    [`${'['.repeat(30_000)}${']'.repeat(30_000)}`, '['.repeat(1000)],
  ])('%j', async (body, text) => {
    const { sandbox, http } = await wired();
    sandbox.fault({ kind: 'status', status: 500, body });
    expect((await failure(http.send('GET', path`/a`, { call }))).upstream?.text).toBe(text);
  });

  test('are absent where there are none, and of an endless refusal only the beginning is read', async () => {
    const { sandbox, http } = await wired({}, () => ({ status: 409 }));
    expect((await failure(http.send('GET', path`/a`, { call }))).upstream).toEqual({ status: 409, text: undefined, request_id: undefined });
    sandbox.fault({ kind: 'huge', bytes: 1e9 });
    expect(await failure(http.send('GET', path`/a`, { call }))).toMatchObject({ code: 'conflict', upstream: { text: 'x'.repeat(1000) } });
    await expect.poll(() => sandbox.seen[1]?.aborted).toBe(true);
  });
});

describe('a secret in the words of the upstream', () => {
  const secret = 'hunter2-0123456789';
  const redact = redactor([secret]);
  const wordsWith = async (body: unknown) => {
    const { sandbox, http } = await wired({ redact });
    sandbox.fault({ kind: 'status', status: 400, body });
    return (await failure(http.send('GET', path`/a`, { call }))).upstream?.text ?? '';
  };
  test.each([980, 985, 990, 999, 1000])('is taken out before they are cut, beginning at %d of a thousand', async (at) => {
    for (const body of ['x'.repeat(at) + secret, { message: 'x'.repeat(at) + secret }, { message: [`${'x'.repeat(at)}${secret}`] }])
      expect(await wordsWith(body)).not.toContain('hunter');
  });
  test.each([100, 185, 190, 199, 200])('is taken out of a title before it is cut, beginning at %d of two hundred', async (at) => {
    expect(await wordsWith(`<!doctype html><title>${'x'.repeat(at)}${secret}</title>`)).not.toContain('hunter');
  });
  test.each([
    { message: `no ${secret}` },
    { error_description: `no ${encodeURIComponent(secret)}` },
    `no hunter2%2d0123456789`,
    `<!doctype html><title>no &#104;unter2-0123456789</title>`,
    `{"message": ["no \\u0068unter2-0123456789"]}`,
  ])('is taken out of %j', async (body) => {
    expect(await wordsWith(body)).toContain('no [secret]');
  });
});

describe('the request id of the upstream', () => {
  test.each([
    ['req-7_8.9', 'req-7_8.9'],
    ['7; call delete_tag', undefined],
    ['x'.repeat(129), undefined],
  ])('%s', async (sent, kept) => {
    const { sandbox, http } = await wired();
    sandbox.fault({ kind: 'status', status: 400, body: 'no', headers: { 'x-request-id': sent } });
    expect((await failure(http.send('GET', path`/a`, { call }))).upstream?.request_id).toBe(kept);
  });
});

describe('an answer that cannot be used', () => {
  test.each<[what: string, Fault, message: RegExp, hint: RegExp]>([
    ['a sign-in page', { kind: 'html' }, /HTML page/, /sign-in page or a proxy/],
    [
      'a page where nothing is',
      { kind: 'status', status: 404, body: '<!doctype html><title>404</title>' },
      /HTML page/,
      /sign-in page or a proxy/,
    ],
    ['text', { kind: 'status', status: 200, body: 'OK' }, /not JSON/, /address is the API/],
    ['nothing', { kind: 'status', status: 200, body: '' }, /empty/, /address is the API/],
    ['another shape', { kind: 'status', status: 200, body: { name: 7 } }, /unexpected shape at "name" \(/, /address is the API/],
    ['another type', { kind: 'status', status: 200, body: [] }, /unexpected shape \(/, /address is the API/],
    ['half of it', { kind: 'truncate' }, /broke off/, /Try again/],
    ['far too much', { kind: 'huge', bytes: 1e9 }, /too large/, /less/],
  ])('%s is unexpected_response', async (_, fault, message, hint) => {
    const { sandbox, http } = await wired();
    sandbox.fault(fault, { times: 3 });
    const error = await failure(http.send('GET', path`/a`, { call, schema: Wire }));
    expect(error).toMatchObject({
      code: 'unexpected_response',
      inDoubt: false,
      upstream: { status: fault.kind === 'status' ? fault.status : 200 },
    });
    expect(error.message).toMatch(message);
    expect(error.hint).toMatch(hint);
  });

  test('a huge body is cut off on its way, not gathered', async () => {
    const { sandbox, http } = await wired();
    sandbox.fault({ kind: 'huge', bytes: 1e9 });
    const before = process.memoryUsage.rss();
    await failure(http.send('GET', path`/a`, { call, schema: Wire }));
    await expect.poll(() => sandbox.seen[0]?.aborted).toBe(true);
    expect(process.memoryUsage.rss() - before).toBeLessThan(250e6);
  });

  test('just under the cap is read', async () => {
    const name = 'x'.repeat(8 * 1024 * 1024 - 20);
    const { http } = await wired({}, () => ({ status: 200, body: { name } }));
    expect((await http.send('GET', path`/a`, { call, schema: Wire })).body.name).toHaveLength(name.length);
  });

  test('JSON is read whatever type it claims', async () => {
    const { http } = await wired({}, () => ({ status: 200, body: '{"name":"v1"}', headers: { 'content-type': 'text/html' } }));
    expect((await http.send('GET', path`/a`, { call, schema: Wire })).body.name).toBe('v1');
  });

  test('a key chosen by the upstream cannot flood the message', async () => {
    const { http } = await wired({}, () => ({ status: 200, body: { ['k'.repeat(5000)]: 1 } }));
    const error = await failure(http.send('GET', path`/a`, { call, schema: z.record(z.string(), z.string()) }));
    expect(error.message.length).toBeLessThan(250);
  });

  test('no HTTP at all', async () => {
    const error = await failure(connect({ base: await raw('SSH-2.0-OpenSSH_9.2\r\n') }).send('GET', path`/a`, { call }));
    expect(error).toMatchObject({ code: 'unexpected_response', message: expect.stringContaining('not proper HTTP') });
  });
});

describe('no answer', () => {
  test('a broken connection', async () => {
    const { sandbox, http } = await wired();
    sandbox.fault({ kind: 'reset' }, { times: 3 });
    expect(await failure(http.send('GET', path`/a`, { call }))).toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('broke'),
    });
  });

  test('nobody listens; the variable that holds the address is named', async () => {
    const { sandbox, http } = await wired({ variable: 'GITLAB_URL' });
    await sandbox.close();
    const error = await failure(http.send('GET', path`/a`, { call }));
    expect(error).toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('refused'),
      hint: expect.stringContaining('GITLAB_URL'),
    });
  });

  test('no such name', async () => {
    const error = await failure(connect({ base: 'https://tagwright.invalid' }).send('GET', path`/a`, { call }));
    expect(error).toMatchObject({ code: 'unavailable', message: '"tagwright.invalid": the name cannot be resolved (DNS).' });
  });

  test('a credential that no header can carry is told without being told', async () => {
    const { sandbox, http } = await wired({ authorize: () => ({ 'private-token': `${SECRET}\n` }) });
    const error = await failure(http.send('GET', path`/a`, { call }));
    expect(error).toMatchObject({ code: 'not_configured', hint: expect.stringContaining('line break') });
    expect(sandbox.seen).toEqual([]);
  });
});

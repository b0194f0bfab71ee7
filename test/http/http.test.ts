import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { z } from 'zod';
import { TagError } from '../../src/core/errors.ts';
import type { HttpOptions, Outgoing, Refusal } from '../../src/http/http.ts';
import { path } from '../../src/http/path.ts';
import { call, callWith, connect, failure, SECRET, Wire, wired } from './fixture.ts';

describe('a request', () => {
  test('carries path, query, credential, and says what it is and wants', async () => {
    const { sandbox, http } = await wired();
    const query = { search: '^v 1+', per_page: 20, all: true, page: undefined };
    const reply = await http.send('GET', path`/projects/${'a/b'}/tags`, { call, query, schema: Wire });
    expect(reply).toMatchObject({ status: 200, headers: { 'content-type': 'application/json' }, body: { name: 'v1' } });
    const [seen] = sandbox.seen;
    expect(seen).toMatchObject({
      method: 'GET',
      path: '/projects/a%2Fb/tags',
      rawQuery: 'search=%5Ev%201%2B&per_page=20&all=true',
      body: '',
    });
    expect(seen?.headers).toMatchObject({ accept: 'application/json', 'user-agent': 'tagwright/test', 'private-token': SECRET });
    expect(seen?.headers).not.toHaveProperty('content-type');
  });

  test.each(['', '/', '/api/v4', '/api/v4//'])('the base %j is put before its path', async (below) => {
    const { sandbox } = await wired();
    await connect({ base: sandbox.url + below }).send('GET', path`/user`, { call });
    expect(sandbox.seen[0]?.path).toBe(`${below.replace(/\/+$/, '')}/user`);
  });

  test('authorize sees what leaves, to the byte, and its headers are added', async () => {
    const signed: Outgoing[] = [];
    const authorize: HttpOptions['authorize'] = async (request) => {
      signed.push(request);
      return { 'x-signature': 'é'.length.toString() };
    };
    const { sandbox, http } = await wired({ authorize });
    await http.send('POST', path`/tags`, {
      call,
      query: { a: 'é' },
      body: { message: 'é "x"\n' },
      headers: { 'x-extra': '1' },
      schema: Wire,
    });
    const [seen] = sandbox.seen;
    expect(seen?.body).toBe(signed[0]?.body);
    expect(seen?.headers).toMatchObject({ ...signed[0]?.headers, 'x-signature': '1', 'x-extra': '1', 'content-type': 'application/json' });
    expect(signed[0]).toMatchObject({ method: 'POST', url: new URL(`${sandbox.url}/tags?a=%C3%A9`) });
  });

  test('a write without a body says so', async () => {
    const { sandbox, http } = await wired();
    await http.send('POST', path`/tags`, { call });
    expect(sandbox.seen[0]?.headers).toMatchObject({ 'content-length': '0' });
    expect(sandbox.seen[0]?.headers).not.toHaveProperty('content-type');
  });

  test('connections are used again', async () => {
    let connections = 0;
    const server = createServer((_, response) => void response.end('{}')).on('connection', () => connections++);
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    onTestFinished(() => server.closeAllConnections());
    onTestFinished(() => void server.close());
    const http = connect({ base: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
    for (let i = 0; i < 5; i++) await http.send('GET', path`/a`, { call });
    expect(connections).toBe(1);
  });
});

describe('an answer', () => {
  test('without a schema its body is ignored, whatever became of it', async () => {
    const { sandbox, http } = await wired({}, () => ({ status: 204 }));
    expect(await http.send('DELETE', path`/a`, { call })).toMatchObject({ status: 204, body: undefined });
    for (const kind of ['truncate', 'huge'] as const) {
      sandbox.fault(kind === 'huge' ? { kind, bytes: 1e9 } : { kind });
      expect((await http.send('DELETE', path`/a`, { call })).status).toBe(200);
    }
  });

  test('an empty one is undefined to the schema', async () => {
    const { http } = await wired({}, () => ({ status: 204 }));
    expect((await http.send('PUT', path`/a`, { call, schema: Wire.optional() })).body).toBeUndefined();
    expect((await failure(http.send('GET', path`/a`, { call, schema: Wire }))).message).toContain('empty');
  });

  test('is what the schema made of it', async () => {
    const { http } = await wired({}, () => ({ status: 200, body: { name: 'v1', more: 1 } }));
    const schema = Wire.transform(({ name }) => name.length) satisfies z.ZodType<number>;
    const { body } = await http.send('GET', path`/a`, { call, schema });
    expect(body satisfies number).toBe(2);
  });
});

describe('explain', () => {
  test('names an error before the common table; the wire adds what it lacks', async () => {
    const refusals: Refusal[] = [];
    const explain = (refusal: Refusal) => {
      refusals.push(refusal);
      return new TagError('already_exists', 'It is there.', { hint: 'Ours.' });
    };
    const { sandbox, http } = await wired({ explain });
    sandbox.fault({ kind: 'status', status: 400, body: { message: 'Tag v1 already exists' }, headers: { 'x-request-id': 'r1' } });
    sandbox.fault({ kind: 'status', status: 500, body: 'plain words' });
    const error = await failure(http.send('POST', path`/tags`, { call }));
    expect(error).toMatchObject({ code: 'already_exists', message: 'It is there.', hint: 'Ours.', inDoubt: false });
    expect(error.upstream).toEqual({ status: 400, text: 'Tag v1 already exists', request_id: 'r1' });
    expect((await failure(http.send('POST', path`/tags`, { call }))).inDoubt).toBe(true);
    expect(refusals).toMatchObject([
      { method: 'POST', path: '/tags', status: 400, body: { message: 'Tag v1 already exists' }, headers: { 'x-request-id': 'r1' } },
      { status: 500, body: 'plain words' },
    ]);
  });

  test('what it leaves alone is named by the table', async () => {
    const { sandbox, http } = await wired({ explain: () => undefined });
    sandbox.fault({ kind: 'status', status: 401 });
    expect((await failure(http.send('GET', path`/a`, { call }))).code).toBe('unauthenticated');
  });
});

describe('the end of patience', () => {
  test('many requests of one call listen to one signal without a warning', async () => {
    const warned = vi.spyOn(process, 'emitWarning');
    const { http } = await wired();
    const one = callWith(new AbortController().signal);
    await Promise.all(Array.from({ length: 20 }, () => http.send('GET', path`/a`, { call: one })));
    expect(warned).not.toHaveBeenCalled();
    warned.mockRestore();
  });

  test('an abort closes the socket at once', async () => {
    const { sandbox, http } = await wired();
    sandbox.fault({ kind: 'hang' }, { times: 2 });
    for (const method of ['GET', 'POST'] as const) {
      const caller = new AbortController();
      const failed = failure(http.send(method, path`/a`, { call: callWith(caller.signal) }));
      await expect.poll(() => sandbox.seen.length).toBe(method === 'GET' ? 1 : 2);
      caller.abort();
      expect(await failed).toMatchObject({ code: 'cancelled', inDoubt: method === 'POST' });
      await expect.poll(() => sandbox.seen.at(-1)?.aborted).toBe(true);
    }
    expect(sandbox.seen).toHaveLength(2);
  });

  test('aborted before, nothing leaves', async () => {
    const { sandbox, http } = await wired();
    expect(await failure(http.send('POST', path`/a`, { call: callWith(AbortSignal.abort()) }))).toMatchObject({
      code: 'cancelled',
      inDoubt: false,
    });
    expect(sandbox.seen).toEqual([]);
  });

  test("the caller's own time limit is a timeout", async () => {
    const { sandbox, http } = await wired();
    sandbox.fault({ kind: 'hang' });
    expect((await failure(http.send('GET', path`/a`, { call: callWith(AbortSignal.timeout(50)) }))).code).toBe('timeout');
  });

  test('the limit holds for the whole request, its body and its repetitions', async () => {
    const { sandbox, http } = await wired({ timeoutMs: 400 });
    sandbox.fault({ kind: 'status', status: 503 });
    sandbox.fault({ kind: 'hang' });
    const error = await failure(http.send('GET', path`/a`, { call }));
    expect(error).toMatchObject({ code: 'timeout', message: `"${new URL(sandbox.url).host}": no answer within 0.4 s.`, inDoubt: false });
    await expect.poll(() => sandbox.seen.at(-1)?.aborted).toBe(true);
  });
});

/** A gateway that compresses though nobody asked. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { decode } from '../../src/http/encoding.ts';
import { path } from '../../src/http/path.ts';
import { call, connect, failure, Wire } from './fixture.ts';

const PACK: Record<string, (body: Buffer) => Buffer> = {
  gzip: gzipSync,
  'X-GZIP': gzipSync,
  deflate: deflateSync,
  Deflate: deflateRawSync,
  br: brotliCompressSync,
  'deflate, gzip': (body) => gzipSync(deflateSync(body)),
};

async function behind(encoding: string, status: number, body: Buffer) {
  const asked: (string | undefined)[] = [];
  const server = createServer((incoming, response) => {
    asked.push(String(incoming.headers['accept-encoding']));
    response.writeHead(status, { 'content-type': 'application/json', 'content-encoding': encoding }).end(body);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => void server.close());
  return { asked, http: connect({ base: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }) };
}

describe.each(Object.keys(PACK))('%s', (encoding) => {
  const pack = (text: string) => PACK[encoding]?.(Buffer.from(text)) ?? Buffer.alloc(0);
  test('of an answer is read, and was not asked for', async () => {
    const { http, asked } = await behind(encoding, 200, pack('{"name":"v1"}'));
    expect((await http.send('GET', path`/a`, { call, schema: Wire })).body.name).toBe('v1');
    expect(asked).toEqual(['identity']);
  });
  test('of a refusal keeps its reason', async () => {
    const { http } = await behind(encoding, 401, pack('{"error_description":"Token was revoked."}'));
    expect(await failure(http.send('GET', path`/a`, { call }))).toMatchObject({
      code: 'unauthenticated',
      upstream: { text: 'Token was revoked.' },
    });
  });
  test('cut short is an answer that broke off', async () => {
    const { http } = await behind(encoding, 200, pack('{"name":"v1"}').subarray(0, -5));
    expect(await failure(http.send('GET', path`/a`, { call, schema: Wire }))).toMatchObject({
      code: 'unexpected_response',
      message: expect.stringContaining('broke off'),
    });
  });
});

test('a bomb is an answer too large, and never unpacked', () => {
  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
  expect(decode(bomb, 'gzip', 1024)).toEqual({ text: '', cut: 'oversize' });
});

test.each(['zstd', 'compress', 'gzip, made-up'])('%s, which cannot be read, is no answer', (encoding) => {
  expect(decode(Buffer.from('x'), encoding, 1024)).toMatchObject({ cut: 'broken' });
});

test('an empty body is empty, whatever it is said to be', () => expect(decode(Buffer.alloc(0), 'gzip', 1024)).toEqual({ text: '' }));

test('a byte order mark before the JSON is none of it', async () => {
  const { http } = await behind('identity', 200, Buffer.from('\ufeff{"name":"v1"}'));
  expect((await http.send('GET', path`/a`, { call, schema: Wire })).body.name).toBe('v1');
});

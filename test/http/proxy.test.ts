import { createServer, request } from 'node:http';
import { type AddressInfo, connect as dial } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { path } from '../../src/http/path.ts';
import { call, connect, failure, Wire, wired } from './fixture.ts';

let target = '';
let address = '';
let refusing: 'no' | '407' | 'hangs up' = 'no';
const tunnels: { to: string; headers: Record<string, unknown> }[] = [];

const asked: { url: string | undefined; headers: Record<string, unknown> }[] = [];

/** A proxy that knows every name: all requests and tunnels lead to `target`. */
const proxy = createServer((incoming, response) => {
  asked.push({ url: incoming.url, headers: incoming.headers });
  if (refusing === 'hangs up') return void incoming.socket.destroy();
  if (refusing === '407') return void response.writeHead(407).end();
  const { method, headers, url = '' } = incoming;
  const onward = request(new URL(new URL(url).pathname, target), { method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  incoming.pipe(onward);
}).on('connect', (incoming, socket) => {
  tunnels.push({ to: incoming.url ?? '', headers: incoming.headers });
  socket.on('error', () => undefined);
  if (refusing === 'hangs up') return void socket.destroy();
  if (refusing === '407') return void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
  const { hostname, port } = new URL(target);
  const onward = dial(Number(port), hostname, () => {
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    onward.pipe(socket).pipe(onward);
  });
  onward.on('error', () => socket.destroy());
});

beforeAll(async () => {
  await new Promise<void>((listening) => proxy.listen(0, '127.0.0.1', listening));
  address = `http://user:pass@127.0.0.1:${(proxy.address() as AddressInfo).port}`;
});
afterAll(() => {
  proxy.close();
  proxy.closeAllConnections();
});
beforeEach(() => {
  refusing = 'no';
  tunnels.length = 0;
  asked.length = 0;
});

const far = (base: string, none?: string) =>
  connect({ base, allowHttp: [new URL(base).hostname], timeoutMs: 5000, proxies: { http: address, https: address, none } });

test('plain HTTP goes through the proxy in absolute form, and the proxy’s own credential stays there', async () => {
  const { sandbox } = await wired();
  target = sandbox.url;
  expect((await far('http://gitlab.test').send('GET', path`/a`, { call, schema: Wire })).body.name).toBe('v1');
  expect(asked).toMatchObject([
    { url: 'http://gitlab.test/a', headers: { host: 'gitlab.test', 'proxy-authorization': 'Basic dXNlcjpwYXNz' } },
  ]);
  expect(tunnels).toEqual([]);
});

test('TLS goes through a tunnel, and the proxy sees no credential of ours', async () => {
  const { sandbox } = await wired();
  target = sandbox.url; // speaks no TLS: what matters is what the proxy was told
  await failure(far('https://gitlab.test').send('POST', path`/a`, { call }));
  expect(tunnels).toMatchObject([{ to: 'gitlab.test:443', headers: { 'proxy-authorization': 'Basic dXNlcjpwYXNz' } }]);
  expect(tunnels[0]?.headers).not.toHaveProperty('private-token');
});

test('loopback is spoken to directly: plain HTTP is only allowed there because it stays on the machine', async () => {
  const { sandbox } = await wired();
  await far(sandbox.url).send('GET', path`/a`, { call });
  expect([...tunnels, ...asked]).toEqual([]);
  expect(sandbox.seen).toHaveLength(1);
});

test('NO_PROXY is honoured', async () => {
  expect((await failure(far('http://direct.invalid', 'other,.invalid').send('GET', path`/a`, { call }))).message).toContain('DNS');
  expect([...tunnels, ...asked]).toEqual([]);
});

test('what is no address of a proxy is told, with the variable', async () => {
  const http = connect({ base: 'https://gitlab.test', timeoutMs: 5000, proxies: { https: 'http://pro xy' } });
  expect(await failure(http.send('GET', path`/a`, { call }))).toMatchObject({
    code: 'not_configured',
    message: expect.stringContaining('HTTPS_PROXY'),
  });
});

test.each(['407', 'hangs up'] as const)('a proxy that refuses a tunnel (%s) is named, asked once, and nothing was sent', async (how) => {
  refusing = how;
  const error = await failure(far(`https://refused-${how.slice(0, 3)}.test`).send('POST', path`/a`, { call }));
  expect(error).toMatchObject({ code: 'unavailable', message: expect.stringContaining('proxy'), inDoubt: false });
  expect(error.hint).toContain('HTTPS_PROXY');
  // undici by itself would dial a proxy that hangs up thousands of times a second.
  await new Promise((wake) => setTimeout(wake, 100));
  expect(tunnels.length).toBeLessThanOrEqual(2);
});

test('a proxy that refuses a request in absolute form is named, asked once, and nothing went on', async () => {
  refusing = '407';
  const error = await failure(far('http://refused.test').send('POST', path`/a`, { call }));
  expect(error).toMatchObject({ code: 'unavailable', message: expect.stringContaining('HTTP_PROXY'), inDoubt: false });
  expect(asked).toHaveLength(1);
});

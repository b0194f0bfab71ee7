import { createServer } from 'node:http';
import { type AddressInfo, connect as dial } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { path } from '../../src/http/path.ts';
import { call, connect, failure, Wire, wired } from './fixture.ts';

let target = '';
let refusing: 'no' | '407' | 'hangs up' = 'no';
const tunnels: { to: string; headers: Record<string, unknown> }[] = [];

/** A proxy that knows every name: all tunnels lead to `target`. */
const proxy = createServer().on('connect', (incoming, socket) => {
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
  for (const name of ['http_proxy', 'https_proxy', 'no_proxy', 'HTTPS_PROXY', 'NO_PROXY']) delete process.env[name];
  process.env.HTTP_PROXY = `http://user:pass@127.0.0.1:${(proxy.address() as AddressInfo).port}`;
});
afterAll(() => {
  proxy.close();
  proxy.closeAllConnections();
});
beforeEach(() => {
  refusing = 'no';
  tunnels.length = 0;
});

const far = (host: string) => connect({ base: `http://${host}`, allowHttp: [host], timeoutMs: 5000 });

test('the proxy of the environment is used, and sees no credential of ours', async () => {
  const { sandbox } = await wired();
  target = sandbox.url;
  expect((await far('gitlab.test').send('GET', path`/a`, { call, schema: Wire })).body.name).toBe('v1');
  expect(sandbox.seen[0]?.headers.host).toBe('gitlab.test');
  expect(tunnels).toMatchObject([{ to: 'gitlab.test:80', headers: { 'proxy-authorization': 'Basic dXNlcjpwYXNz' } }]);
  expect(tunnels[0]?.headers).not.toHaveProperty('private-token');
});

test('loopback is spoken to directly: plain HTTP is only allowed there because it stays on the machine', async () => {
  const { http } = await wired();
  await http.send('GET', path`/a`, { call });
  expect(tunnels).toEqual([]);
});

test('NO_PROXY is honoured', async () => {
  process.env.NO_PROXY = 'direct.invalid';
  expect((await failure(far('direct.invalid').send('GET', path`/a`, { call }))).message).toContain('DNS');
  expect(tunnels).toEqual([]);
  delete process.env.NO_PROXY;
});

test.each(['407', 'hangs up'] as const)('a proxy that refuses (%s) is named, asked once, and nothing was sent', async (how) => {
  refusing = how;
  const error = await failure(far(`refused-${how.slice(0, 3)}.test`).send('POST', path`/a`, { call }));
  expect(error).toMatchObject({ code: 'unavailable', message: expect.stringContaining('proxy'), inDoubt: false });
  expect(error.hint).toContain('HTTPS_PROXY');
  // undici by itself would dial a proxy that hangs up thousands of times a second.
  await new Promise((wake) => setTimeout(wake, 100));
  expect(tunnels.length).toBeLessThanOrEqual(2);
});

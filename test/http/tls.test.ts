import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { path } from '../../src/http/path.ts';
import { call, connect, failure, wired } from './fixture.ts';

/** A certificate that nobody vouches for; undefined where there is no openssl. */
function selfSigned(): { key: Buffer; cert: Buffer } | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'tagwright-tls-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const keyType = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
  try {
    execFileSync('openssl', ['req', '-x509', ...keyType, '-nodes', '-days', '1', '-subj', '/CN=localhost', '-keyout', key, '-out', cert], {
      stdio: 'ignore',
    });
    return { key: readFileSync(key), cert: readFileSync(cert) };
  } catch {
    return undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const certificate = selfSigned();

describe('TLS', () => {
  test.skipIf(!certificate)('a certificate that is not trusted names the variable that mends it; nothing was sent', async () => {
    let connections = 0;
    let requests = 0;
    const server = createServer(certificate ?? {}, () => requests++).on('connection', () => connections++);
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    onTestFinished(() => void server.close());
    const http = connect({ base: `https://127.0.0.1:${(server.address() as AddressInfo).port}` });
    for (const method of ['GET', 'POST'] as const) {
      const error = await failure(http.send(method, path`/a`, { call }));
      expect(error).toMatchObject({
        code: 'unavailable',
        inDoubt: false,
        message: expect.stringContaining('TLS certificate is not trusted'),
      });
      expect(error.hint).toContain('NODE_EXTRA_CA_CERTS');
    }
    expect([connections, requests]).toEqual([2, 0]);
  });

  test('https spoken to a port that does not', async () => {
    const { sandbox } = await wired();
    const error = await failure(connect({ base: sandbox.url.replace('http:', 'https:') }).send('POST', path`/a`, { call }));
    expect(error).toMatchObject({ code: 'unavailable', inDoubt: false, message: expect.stringContaining('TLS') });
  });
});

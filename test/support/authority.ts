/** A certificate authority that nobody knows, and a server for localhost that it vouches for; made by the real openssl. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

export interface Authority {
  /** The file that makes it known (PEM). */
  readonly file: string;
  readonly key: Buffer;
  readonly cert: Buffer;
}

/** Undefined where there is no openssl. */
export function foundAuthority(folder: string): Authority | undefined {
  const file = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  writeFileSync(file('leaf.ext'), 'subjectAltName=IP:127.0.0.1,DNS:localhost\nbasicConstraints=CA:FALSE\n');
  try {
    openssl('req', '-x509', ...curve, '-days', '2', '-subj', '/CN=Nobody knows me', '-keyout', 'ca.key', '-out', 'ca.pem');
    openssl('req', ...curve, '-subj', '/CN=localhost', '-keyout', 'leaf.key', '-out', 'leaf.csr');
    const signing = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '1', '-extfile', 'leaf.ext'];
    openssl('x509', '-req', '-in', 'leaf.csr', ...signing, '-out', 'leaf.pem');
  } catch {
    return undefined;
  }
  return { file: file('ca.pem'), key: readFileSync(file('leaf.key')), cert: readFileSync(file('leaf.pem')) };
}

/** A server that speaks TLS, and hands everything to another that does not. */
export async function secured(target: string, { key, cert }: Authority): Promise<{ url: string; close(): void }> {
  const server = createServer({ key, cert }, (incoming, response) => {
    const { method, headers, url } = incoming;
    const onward = request(new URL(url ?? '/', target), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    incoming.pipe(onward);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}

/** A git host behind ssh, on loopback: a real ssh on the other side, and real git behind it. */
import { spawn, spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { isolated } from './git-repository.ts';

export const hasSsh = spawnSync('ssh', ['-V']).status === 0;

export interface SshHost {
  readonly port: number;
  /** The commands that were asked for. */
  readonly commands: string[];
  /** For GIT_SSH_COMMAND: a client that has the key, and knows the host. */
  readonly client: string;
  /** A client with another key, and one that knows another host under this address. */
  readonly stranger: string;
  readonly mistaken: string;
  close(): Promise<void>;
}

const RUN = /^(git-upload-pack|git-receive-pack) '(.*)'$/;

/** `directory`: for the keys. */
export async function openSshHost(directory: string, env: NodeJS.ProcessEnv = {}): Promise<SshHost> {
  pairs ??= [keyPair(), keyPair(), keyPair()];
  const [hostKey, key, otherKey] = pairs;
  const commands: string[] = [];
  const server = new ssh2.Server({ hostKeys: [hostKey.private] }, (client) => {
    client.on('error', () => {});
    client.on('authentication', (attempt) => {
      const isKnown = attempt.method === 'publickey' && `ssh-rsa ${attempt.key.data.toString('base64')}` === key.public;
      if (isKnown) attempt.accept();
      else attempt.reject(['publickey']);
    });
    client.on('session', (accept) => {
      const session = accept();
      const asked: NodeJS.ProcessEnv = {};
      session.on('env', (acceptEnv, _reject, { key: name, val }) => {
        asked[name] = val;
        acceptEnv?.();
      });
      session.on('exec', (acceptExec, reject, { command }) => {
        const [, program, path] = RUN.exec(command) ?? [];
        if (!program || !path) return reject();
        commands.push(command);
        const channel = acceptExec();
        const git = spawn('git', [program.slice('git-'.length), path], { env: { ...process.env, ...isolated, ...env, ...asked } });
        channel.on('error', () => {});
        git.stdin.on('error', () => {});
        channel.pipe(git.stdin);
        git.stdout.pipe(channel, { end: false });
        git.stderr.pipe(channel.stderr, { end: false });
        channel.on('close', () => git.kill());
        git.on('close', (code) => {
          channel.exit(code ?? 1);
          channel.end();
        });
      });
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  const file = (name: string, text: string) => {
    const path = join(directory, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  const as = (pair: Pair, host: Pair, name: string) => {
    const known = file(`${name}-hosts`, `[127.0.0.1]:${port} ${host.public}\n`);
    const own = file(`${name}-key`, pair.private);
    return `ssh -F /dev/null -oBatchMode=yes -oIdentitiesOnly=yes -oIdentityAgent=none -oStrictHostKeyChecking=yes -oUserKnownHostsFile=${known} -oGlobalKnownHostsFile=/dev/null -i ${own}`;
  };
  return {
    port,
    commands,
    client: as(key, hostKey, 'client'),
    stranger: as(otherKey, hostKey, 'stranger'),
    mistaken: as(key, otherKey, 'mistaken'),
    close: () => new Promise((closed) => server.close(() => closed())),
  };
}

interface Pair {
  /** As known_hosts has it. */
  readonly public: string;
  readonly private: string;
}

/** Made once: it takes its time. */
let pairs: [Pair, Pair, Pair] | undefined;

/** By Node: of those that ssh2 makes some cannot be read. */
function keyPair(): Pair {
  const encoding = { type: 'pkcs1', format: 'pem' } as const;
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048, publicKeyEncoding: encoding, privateKeyEncoding: encoding });
  const parsed = ssh2.utils.parseKey(privateKey);
  if (parsed instanceof Error) throw parsed;
  return { public: `ssh-rsa ${parsed.getPublicSSH().toString('base64')}`, private: privateKey };
}

/** The built server, spawned as a client spawns it. */
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

export const serverPath = new URL('../../dist/server.js', import.meta.url).pathname;

export interface Spawned {
  readonly client: Client;
  close(): Promise<void>;
}

/** What a child needs to run at all; none of the tester's own settings. */
export const bareEnvironment = (): Record<string, string> => ({
  PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
  HOME: join(process.execPath, 'home'), // below a file: which nobody can make, root neither
  XDG_STATE_HOME: join(tmpdir(), `tagwright-state-${process.pid}`),
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
});

export async function spawnServer({
  cwd,
  env = {},
  args = [],
}: {
  cwd: string;
  env?: Record<string, string>;
  args?: string[];
}): Promise<Spawned> {
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(
    new StdioClientTransport({ command: process.execPath, args: [serverPath, ...args], cwd, env: { ...bareEnvironment(), ...env } }),
  );
  return { client, close: () => client.close() };
}

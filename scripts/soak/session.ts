/** The built server, killed and started again at will, with the journal of the one before. */
import { readFileSync } from 'node:fs';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import type { Said } from './judge.ts';

export interface Session {
  /** Undefined where the server was killed before it answered. */
  call(name: string, args: object): Promise<Said | undefined>;
  /** Ends the server at once, and starts the next one. */
  restart(): Promise<void>;
  /** Resident memory of the server, in MiB. */
  resident(): number;
  close(): Promise<void>;
}

export async function openSession(server: string, cwd: string, env: Record<string, string>): Promise<Session> {
  const open = async () => {
    const transport = new StdioClientTransport({ command: process.execPath, args: [server], cwd, env, stderr: 'ignore' });
    const client = new Client({ name: 'soak', version: '1' });
    await client.connect(transport);
    return { client, transport };
  };
  let now = await open();
  let ready = Promise.resolve();
  return {
    async call(name, args) {
      await ready;
      const { client } = now;
      try {
        const { isError = false, content } = await client.callTool({ name, arguments: { ...args } });
        return { isError, text: content.map((block) => (block.type === 'text' ? block.text : '')).join('\n') };
      } catch (error) {
        if (client === now.client && client.transport) throw error;
        await ready;
        return undefined;
      }
    },
    restart() {
      const { transport } = now;
      const ended = new Promise((resolve) => {
        const { onclose } = transport;
        transport.onclose = () => resolve(onclose?.());
      });
      ready = (async () => {
        process.kill(transport.pid ?? 0, 'SIGKILL');
        await ended;
        now = await open();
      })();
      return ready;
    },
    resident: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${now.transport.pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024,
    close: () => now.client.close(),
  };
}

/** A session with a server as it is on the wire, without a client library: its cost would count as the server's. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

export const INITIALIZE = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'bench', version: '1' } };

export interface ToolResult {
  readonly content: readonly { readonly text: string }[];
  readonly structuredContent?: Record<string, unknown>;
  readonly isError?: boolean;
}

interface Answer {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: unknown;
}

export interface Session {
  /** The result of a tool that must succeed. */
  call(tool: string, args: Record<string, unknown>): Promise<ToolResult>;
  /** The result of any method, unchecked. */
  ask(method: string, params: object): Promise<unknown>;
  /** In MiB, as Linux counts it. */
  resident(): number;
  close(): Promise<void>;
}

export async function openSession(server: string, cwd: string, env: Record<string, string> = {}): Promise<Session> {
  const child = spawn(process.execPath, [server], {
    cwd,
    env: { PATH: process.env.PATH ?? '', HOME: cwd, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const waiting = new Map<number, (answer: Answer) => void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    const answer = JSON.parse(line) as Answer;
    waiting.get(answer.id ?? 0)?.(answer);
    waiting.delete(answer.id ?? 0);
  });
  child.once('close', (code) => {
    for (const answer of waiting.values()) answer({ error: `the server ended with ${code}` });
  });
  let last = 0;
  const say = (message: object) => child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const ask = (method: string, params: object) =>
    new Promise<unknown>((resolve, reject) => {
      last += 1;
      waiting.set(last, ({ result, error }) => (result === undefined ? reject(new Error(JSON.stringify(error))) : resolve(result)));
      say({ id: last, method, params });
    });
  await ask('initialize', INITIALIZE);
  say({ method: 'notifications/initialized' });
  return {
    ask,
    async call(name, args) {
      const result = (await ask('tools/call', { name, arguments: args })) as ToolResult;
      if (result.isError) throw new Error(`${name} failed: ${result.content[0]?.text}`);
      return result;
    },
    resident: () => residentOf(child),
    close: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null) return resolve();
        child.once('close', () => resolve());
        child.stdin.end();
      }),
  };
}

const residentOf = ({ pid }: ChildProcess) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? Number.NaN) / 1_024;

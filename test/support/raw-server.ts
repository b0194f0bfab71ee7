/** The built server under a raw pipe: lines in, messages out, for what no client would send. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { bareEnvironment, serverPath } from './server.ts';

export interface Message {
  jsonrpc: string;
  id?: number | string | null;
  method?: string;
  params?: Record<string, unknown>;
  result?: Record<string, unknown> & { content?: { text: string }[]; structuredContent?: Record<string, unknown>; isError?: boolean };
  error?: { code: number; message: string; data?: unknown };
}

export interface RawServer {
  readonly child: ChildProcess;
  /** Everything received so far. */
  readonly messages: Message[];
  /** What it said on stderr, where that is kept. */
  told(): string;
  write(line: string): void;
  /** Sends a request and waits for its answer. */
  ask(method: string, params?: object): Promise<Message>;
  stop(): void;
}

/** What every request of 2026-07-28 carries. */
export const modernMeta = (capabilities: object = {}, version = '2026-07-28') => ({
  _meta: {
    'io.modelcontextprotocol/protocolVersion': version,
    'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': capabilities,
  },
});

/** `shell` is run before it, in the same process; what it says on stderr can be kept. */
export function startRaw(
  cwd: string,
  env: Record<string, string | undefined> = {},
  { shell = ':', stderr = 'inherit' as 'inherit' | 'pipe' } = {},
): RawServer {
  const child = spawn('sh', ['-c', `${shell}; exec "$0" "$1"`, process.execPath, serverPath], {
    cwd,
    env: { ...bareEnvironment(), ...env },
    stdio: ['pipe', 'pipe', stderr],
  });
  let told = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    told += text;
  });
  const messages: Message[] = [];
  const waiting = new Map<unknown, (message: Message) => void>();
  let next = 0;
  if (!child.stdout || !child.stdin) throw new Error('no pipes');
  const { stdin } = child;
  createInterface({ input: child.stdout }).on('line', (line) => {
    const message = JSON.parse(line) as Message; // anything else on standard output fails the test
    messages.push(message);
    if (message.id !== undefined && message.method === undefined) waiting.get(message.id)?.(message);
  });
  const write = (line: string) => void stdin.write(`${line}\n`);
  return {
    child,
    messages,
    told: () => told,
    write,
    ask(method, params = {}) {
      next += 1;
      const id = `own-${next}`;
      write(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
      return new Promise((resolve) => waiting.set(id, resolve));
    },
    stop: () => void child.kill('SIGKILL'),
  };
}

export const initialize = (server: RawServer): Promise<Message> =>
  server.ask('initialize', { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'raw', version: '1' } });

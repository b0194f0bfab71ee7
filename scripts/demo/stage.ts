/** What the demo's chapters share: a client on the real server, and a transcript that stops where something is not as told. */
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

export type Arguments = Record<string, unknown>;
export type Result = Record<string, unknown>;

const colours = process.stdout.isTTY && !process.env.NO_COLOR;
const paint = (code: number) => (text: string) => (colours ? `\u001b[${code}m${text}\u001b[0m` : text);
const [bold, dim, green, cyan] = [paint(1), paint(2), paint(32), paint(36)];
const WIDTH = 118;

export const chapter = (title: string): void => console.log(`\n${bold(title)}`);
export const say = (text: string): void => console.log(`\n${text}`);

/** Long ids are shortened for the eye, here alone. */
const shorten = (text: string) =>
  text.replace(/\b([0-9a-f]{12})[0-9a-f]{28,52}\b/g, '$1…').replace(/\/[^" ]*\/tagwright-demo-[^/"]+/g, '…');
const cutLine = (text: string) => (text.length > WIDTH ? `${text.slice(0, WIDTH - 1)}…` : text);

/** An answer for the eye: a line a field, and a line a tag. */
const digest = (result: Result): string[] =>
  Object.entries(result)
    .filter(([field]) => field !== 'provider' && field !== 'repository')
    .flatMap(([field, value]) =>
      Array.isArray(value) ? [`${field}:`, ...value.map((item) => `  ${brief(item)}`)] : `${field}: ${brief(value)}`,
    );

function brief(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const { provider, repository, name, commit_id, short_id, message, title, suggested, because, ref, date } = value as Record<
    string,
    unknown
  >;
  const at = commit_id ?? short_id;
  const where = [
    provider && repository && `${provider} ${repository}`,
    name,
    at && `at ${at}`,
    message && JSON.stringify(message),
    title,
    suggested,
    because,
  ];
  return [...where, ref, date].filter(Boolean).join('  ');
}

const wrap = (text: string): string[] => text.match(new RegExp(`.{1,${WIDTH - 4}}(?:\\s|$)`, 'g')) ?? [text];

/** What a program beside us says, so that nobody has to take our word. */
export function show(command: string, output: string): void {
  console.log(`${dim('$')} ${shorten(command)}`);
  for (const line of output.split('\n').filter(Boolean)) console.log(dim(cutLine(`  ${shorten(line)}`)));
}

export interface Stage {
  /** Calls a tool, prints both sides, and stops the demo unless the result holds what is expected. */
  ask(tool: string, args: Arguments, expected: Arguments): Promise<Result>;
  /** The same for a call that must be refused with this code. */
  refused(tool: string, args: Arguments, code: string): Promise<void>;
  close(): Promise<void>;
}

export async function openStage(cwd: string, env: Record<string, string>): Promise<Stage> {
  const server = new URL('../dist/server.js', import.meta.url).pathname;
  const client = new Client({ name: 'tagwright-demo', version: '1.0.0' });
  const { PATH = '', HOME = '' } = process.env;
  await client.connect(new StdioClientTransport({ command: process.execPath, args: [server], cwd, env: { PATH, HOME, ...env } }));

  async function call(tool: string, args: Arguments) {
    const shown = Object.entries(args).map(
      ([name, value]) => `${name}=${typeof value === 'string' && !/\s/.test(value) ? value : JSON.stringify(value)}`,
    );
    console.log(`${green('›')} ${shorten(`${tool} ${shown.join(' ')}`)}`);
    const { isError = false, content, structuredContent = {} } = await client.callTool({ name: tool, arguments: args });
    const text = content.map((block) => (block.type === 'text' ? block.text : '')).join('\n');
    const lines = isError ? text.split('\n').flatMap((line) => wrap(shorten(line))) : digest(structuredContent as Result).map(shorten);
    for (const line of lines) console.log(`${cyan('‹')} ${cutLine(line)}`);
    return { isError, text, result: structuredContent as Result };
  }

  return {
    async ask(tool, args, expected) {
      const { isError, result } = await call(tool, args);
      const missing = Object.entries(expected).filter(([key, value]) => JSON.stringify(result[key]) !== JSON.stringify(value));
      if (isError || missing.length > 0) throw new Error(`expected ${JSON.stringify(expected)}`);
      return result;
    },
    async refused(tool, args, code) {
      const { isError, text } = await call(tool, args);
      if (!isError || !text.startsWith(`${code}:`)) throw new Error(`expected ${code}`);
    },
    close: () => client.close(),
  };
}

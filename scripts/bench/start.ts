import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { alternate, median, type Row, spread } from './measure.ts';
import { INITIALIZE, openSession } from './session.ts';

const LINES = [
  { jsonrpc: '2.0', id: 0, method: 'initialize', params: INITIALIZE },
  { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} },
]
  .map((message) => `${JSON.stringify(message)}\n`)
  .join('');
const PATIENCE_MS = 20_000;
const SETTLED_MS = 3_000;

/** The least that could answer the same two lines. */
const BARE = `process.stdin.setEncoding('utf8');let rest='';process.stdin.on('data',(text)=>{rest+=text;const lines=rest.split('\\n');rest=lines.pop();
for(const line of lines){const{id}=JSON.parse(line);process.stdout.write(JSON.stringify({jsonrpc:'2.0',id,result:{tools:[]}})+'\\n')}})`;

export interface FirstList {
  /** From spawn to the answer, in milliseconds. */
  readonly ms: number;
  readonly tools: readonly unknown[];
}

/** Spawns a server and asks for its tools; it is ended then. */
export function firstList(command: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<FirstList> {
  return new Promise((resolve, reject) => {
    const [program = '', ...args] = command;
    const started = performance.now();
    const child = spawn(program, args, { cwd, env, stdio: ['pipe', 'pipe', 'ignore'] });
    const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
    let found: FirstList | undefined;
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      const answer = text
        .split('\n')
        .slice(0, -1)
        .find((line) => /"id":1\b/.test(line) && line.includes('"tools":['));
      if (!answer || found) return;
      found = { ms: performance.now() - started, tools: (JSON.parse(answer) as { result: { tools: unknown[] } }).result.tools };
      child.kill('SIGKILL');
    });
    child.stdin.on('error', () => {});
    child.on('error', reject);
    child.on('close', () => {
      clearTimeout(timer);
      if (found) resolve(found);
      else reject(new Error(`${command.join(' ')} does not answer`));
    });
    child.stdin.write(LINES);
  });
}

const msOf = async (act: () => Promise<unknown>) => ((await act()) as FirstList).ms;

/** Times from spawn to the answer of tools/list, of several commands in turn. */
export const alternateStarts = <K extends string>(
  rounds: number,
  commands: Record<K, readonly string[]>,
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<Record<K, number[]>> => {
  const starts = Object.entries<readonly string[]>(commands).map(([name, command]) => [name, () => firstList(command, cwd, env)]);
  return alternate(rounds, Object.fromEntries(starts) as Record<K, () => Promise<FirstList>>, msOf);
};

/** Ours keeps what its first start compiled, once it has been up for a while. */
async function settle(server: string, cwd: string): Promise<void> {
  const session = await openSession(server, cwd);
  await sleep(SETTLED_MS);
  await session.close();
}

/** In the environment of this shell, and in one as small as clients give: where NODE_EXTRA_CA_CERTS is set Node reads that file at every start. */
export async function start(server: string, sdkAlone: string, cwd: string, rounds: number): Promise<Row[]> {
  const environments = { 'the environment of this shell': process.env, 'a small environment': { PATH: process.env.PATH, HOME: cwd } };
  const node = process.execPath;
  const rows: Row[] = [];
  await settle(server, cwd);
  for (const [name, env] of Object.entries(environments)) {
    const commands = { ours: [node, server], bare: [node, '-e', BARE], sdk: [node, sdkAlone] };
    const { ours, bare, sdk } = await alternateStarts(rounds, commands, cwd, env);
    rows.push({
      figure: `spawn to tools/list, in ${name}`,
      value: median(ours) / median(bare),
      unit: '×',
      ours: spread(ours),
      beside: `${spread(bare)}: bare Node`,
      sdk: median(sdk) / median(bare),
      budget: { atMost: 2 },
    });
  }
  return rows;
}

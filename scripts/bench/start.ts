import { spawn } from 'node:child_process';
import { alternate, median, type Row, spread } from './measure.ts';
import { INITIALIZE } from './session.ts';

const LINES = [
  { jsonrpc: '2.0', id: 0, method: 'initialize', params: INITIALIZE },
  { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} },
]
  .map((message) => `${JSON.stringify(message)}\n`)
  .join('');
const PATIENCE_MS = 20_000;

/** The least that could answer the same two lines. */
const BARE = `process.stdin.setEncoding('utf8');let rest='';process.stdin.on('data',(text)=>{rest+=text;const lines=rest.split('\\n');rest=lines.pop();
for(const line of lines){const{id}=JSON.parse(line);process.stdout.write(JSON.stringify({jsonrpc:'2.0',id,result:{tools:[]}})+'\\n')}})`;

/** Spawns a server and resolves with its answer to tools/list; it is ended then. */
export function firstList(command: readonly string[], cwd: string, env: NodeJS.ProcessEnv = process.env): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    const [program = '', ...args] = command;
    const child = spawn(program, args, { cwd, env, stdio: ['pipe', 'pipe', 'ignore'] });
    const timer = setTimeout(() => reject(new Error(`${program} does not answer`)), PATIENCE_MS);
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      const answer = text
        .split('\n')
        .slice(0, -1)
        .find((line) => /"id":1\b/.test(line) && line.includes('"tools":['));
      if (!answer) return;
      clearTimeout(timer);
      child.removeAllListeners().kill('SIGKILL');
      child.once('close', () => resolve((JSON.parse(answer) as { result: { tools: unknown[] } }).result.tools));
    });
    child.on('error', reject);
    child.on('close', () => reject(new Error(`${program} ended without an answer`)));
    child.stdin.on('error', () => {});
    child.stdin.write(LINES);
  });
}

/** From spawn to the answer of tools/list, nothing being configured. */
export async function start(server: string, sdkAlone: string, cwd: string, rounds: number): Promise<Row[]> {
  const measure = async (figure: string, env: NodeJS.ProcessEnv, budget?: Row['budget']): Promise<Row> => {
    const list =
      (...args: string[]) =>
      () =>
        firstList([process.execPath, ...args], cwd, env);
    const { ours, bare, sdk } = await alternate(rounds, { ours: list(server), bare: list('-e', BARE), sdk: list(sdkAlone) });
    return {
      figure,
      value: median(ours) / median(bare),
      unit: '×',
      ours: spread(ours),
      beside: `${spread(bare)}: bare Node`,
      sdk: median(sdk) / median(bare),
      ...(budget && { budget }),
    };
  };
  const { NODE_EXTRA_CA_CERTS: certificates, ...lean } = process.env;
  const rows = [await measure('spawn to tools/list', process.env, { atMost: 2 })];
  // Node reads that file at every start, and so slow a start flatters the ratio.
  if (certificates) rows.push(await measure('spawn to tools/list, without NODE_EXTRA_CA_CERTS', lean));
  return rows;
}

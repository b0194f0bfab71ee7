import { spawn } from 'node:child_process';
import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { alternate, median, type Row, spread } from './measure.ts';
import { LINES } from './start.ts';

const PATIENCE_MS = 20_000;

/** From spawn to the answer to tools/list; the server is ended then. */
function firstList(command: readonly string[], cwd: string): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    const [program = '', ...args] = command;
    const child = spawn(program, args, { cwd, stdio: ['pipe', 'pipe', 'ignore'] });
    const timer = setTimeout(() => reject(new Error(`${program} does not answer`)), PATIENCE_MS);
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      const line = text
        .split('\n')
        .slice(0, -1)
        .find((one) => one.includes('"tools":['));
      if (!line) return;
      clearTimeout(timer);
      child.kill('SIGKILL');
      resolve((JSON.parse(line) as { result: { tools: unknown[] } }).result.tools);
    });
    child.on('error', reject);
    child.stdin.on('error', () => {});
    child.stdin.write(LINES);
  });
}

/** Another server's command line beside ours, in the same run: time to the first list, and what the list costs. */
export async function against(server: string, command: string, cwd: string, rounds: number): Promise<Row[]> {
  const own = [process.execPath, server];
  const other = command.split(' ');
  const { ours, theirs } = await alternate(rounds, { ours: () => firstList(own, cwd), theirs: () => firstList(other, cwd) });
  const [mine, its] = await Promise.all([firstList(own, cwd), firstList(other, cwd)]);
  const tokens = (tools: unknown[]) => encode(JSON.stringify(tools)).length;
  const row = (figure: string, a: string, b: string, value: number): Row => ({
    figure,
    ours: a,
    beside: b,
    value,
    budget: '',
    holds: true,
  });
  return [
    row('spawn to tools/list', spread(ours), `${spread(theirs)} ${command.slice(-30)}`, median(theirs) / median(ours)),
    row(
      'tools/list in tokens',
      `${tokens(mine)} for ${mine.length} tools`,
      `${tokens(its)} for ${its.length} tools`,
      tokens(its) / tokens(mine),
    ),
  ];
}

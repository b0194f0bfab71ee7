/** Time and its spread. Figures of one run are compared with each other only: machines differ. */
import { spawn } from 'node:child_process';

export interface Row {
  readonly figure: string;
  readonly ours: string;
  readonly beside: string;
  /** The figure that the budget is about, mostly ours divided by what stands beside it. */
  readonly value: number;
  readonly budget: string;
  readonly holds: boolean;
}

const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);
const quantile = (values: readonly number[], share: number): number => {
  const inOrder = sorted(values);
  return inOrder[Math.min(inOrder.length - 1, Math.floor(inOrder.length * share))] ?? Number.NaN;
};
export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** Median, and where nine tenths of the runs lie. */
export const spread = (values: readonly number[]): string =>
  `${median(values).toFixed(1)} ms (${quantile(values, 0.05).toFixed(1)} to ${quantile(values, 0.95).toFixed(1)})`;

export async function timed(act: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await act();
  return performance.now() - start;
}

/** Runs the candidates in turn, so that a busy moment of the machine hits them all. */
export async function alternate<K extends string>(
  rounds: number,
  candidates: Record<K, () => Promise<unknown>>,
): Promise<Record<K, number[]>> {
  const names = Object.keys(candidates) as K[];
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<K, number[]>;
  for (const name of names) await candidates[name]();
  for (let round = 0; round < rounds; round += 1) for (const name of names) times[name].push(await timed(candidates[name]));
  return times;
}

/** Runs a program to its end and returns its standard output. */
export function run(command: string, args: readonly string[], cwd: string, input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ['pipe', 'pipe', 'inherit'] });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve(Buffer.concat(chunks).toString()) : reject(new Error(`${command} ended with ${code}`)),
    );
    child.stdin.end(input);
  });
}

/** Time and its spread. Figures of one run are compared with each other only: machines differ. */
import { spawn } from 'node:child_process';

/** One line of the table. */
export interface Row {
  readonly figure: string;
  /** What the line is about; mostly ours divided by what stands beside it. */
  readonly value: number;
  readonly unit: '×' | 'MiB' | 'tokens' | 'bytes' | 'requests' | 'connections' | 'packages' | 'round trips';
  readonly ours?: string;
  /** The least there could be: a bare process, a direct request, the bare command. */
  readonly beside?: string;
  /** The same figure of a server that is nothing but the SDK, see sdk-alone.ts. */
  readonly sdk?: number;
  readonly budget?: Budget;
}

export interface Budget {
  readonly atMost?: number;
  readonly atLeast?: number;
}

export const holds = ({ value, budget }: Row): boolean =>
  value <= (budget?.atMost ?? Number.POSITIVE_INFINITY) && value >= (budget?.atLeast ?? Number.NEGATIVE_INFINITY);

function quantile(values: readonly number[], share: number): number {
  const inOrder = [...values].sort((a, b) => a - b);
  return inOrder[Math.min(inOrder.length - 1, Math.floor(inOrder.length * share))] ?? Number.NaN;
}
export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** Milliseconds: the median, and what 99 of 100 stay below, or all where there are fewer. */
export const spread = (values: readonly number[]): string =>
  `${median(values).toFixed(2)} ms, ${values.length < 100 ? 'most' : 'p99'} ${quantile(values, 0.99).toFixed(2)}`;

export async function timed(act: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await act();
  return performance.now() - start;
}

/** Runs the candidates in turn, each round with another one first, so that a busy moment of the machine hits them all. */
export async function alternate<K extends string>(
  rounds: number,
  candidates: Record<K, () => Promise<unknown>>,
  measure: (act: () => Promise<unknown>) => Promise<number> = timed,
): Promise<Record<K, number[]>> {
  const names = Object.keys(candidates) as K[];
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<K, number[]>;
  for (const name of names) await candidates[name]();
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) times[name].push(await measure(candidates[name]));
    names.push(...names.splice(0, 1));
  }
  return times;
}

export const together = (count: number, act: () => Promise<unknown>) => () => Promise.all(Array.from({ length: count }, act));

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

/** Where the doctor sees patients: a machine of its own for each test, and what the doctor says of it. */
import { onTestFinished } from 'vitest';
import type { CliContext } from '../../src/cli/context.ts';
import { main } from '../../src/cli/main.ts';
import type { Report } from '../../src/cli/report.ts';
import { isolated } from '../support/git-repository.ts';
import { type Home, makeHome, type Run } from './home.ts';

type Env = Record<string, string | undefined>;

export interface Practice {
  readonly home: Home;
  doctor(env: Env, args?: readonly string[], more?: Partial<CliContext>): Promise<Run>;
  /** The same as JSON, with the exit code. */
  report(env: Env, args?: readonly string[]): Promise<Report & { code: number }>;
}

export function openPractice(): Practice {
  const home = makeHome();
  onTestFinished(home.remove);
  const run = async (args: readonly string[], more: Partial<CliContext>): Promise<Run> => {
    const context = home.context(more);
    const code = await main(args, context);
    return { code, ...context.written() };
  };
  const doctor: Practice['doctor'] = (env, args = [], more = {}) =>
    run(['doctor', ...args], { env: { PATH: process.env.PATH, ...isolated, ...env }, ...more });
  return {
    home,
    doctor,
    async report(env, args = []) {
      const { code, output } = await doctor(env, ['--json', ...args]);
      return { code, ...(JSON.parse(output) as Report) };
    },
  };
}

/** What is said of one system. */
export function about(name: string, { providers }: Report): Report['providers'][number] {
  const found = providers.find((one) => one.name === name);
  if (!found) throw new Error(`nothing is said of ${name}`);
  return found;
}

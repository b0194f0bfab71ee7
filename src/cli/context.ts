/** Where a command runs and whom it talks to: given from outside, so that a test can be any machine. */
import type { Readable } from 'node:stream';

export interface CliContext {
  readonly home: string;
  readonly cwd: string;
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How this very program was started: the path of node (process.execPath), and of the script (process.argv[1]). */
  readonly program: { readonly node: string; readonly script: string };
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Sink;
  readonly errors: Sink;
}

export interface Sink {
  write(text: string): void;
  readonly isTTY?: boolean;
}

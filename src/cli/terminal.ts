import type { CliContext, Sink } from './context.ts';

type Env = CliContext['env'];

/** Somebody watches, on something that knows escape sequences. */
export const isTerminal = (sink: Sink, { TERM }: Env): boolean => sink.isTTY === true && TERM !== 'dumb';

const CODES = { red: 31, green: 32, yellow: 33, bold: 1, faint: 2 } as const;
export type Paint = (style: keyof typeof CODES, text: string) => string;

/** Colours where they are seen and not unwanted (https://no-color.org). */
export const paintOn = (sink: Sink, env: Env): Paint =>
  isTerminal(sink, env) && !env.NO_COLOR ? (style, text) => `\u001b[${CODES[style]}m${text}\u001b[0m` : (_, text) => text;

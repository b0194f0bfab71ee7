import type { CliContext } from './context.ts';
import { isTerminal } from './terminal.ts';

const ERASE_LINE = '\r\u001b[K';

/** One line on a terminal's stderr that says what is still waited for, and goes away; nothing anywhere else. */
export function startProgress(names: readonly string[], { errors, env }: CliContext): { done(name: string): void } {
  const left = new Set(names);
  const show = () => errors.write(left.size > 0 ? `${ERASE_LINE}checking ${[...left].join(', ')} …` : ERASE_LINE);
  if (!isTerminal(errors, env) || left.size === 0) return { done() {} };
  show();
  return {
    done(name) {
      if (left.delete(name)) show();
    },
  };
}

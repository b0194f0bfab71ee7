/** Questions to a person at a terminal. */
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { TagError } from '../core/errors.ts';
import type { CliContext } from './context.ts';

export interface Dialogue {
  /** The answer without white space around it. Throws `cancelled` where the person leaves. */
  ask(question: string): Promise<string>;
  /** The same, and nothing that is typed appears. */
  askSecret(question: string): Promise<string>;
  tell(text: string): void;
  close(): void;
}

/** Is there anybody to ask? */
export const hasPerson = ({ input, errors }: CliContext): boolean => input.isTTY === true && errors.isTTY === true;

/** On stderr: what is written to stdout may be wanted as a file. */
export function openDialogue({ input, errors }: CliContext): Dialogue {
  let isMuted = false;
  const echo = new Writable({
    write(chunk, _, done) {
      if (!isMuted) errors.write(String(chunk));
      done();
    },
  });
  const lines = createInterface({ input, output: echo, terminal: true, historySize: 0 });
  const leaving = new AbortController();
  lines.once('close', () => leaving.abort());

  async function ask(question: string, isSecret: boolean): Promise<string> {
    // Readline writes its own prompt again with every key, so it gets no more than the last line.
    const start = question.lastIndexOf('\n') + 1;
    errors.write(question.slice(0, start));
    try {
      const answer = lines.question(question.slice(start), { signal: leaving.signal });
      isMuted = isSecret;
      return (await answer).trim();
    } catch (cause) {
      throw new TagError('cancelled', 'Nothing was changed.', { cause });
    } finally {
      isMuted = false;
      if (isSecret) errors.write('\n');
    }
  }
  return {
    ask: (question) => ask(question, false),
    askSecret: (question) => ask(question, true),
    tell: (text) => errors.write(text),
    close: () => lines.close(),
  };
}

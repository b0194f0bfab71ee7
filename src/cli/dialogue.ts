/** Questions to a person at a terminal. */
import { createInterface } from 'node:readline';
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
  // Whatever is typed before it is asked for may be a secret.
  let isMuted = true;
  const echo = new Writable({
    write(chunk, _, done) {
      if (!isMuted) errors.write(String(chunk));
      done();
    },
  });
  const lines = createInterface({ input, output: echo, terminal: true, historySize: 0 });
  const answers = lines[Symbol.asyncIterator]();
  lines.on('line', () => {
    isMuted = true;
  });

  async function next(): Promise<string> {
    const { value, done } = await answers.next();
    if (!done) return value.trim();
    errors.write('\n');
    throw new TagError('cancelled', 'Nothing was changed.');
  }
  return {
    ask(question) {
      // Readline writes its prompt again with every key, so it gets no more than the last line.
      const start = question.lastIndexOf('\n') + 1;
      errors.write(question.slice(0, start));
      isMuted = false;
      lines.setPrompt(question.slice(start));
      lines.prompt();
      return next();
    },
    async askSecret(question) {
      errors.write(question);
      const answer = await next();
      errors.write('\n');
      return answer;
    },
    tell: (text) => errors.write(text),
    close: () => lines.close(),
  };
}

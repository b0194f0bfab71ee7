/** What git says beside an answer: refs that it leaves out, and what else is not as it should be. */
import { textOf, told } from '../core/told.ts';

const linesOf = (words: string): string[] => [
  ...new Set(words.split('\n').flatMap((line) => /^(?:warning|error): (.+)$/.exec(line)?.[1] ?? [])),
];

/** As the note of a list; undefined where there was no warning. */
export function noteOf(words: string): string | undefined {
  const [first, ...others] = linesOf(words);
  return first && `${textOf(told`git warns: ${first}`)}${others.length > 0 ? ` (and ${others.length} more)` : ''}.`;
}

/** Is it that very ref which was left out? In warnings git writes a question mark for a control character. */
export const isBroken = (ref: string, words: string): boolean =>
  linesOf(words).some((line) => {
    const end = line.lastIndexOf(` ${ref}`);
    return end >= 0 && /^[?\s]*$/.test(line.slice(end + ref.length + 1));
  });

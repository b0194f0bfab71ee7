/** What the messages of commits announce, by Conventional Commits 1.0.0. */
import { CommitParser } from 'conventional-commits-parser';

/** What the parser finds besides, with patterns that take a hostile message too long. Only told in this way that there are none it leaves it. */
const UNUSED: object = { issuePrefixes: undefined, referenceActions: undefined, fieldPattern: undefined, revertPattern: undefined };
const parser = new CommitParser({
  headerPattern: /^(\w*)(?:\((.*)\))?!?: (.*)$/,
  breakingHeaderPattern: /^(\w*)(?:\((.*)\))?!: (.*)$/,
  notesPattern: (keywords) => new RegExp(`^(${keywords}): (.*)`),
  ...UNUSED,
});

/** How much is read: headers and footers begin lines, and footers stand at the end. The parser's time grows with the square of a line. */
const MOST = 4_000;
const LONG_LINE = /^(.{200}).*$/gm;

export type Meaning = 'breaking' | 'feat' | 'fix';

/** What a commit does to a version; undefined where it says nothing of that. */
export function meaningOf(message: string): Meaning | undefined {
  if (message.trim() === '') return undefined;
  const ends = message.length > MOST ? message.slice(0, MOST / 2) + message.slice(-MOST / 2) : message;
  const { type, notes } = parser.parse(ends.replace(LONG_LINE, '$1'));
  if (notes.length > 0) return 'breaking';
  const kind = type?.toLowerCase();
  return kind === 'feat' || kind === 'fix' ? kind : undefined;
}

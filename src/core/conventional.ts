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
  const whole = message.trim();
  const ends = whole.length > MOST ? whole.slice(0, MOST / 2) + whole.slice(-MOST / 2) : whole;
  const read = ends.replace(LONG_LINE, '$1');
  if (read.trim() === '') return undefined; // what the parser throws for
  const { type, notes } = parser.parse(read);
  if (notes.length > 0) return 'breaking';
  const kind = type?.toLowerCase();
  return kind === 'feat' || kind === 'fix' ? kind : undefined;
}

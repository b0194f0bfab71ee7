/** git's words (LC_ALL=C) → our codes. Read on git 2.39 and 2.55, and in their source; unknown words stay `rejected`, quoted. */
import { type Meaning, TagError } from '../core/errors.ts';
import { ours, told } from '../core/told.ts';

/** A lock that another git holds, or left behind: worth one more try. */
export class LockHeld extends TagError {}

/** Of every command; those of some are told by whoever runs them. */
const MEANINGS: readonly Meaning[] = [
  {
    words: /dubious ownership/,
    code: 'permission_denied',
    message: 'git does not trust this repository: it belongs to another user.',
    hint: 'If it is to be trusted, the operator adds its top directory: git config --global --add safe.directory PATH',
  },
  {
    words: /safe\.bareRepository/,
    code: 'permission_denied',
    message: 'git is told not to use bare repositories.',
    hint: 'The operator may set safe.bareRepository to all.',
  },
  {
    words: /Permission denied|Read-only file system|Operation not permitted|No space left/,
    code: 'permission_denied',
    message: 'The file system does not let git work there.',
    hint: 'Ask the operator to look at the rights and the space there.',
  },
  {
    words: /not a git repository|cannot change to/,
    code: 'repository_not_found',
    message: 'There is no git repository.',
    hint: 'Check the path of the repository.',
  },
  {
    words: /tell me who you are|empty ident|unable to auto-detect email|no email was given|no name was given/i,
    code: 'not_configured',
    message: 'git has no identity for an annotated tag.',
    hint: 'Run: git config --global user.name NAME; git config --global user.email EMAIL. Or leave message out.',
  },
  {
    words: /packed refname is dangerous|unexpected line in .{1,4200}packed-refs|unterminated line in .{1,4200}packed-refs/,
    code: 'rejected',
    message: 'The file of packed refs is damaged.',
    hint: '`git fsck` in the repository tells more; a person must repair it.',
  },
  {
    words:
      /missing object|bad object|nonexistent object|could not (parse|get object)|unable to (read|unpack|parse)|corrupt|object file .{1,500} is empty|promisor remote|lazy fetch/,
    code: 'rejected',
    message: 'An object that is needed is damaged, or not in the repository.',
    hint: 'Order by name to list the other tags; `git fsck` in the repository tells more.',
  },
];

const HELD = /Unable to create '(.{1,4200}\.lock)': File exists/;
/** Where refs are kept in reftables (refs/reftable-backend.c, reftable/error.c). */
const REFTABLES_HELD = /(^|: )(cannot lock references|data is locked)$/m;

/** The error behind a failed git command. `directory` is the repository as it was addressed, `special` what the command may say besides. */
export function explain(stderr: string, directory: string, special: readonly Meaning[] = []): TagError {
  const upstream = { text: stderr.replaceAll(/^(fatal|error): /gm, '').trim() };
  const lock = HELD.exec(stderr)?.[1] ?? (REFTABLES_HELD.test(stderr) ? 'reftable/tables.list.lock' : undefined);
  if (lock)
    return new LockHeld('unavailable', told`Another git process holds the lock ${lock}.`, {
      hint: 'Try again; if no git is running, a person may remove that file.',
      upstream,
    });
  const meaning = [...special, ...MEANINGS].find(({ words }) => words.test(stderr));
  if (!meaning) return new TagError('rejected', 'git refused.', { upstream });
  const message = meaning.code === 'repository_not_found' ? told`There is no git repository at ${directory}.` : meaning.message;
  return new TagError(meaning.code, message, { hint: meaning.hint, upstream });
}

const absent = (why: string, cause?: unknown) =>
  new TagError('not_configured', told`git could not be started (${ours(why)}).`, {
    hint: 'Install git, and put it on PATH: in an absolute directory, outside the working directory.',
    cause,
  });

export const notFound = (): TagError => absent('it was not found');

/** The error behind a git that never ran. */
export const notStarted = (cause: NodeJS.ErrnoException): TagError =>
  ['ENOENT', 'EACCES', 'ENOTDIR'].includes(cause.code ?? '')
    ? absent(String(cause.code), cause)
    : new TagError('unavailable', told`git could not be started (${ours(String(cause.code))}).`, { cause });

/** What lies between two commits: what a system finds out, and how it is told. */
import { meaningOf } from './conventional.ts';
import { TagError } from './errors.ts';
import { compact, toDay, toShortId } from './tag.ts';
import { firstLine, oneLine } from './text.ts';
import { told } from './told.ts';
import { type Level, versionsAfter } from './versions.ts';

/** More commits than these are not read for one call: they are counted at most. */
export const MOST_COMMITS = 1_000;
/** Requests for one comparison; between two named tags that are not far from each other three do. */
export const MOST_REQUESTS = 10;

/** What is to be compared, in the system's own terms. */
export interface Range {
  /** Left out, the default branch. */
  readonly head?: string | undefined;
  /** Left out, the highest version that head contains, see `versionsBelow`. */
  readonly base?: string | undefined;
}

/** A ref as it was named, and the commit it stands for. */
export interface Point {
  readonly name: string;
  readonly commit_id: string;
}

export interface Commit {
  readonly id: string;
  readonly message: string;
  readonly author?: string | undefined;
  /** When it was committed, ISO 8601. */
  readonly date?: string | undefined;
}

/** `ahead`: head contains base, or there is none. `diverged`: it does not, though base may contain head. */
export type Relation = 'same' | 'ahead' | 'diverged';

/** Of objects in a data repository; `more` where not all were counted. */
export interface ObjectChanges {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  readonly more?: true | undefined;
}

export interface Comparison {
  readonly head: Point;
  readonly base?: Point | undefined;
  readonly relation: Relation;
  /** Those of head that base has not, newest first, as far as they were read. */
  readonly commits: readonly Commit[];
  /** How many there are; undefined where counting them would take too long. */
  readonly total?: number | undefined;
  readonly changes?: ObjectChanges | undefined;
  /** What the comparison may lack, in a sentence. */
  readonly note?: string | undefined;
}

/** Where finding the highest version that head contains would take more than MOST_REQUESTS. */
export const nameTheBase = (head: string): TagError =>
  new TagError('unsupported', told`Which version ${head} contains would take too many requests to find out.`, { hint: 'Name the base.' });

/** Said where a base was found, and not whether head contains one that is higher. */
export const HIGHER = 'Whether it contains a higher version further back was not looked at; name the base to be sure.';

const TITLE = 80;
const AUTHOR = 40;

/** A commit in a list. To the day: the day is what release notes need, and each row is paid for in tokens. */
export const toCommitRow = ({ id, message, author, date }: Commit) =>
  compact({
    short_id: toShortId(id),
    title: firstLine(message, TITLE),
    author: author && oneLine(author, AUTHOR),
    date: date && toDay(date),
  });

export interface Advice extends Record<Level, string> {
  readonly suggested?: string | undefined;
  readonly because: string;
}

/** What could follow base, and what the commits that were read suggest; undefined where base is no version. Advice, no more. */
export function nextOf({ base, commits, total }: Comparison): Advice | undefined {
  const next = base && versionsAfter(base.name);
  if (!next) return undefined;
  const { isInitial, ...names } = next;
  const found = { breaking: 0, feat: 0, fix: 0 };
  for (const { message } of commits) {
    const meaning = meaningOf(message);
    if (meaning) found[meaning] += 1;
  }
  const level = levelOf(found, isInitial);
  const breaking = `${found.breaking || 'no'} breaking change${found.breaking > 1 ? 's' : ''}`;
  const read = total === undefined ? `the newest commits read, ${commits.length} of them` : `${commits.length} of ${total} commits`;
  return compact<Advice>({
    suggested: level && names[level],
    because: `${found.feat || 'no'} feat, ${found.fix || 'no'} fix, ${breaking} in ${read}`,
    ...names,
  });
}

/** By Conventional Commits; before 1.0.0 a breaking change is what a minor version is for. */
function levelOf({ breaking, feat, fix }: Record<'breaking' | 'feat' | 'fix', number>, isInitial: boolean): Level | undefined {
  if (breaking > 0 && !isInitial) return 'major';
  if (breaking + feat > 0) return 'minor';
  return fix > 0 ? 'patch' : undefined;
}

/**
 * What lies between two commits. lakeFS lists no range: a log can only stop at a commit, and then lacks the older commits of a branch
 * that was merged later (pkg/graveler/ref/commit_iterator.go). So both sides are read, until what head has of its own is known to end.
 */
import { type Comparison, HIGHER, MOST_COMMITS, MOST_REQUESTS, nameTheBase, type Point, type Range } from '../../core/changes.ts';
import type { Call } from '../../core/provider.ts';
import { plainName } from '../../core/tag-name.ts';
import { versionsBelow } from '../../core/versions.ts';
import type { Http } from '../../http/http.ts';
import { createReader, type Reader, type Side, split } from './history.ts';
import { toChange } from './wire.ts';

const TAG_PAGES = 3;
/** Requests that are kept: for the objects, and for the best commit that both have. */
const KEPT = 2;

/** A ref as it is spelled → as the API takes it; undefined stands for the default branch, which takes a request to find. */
type RefOf = (repository: string, ref: string | undefined, call: Call) => Promise<string>;

export function createComparing(http: Http, refOf: RefOf) {
  return async (repository: string, range: Range, call: Call): Promise<Comparison> => {
    const reader = createReader(http, repository, call, MOST_REQUESTS - (range.head === undefined ? 1 : 0));
    const open = async (spelling: string | undefined): Promise<Side> => {
      const ref = await refOf(repository, spelling && plainName(spelling), call);
      return { ref, name: plainName(spelling ?? ref), read: new Map(), isWhole: false };
    };
    const [ours, named] = await Promise.all([open(range.head), range.base === undefined ? undefined : open(range.base)]);
    await Promise.all([reader.more(ours), named && reader.more(named)]);
    const highest = named ? undefined : await highestIn(reader, ours);
    const theirs = named ?? (highest?.name === undefined ? undefined : await open(highest.name));
    if (theirs && !named) await reader.more(theirs);
    return { ...(await between(reader, ours, theirs)), note: highest && !highest.isSure ? HIGHER : undefined };
  };
}

/** The tag of the highest version that head contains, and whether there can be none that is higher. */
async function highestIn(reader: Reader, head: Side): Promise<{ name: string | undefined; isSure: boolean }> {
  const tags = await reader.tags(TAG_PAGES);
  if (!tags) throw nameTheBase(head.name);
  const versions = versionsBelow(head.name, [...tags.keys()]);
  const highest = () => versions.find((name) => head.read.has(tags.get(name) ?? ''));
  // A higher one may stand further back.
  while (highest() !== versions[0] && !head.isWhole && reader.left() > MOST_REQUESTS / 2) await reader.more(head);
  const name = highest();
  const isSure = head.isWhole || name === versions[0];
  if (name === undefined && !isSure) throw nameTheBase(head.name);
  return { name, isSure };
}

async function between(reader: Reader, ours: Side, theirs: Side | undefined): Promise<Comparison> {
  let state = split(ours, theirs);
  while ((state.goesOn || state.isOpen) && reader.left() > KEPT + 1) {
    await Promise.all([state.goesOn && reader.more(ours), state.isOpen && theirs && reader.more(theirs)]);
    state = split(ours, theirs);
  }
  const isKnown = !state.goesOn && !state.isOpen;
  const head = pointOf(ours);
  const found = { head, total: isKnown ? state.own.length : undefined, commits: state.own.slice(0, MOST_COMMITS).map(toChange) };
  if (!theirs) return { ...found, relation: 'ahead' };
  const base = pointOf(theirs);
  if (base.commit_id === head.commit_id) return { ...found, base, relation: 'same' };
  // Where head contains base, a commit of its own is a child of it.
  const isChild = state.own.some(({ parents }) => parents.includes(base.commit_id));
  const isAhead = isChild || (!isKnown && (await reader.contains(head, base)));
  return { ...found, base, relation: isAhead ? 'ahead' : 'diverged', changes: await reader.objectChanges(base, head) };
}

/** A log begins with the commit of its ref. */
const pointOf = ({ name, read }: Side): Point => ({ name, commit_id: read.keys().next().value ?? '' });

/** lakeFS's log of a ref, read as far as it is needed, and what one side's history has that the other's has not. */
import type * as z from 'zod';
import type { ObjectChanges, Point } from '../../core/changes.ts';
import { isTagError } from '../../core/errors.ts';
import type { Call } from '../../core/provider.ts';
import type { Http, SendOptions } from '../../http/http.ts';
import { type Path, path } from '../../http/path.ts';
import { tagsPath } from './list.ts';
import { WireDifference, WireLog, WireMergeBase, WireRefs } from './wire.ts';

type Logged = WireLog['results'][number];

/** One side's history, the newest first, as far as it was read. */
export interface Side {
  readonly ref: string;
  /** As it was named. */
  readonly name: string;
  readonly read: Map<string, Logged>;
  isWhole: boolean;
}

/** The server looks up each commit by itself; it lists a thousand at most. */
const FIRST_PAGE = 250;
const MOST = 1_000;

export type Reader = ReturnType<typeof createReader>;

/** Of one repository, for one comparison: `left` requests are left for it. */
export function createReader(http: Http, repository: string, call: Call, left: number) {
  async function read<T>(at: Path, schema: z.ZodType<T>, query: SendOptions<T>['query'] = {}): Promise<T> {
    left -= 1;
    return (await http.send('GET', at, { call, schema, query })).body;
  }

  return {
    left: () => left,
    /** Adds a page to what was read of a history. */
    async more(side: Side): Promise<void> {
      if (side.isWhole) return;
      const after = [...side.read.keys()].at(-1);
      const query = { after, amount: after === undefined ? FIRST_PAGE : MOST };
      const { results, pagination } = await read(path`/repositories/${repository}/refs/${side.ref}/commits`, WireLog, query);
      const before = side.read.size;
      for (const commit of results) side.read.set(commit.id, commit);
      side.isWhole = !pagination.has_more || side.read.size === before;
      call.progress(side.read.size, `${side.read.size} commits read`);
    },
    /** By name, the commits of all tags; undefined where they are more than so many pages hold. */
    async tags(pages: number): Promise<Map<string, string> | undefined> {
      const found = new Map<string, string>();
      for (let page = 0; page < pages; page += 1) {
        const query = { after: [...found.keys()].at(-1), amount: MOST };
        const { results, pagination } = await read(tagsPath(repository), WireRefs, query);
        for (const { id, commit_id } of results) found.set(id, commit_id);
        if (!pagination.has_more) return found;
      }
      return undefined;
    },
    /** By the best commit that both have, if they have one. */
    async contains(head: Point, base: Point): Promise<boolean> {
      const at = path`/repositories/${repository}/refs/${head.commit_id}/merge/${base.commit_id}`;
      const found = await read(at, WireMergeBase).catch((error: unknown) => {
        if (!isTagError(error, 'ref_not_found')) throw error;
      });
      return found?.base_commit_id === base.commit_id;
    },
    /** Absent where the credential has not the right that this asks for (fs:ListObjects). */
    async objectChanges(base: Point, head: Point): Promise<ObjectChanges | undefined> {
      const at = path`/repositories/${repository}/refs/${base.commit_id}/diff/${head.commit_id}`;
      const found = await read(at, WireDifference, { type: 'two_dot', amount: MOST }).catch((error: unknown) => {
        if (!isTagError(error, 'permission_denied')) throw error;
      });
      if (!found) return undefined;
      const count = (kind: string) => found.results.filter(({ type }) => type === kind).length;
      const counts = { added: count('added'), changed: count('changed'), removed: count('removed') };
      return found.pagination.has_more ? { ...counts, more: true } : counts;
    },
  };
}

export interface Split {
  /** Commits of ours that theirs has not, as far as both were read. */
  readonly own: readonly Logged[];
  /** There may be more of them, further back in ours. */
  readonly goesOn: boolean;
  /** Some of them may be theirs too, further back there: a log goes by date, so that nothing older than its end is known of. */
  readonly isOpen: boolean;
}

export function split(ours: Side, theirs: Side | undefined): Split {
  const foreign = new Set(theirs?.read.keys());
  for (const id of foreign) for (const parent of (theirs?.read.get(id) ?? ours.read.get(id))?.parents ?? []) foreign.add(parent);
  const own = [...ours.read.values()].filter(({ id }) => !foreign.has(id));
  const isUnread = (id: string) => !ours.read.has(id) && !foreign.has(id);
  return {
    own,
    goesOn: !ours.isWhole && own.some(({ parents }) => parents.some(isUnread)),
    isOpen: theirs !== undefined && !theirs.isWhole && own.length > 0 && endOf([...theirs.read.values()]) >= endOf(own),
  };
}

const endOf = (commits: readonly Logged[]): number =>
  commits.reduce((oldest, { creation_date }) => Math.min(oldest, creation_date ?? 0), Number.MAX_SAFE_INTEGER);

/** What lies between two commits, as CodeArts compares them. UNVERIFIED beyond its description (ShowRefCompare): nothing is taken for granted. */
import { type Comparison, MOST_REQUESTS, nameTheBase, type Point, type Range } from '../../core/changes.ts';
import { isTagError, TagError } from '../../core/errors.ts';
import type { Call } from '../../core/provider.ts';
import type { Tag } from '../../core/tag.ts';
import { plainName } from '../../core/tag-name.ts';
import { told } from '../../core/told.ts';
import { versionsBelow } from '../../core/versions.ts';
import type { Http } from '../../http/http.ts';
import { path } from '../../http/path.ts';
import { everyTag } from './list.ts';
import { isCommitId, readRepository, resolveRef } from './look.ts';
import { toChange, WireComparison, WireHistory } from './wire.ts';

const MOST = 100;
const TAG_PAGES = 5;
/** For one more version: its tag, the range, and that the other way round. */
const TRY = 3;

type GetTag = (repository: string, name: string, call: Call) => Promise<Tag>;

export const createComparing =
  (http: Http, getTag: GetTag) =>
  async (repository: string, range: Range, call: Call): Promise<Comparison> => {
    const history = createHistory(http, getTag, repository, call);
    if (range.base === undefined) return withVersion(history, await history.pointAt(range.head));
    const [head, base] = await Promise.all([history.pointAt(range.head), history.pointAt(range.base)]);
    return history.finish(await history.begin(head, base));
  };

type History = ReturnType<typeof createHistory>;

/** With the highest version that head contains: they are tried, the highest first. */
async function withVersion(history: History, head: Point): Promise<Comparison> {
  const names = await history.tagNames();
  if (!names) throw nameTheBase(head.name);
  for (const name of versionsBelow(head.name, names)) {
    if (history.left() < TRY) throw nameTheBase(head.name);
    const begun = await history.begin(head, await history.pointAt(name));
    if (begun.relation !== 'diverged') return history.finish(begun);
  }
  return history.finish(await history.begin(head, undefined));
}

/** What is known after a first page. */
interface Begun extends Pick<Comparison, 'base' | 'head' | 'relation'> {
  readonly first: WireHistory;
  readonly count: number | undefined;
}

/** Of one repository, for one comparison: it takes no more than MOST_REQUESTS. */
function createHistory(http: Http, getTag: GetTag, repository: string, call: Call) {
  let left = MOST_REQUESTS;

  /** Of the commits of head that base has not; without base, of all that it comes from. */
  async function page(head: Point, base: Point | undefined, offset: number): Promise<Pick<Begun, 'first' | 'count'>> {
    left -= 1;
    const window = { offset, limit: MOST };
    if (!base) {
      const at = path`/v4/repositories/${repository}/repository/commits`;
      const query = { ref_name: head.commit_id, ...window };
      return { first: (await http.send('GET', at, { call, schema: WireHistory, query })).body, count: undefined };
    }
    const query = { from: base.commit_id, to: head.commit_id, compare_type: 'commit', straight: false, view: 'commits', ...window };
    const { body } = await http.send('GET', path`/v4/repositories/${repository}/compare`, { call, schema: WireComparison, query });
    if (body.compare_timeout) throw new TagError('unavailable', 'CodeArts Repo took too long to compare these commits.');
    return { first: body.commits, count: body.commits_count ?? undefined };
  }

  const isWhole = (seen: number, last: number, count: number | undefined) => last < MOST || (count !== undefined && seen >= count);

  return {
    left: () => left,
    /** A tag first, unlike where tags are created: tags are what is compared. Left out, the default branch. */
    async pointAt(ref: string | undefined): Promise<Point> {
      left -= 1;
      const name = ref ?? (await readRepository(http, repository, call)).default_branch;
      if (!name) throw new TagError('ref_not_found', told`Repository ${repository} has no default branch yet.`);
      const tag =
        ref === undefined || isCommitId(name)
          ? undefined
          : await getTag(repository, plainName(name), call).catch((error: unknown) => {
              if (!isTagError(error, 'tag_not_found')) throw error;
            });
      if (tag?.commit_id) return { name: plainName(name), commit_id: tag.commit_id };
      left -= 1;
      return { name, commit_id: await resolveRef(http, repository, name, call) };
    },
    /** Undefined where they are more than so many pages hold. */
    async tagNames(): Promise<string[] | undefined> {
      const names: string[] = [];
      let pages = 0;
      for await (const tags of everyTag(http, repository, call)) {
        if (pages === TAG_PAGES) return tags.length > 0 ? undefined : names;
        pages += 1;
        left -= 1;
        names.push(...tags.map(({ name }) => name));
      }
      return names;
    },
    async begin(head: Point, base: Point | undefined): Promise<Begun> {
      if (base?.commit_id === head.commit_id) return { base, head, relation: 'same', first: [], count: 0 };
      const { first, count } = await page(head, base, 0);
      if (!base) return { head, relation: 'ahead', first, count };
      // Where head contains base, the range holds a child of it, and the other way round it is empty.
      const isChild = first.some(({ parent_ids }) => parent_ids?.includes(base.commit_id));
      const isTold = isWhole(first.length, first.length, count) && first.every(({ parent_ids }) => parent_ids);
      const isAhead = isChild || (!isTold && (await page(base, head, 0)).first.length === 0);
      return { base, head, relation: isAhead ? 'ahead' : 'diverged', first, count };
    },
    async finish({ first, count, ...begun }: Begun): Promise<Comparison> {
      const commits = new Map(first.map((one) => [one.id, one]));
      let whole = isWhole(first.length, first.length, count);
      while (!whole && left > 0) {
        const before = commits.size;
        const { first: found } = await page(begun.head, begun.base, before);
        for (const one of found) commits.set(one.id, one);
        whole = isWhole(commits.size, found.length, count) || commits.size === before;
      }
      const newest = [...commits.values()].map(toChange).sort((a, b) => Date.parse(b.date ?? '') - Date.parse(a.date ?? '') || 0);
      return { ...begun, commits: newest, total: whole ? commits.size : count };
    },
  };
}

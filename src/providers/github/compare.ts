/** What lies between two commits: GitHub's comparison, whose commits come oldest first. */
import {
  type Comparison,
  HIGHER,
  MOST_COMMITS,
  MOST_REQUESTS,
  nameTheBase,
  type Point,
  type Range,
  type Relation,
} from '../../core/changes.ts';
import type { Call } from '../../core/provider.ts';
import type { Tag } from '../../core/tag.ts';
import { plainName } from '../../core/tag-name.ts';
import { versionsBelow } from '../../core/versions.ts';
import type { Http } from '../../http/http.ts';
import { path } from '../../http/path.ts';
import { type Graph, partsOf } from './graph.ts';
import { allTags } from './list.ts';
import { HISTORY } from './queries.ts';
import { resolveRef } from './read.ts';
import { toChange, WireComparison, WireHistory } from './wire.ts';

const MOST = 100;
/** So many pages of tags, the newest first. */
const TAG_PAGES = 3;
/** What is kept for the commits themselves. */
const KEPT = 3;

const RELATIONS: Readonly<Record<string, Relation>> = { identical: 'same', ahead: 'ahead' };

export const createComparing = (rest: Http, graph: Graph) => async (repository: string, range: Range, call: Call) => {
  const comparing = createHistory(rest, graph, repository, call);
  const pointAt = async (ref: string | undefined): Promise<Point> => ({
    name: plainName(ref ?? 'HEAD'),
    commit_id: (await comparing.counted(() => resolveRef(graph, repository, ref, call))).commit.oid,
  });
  if (range.base === undefined) return withVersion(comparing, await pointAt(range.head));
  const [head, base] = await Promise.all([pointAt(range.head), pointAt(range.base)]);
  return comparing.between(head, base);
};

type History = ReturnType<typeof createHistory>;

/** With the highest version that head contains: they are tried, the highest first. */
async function withVersion(history: History, head: Point): Promise<Comparison> {
  const { tags, isWhole } = await history.newestTags();
  const at = new Map(tags.map(({ name, commit_id }) => [name, commit_id]));
  const bases = versionsBelow(head.name, [...at.keys()]).flatMap((name): Point[] => {
    const commit_id = at.get(name);
    return commit_id ? [{ name, commit_id }] : [];
  });
  let isSure = isWhole;
  for (const base of bases) {
    if (history.left() <= KEPT) {
      isSure = false;
      break;
    }
    const first = await history.page(head, base);
    if (first.status === 'ahead' || first.status === 'identical') {
      const told = await history.between(head, base, first);
      return isSure ? told : { ...told, note: HIGHER };
    }
  }
  if (!isSure) throw nameTheBase(head.name);
  return history.everything(head);
}

/** Of one repository, for one comparison: it takes no more than MOST_REQUESTS. */
function createHistory(rest: Http, graph: Graph, repository: string, call: Call) {
  const { owner, name } = partsOf(repository);
  let left = MOST_REQUESTS;
  const counted = <T>(request: () => Promise<T>): Promise<T> => {
    left -= 1;
    return request();
  };

  const page = (head: Point, base: Point, number = 1): Promise<WireComparison> =>
    counted(async () => {
      const basehead = `${base.commit_id}...${head.commit_id}`;
      const query = { per_page: MOST, page: number };
      return (await rest.send('GET', path`/repos/${owner}/${name}/compare/${basehead}`, { call, query, schema: WireComparison })).body;
    });

  return {
    counted,
    page,
    left: () => left,
    async newestTags(): Promise<{ tags: Tag[]; isWhole: boolean }> {
      const tags: Tag[] = [];
      let pages = 0;
      for await (const batch of allTags(graph, repository, { order_by: 'updated', sort: 'desc' }, call)) {
        left -= 1;
        pages += 1;
        tags.push(...batch);
        if (pages === TAG_PAGES) return { tags, isWhole: batch.length < MOST };
      }
      return { tags, isWhole: true };
    },
    async between(head: Point, base: Point, begun?: WireComparison): Promise<Comparison> {
      const first = begun ?? (await page(head, base));
      const relation = RELATIONS[first.status] ?? 'diverged';
      const total = first.total_commits;
      const last = Math.ceil(total / MOST);
      // The newest stand on the last pages.
      const wanted = Math.max(2, last - Math.floor(MOST_COMMITS / MOST) + 1);
      const pages: WireComparison['commits'][] = [];
      for (let number = last; number >= wanted && left > 0; number -= 1) pages.push((await page(head, base, number)).commits);
      if (pages.length >= last - 1) pages.push(first.commits);
      const commits = pages.flatMap((commits) => commits.map(toChange).reverse());
      return { head, base, relation, commits, total };
    },
    /** Where there is no base: all of head's history. */
    async everything(head: Point): Promise<Comparison> {
      const commits: Comparison['commits'][number][] = [];
      let after: string | undefined;
      let total: number | undefined;
      do {
        const { object } = await counted(() =>
          graph.repository(HISTORY, repository, WireHistory, call, { oid: head.commit_id, first: MOST, after }),
        );
        const history = object?.history;
        total = history?.totalCount ?? total;
        commits.push(
          ...(history?.nodes ?? []).flatMap((node) =>
            node
              ? [
                  {
                    id: node.oid,
                    message: node.message ?? '',
                    author: node.author?.name ?? undefined,
                    date: node.committedDate ?? undefined,
                  },
                ]
              : [],
          ),
        );
        after = history?.pageInfo.hasNextPage ? (history.pageInfo.endCursor ?? undefined) : undefined;
      } while (after !== undefined && left > 0);
      return { head, relation: 'ahead', commits, total };
    },
  };
}

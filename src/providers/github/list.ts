/** Lists of tags: a page is one request, in GitHub's own order by name or by the commits' dates. */
import { fromCursor, pageOver, selectorOf, takePage, walkPages } from '../../core/listing.ts';
import type { Call } from '../../core/provider.ts';
import type { Tag, TagPage, TagQuery } from '../../core/tag.ts';
import type { Walks } from '../../core/walks.ts';
import type { Graph } from './graph.ts';
import { TAGS } from './queries.ts';
import { peeled, toTag, WirePage } from './wire.ts';

const MOST = 100;

/** A tag as GitHub lists it. */
interface Listed {
  readonly tag: Tag;
  readonly name: string;
  /** What GitHub orders by: the date of its commit. */
  readonly date: string | undefined;
  /** GitHub's cursor of the tag before it; undefined for the first. */
  readonly at: string | undefined;
}
interface Batch {
  readonly listed: Listed[];
  readonly total: number | undefined;
  readonly next: string | undefined;
}
type Order = Pick<TagQuery, 'order_by' | 'sort' | 'search'>;

async function read(graph: Graph, repository: string, order: Order, first: number, after: string | undefined, call: Call): Promise<Batch> {
  const { order_by, sort, search } = order;
  const variables = {
    first,
    after,
    // GitHub looks for it anywhere in a name; where exactly is looked at here.
    query: search?.replace(/^\^|(?<=.)\$$/g, '') || undefined,
    orderBy: { field: order_by === 'updated' ? 'TAG_COMMIT_DATE' : 'ALPHABETICAL', direction: sort === 'asc' ? 'ASC' : 'DESC' },
  };
  const { refs, ...home } = await graph.repository(TAGS, repository, WirePage, call, variables);
  const edges = refs.edges.flatMap((edge) => edge ?? []);
  const listed = edges.flatMap(({ node }, index): Listed[] => {
    if (!node?.target) return [];
    const date = peeled(node.target)?.committedDate ?? undefined;
    return [{ tag: toTag(node.name, node.target, home), name: node.name, date, at: index === 0 ? after : edges[index - 1]?.cursor }];
  });
  return { listed, total: refs.totalCount ?? undefined, next: refs.pageInfo.hasNextPage ? edges.at(-1)?.cursor : undefined };
}

export async function listTags(graph: Graph, walks: Walks, repository: string, query: TagQuery, call: Call): Promise<TagPage> {
  if (query.order_by !== 'version') return nativePage(graph, repository, query, call);
  const walk = () => allTags(graph, repository, { order_by: 'name', sort: 'asc', search: query.search }, call);
  return query.search ? pageOver(repository, walk(), query) : walks.page(repository, query, walk);
}

/** Every tag, in GitHub's order. */
export const allTags = (graph: Graph, repository: string, order: Order, call: Call): AsyncIterable<readonly Tag[]> =>
  walkPages<string | null>(
    null,
    async (at) => {
      const { listed, next } = await read(graph, repository, order, MOST, at ?? undefined, call);
      return { tags: listed.map(({ tag }) => tag), next };
    },
    call,
  );

async function nativePage(graph: Graph, repository: string, query: TagQuery, call: Call): Promise<TagPage> {
  const isWanted = selectorOf(query);
  const isWhole = !query.stable && !/^\^|.\$$/.test(query.search ?? '');
  const after = fromCursor(repository, query);
  let total: number | undefined;

  /**
   * GitHub's cursors count: what is deleted before one shifts it. So a page begins at the last tag of the page before,
   * and where that is not what comes, at the beginning.
   */
  async function* batches(): AsyncGenerator<Listed[]> {
    let at = after?.at;
    let isSure = after?.at === undefined;
    const seen = new Set<string>();
    for (;;) {
      const first = isWhole ? Math.min(query.limit + 2, MOST) : MOST;
      const batch = await read(graph, repository, query, first, at, call);
      if (!isSure && batch.listed[0]?.name !== after?.name) {
        isSure = true;
        at = undefined;
        continue;
      }
      isSure = true;
      total = batch.total;
      const fresh = batch.listed.filter(({ name }) => !seen.has(name) && seen.add(name));
      yield fresh.filter(({ name }) => isWanted(name));
      if (batch.next === undefined || fresh.length === 0) return;
      at = batch.next;
      call.progress(seen.size, `${seen.size} tags read`);
    }
  }

  const { shown, next_cursor, cursorPast } = await takePage(repository, batches(), query);
  return {
    tags: shown.map(({ tag }) => tag),
    cursorPast,
    ...(isWhole && total !== undefined && { total }),
    ...(next_cursor && { next_cursor }),
  };
}

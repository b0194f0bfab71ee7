/** Lists of tags. lakeFS has one order, by bytes ascending, and one search, a prefix in its very case; the rest is our own over a walk. */
import { fromCursor, selectorOf, slice, walkPages } from '../../core/listing.ts';
import { compareNames } from '../../core/order.ts';
import type { Call } from '../../core/provider.ts';
import type { Tag, TagPage, TagQuery } from '../../core/tag.ts';
import type { Walks } from '../../core/walks.ts';
import type { Http } from '../../http/http.ts';
import { path } from '../../http/path.ts';
import { prefixesOf } from './prefixes.ts';
import { toTag, WireRefs } from './wire.ts';

const MOST = 1000;

export const tagsPath = (repository: string) => path`/repositories/${repository}/tags`;

/** How far a walk has come: the prefixes that are left, and the last name it has seen. */
interface Reached {
  readonly prefixes: readonly string[];
  readonly after: string;
}

export async function listTags(http: Http, walks: Walks, repository: string, query: TagQuery, call: Call): Promise<TagPage> {
  const after = fromCursor(repository, query)?.name ?? '';
  const { prefixes, exact } = prefixesOf(query.search);
  const inOrder = query.order_by === 'name' && query.sort === 'asc';
  // One more than is shown tells whether there is a next page.
  const amount = inOrder && exact && !query.stable ? query.limit + 1 : MOST;

  async function next(reached: Reached): Promise<{ tags: Tag[]; next?: Reached }> {
    const [prefix = '', ...others] = reached.prefixes;
    const asked = { prefix: prefix || undefined, after: reached.after || undefined, amount };
    const { results, pagination } = (await http.send('GET', tagsPath(repository), { call, schema: WireRefs, query: asked })).body;
    const last = results.at(-1)?.id;
    const goesOn = pagination.has_more && last !== undefined;
    const way = goesOn
      ? { prefixes: reached.prefixes, after: last }
      : others.length > 0 && { prefixes: others, after: last ?? reached.after };
    if (way && last === undefined) return next(way); // a walk would end at an empty page
    return { tags: results.map(toTag), ...(way && { next: way }) };
  }

  if (!inOrder) return walks.page(repository, query, () => walkPages({ prefixes, after: '' }, next, call));
  const matches = selectorOf(query);
  const left = prefixes.filter((prefix) => after.startsWith(prefix) || compareNames(prefix, after) > 0);
  const found: Tag[] = [];
  for await (const tags of walkPages({ prefixes: left, after }, next, call)) {
    found.push(...tags.filter(({ name }) => matches(name) && compareNames(name, after) > 0));
    if (found.length > query.limit) break;
  }
  const { shown, ...rest } = slice(repository, found, query);
  return { tags: shown, ...rest };
}

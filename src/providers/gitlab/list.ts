/** Lists of tags. A page is one request with a keyset; a search is one request too, since GitLab answers it whole. */
import { isTagError, TagError } from '../../core/errors.ts';
import { fromCursor, pageOf, pageOver, selectorOf, takePage, toCursor, walkPages } from '../../core/listing.ts';
import type { Call } from '../../core/provider.ts';
import { dateOf, type Tag, type TagPage, type TagQuery } from '../../core/tag.ts';
import type { Walks } from '../../core/walks.ts';
import { path } from '../../http/path.ts';
import type { Below, Projects } from './project.ts';
import { toTag, WireTags } from './wire.ts';

const MOST = 100;
export const tagsBelow: Below = (project) => path`/projects/${project}/repository/tags`;

export async function listTags(projects: Projects, walks: Walks, repository: string, query: TagQuery, call: Call): Promise<TagPage> {
  if (query.search) return searching(projects, repository, query.search, call, (tags) => pageOver(repository, tags, query));
  const page = await (query.stable ? stablePage : nativePage)(projects, repository, query, call);
  return page ?? walks.page(repository, query, () => allTags(projects, repository, call));
}

/** In GitLab's own order as far as the page goes. */
async function stablePage(projects: Projects, repository: string, query: TagQuery, call: Call): Promise<TagPage | undefined> {
  const isWanted = selectorOf(query);
  let isRead = false;
  async function* places() {
    for await (const tags of allTags(projects, repository, call, query)) {
      isRead = true;
      yield tags.filter(({ name }) => isWanted(name)).map((tag) => ({ tag, name: tag.name, date: dateOf(tag) }));
    }
  }
  try {
    const { shown, ...rest } = await takePage(repository, places(), query);
    return { tags: shown.map(({ tag }) => tag), ...rest };
  } catch (error) {
    if (!isRead && isTagError(error, 'unsupported')) return undefined; // this GitLab has no such order
    throw error;
  }
}

/** A page that GitLab ordered is followed by pages in GitLab's order alone, one of ours by ours. Undefined where the order has to be ours. */
async function nativePage(projects: Projects, repository: string, query: TagQuery, call: Call): Promise<TagPage | undefined> {
  const { order_by, sort, limit } = query;
  const after = fromCursor(repository, query);
  if (after && after.at === undefined) return undefined; // a cursor of ours
  const [first, next] = after?.at?.split(' ') ?? [];
  const goOn = () => goOnAt(projects, repository, query, call, { last: after?.name, next, first });
  // One more than is shown tells whether there is a next page: gateways drop the headers that should.
  const asked = { pagination: 'keyset', order_by, sort, per_page: Math.min(limit + 1, MOST), page_token: after?.name };
  const reply = await projects.send('GET', repository, tagsBelow, { call, schema: WireTags, query: asked }).catch((error: unknown) => {
    // The cursor's tag was deleted, or this GitLab has no such order.
    if (isTagError(error, after ? 'changed' : 'unsupported')) return undefined;
    throw error;
  });
  // By date, annotated tags stand where their own date puts them, which GitLab before 16.11 does not tell.
  if (!reply) return after && order_by === 'updated' ? goOn() : undefined;
  const tags = reply.body.map(toTag);
  const isAgain = after && tags.some(({ name }) => name === after.name || name === first); // page 1, whatever the cursor
  if (isAgain) return goOn();
  if (after || (!isOffset(reply.headers) && tags.length <= asked.per_page))
    return pageFrom(repository, query, tags, first ?? tags[0]?.name, nextOf(reply.headers) !== undefined);
  // Before 14 a cursor means nothing to it, and names are ordered as versions.
  return tags.length > limit || tags.length >= MOST ? undefined : pageOf(repository, tags, query);
}

/** Where a page ended: the last tag on it, the one after, and the first tag of all pages. */
interface Sides {
  readonly last: string | undefined;
  readonly next: string | undefined;
  readonly first: string | undefined;
}

/** Where a cursor leads nowhere, since its tag is gone or GitLab does not know cursors: the place is looked for in GitLab's own order. */
async function goOnAt(projects: Projects, repository: string, query: TagQuery, call: Call, { last, next, first }: Sides): Promise<TagPage> {
  let rest: Tag[] | undefined;
  for await (const tags of allTags(projects, repository, call, query)) {
    const at = rest ? 0 : tags.findIndex(({ name }) => name === last || name === next);
    if (at >= 0) rest = [...(rest ?? []), ...tags.slice(tags[at]?.name === last ? at + 1 : at)];
    if (rest && rest.length > query.limit) break;
  }
  if (!rest)
    throw new TagError('changed', 'The tags on both sides of the cursor were deleted meanwhile.', {
      hint: 'Call list_tags again without cursor.',
    });
  return pageFrom(repository, query, rest, first);
}

/** The tag after the last one shown is remembered: of a full hundred one is kept back for that. */
function pageFrom(repository: string, query: TagQuery, tags: readonly Tag[], first = '', goesOn = false): TagPage {
  const shown = tags.slice(0, tags.length >= MOST ? Math.min(query.limit, MOST - 1) : query.limit);
  const cursorPast = (name: string | undefined) => {
    const at = tags.findIndex((tag) => tag.name === name);
    const [last, next] = [tags[at], tags[at + 1]];
    return last && toCursor(repository, query, { name: last.name, date: dateOf(last), at: `${first} ${next?.name ?? ''}` });
  };
  const next_cursor = tags.length > shown.length || goesOn ? cursorPast(shown.at(-1)?.name) : undefined;
  return { tags: shown, cursorPast, ...(next_cursor && { next_cursor }) };
}

/** Reads all tags that may match, and perhaps others. */
export function searching<T>(
  projects: Projects,
  repository: string,
  search: string,
  call: Call,
  read: (tags: AsyncIterable<readonly Tag[]>) => Promise<T>,
): Promise<T> {
  const term = termFor(search);
  const next = async (page: number) => {
    const { body } = await projects.send('GET', repository, tagsBelow, {
      call,
      schema: WireTags,
      query: { search: term, per_page: MOST, page: page > 1 ? page : undefined },
    });
    // Page 1 has every match, whatever per_page and the headers say; only where it looks like a full page may there be more.
    return { tags: body.map(toTag), next: body.length === MOST ? page + 1 : undefined };
  };
  if (!term) return read(allTags(projects, repository, call));
  return read(walkPages(1, next, call)).catch((error: unknown) => {
    // So many matches that their one answer cannot be read.
    if (isTagError(error, 'unexpected_response') && error.upstream?.status === 200) return read(allTags(projects, repository, call));
    throw error;
  });
}

/**
 * What to ask for, so that no match of ours is missing. GitLab takes every `*`, the first `^` and the first `$` for operators,
 * wherever they stand (app/finders/git_refs_finder.rb); older ones bind one end only.
 */
function termFor(search: string): string {
  const [, from = '', text = ''] = /^(\^?)(.*?)\$?$/s.exec(search) ?? [];
  const parts = text.split(/[\^$*]/);
  if (parts.length === 1) return from ? from + text : search;
  return parts.reduce((longest, part) => (part.length > longest.length ? part : longest));
}

/** Where a page begins: behind a tag, or before 14 by its number. */
type Way = { readonly page_token?: string | undefined } | { readonly page: number };
type Order = Pick<TagQuery, 'order_by' | 'sort'>;

/** In GitLab's own order, whatever that is there. */
export function allTags(
  projects: Projects,
  repository: string,
  call: Call,
  { order_by, sort }: Order = { order_by: 'name', sort: 'asc' },
): AsyncIterable<readonly Tag[]> {
  const first = new Set<string>();
  const next = async (at: Way): Promise<{ tags: Tag[]; next?: Way | undefined }> => {
    const { body, headers } = await projects.send('GET', repository, tagsBelow, {
      call,
      schema: WireTags,
      query: { pagination: 'keyset', order_by, sort, per_page: MOST, ...at },
    });
    const tags = body.map(toTag);
    // A page token means nothing before keysets, and page 1 comes again.
    if ('page_token' in at && tags.length > 0 && tags.every(({ name }) => first.has(name))) return next({ page: 2 });
    if (first.size === 0) for (const { name } of tags) first.add(name);
    return { tags, next: wayOn(at, tags, headers) };
  };
  return walkPages<Way>({}, next, call);
}

type Headers = Readonly<Record<string, string>>;

/** Pages go by number here: before 14, whatever of its headers comes through. */
function isOffset(headers: Headers): boolean {
  const next = nextOf(headers);
  return next ? 'page' in next : Object.keys(headers).some((name) => /^x-((next-|prev-|per-)?page|total)/.test(name));
}

/** On as long as pages are full, whatever the headers say; behind a page that is not, where they do. */
function wayOn(at: Way, tags: readonly Tag[], headers: Headers): Way | undefined {
  const isFull = tags.length >= MOST;
  if ('page' in at || isOffset(headers))
    return isFull || Number(headers['x-next-page']) > 0 ? { page: 'page' in at ? at.page + 1 : 2 } : undefined;
  return nextOf(headers) ?? (isFull ? { page_token: tags.at(-1)?.name } : undefined);
}

/** The way on that the Link header shows; its host is the server's own idea and is not followed. */
function nextOf({ link = '' }: Headers): Way | undefined {
  const address = /<([^<>]*)>\s*;\s*rel="?next\b/.exec(link)?.[1];
  if (!address || !URL.canParse(address, 'http://host')) return undefined;
  const { searchParams } = new URL(address, 'http://host');
  const [token, page] = [searchParams.get('page_token'), Number(searchParams.get('page'))];
  return token ? { page_token: token } : Number.isSafeInteger(page) && page > 1 ? { page } : undefined;
}

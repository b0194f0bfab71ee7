/** Lists of tags. A page is one request with a keyset; a search is one request too, since GitLab answers it whole. */
import { isTagError, TagError } from '../../core/errors.ts';
import { fromCursor, pageOver, toCursor, walkPages } from '../../core/listing.ts';
import type { Call } from '../../core/provider.ts';
import { dateOf, type Tag, type TagPage, type TagQuery } from '../../core/tag.ts';
import { path } from '../../http/path.ts';
import type { Below, Projects } from './project.ts';
import { toTag, WireTags } from './wire.ts';

const MOST = 100;
export const tagsBelow: Below = (project) => path`/projects/${project}/repository/tags`;

export async function listTags(projects: Projects, repository: string, query: TagQuery, call: Call): Promise<TagPage> {
  if (query.search) return searching(projects, repository, query.search, call, (tags) => pageOver(repository, tags, query));
  const page = await keysetPage(projects, repository, query, call);
  return page ?? pageOver(repository, allTags(projects, repository, call), query);
}

/** Undefined where the order has to be ours. */
async function keysetPage(projects: Projects, repository: string, query: TagQuery, call: Call): Promise<TagPage | undefined> {
  const { order_by, sort, limit } = query;
  const after = fromCursor(repository, query);
  if (after && after.at === undefined) return undefined; // a cursor of ours
  // One more than is shown tells whether there is a next page: gateways drop the headers that should.
  const asked = { pagination: 'keyset', order_by, sort, per_page: Math.min(limit + 1, MOST), page_token: after?.name };
  const reply = await projects.send('GET', repository, tagsBelow, { call, schema: WireTags, query: asked }).catch((error: unknown) => {
    // The cursor's tag was deleted, or this GitLab has no such order.
    if (isTagError(error, 'changed', 'unsupported')) return undefined;
    throw error;
  });
  if (!reply) return undefined;
  const isOld = 'x-page' in reply.headers;
  const tags = reply.body.map(toTag);
  const first = after?.at ?? tags[0]?.name ?? '';
  if (after && tags.some(({ name }) => name === after.name || name === first)) {
    // Page 1 again, and no header has told how old it is.
    if (order_by !== 'updated') return undefined;
    throw new TagError('unsupported', 'This GitLab cannot go on in that order.', { hint: 'Call list_tags again, ordered by name.' });
  }
  const shown = tags.slice(0, limit);
  const last = shown.at(-1);
  const goesOn = tags.length > limit || tags.length >= MOST || (!isOld && nextOf(reply.headers));
  // Before 14 it cannot go on from a cursor; its order by date is not ours, so that a page of it goes with none of ours.
  if (isOld && (after || (goesOn && order_by === 'updated'))) return undefined;
  return {
    tags: shown,
    ...(last && goesOn && { next_cursor: toCursor(repository, query, { name: last.name, date: dateOf(last), at: first }) }),
  };
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

function allTags(projects: Projects, repository: string, call: Call): AsyncIterable<readonly Tag[]> {
  const first = new Set<string>();
  const next = async (at: Way): Promise<{ tags: Tag[]; next?: Way | undefined }> => {
    const { body, headers } = await projects.send('GET', repository, tagsBelow, {
      call,
      schema: WireTags,
      query: { pagination: 'keyset', order_by: 'name', sort: 'asc', per_page: MOST, ...at },
    });
    const tags = body.map(toTag);
    // A page token means nothing before keysets, and page 1 comes again.
    if ('page_token' in at && tags.length > 0 && tags.every(({ name }) => first.has(name))) return next({ page: 2 });
    if (first.size === 0) for (const { name } of tags) first.add(name);
    return { tags, next: wayOn(at, tags, headers) };
  };
  return walkPages<Way>({}, next, call);
}

/** On as long as pages are full, whatever the headers say; behind a page that is not, where they do. */
function wayOn(at: Way, tags: readonly Tag[], headers: Readonly<Record<string, string>>): Way | undefined {
  const isFull = tags.length >= MOST;
  if ('page' in at || 'x-page' in headers) return isFull ? { page: 'page' in at ? at.page + 1 : 2 } : undefined;
  return nextOf(headers) ?? (isFull ? { page_token: tags.at(-1)?.name } : undefined);
}

/** The way on that the Link header shows; its host is the server's own idea and is not followed. */
function nextOf({ link = '' }: Readonly<Record<string, string>>): Way | undefined {
  const address = /<([^<>]*)>\s*;\s*rel="?next\b/.exec(link)?.[1];
  if (!address || !URL.canParse(address, 'http://host')) return undefined;
  const { searchParams } = new URL(address, 'http://host');
  const [token, page] = [searchParams.get('page_token'), Number(searchParams.get('page'))];
  return token ? { page_token: token } : Number.isSafeInteger(page) && page > 1 ? { page } : undefined;
}

/** Lists of tags. A page is one request with a keyset; a search is one request too, since GitLab answers it whole. */
import { isTagError } from '../../core/errors.ts';
import { fromCursor, pageOf, toCursor, walk } from '../../core/listing.ts';
import type { Call } from '../../core/provider.ts';
import { dateOf, type Tag, type TagPage, type TagQuery } from '../../core/tag.ts';
import { path } from '../../http/path.ts';
import type { Below, Projects } from './project.ts';
import { toTag, WireTags } from './wire.ts';

const MOST = 100;
export const tagsBelow: Below = (project) => path`/projects/${project}/repository/tags`;

export async function listTags(projects: Projects, repository: string, query: TagQuery, call: Call): Promise<TagPage> {
  if (query.search) return pageOf(repository, await searchTags(projects, repository, query.search, call), query);
  const page = await keysetPage(projects, repository, query, call).catch((error: unknown) => {
    // The cursor's tag was deleted, or this GitLab has no such order: then ours will do.
    if (isTagError(error, 'changed', 'unsupported')) return undefined;
    throw error;
  });
  return page ?? pageOf(repository, await allTags(projects, repository, call), query);
}

/** Undefined where GitLab is too old to go on from a cursor (before 14). */
async function keysetPage(projects: Projects, repository: string, query: TagQuery, call: Call): Promise<TagPage | undefined> {
  const { order_by, sort, limit } = query;
  const after = fromCursor(repository, query);
  const { body, headers } = await projects.send('GET', repository, tagsBelow, {
    call,
    schema: WireTags,
    query: { pagination: 'keyset', order_by, sort, per_page: limit, page_token: after?.name },
  });
  if (after && 'x-page' in headers) return undefined;
  const tags = body.map(toTag);
  const last = nextOf(headers) && tags.at(-1);
  return { tags, ...(last && { next_cursor: toCursor(repository, query, { name: last.name, date: dateOf(last) }) }) };
}

/** All tags that may match, and perhaps others. */
export async function searchTags(projects: Projects, repository: string, search: string, call: Call): Promise<Tag[]> {
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
  if (!term) return allTags(projects, repository, call);
  return walk(1, next, call).catch((error: unknown) => {
    // So many matches that their one answer cannot be read.
    if (isTagError(error, 'unexpected_response') && error.upstream?.status === 200) return allTags(projects, repository, call);
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

const allTags = (projects: Projects, repository: string, call: Call): Promise<Tag[]> =>
  walk<Record<string, string>>(
    {},
    async (at) => {
      const { body, headers } = await projects.send('GET', repository, tagsBelow, {
        call,
        schema: WireTags,
        query: { pagination: 'keyset', order_by: 'name', sort: 'asc', per_page: MOST, ...at },
      });
      return { tags: body.map(toTag), next: nextOf(headers) };
    },
    call,
  );

/** The way on that the Link header shows; its host is the server's own idea and is not followed. */
function nextOf({ link = '' }: Readonly<Record<string, string>>): Record<string, string> | undefined {
  const address = /<([^>]*)>\s*;\s*rel="?next\b/.exec(link)?.[1];
  if (!address || !URL.canParse(address, 'http://host')) return undefined;
  const { searchParams } = new URL(address, 'http://host');
  const found = ['page_token', 'page'].flatMap((name) => (searchParams.has(name) ? [[name, searchParams.get(name) ?? '']] : []));
  return found.length > 0 ? Object.fromEntries(found) : undefined;
}

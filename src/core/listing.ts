/** Search, order, slice and cursor: what a list means, for every provider that cannot do it itself. */
import * as z from 'zod';
import { TagError } from './errors.ts';
import { comparePlaces, type Place } from './order.ts';
import type { Call } from './provider.ts';
import { dateOf, type Tag, type TagPage, type TagQuery } from './tag.ts';
import { told } from './told.ts';
import { LONGEST_WORD } from './tool.ts';
import { isPrerelease } from './versions.ts';

/** More than this many tags are not walked for one call. */
export const WALK_LIMIT = 100_000;

/** Does the name match? Case-insensitive: substring, `^prefix`, `suffix$`, or both for the whole name. */
export function matcher(search: string | undefined): (name: string) => boolean {
  if (!search) return () => true;
  const [from, to] = [search.startsWith('^'), search.endsWith('$') && search.length > 1];
  const text = search.slice(from ? 1 : 0, to ? -1 : undefined).toLowerCase();
  if (from && to) return (name) => name.toLowerCase() === text;
  if (from) return (name) => name.toLowerCase().startsWith(text);
  if (to) return (name) => name.toLowerCase().endsWith(text);
  return (name) => name.toLowerCase().includes(text);
}

/** Is a tag of this name what the query is about, as far as names tell? */
export function selectorOf({ search, stable }: Pick<TagQuery, 'search' | 'stable'>): (name: string) => boolean {
  const matches = matcher(search);
  return stable ? (name) => matches(name) && !isPrerelease(name) : matches;
}

/** Two names, of four bytes a character, in base64. */
export const LONGEST_CURSOR = 12 * LONGEST_WORD;
const Word = z.string().max(LONGEST_WORD);
const Cursor = z.strictObject({ check: Word, name: Word, date: Word.optional(), at: z.string().optional() });

/** Where a page ended: the last tag on it, and the system's own way on (`at`), where it has one. */
export interface Position extends Place {
  readonly at?: string | undefined;
}

/** Binds a cursor to its query and tells damage. The limit is not part of it: pages may grow and shrink on the way. */
const checkOf = (repository: string, { search = '', contains, stable, order_by, sort }: TagQuery, { name, date, at }: Position) =>
  digest(JSON.stringify([repository, search, order_by, sort, name, date, at, contains, stable]));

const toBase64 = (text: string) => Buffer.from(text).toString('base64url');
/** Throws where it is not exactly what `toBase64` made of it. */
function fromBase64(text: string): string {
  const decoded = Buffer.from(text, 'base64url').toString();
  if (toBase64(decoded) !== text) throw new Error('not base64url');
  return decoded;
}

/** An opaque cursor that leads past `position`, for this query on this repository alone. */
export const toCursor = (repository: string, query: TagQuery, { name, date, at }: Position): string =>
  toBase64(JSON.stringify({ check: checkOf(repository, query, { name, date, at }), name, date, at }));

/** Where the query's cursor stands; undefined at the beginning. Throws `invalid_input` for a cursor that is not this query's. */
export function fromCursor(repository: string, query: TagQuery): Position | undefined {
  if (query.cursor === undefined) return undefined;
  const hint = 'Pass next_cursor exactly as list_tags returned it, with the same arguments, or leave cursor out to start again.';
  let parsed: z.output<typeof Cursor>;
  try {
    parsed = Cursor.parse(JSON.parse(fromBase64(query.cursor)));
  } catch (cause) {
    throw new TagError('invalid_input', 'The cursor is damaged.', { hint, cause });
  }
  const { check, ...position } = parsed;
  if (check !== checkOf(repository, query, position))
    throw new TagError('invalid_input', 'The cursor is damaged, or belongs to another repository, search or order.', { hint });
  return position;
}

/** A short fingerprint (FNV-1a, 32 bits, twice): it tells queries apart, it guards nothing. */
function digest(text: string): string {
  const half = (basis: number) => {
    let hash = basis;
    for (const unit of new TextEncoder().encode(text)) hash = Math.imul(hash ^ unit, 0x01000193);
    return (hash >>> 0).toString(36);
  };
  return half(0x811c9dc5) + half(0x9747b28c);
}

/** The part of a page that is cut before its tags are read. */
export interface Slice<P> {
  readonly shown: P[];
  readonly next_cursor?: string;
  cursorPast(name: string): string | undefined;
}

/** One page out of all tags of a repository, in whatever order they are. */
export const pageOf = (repository: string, tags: readonly Tag[], query: TagQuery): Promise<TagPage> => pageOver(repository, [tags], query);

type Batches<T> = AsyncIterable<readonly T[]> | Iterable<readonly T[]>;

/** The same where they come in batches: of those that were seen, only what the page may show is kept. */
export async function pageOver(repository: string, batches: Batches<Tag>, query: TagQuery): Promise<TagPage> {
  const isWanted = selectorOf(query);
  const after = fromCursor(repository, query);
  const compare = comparePlaces(query.order_by, query.sort);
  let kept: (Position & { readonly tag: Tag })[] = [];
  let total = 0;
  for await (const batch of batches) {
    for (const tag of batch) {
      if (!isWanted(tag.name)) continue;
      total += 1;
      const place = { tag, name: tag.name, date: dateOf(tag) };
      if (!after || compare(place, after) > 0) kept.push(place);
    }
    kept = kept.sort(compare).slice(0, query.limit + 1); // one more tells whether there is a next page
  }
  const { shown, ...rest } = slice(repository, kept, query);
  return { tags: shown.map(({ tag }) => tag), total, ...rest };
}

/**
 * One page out of what comes in the query's order and matches its search, in batches. Reads no further than it must.
 * Where the tag that the cursor stands on is gone, or sorts otherwise than we think, the order tells where to go on.
 */
export async function takePage<P extends Position>(repository: string, batches: Batches<P>, query: TagQuery): Promise<Slice<P>> {
  const after = fromCursor(repository, query);
  const compare = comparePlaces(query.order_by, query.sort);
  let begun = after === undefined;
  let taken: P[] = [];
  const isFull = () => taken.length > query.limit;
  for await (const batch of batches) {
    for (const place of batch) {
      const order = after && !begun ? compare(place, after) : 1;
      if (order === 0) {
        begun = true;
        taken = [];
      } else if (order > 0 && !isFull()) taken.push(place);
    }
    if (begun && isFull()) break;
  }
  return slice(repository, taken, query);
}

/** The first `limit` of what remains, with a cursor when that is not all. */
export function slice<P extends Position>(repository: string, rest: readonly P[], query: TagQuery): Slice<P> {
  const shown = rest.slice(0, query.limit);
  const last = shown.at(-1);
  const cursorPast = (name: string) => {
    const position = shown.find((one) => one.name === name);
    return position && toCursor(repository, query, position);
  };
  return { shown, cursorPast, ...(last && rest.length > shown.length && { next_cursor: toCursor(repository, query, last) }) };
}

/** One page of an upstream, and the way to the one after. */
interface Step<At> {
  readonly tags: readonly Tag[];
  readonly next?: At | undefined;
}

/**
 * The tags behind a paged upstream a page at a time, each once, whatever its pages claim.
 * Ends where a page brings nothing new. Throws `unsupported` past WALK_LIMIT.
 */
export async function* walkPages<At>(first: At, next: (at: At) => Promise<Step<At>>, call: Call): AsyncGenerator<Tag[], void, void> {
  const seen = new Set<string>();
  let at: At | undefined = first;
  while (at !== undefined) {
    const page: Step<At> = await next(at);
    const fresh = page.tags.filter(({ name }) => !seen.has(name) && seen.add(name));
    if (seen.size > WALK_LIMIT)
      throw new TagError('unsupported', told`The repository has more than ${WALK_LIMIT} tags to go through.`, {
        hint: 'Narrow the search, or order by name.',
      });
    yield fresh;
    at = fresh.length > 0 ? page.next : undefined;
    if (at !== undefined) call.progress(seen.size, `${seen.size} tags read`);
  }
}

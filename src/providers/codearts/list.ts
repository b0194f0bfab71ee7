/** Lists of tags. Pages go by offset, which shifts when tags come and go, so that a cursor also remembers the names on either side of it. */
import { TagError } from '../../core/errors.ts';
import { fromCursor, type Position, selectorOf, slice, WALK_LIMIT, walkPages } from '../../core/listing.ts';
import type { Call } from '../../core/provider.ts';
import type { Sort, Tag, TagPage, TagQuery } from '../../core/tag.ts';
import type { Walks } from '../../core/walks.ts';
import type { Http } from '../../http/http.ts';
import { type Path, path } from '../../http/path.ts';
import { toListed, WireList } from './wire.ts';

export const tagsIn = (repository: string): Path => path`/v4/repositories/${repository}/repository/tags`;

/** The most that one request answers with. */
const MOST = 100;

/** Tags in CodeArts' own order. */
interface Block {
  readonly tags: Tag[];
  /** Of the repository; undefined where it is not told. */
  readonly total: number | undefined;
}

type Read = (offset: number, limit?: number) => Promise<Block>;

/** How search behaves is not documented, so that it is ours; so is the order by version. Everything else is one request a page. */
export async function listTags(http: Http, walks: Walks, repository: string, query: TagQuery, call: Call): Promise<TagPage> {
  if (query.order_by === 'version') return walks.page(repository, query, () => everyTag(http, repository, call));
  const inOrder = readIn(http, repository, query.order_by, query.sort, call);
  return query.search || query.stable ? searchPage(repository, allTags(inOrder, call), query) : nativePage(repository, inOrder, query);
}

const readIn =
  (http: Http, repository: string, order_by: 'name' | 'updated', sort: Sort, call: Call): Read =>
  async (offset, limit = MOST) => {
    const { body, headers } = await http.send('GET', tagsIn(repository), {
      call,
      schema: WireList,
      query: { offset, limit, sort, order_by },
    });
    return { tags: body.map(toListed), total: totalOf(headers['x-total']) };
  };

/** A page at a time, by name. */
export const everyTag = (http: Http, repository: string, call: Call): AsyncIterable<readonly Tag[]> =>
  allTags(readIn(http, repository, 'name', 'asc', call), call);

const totalOf = (header: string | undefined) => (header && /^\d{1,9}$/.test(header) ? Number(header) : undefined);

/** On as long as pages are full, or the system says so: its total may be anything. */
const allTags = (read: Read, call: Call): AsyncIterable<readonly Tag[]> =>
  walkPages(
    0,
    async (offset) => {
      const { tags, total = 0 } = await read(offset);
      const end = offset + tags.length;
      return { tags, next: tags.length >= MOST || total > end ? end : undefined };
    },
    call,
  );

/** A page of what matches, in CodeArts' own order: its tags carry no date to sort by. */
async function searchPage(repository: string, batches: AsyncIterable<readonly Tag[]>, query: TagQuery): Promise<TagPage> {
  const isWanted = selectorOf(query);
  const after = sidesOf(fromCursor(repository, query));
  let start = after ? undefined : 0;
  let kept: Tag[] = [];
  let total = 0;
  for await (const batch of batches) {
    for (const tag of batch.filter(({ name }) => isWanted(name))) {
      if (after && tag.name === after.next) {
        start = total;
        kept = [];
      }
      if (start !== undefined && kept.length <= query.limit) kept.push(tag);
      total += 1;
      if (tag.name === after?.last) start ??= total;
    }
  }
  if (start === undefined) throw lost();
  return toPage(repository, kept, start, query, total);
}

/** One request, and where a tag follows that does not fit, it is asked for as well: its name will tell where to go on. */
async function nativePage(repository: string, read: Read, query: TagQuery): Promise<TagPage> {
  const after = sidesOf(fromCursor(repository, query));
  const window = Math.min(query.limit + 1, MOST);
  let start = after?.offset ?? 0;
  let block = await read(start, window);
  if (after && block.tags[0]?.name !== after.next) {
    start = await findAgain(read, after, block.total);
    block = await read(start, window);
  }
  const { tags, total } = block;
  const end = start + tags.length;
  const isFull = tags.length >= MOST;
  const asks = isFull || (total ?? 0) > end;
  const isCut = tags.length <= query.limit && ((isFull && total !== end) || (asks && (await read(end, 1)).tags.length > 0));
  // Where more follow than came, the last one is kept back for that.
  return toPage(repository, tags, start, isCut ? { ...query, limit: Math.max(1, tags.length - 1) } : query, total);
}

function toPage(repository: string, tags: readonly Tag[], start: number, query: TagQuery, total: number | undefined): TagPage {
  const places = tags.map((tag, index) => ({ tag, name: tag.name, at: `${start + index + 1} ${tags[index + 1]?.name ?? ''}` }));
  const { shown, ...rest } = slice(repository, places, query);
  return { tags: shown.map(({ tag }) => tag), ...(total !== undefined && { total }), ...rest };
}

/** Where a page ended: the last tag on it, the one after, and where that one stood. */
interface Sides {
  readonly last: string;
  readonly next: string;
  readonly offset: number;
}

function sidesOf(position: Position | undefined): Sides | undefined {
  if (!position) return undefined;
  const [, offset = '0', next = ''] = /^(\d{1,9}) (.*)$/s.exec(position.at ?? '') ?? [];
  return { last: position.name, next, offset: Number(offset) };
}

/** Where among these tags it goes on; undefined where both sides are gone. */
function placeOf(tags: readonly Tag[], { last, next }: Sides): number | undefined {
  const at = tags.findIndex(({ name }) => name === next);
  if (at >= 0) return at;
  const before = tags.findIndex(({ name }) => name === last);
  return before < 0 ? undefined : before + 1;
}

/** Tags came or went before the place: it is looked for nearby first, where listed tags were deleted, and not for ever. */
async function findAgain(read: Read, sides: Sides, total = sides.offset + MOST): Promise<number> {
  let blocks = WALK_LIMIT / MOST;
  for (const offset of around(Math.min(sides.offset, total), total)) {
    const at = placeOf((await read(offset)).tags, sides);
    if (at !== undefined) return offset + at;
    blocks -= 1;
    if (blocks === 0) break;
  }
  throw lost();
}

/** Offsets of blocks that cover everything: backwards from `offset`, then onwards. */
function* around(offset: number, total: number) {
  for (let end = offset; end > 0; end -= MOST) yield Math.max(0, end - MOST);
  for (let start = offset; start < total; start += MOST) yield start;
}

const lost = () =>
  new TagError('changed', 'The tags on both sides of the cursor were deleted meanwhile.', {
    hint: 'Call list_tags again without cursor.',
  });

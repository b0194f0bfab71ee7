import * as z from 'zod';
import { TagError } from '../core/errors.ts';
import { LONGEST_CURSOR } from '../core/listing.ts';
import { compact, ORDERS, Row, type Tag, type TagRow, toDetailed, toRow } from '../core/tag.ts';
import { ours, told } from '../core/told.ts';
import { atMost, defineTool, LONGEST_WORD } from '../core/tool.ts';

/** Of globs: git allows none of them in a name. */
const GLOB = /[*?[]/;
const SORTS = ['asc', 'desc'] as const;

export const listTags = defineTool({
  name: 'list_tags',
  title: 'List tags',
  effect: 'read',
  description: 'List tags, newest first where the system has dates. For the next page repeat the call with its next_cursor.',
  input: z.strictObject({
    search: atMost(LONGEST_WORD).optional().describe('Substring, ^prefix or suffix$; case-insensitive'),
    order_by: z.enum(ORDERS).optional().describe('Default updated, else name or version'),
    sort: z.enum(SORTS).optional().describe('Default asc by name, else desc'),
    limit: z.number().int().min(1).max(100).default(20).describe('1 to 100, default 20'),
    cursor: atMost(LONGEST_CURSOR).optional().describe('next_cursor of the page before'),
    format: z.enum(['concise', 'detailed']).default('concise').describe('Default concise'),
  }),
  output: z.object({
    order_by: z.enum(ORDERS),
    sort: z.enum(SORTS),
    tags: z.array(Row),
    total: z.number().optional(),
    next_cursor: z.string().optional(),
    note: z.string().optional(),
  }),
  async run({ order_by, sort, format, ...rest }, { tags }) {
    if (rest.search && GLOB.test(rest.search))
      throw new TagError('invalid_input', told`search: ${rest.search} holds a character that is in no tag's name.`, {
        hint: 'Search is a substring, ^prefix or suffix$, not a glob: v1. finds every name with v1. in it.',
      });
    const { orders } = tags.traits;
    const order = order_by ?? (orders.includes('updated') ? 'updated' : (orders[0] ?? 'name'));
    if (!orders.includes(order))
      throw new TagError('unsupported', told`This system cannot order tags by ${ours(order)}: its tags carry no date.`, {
        hint: told`Order by ${ours(orders.join(' or '))}.`,
      });
    const query = { ...rest, order_by: order, sort: sort ?? (order === 'name' ? 'asc' : 'desc') } as const;
    const { tags: found, cursorPast, ...page } = await tags.list(query);
    const rows: readonly (Tag | TagRow)[] = format === 'concise' ? found.map(toRow) : found.map(toDetailed);
    const fitting = countOf(rows);
    const next_cursor = fitting < rows.length ? cursorPast?.(rows[fitting - 1]?.name ?? '') : page.next_cursor;
    return compact({ order_by: order, sort: query.sort, tags: rows.slice(0, fitting), ...page, next_cursor });
  },
});

/** Clients cut what is longer, in the middle and without a word to the model. */
const PAGE = 10_000;

/** How many of them fit on a page; one always does. */
function countOf(rows: readonly object[]): number {
  let left = PAGE;
  if (JSON.stringify(rows).length <= left) return rows.length;
  const tooMany = rows.findIndex((row) => {
    left -= JSON.stringify(row).length + 1;
    return left < 0;
  });
  return tooMany < 0 ? rows.length : Math.max(1, tooMany);
}

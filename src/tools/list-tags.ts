import * as z from 'zod';
import { TagError } from '../core/errors.ts';
import { fittingOf } from '../core/fitting.ts';
import { LONGEST_CURSOR } from '../core/listing.ts';
import { compact, ORDERS, Row, type Tag, type TagRow, toDetailed, toRow } from '../core/tag.ts';
import { ours, told } from '../core/told.ts';
import { atMost, defineTool, Word } from '../core/tool.ts';
import { Limit } from './arguments.ts';

/** Of globs: git allows none of them in a name. */
const GLOB = /[*?[]/;
const SORTS = ['asc', 'desc'] as const;

export const listTags = defineTool({
  name: 'list_tags',
  title: 'List tags',
  effect: 'read',
  description: 'List tags, newest first where they have dates. For the next page repeat the call with next_cursor.',
  input: z.strictObject({
    search: Word.optional().describe('Substring, ^prefix or suffix$; case-insensitive'),
    contains: Word.optional().describe('Only tags that hold this ref'),
    stable: z.boolean().default(false).describe('No prereleases; default false'),
    order_by: z.enum(ORDERS).optional().describe('Default updated, else name or version'),
    sort: z.enum(SORTS).optional().describe('Default asc by name, else desc'),
    limit: Limit,
    cursor: atMost(LONGEST_CURSOR).optional().describe('next_cursor'),
    format: z.enum(['concise', 'detailed']).default('concise').describe('Default concise'),
  }),
  output: z.object({
    order_by: z.string(),
    sort: z.string(),
    tags: z.array(Row),
    total: z.number().optional(),
    next_cursor: z.string().optional(),
    note: z.string().optional(),
  }),
  async run({ order_by, sort, format, stable, ...rest }, { tags }) {
    if (rest.search && GLOB.test(rest.search))
      throw new TagError('invalid_input', told`search: ${rest.search} holds a character that is in no tag's name.`, {
        hint: 'Search is a substring, ^prefix or suffix$, not a glob: v1. finds every name with v1. in it.',
      });
    const { orders, contains } = tags.traits;
    if (rest.contains && !contains)
      throw new TagError('unsupported', 'This system cannot tell which tags hold a commit.', {
        hint: 'compare_tags tells of one tag at a time, where the system compares.',
      });
    const order = order_by ?? (orders.includes('updated') ? 'updated' : (orders[0] ?? 'name'));
    if (!orders.includes(order))
      throw new TagError('unsupported', told`This system cannot order tags by ${ours(order)}: its tags carry no date.`, {
        hint: told`Order by ${ours(orders.join(' or '))}.`,
      });
    const query = { ...rest, ...(stable && { stable }), order_by: order, sort: sort ?? (order === 'name' ? 'asc' : 'desc') } as const;
    const { tags: found, cursorPast, ...page } = await tags.list(query);
    const rows: readonly (Tag | TagRow)[] = format === 'concise' ? found.map(toRow) : found.map(toDetailed);
    const fitting = fittingOf(rows);
    const next_cursor = fitting < rows.length ? cursorPast?.(rows[fitting - 1]?.name ?? '') : page.next_cursor;
    return compact({ order_by: order, sort: query.sort, tags: rows.slice(0, fitting), ...page, next_cursor });
  },
});

import * as z from 'zod';
import { nextOf, toCommitRow } from '../core/changes.ts';
import { fittingOf } from '../core/fitting.ts';
import { compact } from '../core/tag.ts';
import { defineTool, Word } from '../core/tool.ts';
import { Limit } from './arguments.ts';

const Text = z.string();
const Point = z.object({ name: Text, commit_id: Text });

export const compareTags = defineTool({
  name: 'compare_tags',
  title: 'Compare tags',
  effect: 'read',
  description:
    'Show the commits of head that base has not, newest first, and what could follow base: what is in a release, or would be in the next.',
  input: z.strictObject({
    head: Word.optional().describe('Default the default branch'),
    base: Word.optional().describe('Default the highest version below, that head contains'),
    limit: Limit,
  }),
  output: z.object({
    base: Point.optional(),
    head: Point,
    relation: Text,
    total: z.number().optional(),
    commits: z.array(z.looseObject({})),
    changes: z.looseObject({}).optional(),
    next: z.looseObject({}).optional(),
    note: Text.optional(),
  }),
  async run({ head, base, limit }, { tags }) {
    const { changes, ...comparison } = await tags.compare({ head, base });
    const rows = comparison.commits.slice(0, limit).map(toCommitRow);
    const next = nextOf(comparison);
    return compact({
      ...comparison,
      commits: rows.slice(0, fittingOf(rows)),
      changes: changes && { ...changes },
      next: next && { ...next },
    });
  },
});

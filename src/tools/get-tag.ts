import * as z from 'zod';
import { TagFacts, toDetailed } from '../core/tag.ts';
import { plainName } from '../core/tag-name.ts';
import { defineTool } from '../core/tool.ts';
import { Name } from './arguments.ts';

export const getTag = defineTool({
  name: 'get_tag',
  title: 'Get tag',
  effect: 'read',
  description: 'Read one tag: its commit, message, dates and Release.',
  input: z.strictObject({ name: Name }),
  output: z.object({ tag: TagFacts }),
  async run({ name }, { tags }) {
    return { tag: toDetailed(await tags.get(plainName(name))) };
  },
});

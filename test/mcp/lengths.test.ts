/** How long an argument is, is asked before anything else is. */
import { describe, expect, it } from 'vitest';
import { LONGEST_CURSOR, toCursor } from '../../src/core/listing.ts';
import { LONGEST_WORD } from '../../src/core/tool.ts';
import { createAddressing } from '../../src/mcp/address.ts';
import { parseArguments } from '../../src/mcp/schema.ts';
import { createTag, deleteTag, getTag, listTags, showRelease, tagRelease } from '../../src/tools/index.ts';
import { createMemory } from '../support/memory-provider.ts';
import { failureOf } from '../support/target.ts';

const addressing = createAddressing([{ name: 'git', title: 'git', provider: createMemory().provider }], undefined, []);
const NEEDED: Record<string, unknown> = { name: 'v1', ref: 'main', repository: 'r' };
const TOOLS = { createTag, deleteTag, getTag, listTags, showRelease, tagRelease };
const parse = async (tool: keyof typeof TOOLS, args: Record<string, unknown>) => {
  const { name, input } = TOOLS[tool];
  const release = tool === 'tagRelease' || tool === 'showRelease';
  const whole = input.extend(release ? addressing.many(tool === 'tagRelease') : addressing.one);
  const needed = Object.fromEntries(Object.entries(NEEDED).filter(([key]) => key in whole.shape));
  return parseArguments(whole, name, { ...needed, ...args }) as Record<string, unknown>;
};

const WORDS: [keyof typeof TOOLS, string, number][] = [
  ['createTag', 'name', LONGEST_WORD],
  ['createTag', 'ref', LONGEST_WORD],
  ['createTag', 'repository', LONGEST_WORD],
  ['createTag', 'expected_commit_id', 64],
  ['createTag', 'message', 32_768],
  ['getTag', 'name', LONGEST_WORD],
  ['getTag', 'repository', LONGEST_WORD],
  ['deleteTag', 'name', LONGEST_WORD],
  ['deleteTag', 'expected_commit_id', 64],
  ['listTags', 'search', LONGEST_WORD],
  ['listTags', 'cursor', LONGEST_CURSOR],
  ['listTags', 'repository', LONGEST_WORD],
  ['tagRelease', 'name', LONGEST_WORD],
  ['tagRelease', 'message', 32_768],
  ['showRelease', 'name', LONGEST_WORD],
];

describe('an argument', () => {
  it.each(WORDS)('of %s, %s has at most %i characters', async (tool, argument, most) => {
    expect((await parse(tool, { [argument]: 'a'.repeat(most) }))[argument]).toHaveLength(most);
    for (const length of [most + 1, 1_000_000]) {
      const error = await failureOf(parse(tool, { [argument]: 'a'.repeat(length) }));
      expect(error).toMatchObject({ code: 'invalid_input' });
      expect(error.message.length).toBeLessThan(300);
    }
  });

  it.each(['repository', 'ref'])('of a target, %s too', async (argument) => {
    const targets = (length: number) => ({ targets: [{ provider: 'git', [argument]: 'a'.repeat(length) }] });
    expect(await parse('tagRelease', targets(LONGEST_WORD))).toMatchObject(targets(LONGEST_WORD));
    expect((await failureOf(parse('tagRelease', targets(LONGEST_WORD + 1)))).message).toContain(`targets.0.${argument}`);
  });

  it('that is unknown, or many that are wrong, make no endless message', async () => {
    const unknown = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`${index}${'k'.repeat(20)}`, 1]));
    for (const args of [
      unknown,
      { ['k'.repeat(1_000_000)]: 1 },
      { targets: Array(100_000).fill({}) },
      { targets: Array(100_000).fill(7) },
    ]) {
      const error = await failureOf(parse('tagRelease', args));
      expect(error.code).toBe('invalid_input');
      expect(error.message.length).toBeLessThan(4_000);
    }
  });
});

it('a cursor of the longest names there are is taken again', () => {
  const longest = '\u2030'.repeat(LONGEST_WORD);
  const query = { order_by: 'name', sort: 'asc', limit: 20 } as const;
  const cursor = toCursor('r', query, { name: longest, at: `123456789 ${longest}` });
  expect(cursor.length).toBeLessThanOrEqual(LONGEST_CURSOR);
});

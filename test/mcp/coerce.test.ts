/** What models and clients send in place of what a schema asks for, over every argument of every tool. */
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { AnyTool } from '../../src/core/tool.ts';
import { createAddressing } from '../../src/mcp/address.ts';
import { parseArguments } from '../../src/mcp/schema.ts';
import * as tools from '../../src/tools/index.ts';
import { createMemory } from '../support/memory-provider.ts';
import { codeOf } from '../support/target.ts';

const enabled = [{ name: 'git', title: 'git', provider: createMemory({ defaultRepository: 'r' }).provider }];
const addressing = createAddressing(enabled, undefined, []);
const inputOf = (tool: AnyTool): z.ZodObject => tool.input.extend('run' in tool ? addressing.one : addressing.many(tool.targetRef));
const given: Record<string, unknown> = { name: 'v1', ref: 'main' };
const isOptional = (schema: unknown) => schema instanceof z.ZodOptional || schema instanceof z.ZodDefault;

const fields = Object.values<AnyTool>(tools).flatMap((tool) =>
  Object.entries(inputOf(tool).shape).map(([field, schema]) => ({ tool, field, schema })),
);
const optional = fields.filter(({ schema }) => isOptional(schema));
const required = fields.filter(({ schema }) => !isOptional(schema));
const requiredOf = (tool: AnyTool) =>
  Object.fromEntries(required.filter((one) => one.tool === tool).map(({ field }) => [field, given[field]]));
const parse = async (tool: AnyTool, args: object) => parseArguments(inputOf(tool), tool.name, args);

describe('what is left out', () => {
  it.each(optional)('$tool.name takes null and an empty text for no $field', async ({ tool, field }) => {
    const without = await parse(tool, requiredOf(tool));
    for (const nothing of [null, '']) expect(await parse(tool, { ...requiredOf(tool), [field]: nothing })).toEqual(without);
  });
  it.each(required)('$tool.name misses $field where it is null', async ({ tool, field }) => {
    expect(await codeOf(parse(tool, { ...requiredOf(tool), [field]: null }))).toBe('invalid_input');
  });
  it('inside targets as well', async () => {
    const args = { name: 'v1', targets: [{ provider: 'git', repository: null, ref: '' }] };
    expect(await parse(tools.tagRelease, args)).toMatchObject({ targets: [{ provider: 'git' }] });
    expect(await parse(tools.showRelease, { name: 'v1', targets: [{ provider: 'git', repository: '' }] })).toEqual({
      name: 'v1',
      targets: [{ provider: 'git' }],
    });
  });
  it.each(Object.values<AnyTool>(tools))('$name drops what a host adds, and refuses every other name', async (tool) => {
    const without = await parse(tool, requiredOf(tool));
    expect(await parse(tool, { ...requiredOf(tool), wait_for_previous: true })).toEqual(without);
    for (const name of ['wait', 'tag', '__proto__x'])
      expect(await codeOf(parse(tool, { ...requiredOf(tool), [name]: null }))).toBe('invalid_input');
  });
});

describe('what arrives as text', () => {
  const sent = async (tool: AnyTool, args: object) => (await parse(tool, { ...requiredOf(tool), ...args })) as Record<string, unknown>;
  it.each([
    ['true', true],
    ['True', true],
    [' TRUE ', true],
    ['false', false],
    ['False', false],
  ])('%j is a clear truth value', async (text, value) => {
    expect((await sent(tools.tagRelease, { dry_run: text })).dry_run).toBe(value);
    expect((await sent(tools.createTag, { force: text })).force).toBe(value);
    expect((await sent(tools.deleteTag, { force: text })).force).toBe(value);
  });
  it.each(['yes', '1', '0', 'on', 'null', 'truethy', '[]', 1, 0])(
    '%j is none: above all a dry run is never guessed away',
    async (value) => {
      expect(await codeOf(sent(tools.tagRelease, { dry_run: value }))).toBe('invalid_input');
      expect(await codeOf(sent(tools.createTag, { force: value }))).toBe('invalid_input');
    },
  );
  it('a number in digits', async () => {
    expect((await sent(tools.listTags, { limit: '5' })).limit).toBe(5);
    expect((await sent(tools.listTags, { limit: ' 100 ' })).limit).toBe(100);
    for (const limit of ['5.5', '1e2', '0x5', 'five', '5 tags', '0', '101', '9'.repeat(40)])
      expect(await codeOf(sent(tools.listTags, { limit })), limit).toBe('invalid_input');
  });
  it('a list as JSON', async () => {
    const targets = [{ provider: 'git', ref: 'main' }];
    expect((await sent(tools.tagRelease, { targets: JSON.stringify(targets) })).targets).toEqual(targets);
    expect((await sent(tools.tagRelease, { targets: '["{\\"provider\\":\\"git\\"}"]' })).targets).toEqual([{ provider: 'git' }]);
    for (const text of ['git', '{"provider":"git"}', '[{', '[1]', '[{"provider":"gitlab-nowhere"}]'])
      expect(await codeOf(sent(tools.tagRelease, { targets: text })), text).toBe('invalid_input');
  });
});

describe('a number where a text is wanted', () => {
  it.each([
    [1, '1'],
    [1.4, '1.4'],
    [-2, '-2'],
    [20_261_126, '20261126'],
  ])('%d is its decimal text', async (number, text) => {
    expect(await parse(tools.createTag, { name: number, ref: number, message: number })).toMatchObject({
      name: text,
      ref: text,
      message: text,
    });
  });
  it.each([1e21, 1e-7, Number.NaN, Number.POSITIVE_INFINITY, true, {}, []])('%s is none', async (value) => {
    expect(await codeOf(parse(tools.getTag, { name: value }))).toBe('invalid_input');
  });
});

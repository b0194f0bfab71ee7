import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type AnyTool, Word } from '../../src/core/tool.ts';
import { createAddressing } from '../../src/mcp/address.ts';
import { parseArguments, portable, toJsonSchema } from '../../src/mcp/schema.ts';
import * as tools from '../../src/tools/index.ts';
import { createMemory } from '../support/memory-provider.ts';
import { codeOf } from '../support/target.ts';

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every schema within a schema: not the names of properties, which may be any word. */
function* schemasIn(schema: unknown): Generator<Json> {
  if (!isObject(schema)) return;
  yield schema;
  for (const [keyword, value] of Object.entries(schema)) {
    if (keyword === 'properties' && isObject(value)) for (const property of Object.values(value)) yield* schemasIn(property);
    else if (Array.isArray(value)) for (const item of value) yield* schemasIn(item);
    else yield* schemasIn(value);
  }
}

/** Keywords that some client refuses, in some cases with every other tool of the session. */
const REFUSED = ['$schema', '$ref', '$defs', 'definitions', 'anyOf', 'oneOf', 'allOf', 'not', 'if', 'const', 'prefixItems'].concat([
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'uniqueItems',
  'nullable',
  'propertyNames',
  'patternProperties',
]);

const enabled = ['git', 'lab'].map((name) => ({ name, title: name, provider: createMemory({ defaultRepository: 'r' }).provider }));
const advertised = Object.values<AnyTool>(tools).flatMap((tool) =>
  [enabled, enabled.slice(1), []].map((systems) => {
    const addressing = createAddressing(systems, undefined, []);
    const input = tool.input.extend('run' in tool ? addressing.one : addressing.many(tool.targetRef));
    return {
      label: `${tool.name} with ${systems.length} systems`,
      input: toJsonSchema(input, 'input'),
      output: toJsonSchema(tool.output, 'output'),
    };
  }),
);

describe('what is advertised', () => {
  it.each(advertised)('of $label holds nothing that a client refuses', ({ input, output }) => {
    for (const schema of [...schemasIn(input), ...schemasIn(output)]) {
      expect(Object.keys(schema).filter((keyword) => REFUSED.includes(keyword))).toEqual([]);
      expect(schema.type === undefined || typeof schema.type === 'string', JSON.stringify(schema.type)).toBe(true);
      if (schema.type === 'array') expect(schema.items).toBeTypeOf('object');
      if (schema.format !== undefined) expect(schema.format).toBe('date-time');
      if (Array.isArray(schema.enum)) expect(schema.enum.filter((value) => typeof value !== 'string')).toEqual([]);
    }
  });

  it.each(advertised)('of $label is closed for arguments, at every depth, and open for results', ({ input, output }) => {
    expect([input.type, output.type]).toEqual(['object', 'object']);
    for (const schema of schemasIn(input)) if (schema.type === 'object') expect(schema.additionalProperties).toBe(false);
    for (const schema of schemasIn(output)) expect(schema).not.toHaveProperty('additionalProperties');
  });

  it('writes a schema that is used twice out twice', () => {
    const twice = z.string().describe('same');
    expect(toJsonSchema(z.strictObject({ a: twice, b: twice }), 'input')).toEqual({
      type: 'object',
      properties: { a: { type: 'string', description: 'same' }, b: { type: 'string', description: 'same' } },
      required: ['a', 'b'],
      additionalProperties: false,
    });
  });
});

describe('portable', () => {
  const schema = z.strictObject({ limit: z.number().default(20) });
  const { '~standard': standard } = portable(schema);

  it('hands the SDK the schema', () => {
    expect(standard.jsonSchema.input({ target: 'draft-07' })).toEqual(toJsonSchema(schema, 'input'));
    expect(standard.jsonSchema.output({ target: 'draft-07' })).toEqual(toJsonSchema(schema, 'output'));
  });

  it('lets every value through, for parseArguments to judge', async () => {
    for (const value of [{ limit: 'many' }, { unknown: 1 }, 7]) expect(await standard.validate(value)).toEqual({ value });
  });
});

describe('parseArguments', () => {
  const schema = z.strictObject({
    name: z.string().min(1),
    limit: z.number().int().max(100).default(20),
    nested: z.strictObject({ a: z.string() }).optional(),
  });
  const parse = async (args: unknown) => parseArguments(schema, 'list_things', args);
  const told = (args: unknown) => parse(args).then(String, ({ message, hint }: { message: string; hint: string }) => `${message} ${hint}`);

  it('fills in defaults', async () => expect(await parse({ name: 'v1' })).toEqual({ name: 'v1', limit: 20 }));

  it('names every argument that is wrong, and those there are', async () => {
    expect(await codeOf(parse({ limit: 101 }))).toBe('invalid_input');
    expect(await told({ limit: 101, nested: { a: true } })).toMatch(
      /^name: .+\. limit: .+\. nested\.a: .+\. list_things takes: name, limit, nested\.$/,
    );
  });

  it('names an unknown argument in quotes, and those there are', async () => {
    expect(await told({ name: 'v1', tag: 'x', 'a"b': 1 })).toBe('Unknown argument "tag", "a\\"b". list_things takes: name, limit, nested.');
  });

  it.each<[object, string]>([
    [{ targets: [{ provider: 'git', message: 'x' }] }, 'targets.0: unknown argument "message". A target takes: provider, repository, ref.'],
    [{ targets: [{ provider: 'git' }, { provider: 'git', a: 1, b: 2 }] }, 'targets.1: unknown argument "a", "b". A target takes:'],
    [{ nested: { c: 1 } }, 'nested: unknown argument "c". nested takes: a.'],
    [{ nested: 1 }, 'nested: must be an object.'],
    [{ nested: {} }, 'nested.a: is missing.'],
    [{ nested: { a: true } }, 'nested.a: must be a text.'],
    [{ nested: { a: 'xxxx' } }, 'nested.a: must be at most 3 characters long.'],
    [{ order: 'size' }, 'order: must be one of name, updated, version.'],
    [{ order: 7 }, 'order: must be one of name, updated, version.'],
    [{ only: 'x' }, 'only: must be git.'],
    [{ limit: 101 }, 'limit: must be a whole number from 1 to 100.'],
    [{ limit: 0.5 }, 'limit: must be a whole number from 1 to 100.'],
    [{ limit: 'many' }, 'limit: must be a whole number from 1 to 100.'],
    [{ size: 'x' }, 'size: must be a number from 0 on.'],
    [{ count: 1.5 }, 'count: must be a whole number.'],
    [{ force: 'perhaps' }, 'force: must be true or false.'],
    [{ targets: [] }, 'targets: must have at least 1 and at most 20 items.'],
    [{ targets: 'git' }, 'targets: must be a list.'],
    [{ targets: ['git'] }, 'targets.0: must be an object.'],
    [{ word: 'x'.repeat(5_000) }, 'word: must be at most 4096 characters long.'],
  ])('says what is wanted, in words of ours: %j', async (args, words) => {
    const all = z.strictObject({
      order: z.enum(['name', 'updated', 'version']).optional(),
      only: z.enum(['git']).optional(),
      limit: z.number().int().min(1).max(100).default(20),
      size: z.number().min(0).optional(),
      count: z.int().optional(),
      force: z.boolean().default(false),
      nested: z.strictObject({ a: z.string().max(3) }).optional(),
      word: Word.optional(),
      targets: z
        .array(z.strictObject({ provider: z.string(), repository: Word.optional(), ref: Word.optional() }))
        .min(1)
        .max(20)
        .optional(),
    });
    await expect((async () => parseArguments(all, 't', args))()).rejects.toThrow(words);
  });

  it('takes no arguments for none, and anything but an object for wrong', async () => {
    expect(await told(undefined)).toMatch(/^name: /);
    for (const args of ['name', 7, [], [{ name: 'v1' }]]) expect(await told(args)).toMatch(/^arguments: .+ list_things takes/);
  });

  it('is not fooled by what every object inherits', async () => {
    expect(await codeOf(parse(JSON.parse('{"name":"v1","__proto__":{"limit":1}}')))).toBe('invalid_input');
    expect(await codeOf(parse({ name: 'v1', constructor: 1 }))).toBe('invalid_input');
  });
});

/** zod → JSON Schema that every client accepts: no `$schema`, no `$ref`, inputs closed, outputs open. */
import type { StandardSchemaWithJSON } from '@modelcontextprotocol/server';
import * as z from 'zod';
import { demandsOf, takenAt } from '../core/demand.ts';
import { TagError } from '../core/errors.ts';
import { joined, ours, type Told, told } from '../core/told.ts';
import { coerce } from './coerce.ts';

type Json = Record<string, unknown>;

/** As many as anybody reads. */
const MOST_REASONS = 10;

export function toJsonSchema(schema: z.ZodObject, io: 'input' | 'output'): Json {
  const json = z.toJSONSchema(schema, { io, reused: 'inline' }) as Json;
  delete json.$schema;
  return io === 'output' ? (open(json) as Json) : json;
}

/** Leaves room for new fields, at every depth. */
function open(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(open);
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(Object.entries(node).flatMap(([key, value]) => (key === 'additionalProperties' ? [] : [[key, open(value)]])));
}

/**
 * What the SDK is handed. It advertises the schema but lets every value through: arguments are parsed by `parseArguments`,
 * so that a wrong one is told in our words, with our code (the SDK answers before a handler could).
 */
export const portable = (schema: z.ZodObject): StandardSchemaWithJSON<Json, Json> => ({
  '~standard': {
    version: 1,
    vendor: 'tagwright',
    validate: (value) => ({ value: value as Json }),
    jsonSchema: { input: () => toJsonSchema(schema, 'input'), output: () => toJsonSchema(schema, 'output') },
  },
});

/** Throws `invalid_input`: every argument that is wrong, and for an unknown one the list of those there are. */
export function parseArguments<S extends z.ZodObject>(schema: S, tool: string, args: unknown): z.output<S> {
  // What is right as it is, as nearly everything is, needs no reading: an empty text is right nowhere.
  const strict = schema.safeParse(args ?? {});
  if (strict.success) return strict.data;
  const parsed = schema.safeParse(coerce(schema, args ?? {}), { error: demandsOf(schema) });
  if (parsed.success) return parsed.data;
  const known = Object.keys(schema.shape).join(', ');
  const reasons = parsed.error.issues.slice(0, MOST_REASONS).map((issue) =>
    issue.code === 'unrecognized_keys'
      ? unknownAmong(issue.keys, issue.path, schema)
      : // Its path leads through our own schemas, and its words are ours.
        told`${ours(issue.path.join('.') || 'arguments')}: ${ours(issue.message)}.`,
  );
  throw new TagError('invalid_input', joined(reasons), { hint: told`${ours(tool)} takes: ${ours(known)}.` });
}

function unknownAmong(keys: readonly string[], path: readonly PropertyKey[], schema: z.ZodObject): Told {
  const named = joined(
    keys.slice(0, MOST_REASONS).map((key) => told`${key}`),
    ', ',
  );
  const taken = ours(takenAt(schema, path).join(', '));
  const [list, index] = path.slice(-2).map(String);
  if (list === undefined) return told`Unknown argument ${named}.`;
  const owner = index === undefined ? list : `A ${list.replace(/s$/, '')}`;
  return told`${ours(path.join('.'))}: unknown argument ${named}. ${ours(owner)} takes: ${taken}.`;
}

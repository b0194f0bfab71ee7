/** Arguments as models and clients really send them, read as the schema means them where their form is clear. What is not is left for the schema to refuse. */
import * as z from 'zod';

/** Added by hosts to every tool, and handed on: Gemini CLI. */
const OF_HOSTS: readonly string[] = ['wait_for_previous'];
const WHOLE = /^-?\d{1,15}$/;
const DECIMAL = /^-?\d+(?:\.\d+)?$/;

/** Null, and for what is optional the empty text, count as left out. */
export function coerce(schema: z.ZodType, value: unknown): unknown {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault)
    return value === null || value === '' ? undefined : coerce(schema.unwrap() as z.ZodType, value);
  if (schema instanceof z.ZodObject) return isRecord(value) ? coerceFields(schema, value) : jsonOf(value, isRecord, schema);
  if (schema instanceof z.ZodArray)
    return Array.isArray(value) ? value.map((item) => coerce(schema.element as z.ZodType, item)) : jsonOf(value, Array.isArray, schema);
  return coerceScalar(schema, value);
}

function coerceScalar(schema: z.ZodType, value: unknown): unknown {
  if (schema instanceof z.ZodString) return typeof value === 'number' && DECIMAL.test(String(value)) ? String(value) : value;
  if (typeof value !== 'string') return value;
  const text = value.trim();
  if (schema instanceof z.ZodNumber) return WHOLE.test(text) ? Number(text) : value;
  if (schema instanceof z.ZodBoolean) return { true: true, false: false }[text.toLowerCase()] ?? value;
  return value;
}

function coerceFields(schema: z.ZodObject, value: Record<string, unknown>): Record<string, unknown> {
  const fields = Object.entries(value).flatMap(([name, field]): [string, unknown][] => {
    const known = Object.hasOwn(schema.shape, name) ? (schema.shape[name] as z.ZodType) : undefined;
    if (!known) return OF_HOSTS.includes(name) ? [] : [[name, field]];
    const read = coerce(known, field);
    return read === undefined ? [] : [[name, read]];
  });
  // Names such as __proto__ stay members of their own.
  return Object.fromEntries(fields);
}

/** A list or an object that arrived as JSON text. */
function jsonOf(value: unknown, isWanted: (parsed: unknown) => boolean, schema: z.ZodType): unknown {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  try {
    const parsed: unknown = JSON.parse(value);
    return isWanted(parsed) ? coerce(schema, parsed) : value;
  } catch {
    return value;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

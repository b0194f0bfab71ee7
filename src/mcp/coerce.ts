/** Arguments as models and clients really send them, read as the schema means them where their form is clear. What is not is left for the schema to refuse. */
import type * as z from 'zod';

/** Added by hosts to every tool, and handed on: Gemini CLI. */
const OF_HOSTS: readonly string[] = ['wait_for_previous'];
const WHOLE = /^-?\d{1,15}$/;
const DECIMAL = /^-?\d+(?:\.\d+)?$/;

/** Null, and for what is optional the empty text, count as left out. */
export function coerce(schema: z.ZodType, value: unknown): unknown {
  // Asked for by name: zod's instanceof looks a trait up, and there are six for each argument of each call.
  switch (schema.type) {
    case 'optional':
    case 'default':
      return value === null || value === '' ? undefined : coerce((schema as z.ZodOptional).unwrap() as z.ZodType, value);
    case 'object':
      return isRecord(value) ? coerceFields(schema as z.ZodObject, value) : jsonOf(value, isRecord, schema);
    case 'array':
      return Array.isArray(value)
        ? value.map((item) => coerce((schema as z.ZodArray).element as z.ZodType, item))
        : jsonOf(value, Array.isArray, schema);
    case 'string':
      return typeof value === 'number' && DECIMAL.test(String(value)) ? String(value) : value;
    case 'number':
      return typeof value === 'string' && WHOLE.test(value.trim()) ? Number(value) : value;
    case 'boolean':
      return typeof value === 'string' ? ({ true: true, false: false }[value.trim().toLowerCase()] ?? value) : value;
    default:
      return value;
  }
}

function coerceFields(schema: z.ZodObject, value: Record<string, unknown>): Record<string, unknown> {
  const fields: [string, unknown][] = [];
  for (const [name, field] of Object.entries(value)) {
    const known = Object.hasOwn(schema.shape, name) ? (schema.shape[name] as z.ZodType) : undefined;
    if (!known && OF_HOSTS.includes(name)) continue;
    const read = known ? coerce(known, field) : field;
    if (!known || read !== undefined) fields.push([name, read]);
  }
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

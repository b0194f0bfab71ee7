/** A result or an error → what the client gets. The last stop: whatever leaves is cleaned and redacted here. */
import type { CallToolResult } from '@modelcontextprotocol/server';
import { both, type Redact } from '../config/redact.ts';
import { isTagError, TagError, type Upstream } from '../core/errors.ts';
import { clean, oneLine } from '../core/text.ts';
import { type Told, textOf, told } from '../core/told.ts';

const UPSTREAM_TEXT = 200;
const SENTENCE = 2_000;
/** A release names each of its twenty targets with what it needs. */
const RELEASE = 16_000;

/** Fields whose values are words of ours: no secret blacks them out. */
const OURS: ReadonlySet<string> = new Set(['outcome', 'provider', 'order_by', 'sort']);
const NONE: Redactors = new Map();
/** A record whose keys are foreign too. */
const LABELS = 'metadata';
const asItIs: Redact = (text) => text;

/** What a system's own secrets are taken out of: of what comes from it, and of nothing else. By its name. */
export type Redactors = ReadonlyMap<string, Redact>;

/** The text is the structured content and nothing else: some clients show only the one, some only the other. */
export function toResult(structured: Record<string, unknown>, redact: Redact, own = NONE): CallToolResult {
  const structuredContent = safe(structured, redact, OURS, own) as Record<string, unknown>;
  return { content: [{ type: 'text', text: JSON.stringify(structuredContent) }], structuredContent };
}

/** `code: what happened. What to do next.` and, on a line of its own, what the upstream said. */
export function toErrorResult(error: unknown, redact: Redact): CallToolResult {
  const { code, said, upstream } = isTagError(error) ? error : broken(error);
  // Redacted before it is cut: half a secret would not be known for one.
  const tell = (words: Told) => oneLine(textOf(words, redact), code === 'release_failed' ? RELEASE : SENTENCE);
  const lines = [`${code}: ${tell(said.message)} ${tell(said.hint)}`, ...(upstream ? [saying(upstream, redact)] : [])];
  return { content: [{ type: 'text', text: lines.join('\n') }], isError: true };
}

/** The error for what no TagError was made of: a fault of our own. */
export const broken = (error: unknown) =>
  new TagError('unexpected_response', told`tagwright itself failed: ${error instanceof Error ? error.message : String(error)}.`, {
    hint: 'Please report this as a bug.',
  });

const saying = ({ status, text, request_id }: Upstream, redact: Redact) =>
  [
    'upstream:',
    status,
    text && JSON.stringify(oneLine(redact(text), UPSTREAM_TEXT)),
    request_id && request_id === redact(request_id) && `(request ${request_id})`,
  ]
    .filter(Boolean)
    .join(' ');

/**
 * Cleans and redacts every string, leaves out what is absent, and only cleans the fields that are `ours`.
 * What stands beside the name of a system with a redactor of its `own` comes from there.
 */
export function safe(value: unknown, redact: Redact, ours: ReadonlySet<string> = new Set(), own = NONE): unknown {
  if (typeof value === 'string') return clean(redact(value));
  if (Array.isArray(value)) return value.map((item) => safe(item, redact, ours, own));
  if (typeof value !== 'object' || value === null) return value;
  const inner = own.size > 0 ? both(redact, own.get(String(Reflect.get(value, 'provider')))) : redact;
  const fields: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(value)) {
    if (field === undefined) continue;
    const told = safe(key === LABELS ? relabelled(field, inner) : field, ours.has(key) ? asItIs : inner, ours, own);
    // A label of a stranger may be called so, and stays a member.
    if (key === '__proto__') Object.defineProperty(fields, key, { value: told, enumerable: true });
    else fields[key] = told;
  }
  return fields;
}

const relabelled = (record: unknown, redact: Redact): unknown =>
  typeof record === 'object' && record !== null
    ? Object.fromEntries(Object.entries(record).map(([label, value]) => [clean(redact(label)), value]))
    : record;

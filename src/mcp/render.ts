/** A result or an error → what the client gets. The last stop: whatever leaves is cleaned and redacted here. */
import type { CallToolResult } from '@modelcontextprotocol/server';
import type { Redact } from '../config/redact.ts';
import { isTagError, TagError, type Upstream } from '../core/errors.ts';
import { clean, oneLine } from '../core/text.ts';
import { textOf, told } from '../core/told.ts';

const UPSTREAM_TEXT = 200;
const SENTENCE = 2_000;
/** A release names each of its twenty targets with what it needs. */
const RELEASE = 16_000;

/** The text is the structured content and nothing else: some clients show only the one, some only the other. */
export function toResult(structured: Record<string, unknown>, redact: Redact): CallToolResult {
  const structuredContent = safe(structured, redact) as Record<string, unknown>;
  return { content: [{ type: 'text', text: JSON.stringify(structuredContent) }], structuredContent };
}

/** `code: what happened. What to do next.` and, on a line of its own, what the upstream said. */
export function toErrorResult(error: unknown, redact: Redact): CallToolResult {
  const { code, said, upstream } = isTagError(error) ? error : broken(error);
  // Redacted before it is cut, too: half a secret would not be known for one.
  const tell = (text: string, max = code === 'release_failed' ? RELEASE : SENTENCE) => oneLine(redact(text), max);
  const lines = [`${code}: ${tell(textOf(said.message))} ${tell(textOf(said.hint))}`, ...(upstream ? [saying(upstream, tell)] : [])];
  return { content: [{ type: 'text', text: lines.map(redact).join('\n') }], isError: true };
}

/** The error for what no TagError was made of: a fault of our own. */
export const broken = (error: unknown) =>
  new TagError('unexpected_response', told`tagwright itself failed: ${error instanceof Error ? error.message : String(error)}.`, {
    hint: 'Please report this as a bug.',
  });

const saying = ({ status, text, request_id }: Upstream, tell: (text: string, max: number) => string) =>
  ['upstream:', status, text && JSON.stringify(tell(text, UPSTREAM_TEXT)), request_id && `(request ${tell(request_id, UPSTREAM_TEXT)})`]
    .filter((part) => part !== undefined && part !== '')
    .join(' ');

/** Cleans and redacts every string, and leaves out what is absent. */
export function safe(value: unknown, redact: Redact): unknown {
  if (typeof value === 'string') return redact(clean(value));
  if (Array.isArray(value)) return value.map((item) => safe(item, redact));
  if (typeof value !== 'object' || value === null) return value;
  const fields: [string, unknown][] = [];
  for (const [key, field] of Object.entries(value)) if (field !== undefined) fields.push([key, safe(field, redact)]);
  return Object.fromEntries(fields);
}

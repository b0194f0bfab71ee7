/** A line on disk for every write: what is intended, before the request leaves, and what became of it. */
import { open } from 'node:fs/promises';
import { isTagError, TagError } from '../core/errors.ts';
import type { Call, TagProvider } from '../core/provider.ts';
import { standsAt } from '../core/settle.ts';
import type { Tag } from '../core/tag.ts';

/** Appends one line; resolves once it is on disk. */
export type AppendLine = (line: string) => Promise<void>;

/** The file is opened anew for every line, so that it may be rotated away; only its owner may read it. */
export const appendTo =
  (path: string): AppendLine =>
  async (line) => {
    const file = await open(path, 'a', 0o600);
    try {
      await file.appendFile(`${line}\n`);
      await file.datasync();
    } finally {
      await file.close();
    }
  };

interface Write {
  readonly action: 'create' | 'move' | 'delete';
  readonly repository: string;
  readonly tag: string;
  readonly from?: string;
  readonly to?: string;
}

/** `tidy` cleans and redacts: names and refs are whatever a caller wrote. */
export function withAudit(
  name: string,
  provider: TagProvider,
  append: AppendLine,
  tidy: (text: string) => string = (text) => text,
): TagProvider {
  const toJson = (fields: object) => JSON.stringify(fields, (_, value: unknown) => (typeof value === 'string' ? tidy(value) : value));
  async function record<T extends Tag | undefined>(write: Write, call: Call, act: () => Promise<T>): Promise<T> {
    const started = performance.now();
    const tell = (fields: object) =>
      append(toJson({ time: new Date().toISOString(), ...call.origin, provider: name, ...write, ...fields }));
    try {
      await tell({ outcome: 'intended' });
    } catch (cause) {
      throw new TagError('policy_denied', 'The audit log cannot be written; nothing was done.', {
        hint: 'Rule: TAGWRIGHT_AUDIT_LOG. The operator has to make the file writable.',
        cause,
      });
    }
    const duration = () => ({ duration_ms: Math.round(performance.now() - started) });
    // What happened has happened, whether or not it can still be written down.
    const tellIfPossible = (fields: object) => tell({ ...fields, ...duration() }).catch(() => {});
    try {
      const tag = await act();
      await tellIfPossible({ outcome: 'done', ...(tag && { to: standsAt(tag) }) });
      return tag;
    } catch (error) {
      const known = isTagError(error);
      await tellIfPossible({ outcome: known && !error.inDoubt ? 'refused' : 'unknown', code: known ? error.code : 'unexpected_response' });
      throw error;
    }
  }

  return {
    ...provider,
    create: (repository, draft, call) =>
      record({ action: 'create', repository, tag: draft.name, to: draft.ref }, call, () => provider.create(repository, draft, call)),
    move: (repository, draft, from, call) =>
      record({ action: 'move', repository, tag: draft.name, from: standsAt(from), to: draft.ref }, call, () =>
        provider.move(repository, draft, from, call),
      ),
    async delete(repository, tag, force, call) {
      await record({ action: 'delete', repository, tag: tag.name, from: standsAt(tag) }, call, async () => {
        await provider.delete(repository, tag, force, call);
        return undefined;
      });
    },
  };
}

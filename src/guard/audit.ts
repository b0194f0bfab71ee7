/** A line on disk for every write: what is intended, before the request leaves, and what became of it. */
import { isTagError, TagError } from '../core/errors.ts';
import type { Call, TagProvider } from '../core/provider.ts';
import { standsAt } from '../core/settle.ts';
import type { Tag } from '../core/tag.ts';
import type { AppendLine } from './append.ts';

export interface Audit {
  readonly append: AppendLine;
  /** Cleans and redacts: names and refs are whatever a caller wrote. */
  tidy(text: string): string;
  /** Tells the operator what the log could not be told. */
  warn(message: string): void;
}

interface Write {
  readonly action: 'create' | 'move' | 'delete' | 'publish' | 'withdraw';
  readonly repository: string;
  readonly tag: string;
  readonly from?: string;
  readonly to?: string;
}

/** Words of ours: no secret blacks them out. */
const OURS: ReadonlySet<string> = new Set(['time', 'tool', 'release', 'confirmed_by', 'provider', 'action', 'outcome', 'code']);

export function withAudit(name: string, provider: TagProvider, { append, tidy, warn }: Audit): TagProvider {
  const toJson = (fields: object) =>
    JSON.stringify(fields, (key, value: unknown) => (typeof value === 'string' && !OURS.has(key) ? tidy(value) : value));
  async function record<T extends Tag | undefined>(write: Write, call: Call, act: () => Promise<T>): Promise<T> {
    const started = performance.now();
    const lineOf = (fields: object) => toJson({ time: new Date().toISOString(), ...call.origin, provider: name, ...write, ...fields });
    try {
      await append(lineOf({ outcome: 'intended' }));
    } catch (cause) {
      throw new TagError('policy_denied', 'The audit log cannot be written; nothing was done.', {
        hint: 'Rule: TAGWRIGHT_AUDIT_LOG. The operator has to make the file writable.',
        cause,
      });
    }
    // What happened has happened, whether or not it can still be written down.
    const conclude = (fields: object) => {
      const line = lineOf({ ...fields, duration_ms: Math.round(performance.now() - started) });
      return append(line).catch((error: unknown) => warn(`TAGWRIGHT_AUDIT_LOG lacks a line (${String(error)}): ${line}`));
    };
    try {
      const tag = await act();
      await conclude({ outcome: 'done', ...(tag && { to: standsAt(tag) }) });
      return tag;
    } catch (error) {
      const known = isTagError(error);
      await conclude({ outcome: known && !error.inDoubt ? 'refused' : 'unknown', code: known ? error.code : 'unexpected_response' });
      throw error;
    }
  }

  const { publish, withdraw } = provider;
  return {
    ...provider,
    ...(publish && {
      publish: (repository, tag, notes, call) =>
        record({ action: 'publish', repository, tag: tag.name, to: standsAt(tag) }, call, () => publish(repository, tag, notes, call)),
    }),
    ...(withdraw && {
      async withdraw(repository, tag, call) {
        await record({ action: 'withdraw', repository, tag: tag.name, from: standsAt(tag) }, call, async () => {
          await withdraw(repository, tag, call);
          return undefined;
        });
      },
    }),
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

/** A memory provider with tags in it, and the failures that settling is about. */
import { afterEach, beforeEach, vi } from 'vitest';
import { TagError } from '../../src/core/errors.ts';
import { type Tags, tagsOf } from '../../src/core/provider.ts';
import type { Tag } from '../../src/core/tag.ts';
import { createMemory, type Memory } from '../support/memory-provider.ts';
import { quietCall } from '../support/target.ts';

export const lost = (code: 'unavailable' | 'timeout' | 'cancelled' = 'unavailable') =>
  new TagError(code, 'No answer came.', { inDoubt: true });
export const refused = () => new TagError('rejected', 'A hook refused.', { upstream: { status: 422, text: 'no' } });
export const down = { error: new TagError('unavailable', 'It is down.') };

export const at = (commit_id: string, message?: string): Tag => ({ name: 'v1', commit_id, ...(message && { message, annotated: true }) });
export const draft = { name: 'v1', ref: 'second' };

export function open(...standing: Tag[]): Memory & { on: Tags } {
  const memory = createMemory();
  for (const tag of standing) memory.tags.set(tag.name, tag);
  return { ...memory, on: tagsOf(memory.provider, 'r', quietCall()) };
}
export const commitIn = ({ tags }: Memory) => tags.get('v1')?.commit_id;

/** Hours pass in no time. */
export function hoursPass(): void {
  beforeEach(
    () => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'], shouldAdvanceTime: true, advanceTimeDelta: 1 }),
  );
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });
}

/** What becomes of it, however long it takes. */
export async function inTheEnd<T>(promise: Promise<T>): Promise<T> {
  let over = false;
  const noted = promise.finally(() => {
    over = true;
  });
  noted.catch(() => {});
  while (!over) await vi.advanceTimersByTimeAsync(100);
  return promise;
}

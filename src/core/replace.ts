/** A move for systems that have none: delete, create, and on failure put the old tag back. */
import { abandoned, isTagError, TagError } from './errors.ts';
import { type Call, type TagProvider, type Tags, tagsOf } from './provider.ts';
import { restoreOf, toldRestore } from './restore.ts';
import { createSettled, deleteCertain, fulfils, movedMeanwhile, type Settled, standsAt, stillThere } from './settle.ts';
import { asAsked, type Tag, type TagDraft } from './tag.ts';
import { sleep, timeLimit } from './time-limit.ts';
import { ours, type Told, told } from './told.ts';

/** How long a step may take once the old tag may be gone, its repetitions included. */
export const STEP_MS = 30_000;
/** A deletion that timed out here may still be at work there: lakeFS gives a hook a minute. */
const WATCH_MS = 60_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 4_000;

/**
 * From the deletion on every step has its own time, whatever becomes of the caller: given up halfway, the tag would be lost.
 * What may pass is tried again as long as a step may take; every attempt is settled by looking.
 */
export async function replaceTag(provider: TagProvider, repository: string, draft: TagDraft, from: Tag, call: Call): Promise<Tag> {
  const now = asAsked(await stillThere(provider.get(repository, draft.name, { ...call, brief: true }), draft.name), draft.name);
  if (standsAt(now) !== standsAt(from)) throw movedMeanwhile(now, from);
  const kept = now.annotated === false ? undefined : now.message;
  if (call.signal.aborted) throw abandoned(call.signal);

  const tags = tagsOf(provider, repository, () => ({ ...call, budget: undefined, signal: timeLimit(STEP_MS) }));
  const old = { name: now.name, ref: standsAt(now), message: kept };
  const restore = toldRestore(restoreOf({ ...call.address, repository }, now));
  await removeFirst(tags, now, from, draft.force ?? false, restore);
  let made: Settled;
  try {
    made = await persist(() => createSettled(tags, { ...draft, message: draft.message ?? kept }));
  } catch (failure) {
    made = await putBack(tags, draft, old, failure, restore);
  }
  if (made.outcome === 'taken') throw movedMeanwhile(made.tag, from, 'someone else set it while it was being moved', restore);
  return made.tag;
}

/** Returns once the old tag is known to be gone. */
async function removeFirst(tags: Tags, now: Tag, from: Tag, force: boolean, restore: Told): Promise<void> {
  try {
    await deleteCertain(tags, now, force);
  } catch (error) {
    if (isTagError(error) && error.inDoubt) return watch(tags, now, from, error, restore);
    // Another move may have come first; systems tell that in many words.
    if (!isTagError(error, 'tag_not_found', 'rejected', 'conflict')) throw error;
    const found = await stillThere(tags.look(now.name), now.name);
    throw error.code === 'tag_not_found' || standsAt(found) !== standsAt(now) ? movedMeanwhile(found, from) : error;
  }
}

/** Looks until the deletion is known to have taken effect; throws where it is not by the end. */
async function watch(tags: Tags, now: Tag, from: Tag, doubt: TagError, restore: Told): Promise<void> {
  const pauses = pausesWithin(WATCH_MS);
  // A request whose connection broke is over; one that was not answered in time may still be at work, also where looking failed at first.
  const isOver = doubt.code !== 'timeout' && !isTagError(doubt.cause, 'timeout');
  for (;;) {
    let found: Tag | undefined;
    try {
      found = await tags.look(now.name);
    } catch (error) {
      if (isTagError(error, 'tag_not_found')) return;
    }
    if (found && standsAt(found) !== standsAt(now)) throw movedMeanwhile(found, from);
    const pause = found && isOver ? undefined : pauses.next().value;
    if (pause === undefined)
      // No longer in doubt: whoever called for the move would look, find no tag and take a retry for safe.
      throw new TagError(doubt.code, doubt.said.message, {
        hint: told`Call get_tag later; if the tag is gone: ${restore} A slow system needs a larger TAGWRIGHT_TIMEOUT_MS.`,
        upstream: doubt.upstream,
        cause: doubt,
      });
    await sleep(pause);
  }
}

/** After the second half of a move failed: whatever stands there now, else the old tag again. Then throws the failure, and what became of the old tag. */
async function putBack(tags: Tags, draft: TagDraft, old: TagDraft, failure: unknown, restore: Told): Promise<Settled> {
  const reason = isTagError(failure) ? failure : new TagError('unexpected_response', told`${String(failure)}`, { cause: failure });
  const failed = (outcome: string, hint: Told, cause: unknown) =>
    new TagError(reason.code, told`${reason.said.message} ${ours(outcome)}`, { hint, upstream: reason.upstream, cause });
  const back = await persist(() => createSettled(tags, old)).catch((cause: unknown) => {
    const first = mayPass(cause) ? told`` : told`Whatever refuses it has to be opened first. `;
    throw failed('The old tag had been deleted by then and could not be put back.', told`${first}${restore}`, cause);
  });
  if (back.outcome !== 'taken') throw failed('The old tag was put back where it stood.', reason.said.hint, reason);
  // Taken by the new tag itself where only the answer to its creation was lost.
  return fulfils(back.tag, draft, draft.ref) ? { outcome: 'created', tag: back.tag } : back;
}

const mayPass = (error: unknown): boolean => isTagError(error, 'unavailable', 'rate_limited', 'timeout');

/** Repeats what may pass, as long as a step may take. */
async function persist<T>(attempt: () => Promise<T>): Promise<T> {
  const pauses = pausesWithin(STEP_MS);
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      const pause = mayPass(error) ? pauses.next().value : undefined;
      if (pause === undefined) throw error;
      await sleep(pause);
    }
  }
}

/** Growing pauses, in milliseconds, as long as they end in time. */
function* pausesWithin(ms: number): Generator<number, undefined> {
  const end = performance.now() + ms;
  for (let pause = FIRST_PAUSE_MS; performance.now() + pause < end; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) yield pause;
}

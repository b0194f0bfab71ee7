/** One release name on every target, or on none. */
import { abandoned, isTagError, TagError } from './errors.ts';
import type { Call } from './provider.ts';
import { publishNotes } from './publish.ts';
import { explainTo, nameOf, type Planned } from './release-plan.ts';
import { createSettled, isPresumed, standsAt } from './settle.ts';
import type { Tag } from './tag.ts';
import { timeLimit } from './time-limit.ts';
import { joined, ours, type Told, textOf, told } from './told.ts';
import { UNDO } from './traits.ts';
import { takeBack, takeBackNotes } from './undo.ts';

/** How long writes under way may still take once the call is given up, or the process is to end; and how long the undoing may take. */
export interface Patience {
  readonly finishMs: number;
  readonly endMs: number;
  readonly undoMs: number;
}
const PATIENCE: Patience = { finishMs: 30_000, endMs: 1_500, undoMs: 30_000 };

/** `edited`: the tag stood, and got its notes. */
export interface Done {
  readonly outcome: 'created' | 'edited' | 'unchanged';
  readonly note?: string | undefined;
}

type Made =
  | {
      readonly outcome: 'created' | 'edited';
      readonly tag: Tag;
      readonly certain: boolean;
      readonly published: boolean;
      readonly note?: string | undefined;
    }
  | { readonly outcome: 'unchanged'; readonly note?: string | undefined }
  /** With the tag, where that was made before. */
  | { readonly outcome: 'failed'; readonly error: unknown; readonly tag?: Tag | undefined; readonly certain?: boolean };

interface Attempt {
  planned: Planned;
  /** Undefined until it is begun. */
  made?: Made;
}

/**
 * Creates the planned tags: at once where that can surely be taken back, then one after the other, the surest first.
 * Throws `release_failed` after taking back what it had made. `ending` fires when the process is to end.
 */
export async function makeRelease(
  name: string,
  planned: readonly Planned[],
  call: Call & { readonly ending?: AbortSignal | undefined },
  patience = PATIENCE,
): Promise<Done[]> {
  const writing = { ...call, signal: outlasting(call.signal, patience.finishMs, call.ending, patience.endMs) };
  const attempts = planned.map((one): Attempt => ({ planned: one }));
  let done = 0;
  const begin = async (attempt: Attempt) => {
    attempt.made = await make(name, attempt.planned, writing, call.signal);
    done += 1;
    call.progress(done, textOf(told`${nameOf(attempt.planned.target.address)}: ${ours(attempt.made.outcome)}`));
  };
  const hasFailed = () => call.signal.aborted || attempts.some(({ made }) => made?.outcome === 'failed');
  for (const step of stepsOf(attempts)) {
    await Promise.all(step.map(begin));
    if (attempts.some(({ made }) => made?.outcome === 'created')) await recheck(name, attempts, writing, call.signal);
    if (hasFailed()) break;
  }
  const results = attempts.flatMap(({ made }): Done[] =>
    made === undefined || made.outcome === 'failed' ? [] : [{ outcome: made.outcome, note: made.note }],
  );
  if (results.length === attempts.length && !call.signal.aborted) return results;
  throw await undo(name, attempts, { ...call, budget: undefined, signal: timeLimit(patience.undoMs), progress: () => {} });
}

/** What goes together: everything that can surely be taken back, or needs no write; each other by itself. */
function stepsOf(attempts: readonly Attempt[]): Attempt[][] {
  const [sure, ...others] = UNDO.map((undo) => attempts.filter(({ planned }) => planned.undo === undo));
  return [sure ?? [], ...others.flat().map((attempt) => [attempt])];
}

async function make(name: string, planned: Planned, writing: Call, caller: AbortSignal): Promise<Made> {
  const { target, commit_id, message, standing, release_notes } = planned;
  if (standing && release_notes === undefined) return { outcome: 'unchanged' };
  if (caller.aborted) return { outcome: 'failed', error: abandoned(caller) };
  const tags = target.tags(writing);
  let created: Tag | undefined;
  try {
    let tag = standing;
    if (!tag) {
      const create = () => createSettled(tags, { name, ref: commit_id, message, release_notes });
      // Taken, and free again a moment later: another caller is taking back what it had made.
      const settled = await create().catch((error: unknown) => (isTagError(error, 'changed') ? create() : Promise.reject(error)));
      if (settled.outcome === 'taken')
        throw new TagError('already_exists', told`Somebody has put ${name} at ${standsAt(settled.tag)} meanwhile.`);
      tag = settled.tag;
      if (settled.outcome === 'created') created = tag;
    }
    // Nothing more is begun for a caller who has given up.
    if (caller.aborted && release_notes !== undefined) throw abandoned(caller);
    const published = release_notes === undefined ? undefined : await publishNotes(tags, tag, release_notes, false);
    const outcome = created ? 'created' : (published?.outcome ?? 'unchanged');
    if (outcome === 'unchanged') return { outcome, note: published?.note };
    const shown = published?.tag ?? tag;
    // With its notes it is another record of the same tag: what is known of its making goes by the first.
    return {
      outcome,
      tag: shown,
      certain: !isPresumed(created ?? shown),
      published: published?.outcome === 'edited',
      note: published?.note,
    };
  } catch (error) {
    return { outcome: 'failed', error, tag: created };
  }
}

/** Another caller may have failed meanwhile and taken back what stood here when this one looked: then it is made now. */
async function recheck(name: string, attempts: readonly Attempt[], writing: Call, caller: AbortSignal): Promise<void> {
  await Promise.all(
    attempts.map(async (attempt) => {
      if (attempt.made?.outcome !== 'unchanged') return;
      const { planned } = attempt;
      const gone = await planned.target
        .tags(writing)
        .look(name)
        .then(() => false, isGone);
      if (!gone) return;
      attempt.planned = { ...planned, standing: undefined, release_notes: planned.notes };
      attempt.made = await make(name, attempt.planned, writing, caller);
    }),
  );
}

/** Fires some time after the caller has given up, and sooner where the process is to end: a write under way gets to hear its answer. */
function outlasting(signal: AbortSignal, graceMs: number, ending: AbortSignal | undefined, endMs: number): AbortSignal {
  const controller = new AbortController();
  const after = (begin: AbortSignal, ms: number) => {
    const wait = () => setTimeout(() => controller.abort(begin.reason), ms).unref();
    if (begin.aborted) wait();
    else begin.addEventListener('abort', wait, { once: true });
  };
  after(signal, graceMs);
  if (ending) after(ending, endMs);
  return controller.signal;
}

/** Takes back what this call created, on its own time, and returns the error that tells what stands where. */
async function undo(name: string, attempts: readonly Attempt[], own: Call): Promise<TagError> {
  const fates = await Promise.all(
    attempts.map(async (attempt) => told`${nameOf(attempt.planned.target.address)}: ${await fateOf(name, attempt, own)}.`),
  );
  const failures = attempts.flatMap(({ planned, made }) => (made?.outcome === 'failed' ? [{ planned, error: made.error }] : []));
  const causes = failures.map(({ planned, error }) => told`${nameOf(planned.target.address)}: ${explainTo(error)}`);
  const why = causes.length > 0 ? joined(causes) : ours('The call was cancelled.');
  return new TagError('release_failed', told`${name} was not released. ${why} Now: ${joined(fates)}`, { cause: failures[0]?.error });
}

async function fateOf(name: string, { planned, made }: Attempt, call: Call): Promise<Told> {
  const { target, commit_id, standing, release_notes } = planned;
  const untouched = told`stood before at ${commit_id}, untouched`;
  if (made === undefined) return standing ? untouched : ours('never made');
  const tag = made.outcome === 'unchanged' ? undefined : made.tag;
  const isDoubtful = made.outcome === 'failed' && (!isTagError(made.error) || made.error.inDoubt);
  const certain = made.outcome === 'unchanged' ? undefined : made.certain;
  const published = made.outcome === 'created' || made.outcome === 'edited' ? made.published : isDoubtful ? undefined : false;
  const creation = { address: target.address, name, commit_id, tag, release_notes, certain, published, tool: 'tag_release' };
  if (made.outcome === 'edited' || (standing && isDoubtful)) return takeBackNotes(target.tags(call), creation);
  if (standing && made.outcome !== 'created') return untouched;
  if (made.outcome === 'unchanged') return told`was made by somebody else meanwhile at ${commit_id}, untouched`;
  if (!tag && !isDoubtful) return ours('never made');
  return takeBack(target.tags(call), creation);
}

const isGone = (error: unknown) => isTagError(error, 'tag_not_found');

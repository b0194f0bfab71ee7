/** One release name on every target, or on none. */
import { abandoned, isTagError, TagError } from './errors.ts';
import type { Call } from './provider.ts';
import { explainTo, nameOf, type Planned } from './release-plan.ts';
import { createSettled, isPresumed, standsAt } from './settle.ts';
import type { Tag } from './tag.ts';
import { timeLimit } from './time-limit.ts';
import { asJson, joined, ours, type Told, textOf, told } from './told.ts';

/** How long writes under way may still take once the call is given up, or the process is to end; and how long the undoing may take. */
export interface Patience {
  readonly finishMs: number;
  readonly endMs: number;
  readonly undoMs: number;
}
const PATIENCE: Patience = { finishMs: 30_000, endMs: 1_500, undoMs: 30_000 };

type Made =
  | { readonly outcome: 'created'; readonly tag: Tag }
  | { readonly outcome: 'unchanged' }
  | { readonly outcome: 'failed'; readonly error: unknown };

interface Attempt {
  readonly planned: Planned;
  made: Made;
}

/** Creates the planned tags at once. Throws `release_failed` after taking back what it had made. `ending` fires when the process is to end. */
export async function makeRelease(
  name: string,
  planned: readonly Planned[],
  call: Call & { readonly ending?: AbortSignal | undefined },
  patience = PATIENCE,
): Promise<('created' | 'unchanged')[]> {
  const writing = { ...call, signal: outlasting(call.signal, patience.finishMs, call.ending, patience.endMs) };
  let done = 0;
  const attempts = await Promise.all(
    planned.map(async (one): Promise<Attempt> => {
      const made = await make(name, one, writing, call.signal);
      done += 1;
      call.progress(done, textOf(told`${nameOf(one.target.address)}: ${ours(made.outcome)}`));
      return { planned: one, made };
    }),
  );
  if (attempts.some(({ made }) => made.outcome === 'created')) await recheck(name, attempts, writing, call.signal);
  const outcomes = attempts.flatMap(({ made }) => (made.outcome === 'failed' ? [] : [made.outcome]));
  if (outcomes.length === attempts.length && !call.signal.aborted) return outcomes;
  throw await undo(name, attempts, { ...call, budget: undefined, signal: timeLimit(patience.undoMs), progress: () => {} });
}

async function make(name: string, { target, commit_id, message, standing }: Planned, writing: Call, caller: AbortSignal): Promise<Made> {
  if (standing) return { outcome: 'unchanged' };
  if (caller.aborted) return { outcome: 'failed', error: abandoned(caller) };
  try {
    const create = () => createSettled(target.tags(writing), { name, ref: commit_id, message });
    // Taken, and free again a moment later: another caller is taking back what it had made.
    const settled = await create().catch((error: unknown) => (isTagError(error, 'changed') ? create() : Promise.reject(error)));
    if (settled.outcome !== 'taken') return settled;
    return {
      outcome: 'failed',
      error: new TagError('already_exists', told`Somebody has put ${name} at ${standsAt(settled.tag)} meanwhile.`),
    };
  } catch (error) {
    return { outcome: 'failed', error };
  }
}

/** Another caller may have failed meanwhile and taken back what stood here when this one looked: then it is made now. */
async function recheck(name: string, attempts: readonly Attempt[], writing: Call, caller: AbortSignal): Promise<void> {
  await Promise.all(
    attempts.map(async (attempt) => {
      if (attempt.made.outcome !== 'unchanged') return;
      const { planned } = attempt;
      const gone = await planned.target
        .tags(writing)
        .look(name)
        .then(() => false, isGone);
      if (gone) attempt.made = await make(name, { ...planned, standing: undefined }, writing, caller);
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
    attempts.map(async (attempt) => told`${nameOf(attempt.planned.target.address)}: ${await takeBack(name, attempt, own)}.`),
  );
  const failures = attempts.flatMap(({ planned, made }) => (made.outcome === 'failed' ? [{ planned, error: made.error }] : []));
  const causes = failures.map(({ planned, error }) => told`${nameOf(planned.target.address)}: ${explainTo(error)}`);
  const why = causes.length > 0 ? joined(causes) : ours('The call was cancelled.');
  return new TagError('release_failed', told`${name} was not released. ${why} Now: ${joined(fates)}`, { cause: failures[0]?.error });
}

async function takeBack(name: string, { planned: { target, commit_id, standing }, made }: Attempt, call: Call): Promise<Told> {
  if (standing && made.outcome !== 'created') return told`stood before at ${commit_id}, untouched`;
  if (made.outcome === 'unchanged') return told`was made by somebody else meanwhile at ${commit_id}, untouched`;
  if (made.outcome === 'failed' && isTagError(made.error) && !made.error.inDoubt) return ours('never made');
  const mine = made.outcome === 'created' ? made.tag : undefined;
  const certain = mine !== undefined && !isPresumed(mine);
  const remains = (reason: Told, known: boolean) => leftBehind(name, target.address, commit_id, reason, known);
  const tags = target.tags(call);
  try {
    const now = await tags.look(name);
    if (standsAt(now) !== commit_id || (mine && !isSame(now, mine)))
      return told`changed by somebody else since, stands at ${standsAt(now)}, untouched`;
    if (!mine || !certain) return remains(ours('the answer to its creation was lost, so that it may be somebody else’s'), true);
    // Forced, unless a GitLab Release is seen on it: one that may not be seen cannot have been here when this call made the tag.
    return await tags.delete(mine, now.release === undefined).then(
      () => ours('created and removed again'),
      (error: unknown) => (isGone(error) ? ours('created, gone since') : remains(explainTo(error), !(isTagError(error) && error.inDoubt))),
    );
  } catch (error) {
    if (isGone(error))
      return ours(mine ? 'created, gone since' : 'not there when looked at; its request got no answer, and may still be at work');
    return remains(explainTo(error), certain);
  }
}

const isGone = (error: unknown) => isTagError(error, 'tag_not_found');

/** The exact call that mends it. */
function leftBehind(name: string, address: object, commit_id: string, reason: Told, known: boolean): Told {
  const call = asJson({ ...address, name, expected_commit_id: commit_id });
  return told`${ours(known ? '' : 'perhaps ')}left behind at ${commit_id} (${reason}); remove it with delete_tag ${call}, or keep it and call tag_release again`;
}

/** Another tag of the same name at the same commit is not ours: every mark that both carry must agree. */
const isSame = (now: Tag, mine: Tag): boolean =>
  (['id', 'target_id', 'created_at'] as const).every(
    (mark) => now[mark] === undefined || mine[mark] === undefined || now[mark] === mine[mark],
  );

/** Taking back what a call has made on one system, and only that: the Release first, then its tag. */
import { isTagError } from './errors.ts';
import type { Address, Tags } from './provider.ts';
import { explainTo } from './release-plan.ts';
import { carries, isPresumed, lookTwice, standsAt } from './settle.ts';
import type { Tag } from './tag.ts';
import { asJson, ours, type Told, told } from './told.ts';

/** What a call has made, or tried to: a tag, and notes beside it. */
export interface Creation {
  readonly address: Address;
  readonly name: string;
  readonly commit_id: string;
  /** As it was made; absent where its answer was lost for good. */
  readonly tag: Tag | undefined;
  readonly release_notes: string | undefined;
  /** Whether it is known to be this call's own; left out, as its tag tells. */
  readonly certain?: boolean | undefined;
  /** Whether this call published notes beside it; left out where the answer to that was lost. */
  readonly published?: boolean | undefined;
  /** The tool that finishes it. */
  readonly tool: string;
}

/** What became of it, as half a sentence. */
export async function takeBack(tags: Tags, creation: Creation): Promise<Told> {
  const { name, commit_id, tag: mine, release_notes: notes } = creation;
  const certain = isOwn(creation);
  try {
    const now = await lookTwice(tags, name);
    if (standsAt(now) !== commit_id || (mine && !isSame(now, mine)))
      return told`changed by somebody else since, stands at ${standsAt(now)}, untouched`;
    if (!mine || !certain)
      return leftBehind(creation, ours('the answer to its creation was lost, so that it may be somebody else’s'), true);
    const isOurs = notes !== undefined && creation.published !== false && carries(now, notes);
    if (now.release && !isOurs) return leftBehind(creation, ours('somebody else has published notes beside it since'), true);
    if (isOurs) await tags.withdraw(mine.release ? mine : now);
    // Forced: a Release that may not be seen cannot have been here when this call made the tag.
    await tags.delete(mine, true);
    return ours('created and removed again');
  } catch (error) {
    if (isTagError(error, 'tag_not_found'))
      return ours(mine ? 'created, gone since' : 'not there when looked at; its request got no answer, and may still be at work');
    return leftBehind(creation, explainTo(error), certain && !(isTagError(error) && error.inDoubt));
  }
}

/** The same for notes that were published beside a tag that stood before, and is `tag` with them. */
export async function takeBackNotes(tags: Tags, creation: Creation): Promise<Told> {
  const { name, commit_id, tag, release_notes: notes = '' } = creation;
  const certain = isOwn(creation);
  const untouched = told`stood before at ${commit_id}, untouched`;
  try {
    const now = await lookTwice(tags, name, ({ release }) => release !== undefined);
    if (!now.release) return untouched;
    if (!carries(now, notes)) return told`${untouched}; its notes were changed by somebody else since`;
    if (!certain) return told`${untouched}; notes like these stand there, perhaps somebody else’s`;
    await tags.withdraw(tag?.release ? tag : now);
    return told`${untouched}; its notes were taken back`;
  } catch (error) {
    return told`${untouched}; its notes ${ours(certain ? 'were' : 'may have been')} published, and may stay (${explainTo(error)})`;
  }
}

const isOwn = ({ tag, certain }: Creation): boolean => certain ?? (tag !== undefined && !isPresumed(tag));

/** The exact call that mends it. */
function leftBehind({ address, name, commit_id, tool }: Creation, reason: Told, known: boolean): Told {
  const call = asJson({ ...address, name, expected_commit_id: commit_id });
  return told`${ours(known ? '' : 'perhaps ')}left behind at ${commit_id} (${reason}); remove it with delete_tag ${call}, or keep it and call ${ours(tool)} again`;
}

/** Another tag of the same name at the same commit is not ours: every mark that both carry must agree. */
const isSame = (now: Tag, mine: Tag): boolean =>
  agree(now.id, mine.id) && agree(now.target_id, mine.target_id) && agree(instantOf(now), instantOf(mine));
const agree = (now: string | number | undefined, mine: string | number | undefined): boolean =>
  now === undefined || mine === undefined || now === mine;
/** One date is told in several time zones. */
const instantOf = ({ created_at }: Tag): number | undefined => (created_at === undefined ? undefined : Date.parse(created_at));

/** The truth about writes: a name already taken, and an answer that never came, are settled by looking at the tag. */
import { Astray, isTagError, TagError } from './errors.ts';
import type { Tags } from './provider.ts';
import type { Tag, TagDraft } from './tag.ts';
import { sleep } from './time-limit.ts';
import { ours, type Told, told } from './told.ts';

/** `taken`: the name stands elsewhere, or with another message; nothing was written. `commit_id` is where the draft's ref leads. */
export type Settled = { outcome: 'created' | 'unchanged'; tag: Tag } | { outcome: 'taken'; tag: Tag; commit_id: string };

const SHORTEST_ID = 7;
/** Where reads lag writes, they do so for less (PyGithub#2759). */
const LAG_MS = 1_000;

/** Where the tag stands: its commit, or whatever else a git tag may be on. */
export const standsAt = (tag: Tag): string => tag.commit_id ?? tag.target_id ?? '';

/** Is `expected` (7 characters or more) where the tag stands? */
export const isAt = (tag: Tag, expected: string): boolean =>
  expected.length >= SHORTEST_ID && standsAt(tag).toLowerCase().startsWith(expected.toLowerCase());

const plain = (message: string | undefined) => (message ?? '').replace(/\r\n/g, '\n').trim();

/** Is the tag what the draft asks for? A draft without a message takes any. */
export const fulfils = (tag: Tag, draft: TagDraft, commit_id: string) =>
  standsAt(tag) === commit_id && (draft.message === undefined || plain(tag.message) === plain(draft.message));

/** Has the tag a Release with these notes? */
export const carries = ({ release }: Tag, notes: string): boolean => release !== undefined && plain(release.description) === plain(notes);

/** Compares a standing tag with what is asked for. */
export async function compare(tags: Tags, draft: TagDraft, tag: Tag): Promise<Settled> {
  const commit_id = draft.ref === tag.commit_id ? draft.ref : await tags.resolve(draft.ref);
  return fulfils(tag, draft, commit_id) ? { outcome: 'unchanged', tag } : { outcome: 'taken', tag, commit_id };
}

/** Tags found standing after the answer to their creation was lost: very likely ours, but another caller may have made them. */
const presumed = new WeakSet<Tag>();
export const isPresumed = (tag: Tag): boolean => presumed.has(tag);

/** Creates the tag, and settles a lost answer. Throws what the provider threw, once it is certain that the tag was not created. */
export async function createCertain(tags: Tags, draft: TagDraft): Promise<Tag> {
  try {
    return await tags.create(draft);
  } catch (error) {
    const read = async () => compare(tags, draft, await tags.look(draft.name));
    const found = await look(tags, error, read, (now) => now !== undefined);
    if (!found) throw missed(error);
    if (found.outcome === 'taken')
      throw new TagError('already_exists', told`${draft.name} already stands at ${standsAt(found.tag)}.`, { cause: error });
    presumed.add(found.tag);
    return found.tag;
  }
}

/** Creates the tag, or compares the one that has its name. One request where all goes well. */
export async function createSettled(tags: Tags, draft: TagDraft): Promise<Settled> {
  try {
    return { outcome: 'created', tag: await createCertain(tags, draft) };
  } catch (error) {
    if (!isTagError(error, 'already_exists')) throw error;
    const tag = await stillThere(lookTwice(tags, draft.name), draft.name);
    return compare(tags, draft, tag);
  }
}

/** A tag that was said to stand, or to be as `isShown` tells, which a read that lags may not show at once. */
export async function lookTwice(tags: Tags, name: string, isShown: (tag: Tag) => boolean = () => true): Promise<Tag> {
  try {
    const tag = await tags.look(name);
    if (!tags.traits.lags || isShown(tag)) return tag;
  } catch (error) {
    if (!tags.traits.lags || !isTagError(error, 'tag_not_found')) throw error;
  }
  await sleep(LAG_MS);
  return tags.look(name);
}

/** Moves the tag in one step where the system can, and settles a lost answer. */
export async function moveCertain(tags: Tags, draft: TagDraft, from: Tag): Promise<Tag> {
  try {
    return await tags.move(draft, from);
  } catch (error) {
    const isDone = (tag: Tag | undefined) => tag !== undefined && fulfils(tag, draft, draft.ref);
    const tag = await look(tags, error, () => tags.look(draft.name), isDone);
    if (tag && isDone(tag)) return tag;
    throw missed(error);
  }
}

/** Deletes the tag; one that is gone after a lost answer was deleted. */
export async function deleteCertain(tags: Tags, tag: Tag, force: boolean): Promise<void> {
  try {
    await tags.delete(tag, force);
  } catch (error) {
    if (
      await look(
        tags,
        error,
        () => tags.look(tag.name),
        (now) => now === undefined,
      )
    )
      throw missed(error);
  }
}

/** Publishes notes beside the tag; those that are found there after a lost answer were published. */
export async function publishCertain(tags: Tags, tag: Tag, notes: string): Promise<Tag> {
  try {
    return await tags.publish(tag, notes);
  } catch (error) {
    const isDone = (now: Tag | undefined) => now !== undefined && carries(now, notes);
    const found = await look(tags, error, () => tags.look(tag.name), isDone);
    if (found && isDone(found)) {
      presumed.add(found);
      return found;
    }
    throw missed(error);
  }
}

/** Takes the Release seen on the tag away; one that is gone after a lost answer was taken. */
export async function withdrawCertain(tags: Tags, tag: Tag): Promise<void> {
  try {
    await tags.withdraw(tag);
  } catch (error) {
    const isDone = (now: Tag | undefined) => now?.release === undefined;
    if (!isDone(await look(tags, error, () => tags.look(tag.name), isDone))) throw missed(error);
  }
}

/** Errors of a look that failed: whoever settles again, further out, has no more to learn. */
const looked = new WeakSet<TagError>();

/** What `read` finds after a write whose fate is unknown, undefined where no tag is; any other error is thrown on. */
async function look<T>(
  { traits }: Tags,
  error: unknown,
  read: () => Promise<T>,
  isDone: (found: T | undefined) => boolean,
): Promise<T | undefined> {
  if (!isTagError(error) || !error.inDoubt || error.code === 'cancelled' || looked.has(error)) throw error;
  const once = () => read().catch((failure: unknown) => (isTagError(failure, 'tag_not_found') ? undefined : Promise.reject(failure)));
  try {
    const found = await once();
    if (!traits.lags || isDone(found)) return found;
    await sleep(LAG_MS);
    return await once();
  } catch (failure) {
    const doubt = doubtOf(error, failure);
    looked.add(doubt);
    throw doubt;
  }
}

/** The cause is known where reading fails as the write did; where neither even reached the system, so is the effect: none. */
function doubtOf(error: TagError, failure: unknown): TagError {
  const { code, said, upstream } = error;
  const isKnown = code === 'unexpected_response' && isTagError(failure, code);
  const isAstray = isKnown && error.cause instanceof Astray && failure.cause instanceof Astray;
  const what = isAstray ? 'Reading the tag fails in the same way.' : 'It may have taken effect: the tag could not be read afterwards.';
  const hint = isKnown ? said.hint : 'Call get_tag when the system answers again, before trying once more.';
  return new TagError(isKnown ? code : 'unavailable', told`${said.message} ${ours(what)}`, { hint, upstream, inDoubt: true, cause: error });
}

/** The error of a write that, as the tag shows, did not happen; or not yet, where nobody has said that it will not. */
const missed = (error: unknown): unknown => {
  if (!isTagError(error)) return error;
  const { code, said, upstream } = error;
  if (code !== 'timeout')
    return new TagError(code, told`${said.message} It did not take effect.`, { hint: 'A retry is safe.', upstream, cause: error });
  const late = new TagError(code, told`${said.message} Nothing had changed when looked at, but the system may still be at work.`, {
    hint: 'Call get_tag in a while, then decide; the same call again is safe.',
    upstream,
    inDoubt: true,
    cause: error,
  });
  looked.add(late);
  return late;
};

/** A tag that was there before; `changed` where it is gone. */
export const stillThere = (read: Promise<Tag>, name: string): Promise<Tag> =>
  read.catch((error: unknown) => {
    if (!isTagError(error, 'tag_not_found')) throw error;
    throw new TagError('changed', told`${name} existed a moment ago and is gone now; nothing was done.`, {
      hint: 'Call again.',
      cause: error,
    });
  });

/** `hint` where more is to be said than to look again. */
export const movedMeanwhile = (now: Tag, from: Tag, outcome = 'nothing was done', hint?: Told): TagError =>
  new TagError('changed', told`${from.name} stands at ${standsAt(now)} now, no longer at ${standsAt(from)}; ${ours(outcome)}.`, { hint });

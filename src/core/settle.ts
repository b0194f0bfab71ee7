/** The truth about writes: a name already taken, and an answer that never came, are settled by looking at the tag. */
import { isTagError, TagError } from './errors.ts';
import { type Call, type TagProvider, type Tags, tagsOf } from './provider.ts';
import type { Tag, TagDraft } from './tag.ts';

/** `taken`: the name stands elsewhere, or with another message; nothing was written. `commit_id` is where the draft's ref leads. */
export type Settled = { outcome: 'created' | 'unchanged'; tag: Tag } | { outcome: 'taken'; tag: Tag; commit_id: string };

const PUT_BACK_MS = 30_000;
const SHORTEST_ID = 7;

/** Where the tag stands: its commit, or whatever else a git tag may be on. */
export const standsAt = (tag: Tag): string => tag.commit_id ?? tag.target_id ?? '';

/** Is `expected` (7 characters or more) where the tag stands? */
export const isAt = (tag: Tag, expected: string): boolean =>
  expected.length >= SHORTEST_ID && standsAt(tag).toLowerCase().startsWith(expected.toLowerCase());

const plain = (message: string | undefined) => (message ?? '').replace(/\r\n/g, '\n').trim();

/** Is the tag what the draft asks for? A draft without a message takes any. */
const fulfils = (tag: Tag, draft: TagDraft, commit_id: string) =>
  standsAt(tag) === commit_id && (draft.message === undefined || plain(tag.message) === plain(draft.message));

/** Compares a standing tag with what is asked for. */
export async function compare(tags: Tags, draft: TagDraft, tag: Tag): Promise<Settled> {
  const commit_id = await tags.resolve(draft.ref);
  return fulfils(tag, draft, commit_id) ? { outcome: 'unchanged', tag } : { outcome: 'taken', tag, commit_id };
}

/** One request where all goes well. Throws what the provider threw, once it is certain that the tag was not created. */
export async function createSettled(tags: Tags, draft: TagDraft): Promise<Settled> {
  try {
    return { outcome: 'created', tag: await tags.create(draft) };
  } catch (error) {
    if (isTagError(error, 'already_exists') && !error.inDoubt) return compare(tags, draft, await tags.get(draft.name));
    const tag = await look(tags, draft.name, error);
    if (!tag) throw missed(error);
    const found = await compare(tags, draft, tag);
    return found.outcome === 'unchanged' ? { outcome: 'created', tag } : found;
  }
}

/** Moves the tag in one step where the system can, and settles a lost answer. */
export async function moveSettled(tags: Tags, draft: TagDraft, from: Tag): Promise<Tag> {
  try {
    return await tags.move(draft, from);
  } catch (error) {
    const tag = await look(tags, draft.name, error);
    if (tag && fulfils(tag, draft, draft.ref)) return tag;
    throw missed(error);
  }
}

/** Deletes the tag; one that is gone after a lost answer was deleted. */
export async function deleteSettled(tags: Tags, tag: Tag, force: boolean): Promise<void> {
  try {
    await tags.delete(tag, force);
  } catch (error) {
    if (await look(tags, tag.name, error)) throw missed(error);
  }
}

/** Reads the tag after a write whose fate is unknown; any other error is thrown on. */
async function look(tags: Tags, name: string, error: unknown): Promise<Tag | undefined> {
  if (!isTagError(error) || !error.inDoubt || error.code === 'cancelled') throw error;
  try {
    return await tags.get(name);
  } catch (failure) {
    if (isTagError(failure, 'tag_not_found')) return undefined;
    throw new TagError('unavailable', `${error.message} It may have taken effect: the tag could not be read afterwards.`, {
      hint: 'Call get_tag when the system answers again, before trying once more.',
      upstream: error.upstream,
      inDoubt: true,
      cause: error,
    });
  }
}

/** The error of a write that, as the tag shows, did not happen. */
const missed = (error: unknown): unknown =>
  isTagError(error)
    ? new TagError(error.code, `${error.message} It did not take effect.`, {
        hint: 'A retry is safe.',
        upstream: error.upstream,
        cause: error,
      })
    : error;

/**
 * A move for systems that have none: delete, create, and on failure put the old tag back.
 * Once the old tag is gone the rest runs on its own time, whatever becomes of the caller.
 */
export async function replaceTag(provider: TagProvider, repository: string, draft: TagDraft, from: Tag, call: Call): Promise<Tag> {
  const now = await provider.get(repository, draft.name, call);
  if (standsAt(now) !== standsAt(from)) throw movedMeanwhile(now, from);
  const message = draft.message ?? (from.annotated === false ? undefined : from.message);
  await deleteSettled(tagsOf(provider, repository, call), now, draft.force ?? false);

  const tags = tagsOf(provider, repository, { ...call, signal: AbortSignal.timeout(PUT_BACK_MS) });
  let made: Settled;
  try {
    made = await createSettled(tags, { ...draft, message });
  } catch (failure) {
    throw await putBack(tags, from, failure);
  }
  if (made.outcome === 'taken') throw movedMeanwhile(made.tag, from);
  return made.tag;
}

export const movedMeanwhile = (now: Tag, from: Tag): TagError =>
  new TagError('changed', `${from.name} stands at ${standsAt(now)} now, no longer at ${standsAt(from)}; nothing was done.`);

/** The error to report for a move whose second half failed, after the old tag was put back, or could not be. */
async function putBack(tags: Tags, from: Tag, failure: unknown): Promise<TagError> {
  const reason = isTagError(failure) ? failure : new TagError('unexpected_response', String(failure), { cause: failure });
  const old = { name: from.name, ref: standsAt(from), message: from.message };
  try {
    const back = await createSettled(tags, old);
    if (back.outcome === 'taken') return movedMeanwhile(back.tag, from);
  } catch (cause) {
    return new TagError(reason.code, `${reason.message} The old tag had been deleted by then and could not be put back.`, {
      hint: `Restore it with create_tag: name ${from.name}, ref ${old.ref}.`,
      upstream: reason.upstream,
      cause,
    });
  }
  return new TagError(reason.code, `${reason.message} The old tag was put back where it stood.`, {
    hint: reason.hint,
    upstream: reason.upstream,
    cause: reason,
  });
}

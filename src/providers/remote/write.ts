/** Writing a tag on a git host: what it is to stand on is fetched, its object made here, and both go over by compare-and-swap. */
import { isTagError, TagError } from '../../core/errors.ts';
import type { Call } from '../../core/provider.ts';
import type { Tag, TagDraft } from '../../core/tag.ts';
import type { Git } from '../../git/command.ts';
import type { Exchange, Swap, Visit } from '../../git/exchange.ts';
import { asMade, type GitObject, makeTag, objectOf, refuseMessage } from '../../git/objects.ts';
import { readOne } from '../../git/read-tags.ts';
import type { Clones } from './clones.ts';
import type { Place } from './places.ts';
import { listTags } from './read.ts';
import { arriveAt } from './resolve.ts';

export function createWriter(git: Git, exchange: Exchange, clones: Clones) {
  /** What the ref is to point at, in the scratch repository: the commit itself, or a tag object. */
  async function objectFor(place: Place, { at }: Visit, draft: TagDraft, target: GitObject, isNew: boolean, call: Call): Promise<string> {
    const unpublished = isNew ? await clones.unpublished(place, at, draft, target, call) : undefined;
    if (unpublished || draft.message === undefined) return unpublished ?? target.id;
    return makeTag(git, at, draft.name, target, draft.message, await clones.tagger(place, at, call), call);
  }

  /** `from` undefined: there must be none. */
  async function put(place: Place, draft: TagDraft, from: Tag | undefined, call: Call): Promise<Tag> {
    const { name, ref, message } = draft;
    refuseMessage(message);
    return exchange(place, call, async (visit) => {
      const { target, tip } = await arriveAt(git, visit, ref, call);
      const to = await objectFor(place, visit, draft, target, !from, call);
      if (tip !== undefined) await visit.scratch.settle(tip, target.id);
      const step = { from: from && objectOf(from), to };
      const isDone = await swapCertain(visit, { name, ...step }, to !== target.id);
      if (!isDone && !from) throw new TagError('already_exists', 'The tag already exists.');
      // It stands, whatever becomes of the rest.
      const tag = await readBack(visit, name, to, call).catch(() => asMade(name, target, to, message));
      await clones.follow(place, visit.at, tag, step, call);
      return tag;
    });
  }

  /** From the scratch repository, which holds all there is to tell. */
  async function readBack({ at }: Visit, name: string, object: string, call: Call): Promise<Tag> {
    await git.run(at, ['update-ref', '--no-deref', `refs/tags/${name}`, object], call);
    return readOne(git, at, name, call);
  }

  return {
    create: (place: Place, draft: TagDraft, call: Call) => put(place, draft, undefined, call),
    move: (place: Place, draft: TagDraft, from: Tag, call: Call) =>
      put(place, { ...draft, message: draft.message ?? (from.annotated ? (from.message ?? '') : undefined) }, from, call),
    remove: (place: Place, tag: Tag, call: Call) =>
      exchange(place, call, async (visit) => {
        await swapCertain(visit, { name: tag.name, from: objectOf(tag), to: undefined });
        await clones.drop(place, tag, call);
      }),
  };
}

/**
 * Where the answer got lost the host is looked at, so that its clones keep step with what was done. `isOwn`: nobody else makes that
 * very object; whose a new tag is that stands on a commit by itself cannot be told, and is left to whoever settles it.
 */
async function swapCertain(visit: Visit, change: Swap, isOwn = false): Promise<boolean> {
  try {
    return await visit.swap(change);
  } catch (error) {
    if (!isTagError(error) || !error.inDoubt || (change.from === undefined && !isOwn)) throw error;
    const tags = await listTags(visit).catch(() => undefined);
    const now = tags?.find(({ name }) => name === change.name);
    if (tags && (now && objectOf(now)) === change.to) return true;
    throw error;
  }
}

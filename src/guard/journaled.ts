/** A provider whose moves, where they delete before they create, leave word of what they destroy until it stands again. */
import { isTagError, TagError } from '../core/errors.ts';
import type { Call, TagProvider } from '../core/provider.ts';
import { STEP_MS } from '../core/replace.ts';
import { restoreOf, toldRestore } from '../core/restore.ts';
import { fulfils } from '../core/settle.ts';
import { lostBefore, type Restore, type Tag, type TagDraft } from '../core/tag.ts';
import { timeLimit } from '../core/time-limit.ts';
import { ours, type Told, told } from '../core/told.ts';
import type { Entry, Journal } from './journal.ts';

/** Where no word is left. */
export const UNKEPT: Journal = { keep: async () => undefined, gaps: async () => [], drop: async () => undefined };

/** Of the whole process: where word is left, and the moves that are under way. */
export interface Moves {
  readonly journal: Journal;
  readonly underWay: Set<Promise<unknown>>;
}

export function withJournal(name: string, provider: TagProvider, { journal, underWay }: Moves): TagProvider {
  if (provider.traits.atomicMove) return provider;
  const of = (repository: string, tag: string) => (entry: Entry) =>
    entry.provider === name && entry.address === provider.address && entry.repository === repository && entry.name === tag;
  const gapOf = async (repository: string, tag: string): Promise<Entry | undefined> => (await journal.gaps()).find(of(repository, tag));

  /** What was open when this process began; moves of its own end by themselves. */
  let open: readonly Entry[] | undefined;
  /** A tag that stands is not lost, whichever half of the move was the last. */
  async function close(repository: string, tag: string): Promise<void> {
    open ??= await journal.gaps();
    const gap = open.find(of(repository, tag));
    if (!gap) return;
    open = open.filter((one) => one !== gap);
    await journal.drop(gap);
  }

  /** On its own time: whoever asked may have gone. Where nobody can tell, the entry stays. */
  const stands = (repository: string, tag: string, call: Call): Promise<boolean> =>
    provider.get(repository, tag, { ...call, brief: true, budget: undefined, signal: timeLimit(STEP_MS) }).then(
      () => true,
      () => false,
    );

  async function kept(repository: string, draft: TagDraft, from: Tag, call: Call): Promise<Tag> {
    const old = restoreOf({ repository }, from);
    const keeping = await journal.keep({ ...old, provider: name, ...(provider.address && { address: provider.address }) });
    let moved: Tag | undefined;
    try {
      moved = await provider.move(repository, draft, from, call);
      return moved;
    } finally {
      await keeping?.end(moved !== undefined || (await stands(repository, draft.name, call)));
    }
  }

  return {
    ...provider,
    async get(repository, tag, call) {
      try {
        const found = await provider.get(repository, tag, call);
        if (open?.length !== 0) await close(repository, tag);
        return found;
      } catch (error) {
        const gap = isTagError(error, 'tag_not_found') ? await gapOf(repository, tag) : undefined;
        if (!gap || !isTagError(error)) throw error;
        throw new TagError(error.code, told`${error.said.message} A move that was interrupted has lost it.`, {
          hint: toldRestore(restoring(gap)),
          upstream: error.upstream,
          cause: error,
        });
      }
    },
    // A release says nothing of what it finds lost: whoever wants its name decides first what becomes of that.
    async admit(repository, tag, call, withNotes) {
      const gap = await gapOf(repository, tag);
      if (gap)
        throw new TagError('conflict', 'A move that was interrupted has lost the tag of this name.', {
          hint: told`${toldRestore(restoring(gap))} Or make the new tag there with create_tag first.`,
        });
      await provider.admit?.(repository, tag, call, withNotes);
    },
    async create(repository, draft, call) {
      const tag = await provider.create(repository, draft, call);
      const gap = await gapOf(repository, draft.name);
      if (!gap) return tag;
      if (!fulfils(tag, { ...gap, message: gap.message }, gap.ref)) lostBefore.set(tag, restoring(gap));
      await journal.drop(gap);
      return tag;
    },
    // Whoever takes the tag away wants it gone: what an older move left word of is not to be mourned.
    async delete(repository, tag, force, call) {
      await provider.delete(repository, tag, force, call);
      const gap = await gapOf(repository, tag.name);
      if (gap) await journal.drop(gap);
    },
    move(repository, draft, from, call) {
      const move = kept(repository, draft, from, call).finally(() => underWay.delete(move));
      underWay.add(move);
      return move;
    },
  };
}

/** How a gap is told to whoever can close it. */
export const tellGap = (gap: Entry): Told =>
  told`A move that was interrupted at ${ours(gap.time.replace(/[^\dTZ:.-]/g, ''))} may have lost the tag ${gap.name} of ${ours(gap.provider)} ${gap.repository}. If it is gone: ${toldRestore(restoring(gap))}`;

const restoring = ({ provider, repository, name, ref, message }: Entry): Restore => ({
  provider,
  repository,
  name,
  ref,
  ...(message && { message }),
});

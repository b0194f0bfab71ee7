/** The last walk over the tags of a system, kept for a moment: the pages after its first come from it, as they were when it was read. */
import { pageOver } from './listing.ts';
import type { TagProvider } from './provider.ts';
import type { Tag, TagPage, TagQuery } from './tag.ts';

/** As long as somebody takes who reads page after page. */
const KEPT_MS = 60_000;

export interface Walks {
  /** One page in an order of ours: of what was read a moment ago where it is a later one, else of a walk. */
  page(repository: string, query: TagQuery, walk: () => AsyncIterable<readonly Tag[]>): Promise<TagPage>;
  /** A provider that forgets what was read with everything it writes. */
  forgetful(provider: TagProvider): TagProvider;
}

export function createWalks(keptMs = KEPT_MS): Walks {
  let last: { readonly key: string; readonly tags: readonly Tag[] } | undefined;
  let timer: NodeJS.Timeout | undefined;
  let writes = 0;

  const forget = () => {
    last = undefined;
    writes += 1;
  };

  async function* keeping(key: string, batches: AsyncIterable<readonly Tag[]>) {
    const tags: Tag[] = [];
    const before = writes;
    for await (const batch of batches) {
      for (const tag of batch) tags.push(tag);
      yield batch;
    }
    // What was written meanwhile may be in it, or not.
    if (before !== writes) return;
    last = { key, tags };
    clearTimeout(timer);
    timer = setTimeout(forget, keptMs).unref();
  }

  return {
    page(repository, query, walk) {
      const key = JSON.stringify([repository, query.search]);
      const known = query.cursor !== undefined && last?.key === key ? [last.tags] : undefined;
      return pageOver(repository, known ?? keeping(key, walk()), query);
    },
    forgetful: (provider) => ({
      ...provider,
      create: (...draft) => provider.create(...draft).finally(forget),
      move: (...draft) => provider.move(...draft).finally(forget),
      delete: (...tag) => provider.delete(...tag).finally(forget),
    }),
  };
}

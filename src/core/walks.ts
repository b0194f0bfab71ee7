/** The last walk over the tags of a system, kept for a moment: the pages after its first come from it, as they were when it was read. */
import { pageOver, selectorOf } from './listing.ts';
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
  /** Before it, since a move takes its time; and after it, since what was read meanwhile may hold it or not. */
  const forgetting = async <T>(write: () => Promise<T>): Promise<T> => {
    forget();
    return write().finally(forget);
  };

  return {
    async page(repository, query, walk) {
      const key = JSON.stringify([repository, query.search, query.stable]);
      if (query.cursor !== undefined && last?.key === key) return pageOver(repository, [last.tags], query);
      const tags: Tag[] = [];
      const before = writes;
      const page = await pageOver(repository, through(walk(), selectorOf(query), tags), query);
      if (page.next_cursor === undefined || before !== writes) return page;
      last = { key, tags };
      clearTimeout(timer);
      timer = setTimeout(() => {
        last = undefined;
      }, keptMs).unref();
      return page;
    },
    forgetful({ publish, withdraw, ...provider }) {
      return {
        ...provider,
        create: (...args) => forgetting(() => provider.create(...args)),
        move: (...args) => forgetting(() => provider.move(...args)),
        delete: (...args) => forgetting(() => provider.delete(...args)),
        ...(publish && { publish: (...args) => forgetting(() => publish(...args)) }),
        ...(withdraw && { withdraw: (...args) => forgetting(() => withdraw(...args)) }),
      };
    },
  };
}

/** The same batches; what matches is kept in `tags`. */
async function* through(batches: AsyncIterable<readonly Tag[]>, matches: (name: string) => boolean, tags: Tag[]) {
  for await (const batch of batches) {
    for (const tag of batch) if (matches(tag.name)) tags.push(tag);
    yield batch;
  }
}

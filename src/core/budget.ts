/** What one call may cost over all its requests: each has its own limits, but an upstream decides how many follow. */
import { TagError } from './errors.ts';
import { told } from './told.ts';

/** As many as a walk over WALK_LIMIT tags takes by 50 a page. */
const MOST_REQUESTS = 2_000;
/** A tag of GitLab is 1 kB, where its notes are not long: enough for a whole walk, and half of what 64 calls at once may leave in memory. */
const MOST_BYTES = 256 * 1024 * 1024;
/** Longer than clients wait. The minutes that a person takes to answer a question are not counted. */
const MOST_MS = 300_000;

export interface Budget {
  /** Before a request leaves, or a program starts. Throws `unsupported` or `timeout` where the call has cost too much already. */
  ask(): void;
  /** What came back, and what it took. */
  add(cost: { readonly bytes?: number; readonly ms?: number }): void;
}

const hint = 'Ask for less: narrow the search, or order by name.';

export function createBudget(): Budget {
  let requests = 0;
  let bytes = 0;
  let ms = 0;
  return {
    ask() {
      requests += 1;
      if (requests > MOST_REQUESTS) throw new TagError('unsupported', told`This would take more than ${MOST_REQUESTS} requests.`, { hint });
      if (bytes > MOST_BYTES)
        throw new TagError('unsupported', told`More than ${MOST_BYTES / 1024 / 1024} MiB were sent for this.`, { hint });
      if (ms > MOST_MS) throw new TagError('timeout', told`The requests of this call took more than ${MOST_MS / 1_000} s.`, { hint });
    },
    add(cost) {
      bytes += cost.bytes ?? 0;
      ms += cost.ms ?? 0;
    },
  };
}

import { setMaxListeners } from 'node:events';

/** What ends a request: its time limit, or the caller. */
export interface Clock {
  readonly caller: AbortSignal;
  readonly ms: number;
  /** Fires for both. */
  readonly signal: AbortSignal;
  /** Milliseconds. */
  left(): number;
  stop(): void;
}

/** One timer and one listener, both taken back by `stop`: AbortSignal.timeout and .any would outlive a fast request. */
export function startClock(caller: AbortSignal, ms: number): Clock {
  const controller = new AbortController();
  const end = performance.now() + ms;
  const abort = () => controller.abort();
  const timer = setTimeout(abort, ms);
  // One call may have many requests at once; Node would warn of a leak at eleven.
  setMaxListeners(0, caller);
  caller.addEventListener('abort', abort, { once: true });
  if (caller.aborted) abort();
  return {
    caller,
    ms,
    signal: controller.signal,
    left: () => end - performance.now(),
    stop() {
      clearTimeout(timer);
      caller.removeEventListener('abort', abort);
    },
  };
}

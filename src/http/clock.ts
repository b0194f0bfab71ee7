import { setMaxListeners } from 'node:events';

/** What ends a request: its time limit, or the caller. */
export interface Clock {
  readonly caller: AbortSignal;
  readonly ms: number;
  readonly ended: boolean;
  /** Called once at the end; whoever waits sets it, one at a time, and takes it away again. */
  onEnd: (() => void) | undefined;
  /** Milliseconds. */
  left(): number;
  stop(): void;
}

/** One timer and one listener, both taken back by `stop`: AbortSignals of our own would cost more than all the rest of a fast request. */
export function startClock(caller: AbortSignal, ms: number): Clock {
  const until = performance.now() + ms;
  let ended = caller.aborted;
  const end = () => {
    ended = true;
    clock.onEnd?.();
  };
  const timer = setTimeout(end, ms);
  // One call may have many requests at once; Node would warn of a leak at eleven.
  setMaxListeners(0, caller);
  caller.addEventListener('abort', end, { once: true });
  const clock: Clock = {
    caller,
    ms,
    get ended() {
      return ended;
    },
    onEnd: undefined,
    left: () => until - performance.now(),
    stop() {
      clearTimeout(timer);
      caller.removeEventListener('abort', end);
    },
  };
  return clock;
}

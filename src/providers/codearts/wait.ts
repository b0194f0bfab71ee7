import { setMaxListeners } from 'node:events';
import { abandoned } from '../../core/errors.ts';

/** What many wait for, for one of them who may leave early. */
export const unlessAborted = <T>(promise: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const leave = () => reject(abandoned(signal));
    if (signal.aborted) leave();
    setMaxListeners(0, signal); // one call may wait for many requests at once
    signal.addEventListener('abort', leave, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });

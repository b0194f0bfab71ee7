/** Time limits that are certain to end. */

export const sleep = (ms: number) => new Promise<void>((wake) => setTimeout(wake, ms));

/** Why a signal fired whose time was up: see `abandoned`. */
export const timedOut = (): DOMException => new DOMException('It took too long.', 'TimeoutError');

/** Fires after `ms`. Its timer holds it; nothing holds an AbortSignal.timeout that is heard through AbortSignal.any, and a collected one never fires. */
export function timeLimit(ms: number): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(timedOut()), ms).unref();
  return controller.signal;
}

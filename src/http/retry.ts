import type { Clock } from './clock.ts';
import { type Answer, isAnswer, type Outcome } from './exchange.ts';
import { troubleOf } from './network.ts';

const REPETITIONS = 2;
const BACKOFF_MS = 200;
const PASSING: readonly number[] = [429, 502, 503, 504];

/** How long an answer asks us to wait, in ms: Retry-After (seconds or a date), or RateLimit-Reset (unix seconds) on 429. */
export function askedWait({ status, headers }: Pick<Answer, 'status' | 'headers'>): number | undefined {
  const after = headers['retry-after']?.trim();
  const reset = status === 429 ? headers['ratelimit-reset']?.trim() : undefined;
  if (after && /^\d+$/.test(after)) return Number(after) * 1000;
  const until = after ? Date.parse(after) : reset ? Number(reset) * 1000 : Number.NaN;
  return Number.isNaN(until) ? undefined : Math.max(0, until - Date.now());
}

const mayPass = (outcome: Outcome): boolean =>
  isAnswer(outcome) ? PASSING.includes(outcome.status) || outcome.cut === 'broken' : !troubleOf(outcome.error).lasting;

/** Repeats a read that may yet succeed, as long as the wait it asks for fits in what is left on the clock. */
export async function retrying(attempt: () => Promise<Outcome>, clock: Clock): Promise<Outcome> {
  for (let repetition = 0; ; repetition++) {
    const outcome = await attempt();
    if (repetition === REPETITIONS || clock.ended || !mayPass(outcome)) return outcome;
    const asked = isAnswer(outcome) ? askedWait(outcome) : undefined;
    const pause = Math.max(asked ?? 0, Math.random() * BACKOFF_MS * 2 ** repetition);
    if (pause >= clock.left()) return outcome;
    await sleep(pause, clock);
  }
}

/** Woken early by the end of the clock; the next attempt notices it. */
async function sleep(ms: number, clock: Clock): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
    clock.onEnd = resolve;
  });
  clearTimeout(timer);
  clock.onEnd = undefined;
}

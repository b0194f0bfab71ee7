import type { Clock } from './clock.ts';
import { type Answer, isAnswer, type Outcome } from './exchange.ts';
import { troubleOf } from './network.ts';

const REPETITIONS = 2;
const BACKOFF_MS = 200;
const PASSING: readonly number[] = [429, 502, 503, 504];

const DAY_MS = 86_400_000;
/** Numbers from here on are seconds since 1970, and from there on milliseconds. */
const [EPOCH_S, EPOCH_MS] = [1e9, 1e11];

/** A number of seconds, a moment since 1970, or a date → milliseconds from now; undefined for what is none, or too far off to be meant. */
function waitOf(value: string | undefined): number | undefined {
  const text = value?.trim() ?? '';
  const digits = /^(\d{1,15}(?:\.\d{1,9})?) ?s?$/.exec(text)?.[1];
  const number = digits === undefined ? undefined : Number(digits);
  // Date.parse takes much else for a date.
  let wait = /^[a-z]{3,9},? /i.test(text) ? Date.parse(text) - Date.now() : Number.NaN;
  if (number !== undefined) wait = number < EPOCH_S ? number * 1000 : (number < EPOCH_MS ? number * 1000 : number) - Date.now();
  return wait <= DAY_MS ? Math.max(0, wait) : undefined;
}

/** `reset=30` of the older drafts of the RateLimit header, `;t=30` of the newer ones. */
const resetIn = (rateLimit: string | undefined) => /(?:\breset|;\s*t)\s*=\s*(\d{1,15})/i.exec(rateLimit ?? '')?.[1];

/** How long an answer asks us to wait, in ms, at most a day: Retry-After, or on 429 one of the headers that tell when a limit is reset. */
export function askedWait({ status, headers }: Pick<Answer, 'status' | 'headers'>): number | undefined {
  const after = waitOf(headers['retry-after']);
  if (after !== undefined || status !== 429) return after;
  return waitOf(headers['ratelimit-reset'] ?? headers['x-ratelimit-reset'] ?? resetIn(headers.ratelimit));
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

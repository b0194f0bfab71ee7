import type { Dispatcher } from 'undici';
import type { Clock } from './clock.ts';
import { decode } from './encoding.ts';
import type { Route } from './pool.ts';

const MAX_ANSWER = 8 * 1024 * 1024;
const MAX_REFUSAL = 64 * 1024;
/** One for all: a stack for each request would cost a tenth of it. */
const ENDED = new Error('ended by us');

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** A request as it leaves: `body` is the exact text, header names are in lower case. */
export interface Outgoing {
  readonly method: Method;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** An answer as far as it came. */
export interface Answer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Record<string, string>;
  readonly text: string;
  /** The body went on beyond the cap, or the connection broke before its end. */
  readonly cut?: 'oversize' | 'broken';
}

/** No answer, and whether the request had begun to leave. */
export interface Silence {
  readonly error: Error;
  readonly sent: boolean;
}

export type Outcome = Answer | Silence;

export const isAnswer = (outcome: Outcome): outcome is Answer => 'status' in outcome;
export const isSuccess = (status: number): boolean => status >= 200 && status < 300;

function flatten(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value = ''] of Object.entries(headers)) flat[name] = Array.isArray(value) ? value.join(', ') : value;
  return flat;
}

/**
 * One request and what became of it; never rejects. When the clock ends the socket is closed at once.
 * `dispatch` rather than undici's `request`: it alone tells whether a request has begun to leave.
 */
export function exchange({ pool, proxy }: Route, { method, url, headers, body }: Outgoing, clock: Clock): Promise<Outcome> {
  return new Promise((resolve) => {
    let controller: Dispatcher.DispatchController | undefined;
    let head: Pick<Answer, 'status' | 'headers'> | undefined;
    let settled = false;
    let size = 0;
    const chunks: Buffer[] = [];

    const settle = (outcome: Outcome) => {
      settled = true;
      clock.onEnd = undefined;
      resolve(outcome);
    };
    const silence = (error: Error) => settle({ error, sent: controller !== undefined });
    const most = (status: number) => (isSuccess(status) ? MAX_ANSWER : MAX_REFUSAL);
    const answer = ({ status, headers }: Pick<Answer, 'status' | 'headers'>, cut?: Answer['cut']) => {
      const decoded = decode(Buffer.concat(chunks), headers['content-encoding'], most(status));
      const lacking = cut ?? decoded.cut;
      settle({ status, headers, text: decoded.text, ...(lacking && { cut: lacking }) });
    };
    const abort = () => {
      silence(ENDED);
      controller?.abort(ENDED);
    };

    if (clock.ended) return abort();
    clock.onEnd = abort;
    pool.dispatch(
      {
        origin: proxy?.origin ?? url.origin,
        path: (proxy ? url.origin : '') + url.pathname + url.search,
        method,
        headers: proxy ? { host: url.host, ...proxy.headers, ...headers } : headers,
        body: body ?? null,
      },
      {
        onRequestStart(begun) {
          if (settled) return begun.abort(ENDED);
          controller = begun;
        },
        onResponseStart(_, status, received) {
          if (status >= 200) head = { status, headers: flatten(received) };
        },
        onResponseData(_, chunk) {
          if (!head || settled) return;
          size += chunk.length;
          const room = most(head.status) - size;
          chunks.push(room < 0 ? chunk.subarray(0, room) : chunk);
          if (room >= 0) return;
          answer(head, 'oversize');
          controller?.abort(ENDED);
        },
        onResponseEnd() {
          const whole = head;
          // undici frees the socket one turn later; told now, the next request of this call would open another one.
          if (whole) queueMicrotask(() => setImmediate(() => !settled && answer(whole)));
        },
        onResponseError(_, error) {
          if (settled) return;
          if (head) answer(head, 'broken');
          else silence(error);
        },
      },
    );
  });
}

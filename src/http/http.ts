import type * as z from 'zod';
import type { TagError } from '../core/errors.ts';
import type { Host } from '../core/host.ts';
import type { Call } from '../core/provider.ts';
import { checkBaseUrl } from './base-url.ts';
import { type Clock, startClock } from './clock.ts';
import { type Answer, exchange, isAnswer, isSuccess, type Method, type Outcome, type Outgoing } from './exchange.ts';
import { type Asked, bodyOf, enriched, locationOf, readBody, refusalOf, silenceOf } from './failures.ts';
import { encode, type Path } from './path.ts';
import { routeTo } from './pool.ts';
import { retrying } from './retry.ts';

export type { Method, Outgoing } from './exchange.ts';

/** An answer other than 2xx. */
export interface Refusal {
  readonly method: Method;
  readonly path: Path;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON where it is JSON, else the text; undefined where there is none. */
  readonly body: unknown;
}

export interface HttpOptions {
  /** The address of the API, without or with a path. */
  readonly base: string | URL;
  readonly host: Pick<Host, 'timeoutMs' | 'allowHttp' | 'userAgent' | 'proxies' | 'redact'>;
  /** The variable that holds the address, to be named in errors. */
  readonly variable?: string | undefined;
  /** Of every request, names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Headers that carry the credential. Asked before every attempt, since signatures age. */
  authorize?(request: Outgoing, call: Call): Record<string, string> | Promise<Record<string, string>>;
  /** May name the error before the common table does; also asked for redirects. Lacking `upstream` and `inDoubt` are filled in. */
  explain?(refusal: Refusal): TagError | undefined;
}

export interface SendOptions<T> {
  readonly call: Call;
  /** Of several values each is sent under the same name. */
  readonly query?: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Of the answer's JSON; without it the answer's body is ignored. */
  readonly schema?: z.ZodType<T>;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** It changes nothing, though it is a POST: repeated, and never in doubt, as a GET is. */
  readonly reads?: boolean;
}

export interface Reply<T> {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: T;
}

/** One API. Throws only TagError, `inDoubt` where a write may have taken effect; reads are repeated, writes never. */
export interface Http {
  /** Without slash at its end, and without a credential. */
  readonly address: string;
  send<T = undefined>(method: Method, path: Path, options: SendOptions<T>): Promise<Reply<T>>;
}

const MAX_REDIRECTS = 3;
/** Not among the headers that are signed: gateways change it. */
const AS_IT_IS = { 'accept-encoding': 'identity' };
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

function queryOf(query: SendOptions<unknown>['query'] = {}): string {
  const pairs = Object.entries(query).flatMap(([name, values = []]) => [values].flat().map((value) => `${encode(name)}=${encode(value)}`));
  return pairs.length > 0 ? `?${pairs.join('&')}` : '';
}

/** Throws `not_configured` where the address is not fit, see `checkBaseUrl`. Connects to nothing yet. */
export function createHttp({ base, host, variable, headers: always, authorize, explain }: HttpOptions): Http {
  const root = checkBaseUrl(String(base), variable ?? 'The address', host);
  const prefix = root.href.replace(/\/$/, '');

  return {
    address: prefix,
    async send<T>(method: Method, path: Path, options: SendOptions<T>) {
      const url = new URL(prefix + path + queryOf(options.query));
      const body = options.body === undefined ? undefined : JSON.stringify(options.body);
      const headers = {
        accept: 'application/json',
        'user-agent': host.userAgent,
        ...always,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...options.headers,
      };
      const reads = options.reads ?? method === 'GET';
      const asked: Asked = { reads, url, variable, redact: host.redact };

      const refuse = (answer: Answer): TagError | undefined => {
        const named =
          answer.cut === 'broken'
            ? undefined
            : explain?.({ method, path, status: answer.status, headers: answer.headers, body: bodyOf(answer) });
        return named && enriched(named, refusalOf(answer, asked));
      };

      const { signal, budget } = options.call;
      const ask = async (target: URL, clock: Clock): Promise<Outcome> => {
        const credential = await authorize?.({ method, url: target, headers, body }, options.call);
        const route = await routeTo(target, host.proxies);
        budget?.ask();
        const outcome = await exchange(route, { method, url: target, headers: { ...headers, ...AS_IT_IS, ...credential }, body }, clock);
        budget?.add({ bytes: isAnswer(outcome) ? outcome.text.length : 0 });
        return outcome;
      };

      const attempt = async (clock: Clock): Promise<Outcome> => {
        for (let target = url, hops = 0; ; hops++) {
          const outcome = await ask(target, clock);
          if (method !== 'GET' || !isAnswer(outcome) || !REDIRECTS.includes(outcome.status)) return outcome;
          const next = locationOf(outcome, target);
          const named = refuse(outcome);
          if (named) throw named;
          if (next?.origin !== url.origin || hops === MAX_REDIRECTS) return outcome;
          target = next;
        }
      };

      const clock = startClock(signal, host.timeoutMs);
      try {
        const outcome = await (reads ? retrying(() => attempt(clock), clock) : attempt(clock));
        if (!isAnswer(outcome)) throw silenceOf(outcome, asked, clock);
        if (!isSuccess(outcome.status)) throw refuse(outcome) ?? refusalOf(outcome, asked);
        return { status: outcome.status, headers: outcome.headers, body: readBody(outcome, asked, options.schema) as T };
      } finally {
        budget?.add({ ms: host.timeoutMs - clock.left() });
        clock.stop();
      }
    },
  };
}

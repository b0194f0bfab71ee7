import type * as z from 'zod';
import { Astray, abandoned, type ErrorCode, TagError, type Wording } from '../core/errors.ts';
import { oneLine } from '../core/text.ts';
import { ours, type Tidy, type Told, told } from '../core/told.ts';
import type { Clock } from './clock.ts';
import { type Answer, isSuccess, type Silence } from './exchange.ts';
import { troubleOf } from './network.ts';
import { askedWait } from './retry.ts';

/** What a failure needs to know of its request. */
export interface Asked {
  /** It changes nothing. */
  readonly reads: boolean;
  readonly url: URL;
  /** Where the address comes from. */
  readonly variable: string | undefined;
  readonly redact: Tidy;
}

const STATUSES: Readonly<Record<number, readonly [ErrorCode, string]>> = {
  400: ['rejected', 'the request was refused'],
  401: ['unauthenticated', 'the credential was not accepted'],
  403: ['permission_denied', 'the credential may not do this'],
  404: ['repository_not_found', 'no such repository'],
  407: ['unavailable', 'the proxy of HTTP_PROXY wants another user or password'],
  408: ['timeout', 'the request took too long to arrive'],
  409: ['conflict', 'it clashes with what is there'],
  410: ['repository_not_found', 'the repository is gone'],
  412: ['rejected', 'a condition for the request was not met'],
  413: ['invalid_input', 'the request was too large'],
  414: ['invalid_input', 'an argument is too long'],
  422: ['invalid_input', 'an argument was refused'],
  431: ['invalid_input', 'an argument is too long'],
  423: ['unavailable', 'it is locked at the moment'],
  429: ['rate_limited', 'too many requests'],
};
const SERVER_ERROR = ['unavailable', 'the server failed'] as const;
const OTHER = ['unexpected_response', 'an API does not answer like this'] as const;

/** Where a page of HTML shows that it was not the API that answered. */
const NOT_FROM_AN_API: readonly number[] = [403, 404, 405];

const pageHint = ({ variable }: Asked) =>
  `It may be a sign-in page or a proxy; check that ${variable ?? 'the address'} is ${variable ? 'the address of ' : ''}the API itself.`;

/** JSON where it is JSON, else the text; undefined where there is none. */
export function bodyOf({ text }: Answer): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const isPage = ({ headers, text }: Answer): boolean =>
  /^\s*<(!doctype|html)/i.test(text) || (/^\s*</.test(text) && (headers['content-type'] ?? '').startsWith('text/html'));

const LONGEST_WORDS = 1_000;
const LONGEST_TITLE = 200;

/** Redacted before they are cut: half a secret is not known for one. */
function wordsOf(answer: Answer, redact: Tidy): string | undefined {
  if (isPage(answer)) {
    const title = /<title[^>]{0,100}>([^<]+)/i.exec(answer.text)?.[1];
    return title ? `an HTML page, ${redact(title).slice(0, LONGEST_TITLE).trim()}` : 'an HTML page';
  }
  return redact(saidIn(bodyOf(answer)) ?? answer.text).slice(0, LONGEST_WORDS) || undefined;
}

const WORDS = ['message', 'error_msg', 'error_description', 'error'];

/** The words in a body; some systems wrap them, as {"error":{"message":"…"}}. */
function saidIn(body: unknown, layers = 1): string | undefined {
  if (typeof body === 'string') return body || undefined;
  if (typeof body !== 'object' || body === null || layers < 0) return undefined;
  return WORDS.map((name) => saidIn(Reflect.get(body, name), layers - 1)).find((words) => words !== undefined);
}

/** A refusal that broke off tells nothing for certain: its words were the answer. */
const inDoubt = ({ status, cut }: Answer, { reads }: Asked): boolean => !reads && (isSuccess(status) || status >= 500 || cut === 'broken');

/** An error about an answer; it carries what the upstream said. */
const about = (answer: Answer, asked: Asked, code: ErrorCode, what: Told, hint?: Wording, cause?: Astray): TagError =>
  new TagError(code, told`${asked.url.host}: ${what}.`, {
    hint,
    upstream: { status: answer.status, text: wordsOf(answer, asked.redact), request_id: answer.headers['x-request-id'] },
    inDoubt: inDoubt(answer, asked),
    cause,
  });

const pageInstead = (answer: Answer, asked: Asked, status = ours('')): TagError =>
  about(answer, asked, 'unexpected_response', told`an HTML page came instead of an answer${status}`, pageHint(asked), new Astray());

/** Where a redirect leads: the answer's Location, if it is one that can be read. */
export function locationOf({ headers }: Answer, from: URL): URL | undefined {
  const location = headers.location ?? '';
  return location && URL.canParse(location, from.href) ? new URL(location, from) : undefined;
}

function redirected(answer: Answer, asked: Asked): TagError {
  const target = locationOf(answer, asked.url);
  if (target && target.origin !== asked.url.origin)
    return about(
      answer,
      asked,
      'unexpected_response',
      told`it redirects to ${target.origin}, which was not asked`,
      told`If that is the API, configure that address${asked.variable ? told` in ${ours(asked.variable)}` : ours('')}. ${ours(pageHint(asked))}`,
    );
  const why = !target ? 'a redirect that leads nowhere' : asked.reads ? 'too many redirects' : 'a write was redirected and not sent again';
  return about(answer, asked, 'unexpected_response', ours(why));
}

/** The error for a status other than 2xx, by the common table. */
export function refusalOf(answer: Answer, asked: Asked): TagError {
  const { status } = answer;
  if (status < 400) return redirected(answer, asked);
  if (isPage(answer) && NOT_FROM_AN_API.includes(status)) return pageInstead(answer, asked, told` (${status})`);
  if (answer.cut === 'broken' && status < 500)
    return about(answer, asked, 'unexpected_response', told`the answer broke off before its end (${status})`, 'Try again in a moment.');
  const [code, what] = STATUSES[status] ?? (status >= 500 ? SERVER_ERROR : OTHER);
  const wait = status === 429 || status === 503 ? askedWait(answer) : undefined;
  const hint = wait === undefined ? undefined : told`Wait ${Math.ceil(wait / 1000)} s before calling again.`;
  return about(answer, asked, code, told`${ours(what)} (${status})`, hint);
}

/** What the provider named, with what only the wire knows added where it is missing. A system that has refused by its own rules has done nothing, whatever the status. */
export const enriched = (named: TagError, common: TagError): TagError =>
  new TagError(named.code, named.said.message, {
    hint: named.said.hint,
    upstream: named.upstream ?? common.upstream,
    inDoubt: named.inDoubt || (common.inDoubt && named.code !== 'rejected'),
    cause: named.cause,
  });

/** The error for an answer that never came. */
export function silenceOf({ error, sent }: Silence, asked: Asked, clock: Clock): TagError {
  const doubt = !asked.reads && sent;
  if (clock.caller.aborted) return abandoned(clock.caller, doubt);
  if (clock.ended) return new TagError('timeout', told`${asked.url.host}: no answer within ${clock.ms / 1000} s.`, { inDoubt: doubt });
  const { code, words, hint } = troubleOf(error);
  return new TagError(code, told`${asked.url.host}: ${ours(words)}.`, {
    hint: hint && asked.variable ? told`${ours(hint)} ${ours(asked.variable)} holds the address.` : hint,
    inDoubt: doubt,
    cause: error,
  });
}

/** The body of a 2xx, checked. */
export function readBody<T>(answer: Answer, asked: Asked, schema: z.ZodType<T> | undefined): T | undefined {
  const unexpected = (what: Wording, hint?: string) =>
    about(answer, asked, 'unexpected_response', typeof what === 'string' ? ours(what) : what, hint);
  if (isPage(answer)) throw pageInstead(answer, asked);
  if (!schema) return undefined;
  if (answer.cut === 'oversize') throw unexpected('the answer is too large to be read', 'Ask for less.');
  if (answer.cut === 'broken') throw unexpected('the answer broke off before its end', 'Try again in a moment.');
  const body = bodyOf(answer);
  if (body === answer.text) throw unexpected('the answer is not JSON');
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  if (body === undefined) throw unexpected('the answer is empty');
  const issue = parsed.error.issues[0];
  throw unexpected(
    told`the answer has an unexpected shape${issue?.path.length ? told` at ${oneLine(issue.path.join('.'), 100)}` : ours('')} (${ours(issue?.code ?? '')})`,
  );
}

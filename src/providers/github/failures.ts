/** GitHub's words → our codes, the same over REST and in the errors of GraphQL, which come with a 200. */
import { type ErrorCode, type Meaning, TagError } from '../../core/errors.ts';
import { oneLine } from '../../core/text.ts';
import { type Told, told } from '../../core/told.ts';
import { textField } from '../../http/body.ts';
import type { Refusal } from '../../http/http.ts';
import { askedWait } from '../../http/retry.ts';
import type { WireError } from './wire.ts';

const WORKFLOWS = 'It may need Contents write, and Workflows write as well where the tagged commit changes files in .github/workflows.';

// What each is answered to stands in github/docs, the OpenAPI description, and the issues that are named in providers' tests.
const MEANINGS: readonly Meaning[] = [
  {
    words: /immutable release/i,
    code: 'rejected',
    message: 'An immutable release was published under this name, which is spent with it.',
    hint: 'Choose another name.',
  },
  { words: /^Reference already exists/i, code: 'already_exists', message: 'The tag already exists.' },
  { words: /^Reference does not exist/i, code: 'tag_not_found', message: 'There is no such tag.' },
  {
    words: /^(Object does not exist|No commit found for SHA|Git Repository is empty)/i,
    code: 'ref_not_found',
    message: 'There is no such branch, tag or commit.',
  },
  { words: /is not a valid ref name|40 hex characters/i, code: 'invalid_name', message: 'GitHub refuses the name.' },
  { words: /\barchived\b.*\bread-only\b/i, code: 'read_only', message: 'The repository is archived.' },
  {
    words: /^Repository rule violations found|being restricted|^Reference update failed/i,
    code: 'protected',
    message: 'A rule of the repository protects the tag.',
  },
  { words: /body is too long/i, code: 'invalid_input', message: 'The release notes are too long for GitHub.' },
  {
    words: /^Resource not accessible by (integration|personal access token)/i,
    code: 'permission_denied',
    message: 'The token may not do this.',
    hint: WORKFLOWS,
  },
  {
    words: /\bSAML\b/,
    code: 'permission_denied',
    message: 'The token is not authorised for the organisation’s single sign-on.',
    hint: 'Its owner authorises it on the page of tokens in GitHub’s settings.',
  },
  {
    words: /^Maximum number of login attempts/i,
    code: 'unauthenticated',
    message: 'GitHub has refused this credential too often, and looks at none for a while.',
  },
];

type Headers = Readonly<Record<string, string>>;

/** What a REST answer means; undefined leaves it to the common table. */
export function explain({ status, headers, body }: Refusal): TagError | undefined {
  const words = [textField(body, 'message') ?? '', ...errorsIn(body)].join(' ').trim();
  if (status === 403 || status === 429) {
    const limited = limitIn(words, headers);
    if (limited) return limited;
  }
  if (status >= 500) return undefined;
  if (/\balready_exists\b/.test(words)) return new TagError('already_exists', 'The tag has a GitHub Release already.');
  const meaning = meaningOf(words);
  return meaning && new TagError(meaning.code, meaning.message, { hint: meaning.hint });
}

const meaningOf = (words: string): Meaning | undefined => MEANINGS.find((one) => one.words.test(words));

/** Words and codes of the single errors of a validation. */
function errorsIn(body: unknown): string[] {
  const errors: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'errors') : undefined;
  return Array.isArray(errors) ? errors.flatMap((one: unknown) => [textField(one, 'message') ?? '', textField(one, 'code') ?? '']) : [];
}

/** Types of GraphQL errors (docs.github.com/graphql, and GitHub's own clients). */
const TYPES: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  NOT_FOUND: ['repository_not_found', 'There is no such repository, or the credential does not see it.'],
  FORBIDDEN: ['permission_denied', 'The token may not do this.'],
  INSUFFICIENT_SCOPES: ['permission_denied', 'The token lacks a scope.'],
  STALE_DATA: ['conflict', 'It was changed by somebody else meanwhile.'],
  UNPROCESSABLE: ['rejected', 'GitHub refused the change.'],
};

/** The error of an answer that came with a 200. `writes`: where nobody says why, it may have been done. */
export function graphError(errors: readonly WireError[], headers: Headers, writes: boolean): TagError {
  const [{ type = '', message = '' } = {}] = errors;
  const words = message ?? '';
  const upstream = { status: 200, text: oneLine(words, LONGEST), request_id: headers['x-github-request-id'] };
  const limited = type === 'RATE_LIMITED' || /rate limit/i.test(words) ? limitIn(words || 'rate limit', headers, true) : undefined;
  if (limited) return new TagError(limited.code, limited.said.message, { hint: limited.said.hint, upstream });
  const meaning = meaningOf(words);
  if (meaning) return new TagError(meaning.code, meaning.message, { hint: meaning.hint, upstream });
  const known = TYPES[type ?? ''];
  if (known) return new TagError(known[0], known[1], { upstream });
  const isBroken = /^Something went wrong/i.test(words) || type === 'INTERNAL';
  if (isBroken) return new TagError('unavailable', 'GitHub failed to carry it out.', { upstream, inDoubt: writes });
  return new TagError('rejected', 'GitHub refused it.', { upstream });
}

const LONGEST = 1_000;
/** Where GitHub asks for patience without a number (docs: at least a minute). */
const PATIENCE_S = 60;

/** Both limits, with the seconds to wait. */
function limitIn(words: string, headers: Headers, isLimit = false): TagError | undefined {
  const secondary = /secondary rate limit|abuse detection/i.test(words);
  const spent = headers['x-ratelimit-remaining'] === '0';
  if (!secondary && !spent && !isLimit && !/rate limit exceeded/i.test(words)) return undefined;
  const wait = askedWait({ status: secondary ? 403 : 429, headers });
  const which = secondary ? 'GitHub’s secondary rate limit is reached: too much at once.' : 'GitHub’s rate limit is used up.';
  return new TagError('rate_limited', which, { hint: waiting(wait === undefined ? PATIENCE_S : Math.max(1, Math.ceil(wait / 1_000))) });
}

const waiting = (seconds: number): Told => told`Wait ${seconds} s before calling again.`;

/** The schema of an old Enterprise Server has no such mutation. */
export const lacksMutation = (errors: readonly WireError[]): boolean =>
  errors.some(({ message, extensions }) => extensions?.code === 'undefinedField' || /Field 'updateRefs' doesn't exist/.test(message ?? ''));

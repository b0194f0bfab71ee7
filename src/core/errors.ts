import { ours, type Tidy, type Told, textOf, tidied, told } from './told.ts';

/** The next step for every code: advice that is ours, written once. A thrown error may give a better one. */
export const HINTS = {
  invalid_input: 'Correct the argument and call again.',
  invalid_name: 'Choose another tag name.',
  not_configured: 'Ask the operator to set the missing variable; `tagwright doctor` shows what is set.',
  unauthenticated: 'Ask the operator to renew the credential; `tagwright doctor` checks it.',
  permission_denied: 'Ask for a credential with the right to do this.',
  repository_not_found: 'Check the spelling of the repository, and that the credential may see it.',
  ref_not_found: 'Name a branch, tag or commit that exists in this repository.',
  tag_not_found: 'Call list_tags to see which tags exist.',
  already_exists: 'Choose another name, or pass force to move the tag.',
  conflict: 'Choose a name that does not clash.',
  changed: 'Call get_tag to see where the tag stands now, then decide again.',
  protected: 'Ask a maintainer of the repository; the tag is protected there.',
  read_only: 'The repository takes no changes; nothing was written.',
  policy_denied: 'The operator of this server forbids it; do not try another way.',
  release_attached: 'Pass force only if the Release may be lost with its tag.',
  declined: 'Nothing was done; do not try again unless asked to.',
  unsupported: 'Leave this out, or use a system that can do it.',
  rejected: 'The system refused by its own rules; read its words and correct the cause.',
  rate_limited: 'Wait before calling again.',
  unavailable: 'Try again in a moment.',
  timeout: 'Try again in a moment.',
  cancelled: 'Call again if it is still wanted.',
  unexpected_response: 'Check that the configured address is the API itself; `tagwright doctor` helps.',
  release_failed: 'Once what refused it is settled, call tag_release again with the same arguments.',
} as const;

export type ErrorCode = keyof typeof HINTS;

/** What an upstream said: its status, its own words (hostile until rendered), its request id. */
export interface Upstream {
  readonly status?: number | undefined;
  readonly text?: string | undefined;
  readonly request_id?: string | undefined;
}

/** What a system's words mean: a row of a provider's table. */
export interface Meaning {
  readonly words: RegExp;
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string;
}

export interface TagErrorOptions {
  /** Replaces the code's general hint. */
  hint?: Wording | undefined;
  upstream?: Upstream | undefined;
  /** The request was a write and may have taken effect: look before reporting. */
  inDoubt?: boolean | undefined;
  cause?: unknown;
}

/** The same error for whoever may not see what `tidy` takes out of its foreign words. */
export const tidiedError = ({ code, said, upstream, inDoubt, cause }: TagError, tidy: Tidy): TagError =>
  new TagError(code, tidied(said.message, tidy), {
    hint: tidied(said.hint, tidy),
    upstream: upstream && {
      ...upstream,
      text: upstream.text && tidy(upstream.text),
      request_id: upstream.request_id && tidy(upstream.request_id),
    },
    inDoubt,
    cause,
  });

/** Words of ours as they stand, or with foreign values in them (told`…`). */
export type Wording = string | Told;
const wordingOf = (words: Wording): Told => (typeof words === 'string' ? ours(words) : words);

/** It comes from a header: whatever could say something is none. */
const REQUEST_ID = /^[\w.:/=+-]{1,128}$/;
const requestIdIn = ({ request_id }: Upstream) => (request_id && REQUEST_ID.test(request_id) ? request_id : undefined);

/** The one error that may leave a provider, a guard or a tool. */
export class TagError extends Error {
  override readonly name = 'TagError';
  readonly code: ErrorCode;
  readonly hint: string;
  /** Its words with what is foreign in them marked, for whoever builds on them or redacts. */
  readonly said: { readonly message: Told; readonly hint: Told };
  readonly upstream: Upstream | undefined;
  readonly inDoubt: boolean;

  constructor(code: ErrorCode, message: Wording, options: TagErrorOptions = {}) {
    const said = { message: wordingOf(message), hint: wordingOf(options.hint ?? HINTS[code]) };
    super(textOf(said.message), { cause: options.cause });
    this.code = code;
    this.said = said;
    this.hint = textOf(said.hint);
    this.upstream = options.upstream && { ...options.upstream, request_id: requestIdIn(options.upstream) };
    this.inDoubt = options.inDoubt ?? false;
  }
}

export const isTagError = (error: unknown, ...codes: ErrorCode[]): error is TagError =>
  error instanceof TagError && (codes.length === 0 || codes.includes(error.code));

/** The cause of an error about an answer that is not the system's own: a sign-in page, a proxy's. */
export class Astray extends Error {}

/** A default repository from the environment, spelled as `locate` wants it; throws `not_configured`, and is never shown unchecked. */
export function checkedDefault(value: string | undefined, variable: string, locate: (spelling: string) => string): string | undefined {
  try {
    return value && locate(value);
  } catch (cause) {
    throw new TagError('not_configured', told`${ours(variable)} does not name a repository.`, { cause });
  }
}

/** The error for work that was given up because its signal fired: the caller's wish, or our own time limit. */
export const abandoned = (signal: AbortSignal, inDoubt = false): TagError =>
  signal.reason instanceof DOMException && signal.reason.name === 'TimeoutError'
    ? new TagError('timeout', 'The call took too long and was given up.', { inDoubt })
    : new TagError('cancelled', 'The call was cancelled.', { inDoubt });

/** What CodeArts Repo's refusals mean. Only a few of them are documented; the others are unclear, and settled by looking. */
import { isTagError, TagError } from '../../core/errors.ts';
import { textField } from '../../http/body.ts';
import type { Refusal } from '../../http/http.ts';
import type { Credential } from './env.ts';

type Kind = Credential['kind'];

const UNACCEPTED: Record<Kind, { message: string; hint: string }> = {
  token: {
    message: 'The token is not accepted: it is wrong, of another region, or older than 24 hours.',
    hint: 'Ask the operator for a new CODEARTS_TOKEN, or to set CODEARTS_IAM_DOMAIN, CODEARTS_IAM_USER and CODEARTS_IAM_PASSWORD, with which tokens are renewed.',
  },
  key: {
    message: 'The signature is not accepted: the access key or its secret is wrong.',
    hint: 'Ask the operator to check HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK. Nothing is signed for a minute: five wrong signatures in a row lock the key.',
  },
  login: {
    message: 'A token fresh from IAM is not accepted.',
    hint: 'Ask the operator to check that CODEARTS_REGION and CODEARTS_URL belong together.',
  },
};

/** What a refusal says, in either of the two forms the service has (api-codeartsrepo, ErrorCode). */
interface Said {
  readonly code: string;
  readonly words: string;
}

function saidIn(body: unknown): Said {
  const { error } = Object(body);
  return {
    code: textField(body, 'error_code') ?? textField(error, 'code') ?? textField(error, 'error_code') ?? '',
    words: textField(body, 'error_msg') ?? textField(error, 'message') ?? textField(error, 'error_msg') ?? textField(body, 'error') ?? '',
  };
}

const isLock = ({ words }: Said) => /reach the limit/i.test(words);
/** UNVERIFIED for IAM keys: code and words are those of app keys. */
const isClock = ({ code, words }: Said) => /^APIGW?\.0303$/.test(code) || /signature expired|server time/i.test(words);

/** The gateway's own codes, none, or the first ones of the service speak of the credential; its others of a right (CH.080401 is one). */
const isUnaccepted = (status: number, { code }: Said) => status === 401 && !/^CH\.(?!0{6})/.test(code);

/** Does this say that the key is wrong? Who got past the gateway has a good one. */
export function isWrongKey({ status, body }: Refusal): boolean {
  const said = saidIn(body);
  return status === 401 && !said.code.startsWith('CH.') && !isLock(said) && !isClock(said);
}

const NO_RIGHT = /^CH\.\d*[048]40[13]$|access denied|no permission|(没有|无).{0,20}权限/i;

/** What is documented; undefined leaves it to the common table. */
export function explain({ status, body }: Refusal, kind: Kind): TagError | undefined {
  const said = saidIn(body);
  const { code, words } = said;
  if (isUnaccepted(status, said)) return unaccepted(said, kind);
  if (code === 'CH.00402000' || code === 'CH.010117') return new TagError('repository_not_found', 'There is no such repository.');
  if (/^APIGW?\.0101$/.test(code)) return new TagError('unexpected_response', 'CodeArts Repo is not offered at this address.');
  if (status === 401 || NO_RIGHT.test(code) || (status < 300 && NO_RIGHT.test(words)))
    return new TagError('permission_denied', 'The credential has no right to this repository, or the repository is gone.');
  if (status === 404 && code) return new TagError('rejected', 'CodeArts Repo finds nothing there.');
  return undefined;
}

/** Throws where a 2xx says that nothing was done: the service has answers that tell their success in the body. */
export function refuseFailed(body: unknown, refusal: Omit<Refusal, 'headers' | 'body'>, kind: Kind): void {
  if (!isFailure(body)) return;
  const { code, words } = saidIn(body);
  const named = explain({ ...refusal, headers: {}, body }, kind);
  throw new TagError(named?.code ?? 'rejected', named?.said.message ?? 'CodeArts Repo answers that it failed.', {
    hint: named?.said.hint,
    upstream: { status: refusal.status, text: words || code || undefined, request_id: textField(body, 'request_id') },
  });
}

function isFailure(body: unknown): boolean {
  const { error_code, error, status, id } = Object(body);
  const isFailed = /^(fail|error)/i.test(String(status ?? ''));
  return Boolean(error_code) || (Boolean(error) && status !== 'success') || (isFailed && id === undefined);
}

function unaccepted(said: Said, kind: Kind): TagError {
  if (isLock(said))
    return new TagError('unauthenticated', 'The access key is locked for five minutes, after five wrong signatures in a row.', {
      hint: 'Wait five minutes; meanwhile the operator should check HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK.',
    });
  if (isClock(said))
    return new TagError(
      'unauthenticated',
      'The clock of this machine is off by more than 15 minutes, so that its signatures are refused.',
      {
        hint: 'Ask the operator to set the clock, then call again.',
      },
    );
  const { message, hint } = UNACCEPTED[kind];
  return new TagError('unauthenticated', message, { hint });
}

/** Refused for a reason that the documentation does not name: nothing was done, and looking will tell why. */
export const isUnclear = (error: unknown): error is TagError =>
  isTagError(error, 'rejected', 'conflict', 'invalid_input') && error.upstream !== undefined && !error.inDoubt;

/** The system's words without the names in them: those are written by others, and could say anything. */
const wordsOf = ({ upstream }: TagError, name: string) => (upstream?.text ?? '').replaceAll(name, '');

/** Is it the tag that does not exist? */
export const saysNoTag = (error: TagError, name: string): boolean =>
  /(\btag\b.{0,1000}(not exist|not found)|标签.{0,1000}不存在)/is.test(wordsOf(error, name));

export const saysProtected = (error: TagError, name: string): boolean => /\bprotected\b|受保护/i.test(wordsOf(error, name));

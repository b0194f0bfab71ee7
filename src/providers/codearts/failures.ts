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

const field = (body: unknown, name: string): string => textField(body, name) ?? '';

const isLock = ({ body }: Refusal) => /reach the limit/i.test(field(body, 'error_msg'));
/** UNVERIFIED for IAM keys: code and words are those of app keys. */
const isClock = ({ body }: Refusal) =>
  /^APIGW?\.0303$/.test(field(body, 'error_code')) || /signature expired|server time/i.test(field(body, 'error_msg'));

/** Does this say that the key is wrong? */
export const isWrongKey = (refusal: Refusal): boolean => refusal.status === 401 && !isLock(refusal) && !isClock(refusal);

/** What is documented; undefined leaves it to the common table. */
export function explain(refusal: Refusal, kind: Kind): TagError | undefined {
  const code = field(refusal.body, 'error_code');
  if (refusal.status === 401) return unaccepted(refusal, kind);
  if (code === 'CH.00402000') return new TagError('repository_not_found', 'There is no such repository, or the credential may not see it.');
  if (/^APIGW?\.0101$/.test(code)) return new TagError('unexpected_response', 'CodeArts Repo is not offered at this address.');
  if (refusal.status === 404 && code) return new TagError('rejected', 'CodeArts Repo finds nothing there.');
  return undefined;
}

function unaccepted(refusal: Refusal, kind: Kind): TagError {
  if (isLock(refusal))
    return new TagError('unauthenticated', 'The access key is locked for five minutes, after five wrong signatures in a row.', {
      hint: 'Wait five minutes; meanwhile the operator should check HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK.',
    });
  if (isClock(refusal))
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

/** lakeFS's words → our codes. Read in pkg/api/controller.go and on a server, 1.84.0; the common table has the rest. */
import { Astray, type Meaning, TagError } from '../../core/errors.ts';
import { textField } from '../../http/body.ts';
import type { Refusal } from '../../http/http.ts';

interface StatusMeaning extends Meaning {
  readonly status: number | readonly number[];
}

/** GET commits/{ref} has 500 for what other routes tell with 4xx. */
const BAD = [400, 500];
const FORBIDDEN = { code: 'permission_denied', message: 'The credential may not do this in lakeFS.' } as const;
const NO_REF = { code: 'ref_not_found', message: 'The ref leads to no commit of the repository.' } as const;
export const READ_ONLY = { code: 'read_only', message: 'The repository is read-only: somebody has locked it in lakeFS.' } as const;
export const BRANCH_HAS_IT = { code: 'conflict', message: 'A branch has that name, and a tag may not have it too.' } as const;
const BUSY = { code: 'rate_limited', message: 'lakeFS gave up after too many attempts of its own.' } as const;

const MEANINGS: readonly StatusMeaning[] = [
  { status: 400, words: /\btag id: /, code: 'invalid_name', message: 'lakeFS refuses the name.' },
  { status: BAD, words: /\brepository id: /, code: 'invalid_input', message: 'lakeFS refuses the id of the repository.' },
  { status: BAD, words: /\bref: invalid value/, ...NO_REF },
  // 401, not 403 as elsewhere
  { status: 401, words: /^insufficient permissions/i, ...FORBIDDEN },
  { status: 500, words: /^User does not have the required permissions/i, ...FORBIDDEN },
  { status: 403, words: /^read-only repository/i, ...READ_ONLY },
  { status: 403, words: /^session expired/i, code: 'unauthenticated', message: 'The session has expired.' },
  { status: 404, words: /^repository not found/i, code: 'repository_not_found', message: 'There is no such repository.' },
  { status: 404, words: /^tag not found/i, code: 'tag_not_found', message: 'There is no such tag.' },
  { status: 404, words: /^((ref|commit):? )?not found/i, ...NO_REF },
  {
    // 500 from the server of access control that lakeFS may ask
    status: [404, 500],
    words: /^invalid API endpoint/i,
    code: 'unexpected_response',
    message: 'This is lakeFS, but not its API.',
    hint: 'LAKECTL_SERVER_ENDPOINT_URL should have no path, or end in /api/v1.',
  },
  { status: 409, words: /^tag already exists/i, code: 'already_exists', message: 'The tag already exists.' },
  { status: 409, words: /^branch name .*: conflict found/is, ...BRANCH_HAS_IT },
  {
    status: 409,
    words: /^commit ID .*: conflict found/is,
    code: 'conflict',
    message: 'A commit has that id, and a tag may not have it for a name.',
  },
  { status: [410, 500], words: /^repository in deletion/i, code: 'repository_not_found', message: 'The repository is being deleted.' },
  { status: 412, words: /\bhook aborted/, code: 'rejected', message: 'A hook of the repository refused.' },
  { status: 500, words: /\bhook aborted/, code: 'rejected', message: 'The hooks of the repository cannot be run.' },
  // before 1.64.1; 429 since
  { status: [420, 423], words: /./s, ...BUSY },
  { status: 501, words: /./s, code: 'unsupported', message: 'This lakeFS cannot do that.' },
];

/** What lakeFS's own answers mean; undefined leaves it to the common table. */
export function explain({ method, status, headers, body }: Refusal): TagError | undefined {
  const words = textField(body, 'message') ?? '';
  const meaning = MEANINGS.find((one) => [one.status].flat().includes(status) && one.words.test(words));
  if (!meaning) return undefined;
  // A name that no tag can have: whoever looks for it is told that there is none.
  if (meaning.code === 'invalid_name' && method !== 'POST') return new TagError('tag_not_found', 'No tag of lakeFS has such a name.');
  const upstream = meaning.code === 'rejected' ? { status, text: hookWords(words), request_id: headers['x-request-id'] } : undefined;
  const cause = meaning.code === 'unexpected_response' ? new Astray() : undefined;
  return new TagError(meaning.code, meaning.message, { hint: meaning.hint, upstream, cause });
}

/** What the hook itself said, which lakeFS puts behind run ids and before a stack. */
const hookWords = (words: string): string =>
  words
    .replace(/, run id '[^']*'(: \d+ errors? occurred)?:/, ':')
    .replace(/^[^\S\n]*\* (hook run id '[^']*' failed on )?/gm, '')
    .replace(/\nstack traceback:.*?(?=\n\n|$)/gs, '');

/** GitLab's words → our codes. Names and refs stand in them and are hostile, so the whole shape of a sentence counts. */
import { type Meaning, TagError } from '../../core/errors.ts';
import { ours, told } from '../../core/told.ts';
import { textField } from '../../http/body.ts';
import type { Refusal } from '../../http/http.ts';

// The words stand in lib/api/tags.rb, app/services/tags and lib/gitlab/checks/tag_check.rb.
const MEANINGS: readonly Meaning[] = [
  { words: /^404 Tag Not Found/i, code: 'tag_not_found', message: 'There is no such tag.' },
  { words: /^404 Commit Not Found/i, code: 'ref_not_found', message: 'There is no such branch, tag or commit.' },
  // 400, not 409 as elsewhere, nor 405 as the documentation has it
  { words: /^Tag [^ \n]+ already exists$/i, code: 'already_exists', message: 'The tag already exists.' },
  { words: /^Target ([^\n]* is invalid|is empty)$/i, code: 'ref_not_found', message: 'There is no such branch, tag or commit.' },
  { words: /^Tag name invalid$/i, code: 'invalid_name', message: 'GitLab refuses the name.' },
  {
    words: /^You cannot (use default branch name|create a tag with a (prohibited|SHA-1))/i,
    code: 'invalid_name',
    message: 'GitLab refuses the name: it is the default branch, or looks like a ref or a commit id.',
  },
  {
    words:
      /^(You are not allowed to create this tag as it is protected|You are not allowed to delete protected tags|Protected tags cannot be)/i,
    code: 'protected',
    message: 'The tag is protected, and the credential has not the role for it.',
  },
  {
    words: /^Invalid page token/i,
    code: 'changed',
    message: 'Tags were deleted while they were being listed.',
    hint: 'Call list_tags again.',
  },
  { words: /^order_by does not have a valid value/i, code: 'unsupported', message: 'This GitLab is too old for that order.' },
];

/** The cause of an error about a project that lives elsewhere now; its id is told to reads only. */
export class Moved extends Error {
  readonly id: string | undefined;
  constructor(id: string | undefined) {
    super('moved');
    this.id = id;
  }
}

/** What GitLab's own answers mean; undefined leaves it to the common table. */
export function explain(refusal: Refusal): TagError | undefined {
  const { status, body } = refusal;
  const moved = movedIn(refusal);
  if (moved)
    return new TagError('repository_not_found', 'The project has moved.', { hint: 'Name it by its new path or its id.', cause: moved });
  if (textField(body, 'error') === 'insufficient_scope') return lacksScope(textField(body, 'scope'));
  // The answer to an address that is none, told from "message": "404 Not Found" of a project without a repository.
  if (status === 404 && textField(body, 'error') === '404 Not Found' && refusal.path.includes('%2F'))
    return new TagError('unexpected_response', 'A proxy in front of GitLab seems to decode %2F.', {
      hint: 'Name the project by its id; the operator should set AllowEncodedSlashes NoDecode, nocanon, or their like.',
    });
  const words = textField(body, 'message') ?? textField(body, 'error') ?? '';
  const meaning = status < 500 ? MEANINGS.find((one) => one.words.test(words)) : undefined;
  return meaning && new TagError(meaning.code, meaning.message, { hint: meaning.hint });
}

/** A read of a moved project is redirected to its id, a write is 405 (lib/api/helpers.rb, find_project!). */
function movedIn({ status, headers, body, path }: Refusal): Moved | undefined {
  if (status === 405 && /^Non GET methods are not allowed for moved projects/i.test(textField(body, 'message') ?? ''))
    return new Moved(undefined);
  const id = status === 301 ? /\/projects\/(\d+)(?=[/?]|$)/.exec(headers.location ?? '')?.[1] : undefined;
  // A redirect that keeps the project, as to https, is not this.
  return id && id !== /^\/projects\/([^/]+)/.exec(path)?.[1] ? new Moved(id) : undefined;
}

/** Those that reach tags; what else it names could say anything. */
const SCOPES: readonly string[] = ['api', 'read_api', 'read_user'];

function lacksScope(scope = ''): TagError {
  const wanted = scope.split(' ').filter((one) => SCOPES.includes(one));
  return new TagError('permission_denied', 'The token lacks a scope.', {
    hint: told`Ask the operator for a token with the scope ${ours(wanted.join(' or ') || 'api')}.`,
  });
}

/** GitLab's words → our codes. Names and refs stand in them and are hostile, so the whole shape of a sentence counts. */
import { Astray, type Meaning, TagError } from '../../core/errors.ts';
import { ours, type Told, told } from '../../core/told.ts';
import { textField } from '../../http/body.ts';
import type { Refusal } from '../../http/http.ts';

// The words stand in lib/api/tags.rb, app/services/tags and lib/gitlab/checks/tag_check.rb.
const MEANINGS: readonly Meaning[] = [
  { words: /^(404 Tag Not Found|No such tag$)/i, code: 'tag_not_found', message: 'There is no such tag.' },
  { words: /^404 Commit Not Found/i, code: 'ref_not_found', message: 'There is no such branch, tag or commit.' },
  // 400, not 409 as elsewhere, nor 405 as the documentation has it
  { words: /^Tag [^ \n]+ already exists$/i, code: 'already_exists', message: 'The tag already exists.' },
  { words: /^Release already exists$/i, code: 'already_exists', message: 'The tag has a GitLab Release already.' },
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
  {
    words: /^(You cannot perform write operations on a read-only|(This )?GitLab( instance)? is [^\n]*\b(maintenance|read-only)\b)/i,
    code: 'read_only',
    message: 'This GitLab takes no changes: it is under maintenance, or a copy of another one; nothing was written.',
    hint: 'Try again when the maintenance is over, or at the primary site.',
  },
];

/** The cause of an error about a project that lives elsewhere now; its id is told to reads only. */
export class Moved extends Error {
  readonly id: string | undefined;
  constructor(id: string | undefined) {
    super('moved');
    this.id = id;
  }
}

/** The cause of an error about a token that is accepted and consists of single permissions, of which one is missing. */
export class Unpermitted extends Error {}

/** What GitLab's own answers mean; undefined leaves it to the common table. `variable` holds its address. */
export function explain(refusal: Refusal, variable = 'GITLAB_URL'): TagError | undefined {
  const { status, body } = refusal;
  const moved = movedIn(refusal);
  if (moved)
    return new TagError('repository_not_found', 'The project has moved.', { hint: 'Name it by its new path or its id.', cause: moved });
  if (textField(body, 'error') === 'insufficient_scope') return lacksScope(textField(body, 'scope'));
  if (textField(body, 'error') === 'insufficient_granular_scope')
    return new TagError('permission_denied', 'The token lacks a permission.', {
      hint: 'Ask the operator for a token with the permission that GitLab names, or with the scope api.',
      cause: new Unpermitted(),
    });
  const lost = misaddressed(refusal, variable);
  if (lost) return lost;
  // GitLab refuses in JSON: this came before it was asked, from a ban (rack-attack) or what stands in front.
  if (status === 403 && typeof body === 'string' && !body.startsWith('<'))
    return new TagError(
      'permission_denied',
      'This machine’s address is refused, by a ban or by what stands in front of GitLab; the credential was not looked at.',
      {
        hint: 'Wait an hour without calling, then ask the administrators of this GitLab about its lists of addresses.',
      },
    );
  const words = textField(body, 'message') ?? textField(body, 'error') ?? '';
  const meaning = status < 500 ? MEANINGS.find((one) => one.words.test(words)) : undefined;
  return meaning && new TagError(meaning.code, meaning.message, { hint: meaning.hint });
}

/** Answers to an address that is none, told from the "message" of a project that is none. */
function misaddressed({ status, body, path }: Refusal, variable: string): TagError | undefined {
  const wrong = (message: Told, hint: Told) => new TagError('unexpected_response', message, { hint, cause: new Astray() });
  const advice = told`Ask the operator to check ${ours(variable)}: it is the address where GitLab’s own pages begin, like https://gitlab.com.`;
  if (/\bAPI V3 is no longer supported\b/i.test(textField(body, 'error') ?? textField(body, 'message') ?? ''))
    return wrong(told`${ours(variable)} leads to version 3 of GitLab’s API, which is gone.`, advice);
  if (status !== 404 || !/^404 Not Found$/i.test(textField(body, 'error') ?? '')) return undefined;
  if (!path.includes('%2F')) return wrong(told`GitLab has nothing at such an address: ${ours(variable)} may be wrong.`, advice);
  return wrong(
    told`GitLab has nothing at such an address: ${ours(variable)} may be wrong, or a proxy in front of it decodes %2F.`,
    told`${advice} If it is right, name the project by its id; the proxy needs AllowEncodedSlashes NoDecode, nocanon, or their like.`,
  );
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

/** What git, ssh and git hosts say → our codes. Tried on git 2.39 and 2.55, OpenSSH 9; the hosts' words as they publish them. */
import { type ErrorCode, type Meaning, TagError } from '../core/errors.ts';
import { ours, told } from '../core/told.ts';

const READ_ONLY: Meaning = { words: /archived|read-only|readonly/i, code: 'read_only', message: 'The repository takes no changes.' };

/** Of an exchange. Those that come before anything is sent prove that nothing was done. */
const BEFORE: readonly Meaning[] = [
  {
    words:
      /could not read (?:Username|Password)|terminal prompts disabled|unable to get password from user|Authentication failed|Invalid username or |returned error: 401/i,
    code: 'unauthenticated',
    message: 'The git host wants a credential, or another one.',
    hint: 'A repository that is private looks so as well. Ask the operator for a token for that host, or to sign in there with a credential helper of git.',
  },
  {
    words: /Permission denied \(|Permission denied, please try again|Too many authentication failures/,
    code: 'unauthenticated',
    message: 'The git host takes none of the ssh keys there are.',
    hint: 'A key that needs a passphrase has to be in the ssh agent: ssh-add. Nobody can be asked here.',
  },
  {
    words: /Host key verification failed|REMOTE HOST IDENTIFICATION HAS CHANGED|No [\w-]+ host key is known/,
    code: 'permission_denied',
    message: 'ssh does not know the key of the git host, or knows another one.',
    hint: 'A person connects to it once by hand, and compares the fingerprint: ssh -T HOST.',
  },
  {
    words: /SSL certificate problem|server certificate verification failed|certificate verify failed|SSL: no alternative certificate/i,
    code: 'unavailable',
    message: 'The TLS certificate of the git host is not trusted here.',
    hint: 'To trust the authority that signs there: git config --global http.sslCAInfo FILE, or GIT_SSL_CAINFO.',
  },
  {
    words: /Could not resolve host|Name or service not known|Temporary failure in name resolution/i,
    code: 'unavailable',
    message: 'There is no git host of that name, or no name service.',
    hint: 'Check the address, and that this machine can look names up.',
  },
  {
    words:
      /Connection refused|Failed to connect|Couldn't connect|Connection timed out|No route to host|Network is unreachable|Could not connect/i,
    code: 'unavailable',
    message: 'The git host cannot be reached.',
    hint: 'Check the address and its port, and the proxy where one is set; then try again.',
  },
  {
    words: /transport '.{1,40}' not allowed/,
    code: 'policy_denied',
    message: 'The address leads on to a protocol that is not spoken here.',
    hint: 'Only https and ssh are: git config --global --get-regexp insteadof shows what rewrites the address.',
  },
  {
    words:
      /Repository not found|repository '.{1,4200}' not found|does not appear to be a git repository|not a git repository|returned error: 404|project you were looking for could not be found|TF401019|returned error: 410/i,
    code: 'repository_not_found',
    message: 'The git host knows no such repository, or does not show it to this credential.',
  },
  READ_ONLY,
  {
    words:
      /returned error: 403|Permission to .{1,1100} denied|insufficient permission|not allowed to push|access denied|not granted|TF401027/i,
    code: 'permission_denied',
    message: 'The git host does not let this credential do that.',
    hint: 'Ask for a credential with the right to push to that repository.',
  },
  { words: /returned error: 429|rate limit|too many requests/i, code: 'rate_limited', message: 'The git host is asked too often.' },
  {
    words: /does not support|not valid: is this a git repository|returned error: 30\d|unable to update url base from redirection/i,
    code: 'unexpected_response',
    message: 'What answers at that address is no git host as it should be.',
    hint: 'Check the address; over https it ends as a clone has it.',
  },
];

const BROKEN: Meaning = {
  words:
    /hung up|RPC failed|early EOF|unexpected disconnect|Connection (?:reset|closed)|closed by remote host|Broken pipe|returned error: 5\d\d|timed out|eof before/i,
  code: 'unavailable',
  message: 'The connection to the git host broke, or it failed.',
};

const UNKNOWN: Meaning = { words: /(?:)/, code: 'rejected', message: 'git refused.' };

/** What a host refuses a change of a ref with: its words on that ref, and what it said beside. */
const REFUSALS: readonly Meaning[] = [
  {
    words: /GH006|GH013|protected|rule violations|You are not allowed to (?:create|change|delete|push)/i,
    code: 'protected',
    message: 'The host protects the tag: its rules do not let it be created, moved or deleted so.',
  },
  {
    words: /exists; cannot create|there are still refs under|blocking reference/,
    code: 'conflict',
    message: 'A tag of that name cannot stand beside the tags there are: a/b and a exclude each other.',
  },
  READ_ONLY,
  { words: /deletion prohibited|denied|permission/i, code: 'permission_denied', message: 'The host does not let this credential do that.' },
  { words: /shallow update not allowed/, code: 'unsupported', message: 'The host takes nothing from a clone that is not whole.' },
  { words: /not a valid|invalid ref|funny refname|bad ref|40 hex/i, code: 'invalid_name', message: 'The host refuses the name.' },
];
/** Somebody came first, or this very push did and was sent again: curl repeats one whose connection broke. */
const RACED =
  /already exists|but expected|unable to resolve reference|failed to update ref|cannot lock ref|nonexistent|incorrect old value/i;

/** The host's own lines, else those of git. */
function wordsOf(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.trim());
  const said = lines.flatMap((line) => /^remote: ?(.*\S)/.exec(line)?.[1] ?? []);
  return (said.length > 0 ? said : lines.filter(Boolean).map((line) => line.replace(/^(?:fatal|error): /, ''))).join(' ');
}

/** The error behind an exchange that failed. `writing`: what was asked for may have been done, unless the words prove otherwise. */
export function explainHost(stderr: string, address: string, writing = false): TagError {
  const upstream = { text: wordsOf(stderr) };
  const meaning = BEFORE.find(({ words }) => words.test(stderr));
  const { code, message, hint } = meaning ?? (BROKEN.words.test(stderr) ? BROKEN : UNKNOWN);
  return new TagError(code, told`${address}: ${ours(message)}`, { hint, upstream, inDoubt: writing && !meaning });
}

/** The error behind the refusal of one ref. `raced`: what it is where somebody may have come first. */
export function explainRefusal(reason: string, stderr: string, raced: ErrorCode): TagError {
  const upstream = { text: wordsOf(stderr) || reason };
  const words = `${reason}\n${stderr}`;
  const meaning = REFUSALS.find((one) => one.words.test(words));
  if (meaning) return new TagError(meaning.code, meaning.message, { upstream });
  // Of a move or a deletion it shows afterwards whose it was; a creation that another one came before is none.
  if (RACED.test(words)) return new TagError(raced, 'The tag no longer stands as it was read.', { upstream, inDoubt: raced === 'changed' });
  return new TagError('rejected', 'The git host refused.', { upstream, inDoubt: /failed to report|unpack|eof/i.test(words) });
}

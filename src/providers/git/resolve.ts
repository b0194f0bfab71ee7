/** From a ref to the object it stands for. Only refs of a few forms: the others of git search messages, or name more than one commit. */
import { isTagError, TagError, type Upstream } from '../../core/errors.ts';
import type { Call } from '../../core/provider.ts';
import { joined, type Told, told } from '../../core/told.ts';
import type { Git } from '../../git/command.ts';
import { type Deed, headOf, namesOf, readingRefs } from '../../git/footprint.ts';
import type { Premises, Roots } from '../../git/locate.ts';
import { BATCH, type GitObject, isObjectId, toObject } from '../../git/objects.ts';
import { isBroken } from '../../git/warnings.ts';

/** An id, perhaps in short, or what `git describe` prints. */
const HEXADECIMAL = /(?:^|-\d{1,9}-g)([0-9a-f]{4,64})$/i;
/** As few digits may as well be a name, which is then meant. */
const DOUBTFUL = 7;
/** HEAD and what git keeps beside it: ORIG_HEAD, FETCH_HEAD… */
const BESIDE_HEAD = /^[A-Z_]+_HEAD$/;
const ID_DIGITS = 40; // where they are of SHA-256, such a one is looked for like a short one
const LONGEST = 4_096;

/** A name, an id, or what `git describe` prints; no two unbounded parts that could share characters. */
const NAME = /^(?!-)[^\0-\x20\x7f~^:?*[\\]+/;
const STEPS = /^(?:~\d{0,9}|\^\d{0,2}|\^\{(?:commit)?\}|@\{(?!-)[\w ,.:+/-]{1,64}\})*$/; // @{-1}: a name that stands in a log
const UPSTREAM = /^@\{(?:u|upstream|push)\}/i;

interface Ref {
  readonly ref: string;
  readonly base: string;
  readonly steps: string;
  /** The full names that its base may stand for; none where it is HEAD. */
  readonly names: readonly string[];
  /** The digits of the id that it may stand for. */
  readonly digits: string | undefined;
}

function parse(ref: string): Ref {
  if (ref.includes('\0') || ref.length > LONGEST)
    throw new TagError('invalid_input', 'The ref is too long, or holds a character that no ref may hold.');
  const [beforeLog = ''] = ref.split('@{', 1);
  const [base = ''] = NAME.exec(beforeLog) ?? [];
  const steps = ref.slice(base.length);
  if (!STEPS.test(steps) || base.includes('..') || (base === '' && !steps.startsWith('@{')))
    throw new TagError('ref_not_found', told`${ref} is not taken for a ref here.`, {
      hint: 'Name a branch, a tag or a commit id; ~2, ^2 or @{…} may follow.',
    });
  return { ref, base, steps, names: fullNames(base), digits: HEXADECIMAL.exec(base)?.[1]?.toLowerCase() };
}

function fullNames(base: string): string[] {
  if (base === '' || base === '@' || base === 'HEAD') return [];
  if (base.startsWith('refs/')) return [base];
  return [...(BESIDE_HEAD.test(base) ? [base] : []), ...namesOf(base)];
}

/** What git reads to resolve it. Throws where it is no ref of these forms. */
export function readingRef(text: string): Deed {
  const { names, steps } = parse(text);
  return readingRefs(names, { logged: steps.includes('@{'), elsewhere: UPSTREAM.test(steps) });
}

/** How git is to be asked: never by a name that could be any file of its directory. */
function spellings({ ref, base, steps, names }: Ref): string[] {
  if (names.length === 0) return [ref];
  // Only branches have one, and they are named in short then.
  if (UPSTREAM.test(steps)) return [base.replace(/^(?:refs\/)?heads\//, '') + steps];
  return names.map((name) => name + steps);
}

/** The one by which git finds something, if `there` are those of its names that there are. */
const spellingOf = (ref: Ref, there: readonly string[]) =>
  spellings(ref).find((_, index, { length }) => length !== ref.names.length || there.includes(ref.names[index] ?? ''));

/** A commit; or, so that a deleted tag on a tree or a blob can be restored, any object named by its full id. */
export async function resolveObject(git: Git, at: Premises, text: string, call: Call): Promise<GitObject> {
  const ref = parse(text);
  const spelt = spellings(ref);
  const ids = await idsOf(git, at, ref, call);
  const asked = [...spelt, ...ids.map((id) => id + ref.steps)].map((spelling) => `${spelling}^{commit}`);
  const whole = isObjectId(text) ? ids : [];
  const answer = await git.ask(at, BATCH, call, `${[...asked, ...whole].join('\n')}\n`).catch((error: unknown) => {
    if (isTagError(error, 'rejected')) return { output: '', words: '' }; // it is asked again, by itself
    throw error;
  });
  const lines = answer.output.split('\n').map(toObject);
  const named = lines.slice(0, spelt.length);
  const isName = named.some(Boolean);
  const isDoubtful = (ref.digits?.length ?? 0) < DOUBTFUL;
  const found = isName && isDoubtful ? named : lines.slice(0, asked.length);
  if (new Set(found.flatMap((one) => one?.id ?? [])).size > 1)
    throw isName
      ? ambiguous(
          text,
          found.flatMap((one, index) => (one ? [labelOf(ref.names[index], one.id)] : [])),
        )
      : tooShort(text);
  const target = found.find(Boolean) ?? lines[asked.length];
  if (!target || /^error: object file /m.test(answer.words)) throw await whyNot(git, at, ref, ids, call);
  return target;
}

/** The same of a repository that is still to be entered. */
export const resolveIn = async (git: Git, roots: Roots, repository: string, ref: string, call: Call): Promise<GitObject> =>
  resolveObject(git, await roots.enter(repository, readingRef(ref), call), ref, call);

/** And where it has to be a commit. */
export async function resolveCommit(git: Git, roots: Roots, repository: string, ref: string, call: Call): Promise<string> {
  const { id, type } = await resolveIn(git, roots, repository, ref, call);
  if (type !== 'commit') throw noCommit(ref);
  return id;
}

/** The objects whose ids begin so. */
async function idsOf(git: Git, at: Premises, { digits }: Ref, call: Call): Promise<string[]> {
  if (digits === undefined) return [];
  if (digits.length === ID_DIGITS) return [digits];
  const output = await git.run(at, ['rev-parse', `--disambiguate=${digits}`], call).catch((error: unknown) => {
    if (isTagError(error, 'rejected')) return ''; // longer than any id here
    throw error;
  });
  return output.split('\n').filter(Boolean);
}

const labelOf = (name: string | undefined, id: string): Told => (name === undefined ? told`the commit ${id}` : told`${name}`);

const ambiguous = (ref: string, labels: readonly Told[]) =>
  new TagError('invalid_input', told`${ref} is ambiguous: ${joined(labels, ' and ')}.`, { hint: 'Name the one that is meant in full.' });

const tooShort = (ref: string) =>
  new TagError('invalid_input', told`${ref} begins the ids of several objects.`, { hint: 'Give more of its digits.' });

/** In git's words there is no such thing; in any others something is wrong with it. */
const NO_SUCH = /^(?:Needed a single revision$|ambiguous argument |no (?:such branch|upstream)|log for .* only has )|unknown revision/;
const FSCK = '`git fsck` in the repository tells more; a person must repair it.';
const DAMAGED = 'An object that is needed is damaged, or not in the repository.';

/** Why a ref stands for no commit. Takes its time: nothing goes on after it. */
async function whyNot(git: Git, at: Premises, asked: Ref, ids: readonly string[], call: Call): Promise<TagError> {
  const { ref, names } = asked;
  const there = await namesThere(git, at, ref, names.length > 0 ? names : [(await headOf(at.own)) ?? []].flat(), call);
  if (isTagError(there)) return there;
  if (there.length === 0 && ids.length > 1) return tooShort(ref);
  const spelling = spellingOf(asked, there) ?? ids.map((id) => id + asked.steps)[0];
  return spelling === undefined ? noCommit(ref) : whyNoCommit(git, at, ref, spelling, ids, call);
}

const noCommit = (ref: string, upstream?: Upstream) =>
  new TagError('ref_not_found', told`${ref} is no commit of this repository.`, { upstream });

/** Whether git finds nothing there, something that is no commit, or something that it cannot read. */
async function whyNoCommit(git: Git, at: Premises, ref: string, spelling: string, ids: readonly string[], call: Call): Promise<TagError> {
  const unresolved = await whyFailed(git, at, ['rev-parse', '--verify', '--end-of-options', spelling], call);
  if (unresolved) {
    const text = unresolved.upstream?.text ?? '';
    if (!text.split('\n').every((line) => NO_SUCH.test(line))) return unresolved;
    return noCommit(ref, text === 'Needed a single revision' ? undefined : unresolved.upstream);
  }
  const unread = await whyFailed(git, at, ['cat-file', '-t', `${spelling}^{}`], call);
  if (!unread) return noCommit(ref); // a tree or a blob
  const { hint, upstream } = unread;
  if (ids.includes(spelling) && /^Not a valid object name .*$/.test(upstream?.text ?? '')) return noCommit(ref);
  return new TagError('rejected', DAMAGED, { hint, upstream, cause: unread });
}

/** What git refuses such a command with; undefined where it does not. */
async function whyFailed(git: Git, at: Premises, args: readonly string[], call: Call): Promise<TagError | undefined> {
  try {
    await git.run(at, args, call);
    return undefined;
  } catch (error) {
    if (isTagError(error, 'rejected')) return error;
    throw error;
  }
}

/** Which of the names are there. An error where it is more than one, or one that git leaves out. */
async function namesThere(git: Git, at: Premises, ref: string, names: readonly string[], call: Call): Promise<TagError | string[]> {
  if (names.length === 0) return [];
  const { output, words } = await git.ask(at, ['for-each-ref', '--format=%(refname)', ...names], call);
  const there = names.filter((name) => output.split('\n').includes(name));
  if (there.length > 1)
    return ambiguous(
      ref,
      there.map((name) => labelOf(name, '')),
    );
  if (!names.some((name) => isBroken(name, words))) return there;
  return new TagError('rejected', told`What ${ref} names is damaged.`, { hint: FSCK, upstream: { text: words.trim() } });
}

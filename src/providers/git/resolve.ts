/** From a ref to the object it stands for. Only refs of a few forms: the others of git search messages, or name more than one commit. */
import { isTagError, TagError, type Upstream } from '../../core/errors.ts';
import type { Call } from '../../core/provider.ts';
import { joined, type Told, told } from '../../core/told.ts';
import type { Git } from '../../git/command.ts';
import { type Deed, headOf, readingNames, refuseLinkedObjects } from '../../git/footprint.ts';
import type { Premises } from '../../git/locate.ts';
import { isBroken } from './warnings.ts';

const OBJECT_ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const HEXADECIMAL = /^[0-9a-f]{7,64}$/i;
const LONGEST = 4_096;

/** A name, an id, or what `git describe` prints; no two unbounded parts that could share characters. */
const NAME = /^(?!-)[^\0-\x20\x7f~^:?*[\\]+/;
const STEPS = /^(?:~\d{0,9}|\^\d{0,2}|\^\{(?:commit)?\}|@\{[\w ,.:+/-]{1,64}\})*$/;
/** Where git looks for a name (gitrevisions). */
const SPELT = ['refs/NAME', 'refs/tags/NAME', 'refs/heads/NAME', 'refs/remotes/NAME', 'refs/remotes/NAME/HEAD'];

export interface Target {
  readonly id: string;
  readonly type: string;
}

interface Ref {
  readonly ref: string;
  readonly base: string;
  readonly steps: string;
  /** The full names that its base may stand for. */
  readonly names: readonly string[];
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
  return { ref, base, steps, names: namesOf(base) };
}

function namesOf(base: string): string[] {
  if (base === '' || base === '@' || base === 'HEAD') return [];
  return base.startsWith('refs/') ? [base] : SPELT.map((spelt) => spelt.replace('NAME', () => base));
}

/** What git reads to resolve it. Throws where it is no ref of these forms. */
export const readingRef = (text: string): Deed => readingNames(parse(text).names, text.includes('@{'));

/** A commit; or, so that a deleted tag on a tree or a blob can be restored, any object named by its full id. */
export async function resolveTarget(git: Git, at: Premises, text: string, call: Call): Promise<Target> {
  const ref = parse(text);
  const { base, names } = ref;
  const ofName = [...names, ...(HEXADECIMAL.test(base) ? [`x-0-g${base}`] : [])].map((name) => `${name}^{commit}`);
  const asked = [`${text}^{commit}`, text, ...ofName];
  const answer = await git.ask(at, BATCH, call, `${asked.join('\n')}\n`).catch((error: unknown) => {
    if (isTagError(error, 'rejected')) return { output: '', words: '' }; // it is asked again, by itself
    throw error;
  });
  const [commit, itself, ...found] = answer.output.split('\n').map(toTarget);
  if (new Set(found.flatMap((one) => one?.id ?? [])).size > 1)
    throw ambiguous(
      text,
      found.flatMap((one, index) => (one ? [labelOf(names[index], one.id)] : [])),
    );
  const target = commit ?? (OBJECT_ID.test(text) ? itself : undefined);
  if (!target || /^error: object file /m.test(answer.words)) throw await whyNot(git, at, ref, call);
  refuseLinkedObjects(at.stores, [target.id]);
  return target;
}

const BATCH = ['cat-file', '--batch-check=%(objectname) %(objecttype)'];

function toTarget(line: string): Target | undefined {
  const [, id, type] = /^([0-9a-f]{40,64}) (commit|tree|blob|tag)$/.exec(line) ?? [];
  return id && type ? { id, type } : undefined;
}

const labelOf = (name: string | undefined, id: string): Told => (name === undefined ? told`the commit ${id}` : told`${name}`);

const ambiguous = (ref: string, labels: readonly Told[]) =>
  new TagError('invalid_input', told`${ref} is ambiguous: ${joined(labels, ' and ')}.`, { hint: 'Name the one that is meant in full.' });

/** In git's words there is no such thing; in any others something is wrong with it. */
const NO_SUCH =
  /^(?:Needed a single revision|ambiguous argument .*|.*unknown revision.*|log for .* only has .*|no (?:such branch|upstream).*)$/;
const FSCK = '`git fsck` in the repository tells more; a person must repair it.';
const DAMAGED = 'An object that is needed is damaged, or not in the repository.';

/** Why a ref stands for no commit. Takes its time: nothing goes on after it. */
async function whyNot(git: Git, at: Premises, { ref, base, steps, names }: Ref, call: Call): Promise<TagError> {
  const wrong = await wrongNames(git, at, ref, names.length > 0 ? names : [(await headOf(at.own)) ?? []].flat(), call);
  if (wrong) return wrong;
  const unknown = (upstream?: Upstream) => new TagError('ref_not_found', told`${ref} is no commit of this repository.`, { upstream });
  try {
    await git.run(at, ['rev-parse', '--verify', '--end-of-options', ref], call);
  } catch (error) {
    if (!isTagError(error, 'rejected')) throw error;
    const text = error.upstream?.text ?? '';
    if (/^short object ID .* is ambiguous$/m.test(text))
      return new TagError('invalid_input', told`${ref} begins the ids of several objects.`, { hint: 'Give more of its digits.' });
    if (!text.split('\n').every((line) => NO_SUCH.test(line))) return error;
    return unknown(text === 'Needed a single revision' ? undefined : error.upstream);
  }
  try {
    await git.run(at, ['cat-file', '-t', `${ref}^{}`], call);
    return unknown(); // a tree or a blob
  } catch (error) {
    if (!isTagError(error, 'rejected')) throw error;
    const { hint, upstream } = error;
    if (HEXADECIMAL.test(base) && steps === '' && /^Not a valid object name .*$/.test(upstream?.text ?? '')) return unknown();
    return new TagError('rejected', DAMAGED, { hint, upstream, cause: error });
  }
}

/** More than one of the names is there, or one that git leaves out. */
async function wrongNames(git: Git, at: Premises, ref: string, names: readonly string[], call: Call): Promise<TagError | undefined> {
  if (names.length === 0) return undefined;
  const { output, words } = await git.ask(at, ['for-each-ref', '--format=%(refname)', ...names], call);
  const there = names.filter((name) => output.split('\n').includes(name)).map((name) => labelOf(name, ''));
  if (there.length > 1) return ambiguous(ref, there);
  if (!names.some((name) => isBroken(name, words))) return undefined;
  return new TagError('rejected', told`What ${ref} names is damaged.`, { hint: FSCK, upstream: { text: words.trim() } });
}

/** The commit at the end of a chain of tags; undefined where it ends elsewhere. */
export async function peeled(git: Git, at: Premises, id: string, call: Call): Promise<string | undefined> {
  const output = await git.run(at, BATCH, call, `${id}^{commit}\n`);
  return toTarget(output.trimEnd())?.id;
}

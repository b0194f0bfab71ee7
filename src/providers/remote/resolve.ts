/** From a ref to an object of the host: asked of the host alone, so that nothing unpublished leaks out of a clone. */
import { TagError } from '../../core/errors.ts';
import type { Call } from '../../core/provider.ts';
import { gitNameRule } from '../../core/tag-name.ts';
import { told } from '../../core/told.ts';
import type { Git } from '../../git/command.ts';
import type { Visit } from '../../git/exchange.ts';
import { BATCH, type GitObject, isObjectId, toObject } from '../../git/objects.ts';

const SHORT_ID = /^[0-9a-f]{7,39}$/i;
const GOT = 'refs/got';
/** Where what a ref of the host names is put in the scratch repository. */
const gotAs = (ref: string) => `${GOT}/${ref.replace(/^refs\//, '')}`;
const HEAD = gotAs('HEAD');

export interface Arrival {
  readonly target: GitObject;
  /** A commit that a ref of the host is on, and that comes after the target or is it; undefined where none is known. */
  readonly tip: string | undefined;
}

/** Fetches what `ref` stands for on the host, its default branch without one. One connection. Throws `ref_not_found`. */
export async function arriveAt(git: Git, visit: Visit, ref: string | undefined, call: Call): Promise<Arrival> {
  const text = ref === '@' ? 'HEAD' : (ref ?? 'HEAD');
  if (isObjectId(text)) return byId(git, visit, text, call);
  if (text !== 'HEAD' && gitNameRule(text))
    throw notFound(text, 'Name a branch or a tag of the host, or a full commit id; steps such as ~1 are not known there.');
  const names = text.startsWith('refs/') || text === 'HEAD' ? [text] : ['heads', 'tags'].map((kind) => `refs/${kind}/${text}`);
  // A star matches or does not; a ref that is named and missing would end it all.
  const spec = names.length > 1 ? `refs/*/${text}:${GOT}/*/${text}` : `${text}:${gotAs(text)}`;
  if (!(await visit.fetch([spec]))) throw missing(text);
  const found = await commitsAt(git, visit, names.map(gotAs), call);
  const there = names.filter((_, index) => found[index]);
  const [target, other] = found.flatMap((one) => one ?? []);
  if (!target) throw missing(text);
  if (other && other.id !== target.id)
    throw new TagError('invalid_input', told`${text} is ambiguous: ${there[0] ?? ''} and ${there[1] ?? ''}.`, {
      hint: 'Name the one that is meant in full.',
    });
  return { target, tip: target.id };
}

/** A full id: any object that the host has, for which the host is asked to hand it out. */
async function byId(git: Git, visit: Visit, id: string, call: Call): Promise<Arrival> {
  // With the default branch, whose commit proves to git that the host has the other: see Scratch.settle.
  const withTip = await visit.fetch([`HEAD:${HEAD}`, id]);
  if (!withTip && !(await visit.fetch([id]))) throw missing(id);
  const asked = withTip ? `${HEAD}^{commit}\n${id}\n` : `${id}\n`;
  const answers = (await git.run(visit.at, BATCH, call, asked)).trimEnd().split('\n').map(toObject);
  const target = answers.at(-1);
  if (!target) throw missing(id);
  return { target, tip: withTip ? answers[0]?.id : undefined };
}

async function commitsAt(git: Git, { at }: Visit, refs: readonly string[], call: Call): Promise<(GitObject | undefined)[]> {
  const output = await git.run(at, BATCH, call, refs.map((ref) => `${ref}^{commit}\n`).join(''));
  return output.trimEnd().split('\n').map(toObject);
}

const notFound = (ref: string, hint: string) =>
  new TagError('ref_not_found', told`${ref} is no branch, tag or commit of that host.`, { hint });

const missing = (ref: string) =>
  notFound(
    ref,
    isObjectId(ref) || SHORT_ID.test(ref)
      ? 'The host must have the commit: push it first, and give its full id.'
      : 'Name a branch or a tag that the host has; what is only in a clone has to be pushed first.',
  );

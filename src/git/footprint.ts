/**
 * Every path that git will touch for a deed, looked at before it does: what is no plain file or directory inside the repository's
 * own git directory would lead it elsewhere, or keep it waiting.
 */
import { closeSync, constants, openSync, readSync, type Stats } from 'node:fs';
import { readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { entriesOf, kindOf, LINK, look, NEITHER, refuseAmong, refuseUnlessPlain, stray, textAt } from './look.ts';
import type { Site } from './site.ts';

/** What git is about to touch besides what it always reads; paths below the git directories. */
export interface Deed {
  /** Files, whose whole way there must be plain. */
  readonly files?: readonly string[];
  /** Directories of which every file is read on the way. */
  readonly listed?: readonly string[];
  /** Refs, with those that they name, and with their logs where those are read. */
  readonly refs?: readonly string[];
  readonly logged?: boolean;
  /** A directory of refs that is read to its depths. */
  readonly whole?: string;
  /** The ref that is written; what was done is added to its log, and to HEAD's where HEAD is on it. */
  readonly written?: string;
}

const TAGS = 'refs/tags';
export const readingTag = (name: string) => ({ refs: [`${TAGS}/${name}`], listed: parentsOf(`${TAGS}/${name}`) });
export const readingTags: Deed = { whole: TAGS };
export const writingTag = (name: string): Deed => ({
  refs: ['HEAD', `${TAGS}/${name}`],
  listed: parentsOf(`${TAGS}/${name}`),
  written: `${TAGS}/${name}`,
});
/** By any of these names, and where there is none, by any that git makes of it. `elsewhere`: only the settings tell what is read. */
export const readingRefs = (names: readonly string[], { logged, elsewhere }: { logged: boolean; elsewhere: boolean }): Deed => ({
  refs: ['HEAD', ...names, ...names.flatMap(namesOf)],
  listed: [...new Set(names.flatMap(parentsOf))],
  logged,
  ...(elsewhere && { whole: '' }),
});

/** Where git looks for a name (gitrevisions), but for the git directory itself, where anything may be. */
export const namesOf = (name: string): string[] =>
  ['refs/NAME', 'refs/tags/NAME', 'refs/heads/NAME', 'refs/remotes/NAME', 'refs/remotes/NAME/HEAD'].map((spelt) =>
    spelt.replace('NAME', () => name),
  );

const parentsOf = (ref: string) => ref.split('/').flatMap((_, index, parts) => (index > 0 ? parts.slice(0, index).join('/') : []));

/** Of a git directory; hooks and the files of other programs are nothing to the commands that are run here. */
const TOUCHED = /^(?:[A-Z][A-Z_]*|config.*|packed-refs.*|shallow.*|commondir|gitdir|refs|logs|objects|reftable|info|worktrees)$/;

/** Throws `policy_denied` where a way that the deed takes is not plain. */
export async function refuseOddWays({ own, common }: Site, deed: Deed): Promise<void> {
  await Promise.all((own === common ? [common] : [common, own]).map((directory) => refuseOddWaysIn(directory, deed)));
}

/** What git follows as a ref where HEAD is a link; all others it opens. */
const REF = /^refs(?:\/(?!\.)(?:(?!\.\.|@\{)[^\0-\x20\x7f~^:?*[\\/])+(?<!\.|\.lock))+$/;

/** The same for the parts of a git directory that every git reads. */
export async function refuseOddParts({ own, common, parts }: Site): Promise<void> {
  await refuseOddPartsOf(own, parts);
  if (common !== own) await refuseOddPartsOf(common, await entriesOf(common));
}

async function refuseOddPartsOf(directory: string, parts: Site['parts']): Promise<void> {
  for (const [name, kind] of parts) {
    if (!TOUCHED.test(name)) continue;
    // In old repositories HEAD is a link to a branch, which git reads and does not follow.
    if (name === 'HEAD' && kind === 'link' && REF.test((await headOf(directory)) ?? '')) continue;
    refuseUnlessPlain(join(directory, name), kind);
  }
  await Promise.all([
    refuseAmong(join(directory, 'refs')),
    parts.has('info') && refuseOddSteps(directory, 'info/grafts'),
    parts.has('reftable') && refuseOddTables(join(directory, 'reftable')),
  ]);
}

/** git puts what that list says behind the directory's name, whatever it is. */
async function refuseOddTables(directory: string): Promise<void> {
  await refuseAmong(directory);
  const list = join(directory, 'tables.list');
  if (/[/\\]/.test((await textAt(list)) ?? '')) throw stray(list, 'names tables elsewhere');
}

async function refuseOddWaysIn(
  directory: string,
  { files = [], refs = [], logged = false, listed = [], whole, written }: Deed,
): Promise<void> {
  await Promise.all([
    ...files.map((path) => refuseOddSteps(directory, path)),
    ...[...new Set(refs)].map((ref) => refuseOddRefs(directory, ref, logged)),
    ...listed.map((path) => refuseOddBeside(directory, path)),
    whole !== undefined && refuseOddBelow(directory, whole),
    written && refuseOddLogs(directory, written),
  ]);
}

/** git gives up after as many. */
const MOST_REFS = 5;

/** A ref, and those that it names one after the other. */
async function refuseOddRefs(directory: string, first: string, logged: boolean): Promise<void> {
  let ref: string | undefined = first;
  for (let count = 0; ref !== undefined && count <= MOST_REFS; count += 1) {
    const isLink: boolean = ref === 'HEAD' && kindOf(await look(join(directory, ref))) === 'link'; // looked at with the other parts
    const found: Stats | undefined = isLink ? undefined : await refuseOddSteps(directory, ref);
    if (logged) await refuseOddSteps(directory, `logs/${ref}`);
    ref = isLink ? await headOf(directory) : found?.isFile() ? await namedBy(directory, ref) : undefined;
  }
}

/** The ref that a symbolic one names. */
async function namedBy(directory: string, ref: string): Promise<string | undefined> {
  const path = join(directory, ref);
  if (!isSymbolic(path)) return undefined;
  const text = (await textAt(path)) ?? '';
  return text.startsWith('ref:')
    ? text
        .slice('ref:'.length)
        .trim()
        .replace(/^main-worktree\//, '')
    : undefined;
}

/** The kind of what is at the end. */
async function refuseOddSteps(directory: string, path: string) {
  const parts = path.split('/');
  if (parts.includes('..')) throw stray(join(directory, path), 'leads out of its directory');
  const steps = parts.map((_, index) => join(directory, ...parts.slice(0, index + 1)));
  const found = await Promise.all(steps.map(look));
  for (const [index, step] of steps.entries()) refuseUnlessPlain(step, kindOf(found[index]));
  return found.at(-1);
}

/** git opens every file in a directory of refs to find one, and follows those that are symbolic; other directories it leaves alone. */
async function refuseOddBeside(directory: string, path: string): Promise<void> {
  for (const [name, kind] of await entriesOf(join(directory, path))) {
    const ref = `${path}/${name}`;
    const at = join(directory, ref);
    if (kind === 'neither') throw stray(at, NEITHER);
    if (kind === 'link' && !['directory', undefined].includes(kindOf(await stat(at).catch(() => undefined)))) throw stray(at, LINK);
    if (kind === 'file' && isSymbolic(at)) await refuseOddRefs(directory, ref, false);
  }
}

async function refuseOddBelow(directory: string, path: string): Promise<void> {
  const entries = await refuseAmong(join(directory, path));
  for (const [name, kind] of entries) {
    const deeper = path === '' ? name : `${path}/${name}`;
    if (kind === 'directory') await refuseOddBelow(directory, deeper);
    else if (isSymbolic(join(directory, deeper))) await refuseOddRefs(directory, deeper, false);
  }
}

/** Of many refs few are: they are told by as many bytes as it takes, at once. */
function isSymbolic(path: string): boolean {
  const { O_RDONLY, O_NONBLOCK = 0, O_NOFOLLOW = 0 } = constants;
  const start = Buffer.alloc('ref:'.length);
  try {
    const file = openSync(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
    try {
      readSync(file, start);
    } finally {
      closeSync(file);
    }
  } catch {
    return false; // gone, or not to be read, by git neither
  }
  return start.toString() === 'ref:';
}

/** A log is not replaced as refs are, but added to: under each of its names. */
async function refuseOddLogs(directory: string, ref: string): Promise<void> {
  for (const log of [`logs/${ref}`, 'logs/HEAD']) {
    const found = await refuseOddSteps(directory, log);
    if (!found?.isFile() || found.nlink === 1) continue;
    if (log === 'logs/HEAD' && !(await mayBeOn(directory, ref))) continue;
    throw stray(join(directory, log), 'has another name elsewhere (a hard link)');
  }
}

/** Whether HEAD is on that ref, by itself or by a symbolic ref that it names. */
async function mayBeOn(directory: string, ref: string): Promise<boolean> {
  const head = await headOf(directory);
  return head === ref || (head !== undefined && ((await textAt(join(directory, head))) ?? '').startsWith('ref:'));
}

/** The ref that HEAD names. */
export async function headOf(directory: string): Promise<string | undefined> {
  const path = join(directory, 'HEAD');
  return kindOf(await look(path)) === 'link' ? readlink(path) : namedBy(directory, 'HEAD');
}

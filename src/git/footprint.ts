/**
 * Every path that git will touch for a deed, looked at before it does: what is no plain file or directory inside the repository's
 * own git directory would lead it elsewhere, or keep it waiting.
 */
import { lstatSync } from 'node:fs';
import { readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { entriesOf, kindOf, LINK, look, NEITHER, refuseAmong, refuseUnlessPlain, stray, textAt } from './look.ts';
import type { Site } from './site.ts';

/** What git is about to touch besides what it always reads; paths below the git directories. */
export interface Deed {
  /** Files, whose whole way there must be plain. */
  readonly files?: readonly string[];
  /** Directories of which every file is read on the way. */
  readonly listed?: readonly string[];
  /** A directory that is read to its depths. */
  readonly whole?: string;
  /** The ref that HEAD is on. */
  readonly head?: boolean;
  /** The ref that is written; what was done is added to its log, and to HEAD's where HEAD is on it. */
  readonly written?: string;
}

const TAGS = 'refs/tags';
export const readingTag = (name: string): Deed => ({ files: [`${TAGS}/${name}`], listed: parentsOf(name) });
export const readingTags: Deed = { whole: TAGS };
export const writingTag = (name: string): Deed => ({ ...readingTag(name), written: `${TAGS}/${name}` });
/** By any of its names, or by HEAD where it has none. */
export const readingNames = (names: readonly string[], logged: boolean): Deed => ({
  files: logged ? [...names, ...['HEAD', ...names].map((name) => `logs/${name}`)] : names,
  head: logged || names.length === 0,
});

const parentsOf = (name: string) => name.split('/').map((_, index, parts) => [TAGS, ...parts.slice(0, index)].join('/'));

/** Of a git directory; hooks and the files of other programs are nothing to the commands that are run here. */
const TOUCHED = /^(?:[A-Z][A-Z_]*|config.*|packed-refs.*|shallow.*|commondir|gitdir|refs|logs|objects|reftable|info|worktrees)$/;

/** Throws `policy_denied` where a way that the deed takes is not plain. */
export async function refuseOddWays({ own, common }: Site, deed: Deed): Promise<void> {
  const head = deed.head && (await headOf(own));
  const all = head ? { ...deed, files: [...(deed.files ?? []), head] } : deed;
  await Promise.all((own === common ? [common] : [common, own]).map((directory) => refuseOddWaysIn(directory, all)));
}

/** The same for the parts of a git directory that every git reads. */
export async function refuseOddParts({ own, common, parts }: Site): Promise<void> {
  await refuseOddPartsOf(own, parts);
  if (common !== own) await refuseOddPartsOf(common, await entriesOf(common));
}

async function refuseOddPartsOf(directory: string, parts: Site['parts']): Promise<void> {
  for (const [name, kind] of parts) {
    if (!TOUCHED.test(name)) continue;
    // In old repositories HEAD is a link to a branch, which git reads and does not follow.
    if (name === 'HEAD' && kind === 'link' && (await headOf(directory))?.startsWith('refs/')) continue;
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

async function refuseOddWaysIn(directory: string, { files = [], listed = [], whole, written }: Deed): Promise<void> {
  await Promise.all([
    ...files.map((path) => refuseOddSteps(directory, path)),
    ...listed.map((path) => refuseWaiting(join(directory, path))),
    whole && refuseOddBelow(join(directory, whole)),
    written && refuseOddLogs(directory, written),
  ]);
}

/** The kind of what is at the end. No ref has `..` in its name. */
async function refuseOddSteps(directory: string, path: string) {
  const parts = path.split('/');
  if (parts.includes('..')) return undefined;
  const steps = parts.map((_, index) => join(directory, ...parts.slice(0, index + 1)));
  const found = await Promise.all(steps.map(look));
  for (const [index, step] of steps.entries()) refuseUnlessPlain(step, kindOf(found[index]));
  return found.at(-1);
}

/** git opens every file in a directory of refs to find one. */
async function refuseWaiting(directory: string): Promise<void> {
  for (const [name, kind] of await entriesOf(directory)) if (kind === 'neither') throw stray(join(directory, name), NEITHER);
}

async function refuseOddBelow(directory: string): Promise<void> {
  const entries = await refuseAmong(directory);
  const below = [...entries].flatMap(([name, kind]) => (kind === 'directory' ? [join(directory, name)] : []));
  for (const deeper of below) await refuseOddBelow(deeper);
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
  if (kindOf(await look(path)) === 'link') return readlink(path);
  return /^ref:\s*(\S+)/.exec((await textAt(path)) ?? '')?.[1];
}

/** A loose object may be a link to one of another repository. Asked of those that are to be shown, once their ids are known. */
export function refuseLinkedObjects(stores: readonly string[], ids: readonly (string | undefined)[]): void {
  for (const store of stores)
    for (const id of ids) {
      const path = id && join(store, id.slice(0, 2), id.slice(2));
      if (path && lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) throw stray(path, LINK);
    }
}

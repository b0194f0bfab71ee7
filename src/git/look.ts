/** Looking at what lies on the disk without following a link, and without waiting for a pipe. */
import { constants, type Stats } from 'node:fs';
import { lstat, open, readdir, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';
import { TagError } from '../core/errors.ts';
import { ours, told } from '../core/told.ts';

const LARGEST = 1024 * 1024;

export type Kind = 'file' | 'directory' | 'link' | 'neither';

interface Typed {
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}
export const kindOf = (entry: Typed | undefined): Kind | undefined =>
  entry && (entry.isFile() ? 'file' : entry.isDirectory() ? 'directory' : entry.isSymbolicLink() ? 'link' : 'neither');

/** What is at a path, which need not be one that a file can have. */
export const look = (path: string): Promise<Stats | undefined> => lstat(path).catch(() => undefined);

/** The names in a directory with their kinds; empty where there is none. */
export async function entriesOf(directory: string): Promise<Map<string, Kind | undefined>> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  return new Map(entries.map((entry) => [entry.name, kindOf(entry)]));
}

/** Refuses what git would follow out of its repository, or wait for. */
export const stray = (path: string, why: string, hint = 'A person must look at that repository; do not try another way.'): TagError =>
  new TagError('policy_denied', told`${path} ${ours(why)}.`, { hint: told`git would follow it; nothing was done. ${ours(hint)}` });

export const LINK = 'is a link';
export const NEITHER = 'is neither a file nor a directory';

/** Throws where git would follow a link, or wait for a pipe. */
export function refuseUnlessPlain(path: string, kind: Kind | undefined): void {
  if (kind === 'link') throw stray(path, LINK);
  if (kind === 'neither') throw stray(path, NEITHER);
}

/** The entries of a directory, of which all whose name matches must be plain. */
export async function refuseAmong(directory: string, names = /(?:)/): Promise<Map<string, Kind | undefined>> {
  const entries = await entriesOf(directory);
  for (const [name, kind] of entries) if (names.test(name)) refuseUnlessPlain(join(directory, name), kind);
  return entries;
}

/** A small file as text; undefined where there is none. Throws `policy_denied` for what is no plain file. */
export async function textAt(path: string): Promise<string | undefined> {
  const { O_RDONLY, O_NONBLOCK = 0, O_NOFOLLOW = 0 } = constants;
  const kind = kindOf(await look(path));
  if (!kind) return undefined;
  refuseUnlessPlain(path, kind);
  const file = await open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW).catch(() => undefined);
  try {
    const now = await file?.stat();
    if (!file || !now?.isFile()) return undefined;
    if (now.size > LARGEST) throw stray(path, 'is too large');
    return await file.readFile('utf8');
  } finally {
    await file?.close();
  }
}

/** Where a path really is, even if its last parts do not exist; undefined where a link on the way leads nowhere. */
export async function reality(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch {
    if (await look(path)) return undefined;
  }
  const parent = await reality(dirname(path));
  return parent && join(parent, basename(path));
}

export const isInside = (path: string, root: string): boolean => {
  const way = relative(root, path);
  return !(way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way));
};

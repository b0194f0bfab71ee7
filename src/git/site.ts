/** Where git finds the repository of a directory, told by the disk alone; and whether what it finds belongs there. */
import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { entriesOf, isInside, type Kind, kindOf, look, NEITHER, reality, stray, textAt } from './look.ts';

type Parts = ReadonlyMap<string, Kind | undefined>;

/** All paths are real. */
export interface Site {
  /** The directory that was asked about. */
  readonly path: string;
  /** The git directory of its own, and the one it shares with its worktrees, where the refs are. */
  readonly own: string;
  readonly common: string;
  /** What is in its own. */
  readonly parts: Parts;
  /** The `.git` that leads to it, where that is a file or a link. */
  readonly pointer: string | undefined;
}

/** The repository around a directory: its top, or the directory itself where it is a bare one. */
export function enclosing(directory: string): string | undefined {
  for (let at = directory; ; at = dirname(at)) {
    if (existsSync(join(at, '.git')) || (existsSync(join(at, 'HEAD')) && existsSync(join(at, 'refs')) && existsSync(join(at, 'objects'))))
      return at;
    if (dirname(at) === at) return undefined;
  }
}

/** `path` is real. Undefined where there is none. git is asked as well, once, before anything is read: see locate.ts. */
export async function siteOf(path: string): Promise<Site | undefined> {
  for (let at = path; ; at = dirname(at)) {
    const dotGit = join(at, '.git');
    const kind = kindOf(await look(dotGit));
    if (kind === 'neither') throw stray(dotGit, NEITHER);
    if (kind === 'file') return named(path, dotGit);
    const found =
      (kind && (await siteAt(path, dotGit, kind === 'link' ? dotGit : undefined))) ||
      ((await look(join(at, 'HEAD'))) && (await siteAt(path, at)));
    if (found) return found;
    if (dirname(at) === at) return undefined;
  }
}

async function named(path: string, dotGit: string): Promise<Site | undefined> {
  const target = /^gitdir: (.+)$/s.exec(withoutEnd((await textAt(dotGit)) ?? ''))?.[1];
  return target === undefined ? undefined : siteAt(path, resolve(dirname(dotGit), target), dotGit);
}

/** Where a directory is what git takes for its own (setup.c, is_git_directory). */
async function siteAt(path: string, directory: string, pointer?: string): Promise<Site | undefined> {
  const own = pointer ? await reality(directory) : directory;
  if (!own) return undefined;
  const parts = await entriesOf(own);
  const isShared = parts.has('commondir');
  if (!parts.has('HEAD') || !(isShared || (parts.has('objects') && parts.has('refs')))) return undefined;
  const common = isShared ? await reality(resolve(own, withoutEnd((await textAt(join(own, 'commondir'))) ?? ''))) : own;
  return common ? { path, own, common, parts, pointer } : undefined;
}

const withoutEnd = (text: string) => text.replace(/[\r\n]{1,4}$/, '');

/**
 * Throws `policy_denied` where the repository does not know of the directory that claims it: anybody can write a `.git` file.
 * `worktree` is its core.worktree; where there is none, a store apart (git init --separate-git-dir) may belong to any directory
 * inside `roots` if it is there itself.
 */
export async function refuseUnlessOwn(
  { own, common, pointer }: Site,
  worktree: string | undefined,
  roots: readonly string[] = [],
): Promise<void> {
  const top = pointer && dirname(pointer);
  if (common !== own) {
    if (!isInside(own, join(common, 'worktrees'))) throw stray(join(own, 'commondir'), 'names another repository');
    if (!pointer) return;
    const back = await textAt(join(own, 'gitdir'));
    const end = back && resolve(own, withoutEnd(back));
    if (!end || join((await reality(dirname(end))) ?? '', basename(end)) !== pointer)
      throw stray(pointer, 'names a repository that has no such worktree (git worktree repair tells it)');
    return;
  }
  if (!pointer || !top || isInside(own, top)) return;
  const isApart = basename(own) !== '.git' && [own, top].every((part) => roots.some((root) => isInside(part, root)));
  if (worktree === undefined && isApart) return;
  if (worktree === undefined || (await reality(resolve(own, worktree))) !== top)
    throw stray(
      pointer,
      'names a repository whose core.worktree does not name this directory',
      `If it is meant to, a person tells it so in that directory: git config core.worktree "$PWD"`,
    );
}

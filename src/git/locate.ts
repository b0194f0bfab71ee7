/** From a path to a repository that this server may work in. Paths are compared as they really are, symlinks resolved. */
import { existsSync, realpathSync } from 'node:fs';
import { lstat, realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TagError } from '../core/errors.ts';
import type { Call, Host } from '../core/provider.ts';
import { told } from '../core/told.ts';
import type { Git } from './command.ts';

/** The repository around a directory: its top, or the directory itself where it is a bare one. */
export function enclosing(directory: string): string | undefined {
  for (let at = directory; ; at = dirname(at)) {
    if (existsSync(join(at, '.git')) || (existsSync(join(at, 'HEAD')) && existsSync(join(at, 'refs')) && existsSync(join(at, 'objects'))))
      return at;
    if (dirname(at) === at) return undefined;
  }
}

export interface Roots {
  /** The repository around the working directory, where it may be used. */
  readonly standard: string | undefined;
  /** The real path of a repository inside the roots. */
  locate(spelling: string, call: Call): Promise<string>;
  /** How a repository is named, the same for all its worktrees: the directory of its refs, without the .git. */
  nameOf(repository: string, call: Call): Promise<string>;
  /** Throws `policy_denied` where a symlink among the refs would lead the writing of this one elsewhere. */
  admit(repository: string, name: string, call: Call): Promise<void>;
}

/** Without roots, the one repository around `cwd` is allowed, wherever its refs are. */
export function createRoots(git: Git, { cwd, childEnv }: Host, here: string | undefined, given: readonly string[]): Roots {
  const person = () => childEnv.HOME || childEnv.USERPROFILE || homeOf();
  const toPath = (spelling: string) => resolve(cwd || sep, fromUrl(spelling.replace(/^~(?=[/\\]|$)/, person)));
  // One may be mounted later; without any there is nothing to do.
  if (given.length > 0 && !given.some((root) => existsSync(toPath(root))))
    throw new TagError('not_configured', told`${given.join(', ')} does not exist.`, {
      hint: 'Correct --git-root or TAGWRIGHT_GIT_ROOTS.',
    });
  const home = given.length === 0 && here ? real(here) : undefined;
  const roots = home ? [home] : given.map((root) => real(toPath(root)));
  const isWithin = (path: string | undefined, directories: readonly string[]) =>
    path !== undefined && directories.some((directory) => isInside(path, directory));

  const refuse = (path: string) =>
    new TagError('policy_denied', told`${path} is outside the directories this server may work in.`, {
      hint: 'The operator allows a directory with --git-root or TAGWRIGHT_GIT_ROOTS.',
    });

  /** Its own git directory, and the one it shares with all worktrees, where the refs are. */
  async function directoriesOf(repository: string, call: Call): Promise<{ own: string; common: string }> {
    const output = await git.run(repository, ['rev-parse', '--git-dir', '--git-common-dir'], call);
    const paths = output.replace(/\n$/, '').split('\n');
    const [own, common] = await Promise.all(paths.map((path) => reality(resolve(repository, path))));
    if (!own || !common || paths.length > 2) throw refuse(repository);
    return { own, common };
  }

  return {
    standard: here && isWithin(real(here), roots) ? here : undefined,
    async locate(spelling, call) {
      const path = toPath(spelling);
      const found = await reality(path);
      if (!found || !isWithin(found, roots)) throw refuse(path);
      const { own, common } = await directoriesOf(found, call);
      const shared = home && (found === home ? common : (await directoriesOf(home, call)).common);
      if (common === shared) return found;
      // A .git file, a repository further up, or a link inside one may lead elsewhere than the path says.
      const stores = ['refs/tags', 'packed-refs', 'objects'].map((part) => reality(join(common, part)));
      const permitted = shared ? [...roots, shared] : roots;
      if (![own, common, ...(await Promise.all(stores))].every((store) => isWithin(store, permitted))) throw refuse(path);
      return found;
    },
    async nameOf(repository, call) {
      const { common } = await directoriesOf(repository, call);
      return basename(common) === '.git' ? dirname(common) : common;
    },
    async admit(repository, name, call) {
      if (!name.includes('/')) return;
      const tags = join((await directoriesOf(repository, call)).common, 'refs', 'tags');
      const [all, parent] = await Promise.all([reality(tags), reality(join(tags, dirname(name)))]);
      if (!all || !isWithin(parent, [all])) throw refuse(join(tags, name));
    },
  };
}

/** A user whom nobody knows has none. */
function homeOf(): string {
  try {
    return homedir();
  } catch {
    return '~';
  }
}

const isInside = (path: string, root: string) => {
  const way = relative(root, path);
  return !(way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way));
};

const real = (path: string) => {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
};

/** Where a path really is, even if its last parts do not exist; undefined where a link on the way leads nowhere. */
async function reality(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch {
    if (await lstat(path).catch(() => undefined)) return undefined;
  }
  const parent = await reality(dirname(path));
  return parent && join(parent, basename(path));
}

function fromUrl(spelling: string): string {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(spelling)) return spelling;
  try {
    return fileURLToPath(spelling);
  } catch (cause) {
    throw new TagError('invalid_input', told`${spelling} is not the path of a local repository.`, { cause });
  }
}

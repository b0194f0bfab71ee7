/** From a path to a repository that this server may work in. Paths are compared as they really are, symlinks resolved. */
import { existsSync, realpathSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TagError } from '../../core/errors.ts';
import type { Call } from '../../core/provider.ts';
import type { Git } from './command.ts';

/** The repository around a directory: its top, or the directory itself where it is a bare one. */
export function enclosing(directory: string): string | undefined {
  for (let at = directory; ; at = dirname(at)) {
    if (existsSync(join(at, '.git')) || (existsSync(join(at, 'HEAD')) && existsSync(join(at, 'refs')) && existsSync(join(at, 'objects'))))
      return at;
    if (dirname(at) === at) return undefined;
  }
}

const isInside = (path: string, root: string) => {
  const way = relative(root, path);
  return way === '' || !(way.startsWith('..') || isAbsolute(way));
};

const real = (path: string) => {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
};

export interface Roots {
  /** The real path of a repository inside the roots. */
  locate(spelling: string, call: Call): Promise<string>;
  /** Where its refs really are: the same for a repository and all its worktrees. */
  commonDirectory(repository: string, call: Call): Promise<string>;
}

/** Without roots, the one repository around `cwd` is allowed, wherever its refs are. */
export function createRoots(git: Git, cwd: string, given: readonly string[]): Roots {
  const roots = given.map((root) => real(resolve(cwd, root)));
  const standard = given.length > 0 ? undefined : enclosing(cwd);
  const home = standard && real(standard);

  const refuse = (path: string) =>
    new TagError('policy_denied', `${path} is outside the directories this server may work in.`, {
      hint: 'The operator allows a directory with --git-root or TAGWRIGHT_GIT_ROOTS.',
    });

  async function commonDirectory(repository: string, call: Call): Promise<string> {
    const directory = (await git.run(repository, ['rev-parse', '--git-common-dir'], call)).trimEnd();
    return realpath(resolve(repository, directory));
  }

  return {
    commonDirectory,
    async locate(spelling, call) {
      const path = resolve(cwd, spelling.startsWith('file://') ? toPath(spelling) : spelling);
      const found = await realpath(path).catch(() => undefined);
      const allowed = home ? [home] : roots;
      if (!allowed.some((root) => isInside(found ?? path, root))) throw refuse(path);
      if (!found) throw new TagError('repository_not_found', `There is no git repository at ${path}.`);
      const common = await commonDirectory(found, call);
      // A .git file, or a repository further up, may lead elsewhere than the path says.
      const permitted = home ? [home, await commonDirectory(home, call)] : roots;
      if (!permitted.some((root) => isInside(common, root))) throw refuse(common);
      return found;
    },
  };
}

function toPath(url: string): string {
  try {
    return fileURLToPath(url);
  } catch (cause) {
    throw new TagError('invalid_input', `${url} is not the path of a repository.`, { cause });
  }
}

/** How a repository is named: its directory, without the .git inside it. */
export const nameOf = (common: string): string => (basename(common) === '.git' ? dirname(common) : common);

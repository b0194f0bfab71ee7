/** From a path to a repository that this server may work in. Paths are compared as they really are, symlinks resolved. */
import { existsSync, realpathSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TagError } from '../core/errors.ts';
import type { Host } from '../core/host.ts';
import type { Call } from '../core/provider.ts';
import { told } from '../core/told.ts';
import { storesFrom } from './alternates.ts';
import type { Git, Workplace } from './command.ts';
import { type Deed, refuseOddParts, refuseOddWays } from './footprint.ts';
import { isInside, LINK, reality, stray } from './look.ts';
import { type CloneRemote, createSettings } from './settings.ts';
import { enclosing, refuseUnlessOwn, type Site, siteOf } from './site.ts';

/** From looking at a repository to letting git in; a write is looked at right before. */
const MOMENT_MS = 20;

/** A repository that was looked at, to the last link. */
export interface Premises extends Workplace, Site {
  /** The directories it reads objects from. */
  readonly stores: readonly string[];
  readonly remotes: readonly CloneRemote[];
}

export interface Roots {
  /** The repository around the working directory, where it may be used; else the only root, where that is a repository. */
  readonly standard: string | undefined;
  readonly directories: readonly string[];
  /** Is that path in one of them, links resolved, whether or not it exists? */
  holds(path: string): Promise<boolean>;
  /** The real path of a repository inside the roots. */
  locate(spelling: string, call: Call): Promise<string>;
  /** How a repository is named, the same for all its worktrees: the directory of its refs, without the .git. */
  nameOf(repository: string, call: Call): Promise<string>;
  /**
   * What `locate` returned, right before git is let in: nothing there may lead git out of the repository, run or make it wait.
   * Throws `policy_denied`.
   */
  enter(repository: string, deed: Deed, call: Call): Promise<Premises>;
}

/** The path that a spelling means: one as a shell takes it, or a file URL. */
export function pathsFor({ cwd, childEnv }: Host): (spelling: string) => string {
  const person = personOf(childEnv);
  return (spelling) => resolve(cwd || sep, fromUrl(spelling.replace(/^~(?=[/\\]|$)/, () => person)));
}

/** Without roots, the one repository around `cwd` is allowed, wherever its refs are. */
export function createRoots(git: Git, host: Host, here: string | undefined, given: readonly string[]): Roots {
  const toPath = pathsFor(host);
  // One may be mounted later; without any there is nothing to do.
  if (given.length > 0 && !given.some((root) => existsSync(toPath(root))))
    throw new TagError('not_configured', told`${given.join(', ')} does not exist.`, {
      hint: 'Correct --git-root or TAGWRIGHT_GIT_ROOTS.',
    });
  const home = given.length === 0 && here ? real(here) : undefined;
  const roots = home ? [home] : given.map((root) => real(toPath(root)));
  const [first] = roots;
  const only = first && given.length === 1 && enclosing(first) === first ? first : undefined;
  const settingsOf = createSettings(git, personOf(host.childEnv));
  /** What git itself found as we did. */
  const confirmed = new Set<string>();

  const refuse = (path: string) =>
    new TagError('policy_denied', told`${path} is outside the directories this server may work in.`, {
      hint: 'The operator allows a directory with --git-root or TAGWRIGHT_GIT_ROOTS.',
    });

  /** Throws git's own error where it finds nothing. */
  async function confirm(path: string, site: Site | undefined, call: Call): Promise<Site> {
    const key = site && `${path}\0${site.own}\0${site.common}`;
    if (site && key && confirmed.has(key)) return site;
    const output = await git.run({ path }, ['rev-parse', '--git-dir', '--git-common-dir'], call);
    const paths = output.replace(/\n$/, '').split('\n');
    const [own, common] = await Promise.all(paths.map((found) => reality(resolve(path, found))));
    if (!site || !key || own !== site.own || common !== site.common || paths.length > 2) throw refuse(path);
    confirmed.add(key);
    return site;
  }

  /** Where its parts may be: a worktree or a submodule of the repository around the working directory may be with that. */
  async function permittedFor({ path, common, pointer }: Site, call: Call): Promise<string[]> {
    if (!home || isInside(common, home)) return roots;
    if (pointer && dirname(pointer) === home) return [...roots, common];
    return path === home ? roots : [...roots, (await enter(home, {}, call)).common];
  }

  /** What was looked at a moment ago, in the same call. */
  const fresh = new WeakMap<AbortSignal, { premises: Premises; until: number }>();

  async function enter(path: string, deed: Deed, call: Call): Promise<Premises> {
    const last = fresh.get(call.signal);
    if (!last || last.premises.path !== path || last.until < Date.now() || deed.written) return lookAround(path, deed, call);
    await refuseOddWays(last.premises, deed);
    return last.premises;
  }

  async function lookAround(path: string, deed: Deed, call: Call): Promise<Premises> {
    if ((await realpath(path).catch(() => path)) !== path) throw stray(path, LINK);
    const found = await siteOf(path);
    if (found && !home && !isWithin(found, roots)) throw refuse(path);
    if (found) await refuseOddParts(found);
    const settings = found && (await settingsOf(found, [...roots, found.common, nameOf(found)], call));
    const site = await confirm(path, found, call);
    const { overruled = [], worktree, remotes = [] } = settings ?? {};
    await refuseUnlessOwn(site, worktree, home ? [] : roots);
    const permitted = await permittedFor(site, call);
    if (!isWithin(site, permitted)) throw refuse(path);
    const [stores] = await Promise.all([storesFrom(join(site.common, 'objects'), [...permitted, site.common]), refuseOddWays(site, deed)]);
    const premises = { ...site, overruled, stores, remotes };
    fresh.set(call.signal, { premises, until: Date.now() + MOMENT_MS });
    return premises;
  }

  return {
    standard: here && roots.some((root) => isInside(real(here), root)) ? here : only,
    directories: roots,
    async holds(path) {
      const found = await reality(path);
      return found !== undefined && roots.some((root) => isInside(found, root));
    },
    async locate(spelling, call) {
      const path = toPath(spelling);
      const found = await reality(path);
      if (!found || !roots.some((root) => isInside(found, root))) throw refuse(path);
      return (await enter(found, {}, call)).path;
    },
    nameOf: async (repository, call) => nameOf(await confirm(repository, await siteOf(repository), call)),
    enter,
  };
}

const isWithin = ({ own, common }: Site, directories: readonly string[]) =>
  [own, common].every((part) => directories.some((directory) => isInside(part, directory)));

const nameOf = ({ common }: Site) => (basename(common) === '.git' ? dirname(common) : common);

// Not realpathSync itself: it takes dots behind a link for what they seem, and can go round for ever.
const real = (path: string) => {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
};

const personOf = ({ HOME, USERPROFILE }: Host['childEnv']) => HOME || USERPROFILE || homeOfUser();

/** A container may run us as a user that nobody has heard of. */
const homeOfUser = () => {
  try {
    return homedir();
  } catch {
    return '~';
  }
};

function fromUrl(spelling: string): string {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(spelling)) return spelling;
  try {
    return fileURLToPath(spelling);
  } catch (cause) {
    throw new TagError('invalid_input', told`${spelling} is not the path of a local repository.`, { cause });
  }
}

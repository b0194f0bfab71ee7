/** From a spelling to a repository on a git host that may be used, with the clones it is known from. */
import { readdirSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { TagError } from '../../core/errors.ts';
import { compileGlob } from '../../core/glob.ts';
import type { Host } from '../../core/host.ts';
import type { Call } from '../../core/provider.ts';
import { told } from '../../core/told.ts';
import { addressOf, type GitAddress, isSpelledAsAddress } from '../../git/address.ts';
import type { Destination } from '../../git/exchange.ts';
import { pathsFor, type Roots } from '../../git/locate.ts';
import { isInside } from '../../git/look.ts';
import type { CloneRemote } from '../../git/settings.ts';
import { type Configured, refuseUnlessSafe, tokenIn, userOf } from './token.ts';

export interface Place extends Destination {
  /** Paths of clones that have it as a remote, as `Roots` locates them. */
  readonly clones: Set<string>;
  /** Whose credential answers, as far as that can be told. */
  readonly answering: string | undefined;
}

/** Repositories in a root are looked for so deep, and no more than so many: a root may be a whole disk. */
const DEPTH = 2;
const MOST = 200;
const REMOTE_NAME = /^[\w.][\w.-]*$/;

/** The directories below the roots that may be clones, the roots first. */
function* clonesIn(roots: readonly string[]): Generator<string> {
  let level = [...roots];
  let left = MOST;
  for (let depth = 0; depth <= DEPTH; depth += 1) {
    for (const directory of level) {
      left -= 1;
      if (left < 0) return;
      yield directory;
    }
    if (depth < DEPTH) level = level.flatMap(subdirectories);
  }
}

function subdirectories(directory: string): string[] {
  try {
    const entries = readdirSync(directory, { withFileTypes: true });
    return entries.flatMap((entry) => (entry.isDirectory() && !entry.name.startsWith('.') ? [join(directory, entry.name)] : []));
  } catch {
    return [];
  }
}

/** The remotes of a clone, but those that are directories outside the roots: nobody may use them. */
const remotesAt = (host: Host, directory: string, roots: readonly string[]) =>
  host.remotesOf(directory).filter(({ address }) => !isAbsolute(address) || roots.some((root) => isInside(address, root)));

/** Is there any, in the repository around the working directory or in the roots? */
export function hasRemotes(host: Host, given: readonly string[]): boolean {
  const roots = given.map(pathsFor(host));
  const isOne = (directory: string) => remotesAt(host, directory, roots).length > 0;
  if (isOne(host.cwd)) return true;
  for (const directory of clonesIn(roots)) if (isOne(directory)) return true; // no further than the first
  return false;
}

export function createPlaces(host: Host, roots: Roots | undefined, globs: readonly string[], own: Configured | undefined) {
  const known = new Map<string, Place>();
  const allowed = globs.flatMap((glob) => compileGlob(glob, true) ?? []);
  const home = roots?.standard;
  const origin = home === undefined ? undefined : remotesAt(host, home, roots?.directories ?? []).find(({ name }) => name === 'origin');

  /** With the operator's token where it is for that host. */
  function place(address: GitAddress, push: GitAddress, clone?: string): string {
    refuseUnlessSafe(address, host);
    refuseUnlessSafe(push, host);
    const { canonical } = address;
    const isOurs = own?.token !== undefined && own.address.origin === address.origin && own.address.origin === push.origin;
    const token = isOurs ? own.token : tokenIn(address, host);
    const before = known.get(canonical);
    const clones = before?.clones ?? new Set();
    if (clone) clones.add(clone);
    const user = token && userOf(token);
    const answering = user && `${user} (${isOurs ? 'GIT_REMOTE_TOKEN' : 'the address of the clone'})`;
    // What stands in a clone tells more than an address alone: the user of ssh, a credential.
    if (!before || clone) known.set(canonical, { address, push, token, clones, answering });
    return canonical;
  }

  async function ofClone(path: string, name: string, call: Call): Promise<string> {
    if (!roots) throw noRemote(name);
    const clone = await roots.locate(path, call);
    const { remotes } = await roots.enter(clone, {}, call);
    const found = remotes.find((one) => one.name === name);
    if (!found) throw noRemote(name, remotes);
    return placeOf(found, clone);
  }

  async function placeOf({ name, url, pushUrl }: CloneRemote, clone: string): Promise<string> {
    const [address, push] = [url, pushUrl ?? url].map((text) => addressOf(text, clone));
    if (!address || !push) throw new TagError('invalid_input', told`The remote ${name} of ${clone} has no address that can be used.`);
    // A directory has no host: it is the same or another.
    if (address.onHost !== push.onHost || (push.protocol === 'file' && push.canonical !== address.canonical))
      throw new TagError('policy_denied', told`The remote ${name} of ${clone} is pushed to another repository than it is read from.`, {
        hint: 'Name the address that is meant.',
      });
    if (address.protocol === 'file' && !(await roots?.holds(address.canonical))) throw refusal(address.canonical);
    return place(address, push, clone);
  }

  /** A remote of the clones that there are, however it was come by. */
  async function amongClones({ canonical }: GitAddress, call: Call): Promise<string | undefined> {
    if (!roots) return undefined;
    for (const directory of new Set([...(home ? [home] : []), ...clonesIn(roots.directories)])) {
      if (host.remotesOf(directory).length === 0) continue;
      const clone = await roots.locate(directory, call).catch(() => undefined);
      const remotes = clone === undefined ? [] : (await roots.enter(clone, {}, call)).remotes;
      const found = remotes.find(({ url }) => addressOf(url, clone ?? '')?.canonical === canonical);
      if (found && clone !== undefined) return placeOf(found, clone);
    }
    return undefined;
  }

  async function ofAddress(spelling: string, call: Call): Promise<string> {
    const address = addressOf(spelling, host.cwd);
    if (!address) throw new TagError('invalid_input', 'That is no address of a git repository.', { hint: HINT });
    if (known.has(address.canonical)) return address.canonical;
    refuseUnlessSafe(address, host);
    if (own?.address.canonical === address.canonical) return place(own.address, own.address);
    const found = await amongClones(address, call);
    if (found !== undefined) return found;
    const { canonical, protocol } = address;
    // A directory is used where git itself may work, and nowhere else.
    const isAllowed = protocol === 'file' ? await roots?.holds(canonical) : allowed.some((matches) => matches(canonical));
    if (!isAllowed) throw refusal(canonical);
    return place(address, address);
  }

  return {
    standard: own?.address.canonical ?? (origin && 'origin'),
    address: own?.address.canonical ?? origin?.address,
    async locate(spelling: string, call: Call): Promise<string> {
      const text = spelling.trim();
      if (known.has(text)) return text;
      const hash = text.lastIndexOf('#');
      if (hash > 0) return ofClone(text.slice(0, hash), text.slice(hash + 1), call);
      if (isSpelledAsAddress(text) || !REMOTE_NAME.test(text)) return ofAddress(text, call);
      if (home === undefined) throw noRemote(text);
      return ofClone(home, text, call);
    },
    known(repository: string): Place {
      const found = known.get(repository);
      if (!found) throw refusal(repository);
      return found;
    },
  };
}

const HINT = 'Name a remote (origin, PATH#origin) or an address: https://host/path, user@host:path.';

const noRemote = (name: string, remotes: readonly CloneRemote[] = []) =>
  new TagError('repository_not_found', told`There is no remote ${name} here.`, {
    hint: remotes.length > 0 ? told`There is: ${remotes.map((one) => one.name).join(', ')}.` : HINT,
  });

const refusal = (canonical: string) =>
  new TagError('policy_denied', told`${canonical} is not among the addresses this server may use.`, {
    hint: 'The remotes of repositories in its roots may be used; others the operator allows with TAGWRIGHT_GIT_REMOTES.',
  });

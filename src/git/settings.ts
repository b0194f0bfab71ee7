/** What a repository's own configuration may do to the commands that are run here: nothing that was not looked at. */
import { lstat } from 'node:fs/promises';
import { dirname, join, parse, resolve } from 'node:path';
import { TagError } from '../core/errors.ts';
import type { Call } from '../core/provider.ts';
import { ours, told } from '../core/told.ts';
import type { Git } from './command.ts';
import type { Setting } from './environment.ts';
import { isInside, kindOf, look, reality } from './look.ts';
import { isReviewed } from './reviewed.ts';
import type { Site } from './site.ts';

export interface Settings {
  /** Set otherwise whenever git runs there. */
  readonly overruled: readonly Setting[];
  /** core.worktree */
  readonly worktree: string | undefined;
  readonly remotes: readonly CloneRemote[];
}

/** A remote as the clone has it written down, perhaps with a credential in its address. */
export interface CloneRemote {
  readonly name: string;
  readonly url: string;
  /** Where it is pushed to, where that is another. */
  readonly pushUrl: string | undefined;
}

interface Entry {
  /** As git writes it: the section and the variable in lower case, what is between them as it stands. */
  readonly key: string;
  readonly section: string;
  readonly variable: string;
  readonly value: string | undefined;
  /** Where relative paths begin. */
  readonly base: string;
}

/** So long after its last change a file of settings is sure to show the next one (as git's index has it, racy-git). */
const TICK_MS = 100;

const forbidden = ({ key }: Entry, why: string) =>
  new TagError('policy_denied', told`The repository sets ${key}, ${ours(why)}; nothing was done.`, {
    hint: 'A person must look at the configuration of that repository; do not try another way.',
  });

/** Throws `policy_denied` for a setting that cannot be let stand. What was read is kept until a file of settings changes. */
export function createSettings(git: Git, home: string) {
  const kept = new Map<string, { stamp: string; settings: Settings }>();
  let known: string | undefined;

  /** Of one file, from outside: git in a repository would read what its files include, and wait at a pipe. */
  async function list(file: string, call: Call): Promise<Entry[]> {
    if (!(await look(file))) return [];
    const output = await git.run({ path: parse(file).root }, ['config', '--file', file, '--no-includes', '--list', '-z'], call);
    return output.split('\0').flatMap((text) => (text ? toEntry(text, dirname(file)) : []));
  }

  /** Does this git read it? Asked only where we do not know. */
  async function isKnown({ section, variable }: Entry, path: string, call: Call): Promise<boolean> {
    const output = known ?? (await git.run({ path: parse(path).root }, ['help', '--config'], call)).toLowerCase();
    known = output;
    const names = output.split('\n').map((line) => line.replace(/\..*\./, '.'));
    return names.includes(`${section}.${variable}`) || names.includes(`${section}.*`);
  }

  /** All there is, with what is included on any condition; `fleeting` where that may change by itself. */
  async function read({ own, common }: Site, permitted: readonly string[], call: Call): Promise<{ entries: Entry[]; fleeting: boolean }> {
    const entries = await list(join(common, 'config'), call);
    if (entries.some(({ key }) => key === 'extensions.worktreeconfig')) entries.push(...(await list(join(own, 'config.worktree'), call)));
    const inclusions = entries.filter(isInclusion);
    for (const inclusion of inclusions) {
      const included = await list(await within(inclusion, permitted, home), call);
      const deeper = included.find(isInclusion);
      if (deeper) throw forbidden(deeper, 'in a file that is itself included');
      entries.push(...included);
    }
    return { entries, fleeting: inclusions.length > 0 || entries.some(namesFile) };
  }

  async function refuseUnlessHarmless(entry: Entry, { path }: Site, permitted: readonly string[], call: Call): Promise<void> {
    if (namesFile(entry)) await within(entry, permitted, home);
    if (entry.key === 'extensions.refstorage' && !['files', 'reftable'].includes(entry.value ?? ''))
      throw forbidden(entry, 'which puts its refs elsewhere');
    if (!isReviewed(entry.section, entry.variable) && (await isKnown(entry, path, call)))
      throw forbidden(entry, 'which this server does not know to be harmless');
  }

  return async (site: Site, permitted: readonly string[], call: Call): Promise<Settings> => {
    const split = site.parts.has('config.worktree') ? [join(site.own, 'config.worktree')] : [];
    const stamp = await stampOf([join(site.common, 'config'), ...split]);
    const before = kept.get(site.own);
    if (stamp && before?.stamp === stamp) return before.settings;
    const { entries, fleeting } = await read(site, permitted, call);
    for (const entry of entries) await refuseUnlessHarmless(entry, site, permitted, call);
    const settings: Settings = {
      overruled: hooksOf(entries).map((name) => [`hook.${name}.event`, '']), // an empty one takes back those before it
      worktree: entries.findLast(({ key }) => key === 'core.worktree')?.value,
      remotes: remotesOf(entries),
    };
    if (stamp && !fleeting) kept.set(site.own, { stamp, settings });
    else kept.delete(site.own);
    return settings;
  };
}

function toEntry(text: string, base: string): Entry {
  const [key = ''] = text.split('\n', 1);
  const [section = ''] = key.split('.', 1);
  const value = key === text ? undefined : text.slice(key.length + 1);
  return { key, section, variable: key.slice(key.lastIndexOf('.') + 1), value, base };
}

const isInclusion = ({ section, variable }: Entry) => (section === 'include' || section === 'includeif') && variable === 'path';

/** Read by mktag, which quotes it where it cannot. */
const namesFile = ({ key }: Entry) => key === 'fsck.skiplist';

/** The hooks that it configures (git 2.54), whatever they are for. */
const hooksOf = (entries: readonly Entry[]) => [
  ...new Set(
    entries.flatMap(({ key, section, variable }) =>
      section === 'hook' && ['command', 'event'].includes(variable) ? key.slice('hook.'.length, -variable.length - 1) : [],
    ),
  ),
];

function remotesOf(entries: readonly Entry[]): CloneRemote[] {
  const set = entries.filter(({ section }) => section === 'remote');
  const nameOf = ({ key, variable }: Entry) => key.slice('remote.'.length, -variable.length - 1);
  return [...new Set(set.map(nameOf))].flatMap((name) => {
    const valueAt = (wanted: string) => set.find((entry) => entry.variable === wanted && nameOf(entry) === name)?.value;
    const url = valueAt('url');
    return url ? [{ name, url, pushUrl: valueAt('pushurl') }] : [];
  });
}

/** The file that a setting names, which git will read. */
async function within(entry: Entry, permitted: readonly string[], home: string): Promise<string> {
  const path = (entry.value ?? '').replace(/^~(?=\/)/, () => home);
  const file = /^[~%]/.test(path) ? undefined : await reality(resolve(entry.base, path));
  if (!file || !permitted.some((directory) => isInside(file, directory))) throw forbidden(entry, 'which leads out of it');
  if (!['file', undefined].includes(kindOf(await look(file)))) throw forbidden(entry, 'which is no file');
  return file;
}

/** What changes when one of the files does; undefined where that cannot be relied upon. */
async function stampOf(files: readonly string[]): Promise<string | undefined> {
  const stats = await Promise.all(files.map((file) => lstat(file, { bigint: true }).catch(() => undefined)));
  const latest = Math.max(...stats.map((stat) => Number(stat?.ctimeMs ?? 0n)));
  if (Date.now() - latest < TICK_MS) return undefined;
  return stats.map((stat) => (stat ? `${stat.dev}.${stat.ino}.${stat.size}.${stat.mtimeNs}.${stat.ctimeNs}` : '')).join(' ');
}

/** Where the repository around a directory was cloned from, read from its files: to start git would take longer than the server itself. */
import { existsSync, realpathSync, type Stats, statSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import type { Remote } from '../core/host.ts';
import { textOf, told } from '../core/told.ts';
import { readText } from './files.ts';
import { type Entry, entriesIn } from './git-config.ts';

/** A scheme, or scp's host:path; anything else is a path, from the top of the repository. */
const REMOTE = /^[a-z][a-z0-9+.-]*:\/\/|^[^/\\:]{2,}:/i;
/** It may be a credential. */
const USER = /^([a-z][a-z0-9+.-]*:\/\/)[^/]*@/i;
const MOST_FILES = 10;
const MOST_REMOTES = 100;
const ROOT = 0;

export interface Person {
  /** The path of ~/.gitconfig; empty where there is none. */
  readonly gitconfig: string;
  /** Who root is, behind sudo. */
  readonly sudoUid?: string | undefined;
}

/** Its remotes, origin first, their addresses without user and password; none where there is no repository, or it is another user's. */
export function readRemotes(directory: string, { gitconfig, sudoUid }: Person = { gitconfig: '' }, problems: string[] = []): Remote[] {
  const found = directory ? repositoryAround(directory, problems) : undefined;
  if (!found) return [];
  const { top, own, common } = found;
  const general = entriesIn((gitconfig && readText(gitconfig, problems)) || '');
  if (!isSafe(top, general) && !belong([top, join(top, '.git'), own, common], sudoUid)) {
    problems.push(textOf(told`The repository at ${top} belongs to somebody else: where it was cloned from is not looked at.`));
    return [];
  }
  const entries = entriesOf(join(common, 'config'), [top, common], problems);
  const urls = entries.filter(({ section, subsection, key }) => section === 'remote' && subsection !== undefined && key === 'url');
  const rewrite = rewriting([...general, ...entries]);
  const remotes = urls.slice(0, MOST_REMOTES).map(({ subsection: name = '', value }): Remote => {
    const url = rewrite(value);
    return { name, address: REMOTE.test(url) ? url.replace(USER, '$1') : resolve(top, url) };
  });
  return [...remotes.filter(({ name }) => name === 'origin'), ...remotes.filter(({ name }) => name !== 'origin')];
}

/** The person has told git that it is, whoever owns it. */
const isSafe = (top: string, entries: readonly Entry[]): boolean =>
  entries.some(
    ({ section, key, value }) =>
      section === 'safe' &&
      key === 'directory' &&
      (value === '*' || value === top || (value.endsWith('/*') && top.startsWith(value.slice(0, -1)))),
  );

/** With those of the files that it includes, as far as they belong to the repository. */
function entriesOf(config: string, within: readonly string[], problems: string[]): Entry[] {
  const insides = within.map((directory) => `${realOf(directory)}${sep}`);
  let left = MOST_FILES;
  const read = (path: string): Entry[] => {
    left -= 1;
    const text = left < 0 ? undefined : readText(path, problems);
    return entriesIn(text ?? '').flatMap((entry) => {
      if (entry.section !== 'include' || entry.key !== 'path') return [entry];
      const named = resolve(dirname(path), entry.value);
      const real = left > 0 ? realOf(named) : undefined;
      return real && insides.some((inside) => real.startsWith(inside)) ? read(named) : [];
    });
  };
  return read(config);
}

/** `url.BASE.insteadOf`: the longest beginning wins. */
function rewriting(entries: readonly Entry[]): (url: string) => string {
  const rules = entries
    .filter(({ section, subsection, key, value }) => section === 'url' && subsection !== undefined && key === 'insteadof' && value)
    .sort((a, b) => b.value.length - a.value.length);
  return (url) => {
    const rule = rules.find(({ value }) => url.startsWith(value));
    return rule ? `${rule.subsection}${url.slice(rule.value.length)}` : url;
  };
}

/** As git asks, of all there are: they are this user's, or root's who is asked to act for them. */
function belong(paths: readonly string[], sudoUid: string | undefined): boolean {
  const user = process.geteuid?.();
  return paths.every((path) => {
    const owner = statOf(path)?.uid;
    return user === undefined || owner === undefined || owner === user || (user === ROOT && String(owner) === sudoUid);
  });
}

interface Found {
  readonly top: string;
  readonly own: string;
  /** The git directory that all worktrees share: it holds the configuration. */
  readonly common: string;
}

function repositoryAround(directory: string, problems: string[]): Found | undefined {
  const git = join(directory, '.git');
  const found = statOf(git);
  if (found?.isDirectory()) return { top: directory, own: git, common: git };
  if (found) {
    const text = readText(git, problems);
    if (found.isFile()) return behind(directory, text ?? '', problems);
  }
  const isBare = ['HEAD', 'objects', 'refs'].every((part) => existsSync(join(directory, part)));
  if (isBare) return { top: directory, own: directory, common: directory };
  return dirname(directory) === directory ? undefined : repositoryAround(dirname(directory), problems);
}

/** A worktree and a submodule have a file that says where their git directory is. */
function behind(top: string, text: string, problems: string[]): Found | undefined {
  const named = /^gitdir: (.+)/.exec(text)?.[1]?.trimEnd();
  if (!named) return undefined;
  const own = resolve(top, named);
  return { top, own, common: resolve(own, (readText(join(own, 'commondir'), problems) ?? '').trim()) };
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

function realOf(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch {
    return undefined;
  }
}

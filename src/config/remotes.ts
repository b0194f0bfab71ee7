/** Where the repository around a directory was cloned from, read from its files: to start git would take longer than the server itself. */
import { existsSync, type Stats, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { textOf } from './files.ts';

/** `[remote "origin"]`, and what may follow on its line. */
const SECTION = /^\s*\[\s*([\w.-]+)\s*(?:"((?:[^"\\]|\\.)*)")?\s*\](.*)$/;
const URL_LINE = /^\s*url\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^#;]*))/i;
/** A scheme, or scp's host:path; a bare path leads to no other host. */
const REMOTE = /^[a-z][a-z0-9+.-]*:\/\/|^[^/\\:]{2,}:/i;
/** It may be a credential. */
const USER = /^([a-z][a-z0-9+.-]*:\/\/)[^/]*@/i;

/** The addresses of its remotes without user and password, origin's first; none where there is no repository. */
export function readRemotes(directory: string): string[] {
  const common = commonDirectory(directory);
  const text = common && textOf(join(common, 'config'));
  if (!text) return [];
  const remotes = urlsIn(text).filter(({ url }) => REMOTE.test(url));
  const [origin, others] = [true, false].map((isOrigin) => remotes.filter(({ remote }) => (remote === 'origin') === isOrigin));
  return [...(origin ?? []), ...(others ?? [])].map(({ url }) => url.replace(USER, '$1'));
}

function urlsIn(text: string): { remote: string; url: string }[] {
  let remote: string | undefined;
  return text.split(/\r?\n/).flatMap((line) => {
    const section = SECTION.exec(line);
    if (section) remote = section[1]?.toLowerCase() === 'remote' ? section[2] : undefined;
    const [, quoted, bare] = URL_LINE.exec(section?.[3] ?? line) ?? [];
    const url = quoted?.replace(/\\(.)/g, '$1') ?? bare?.trim();
    return remote !== undefined && url ? [{ remote, url }] : [];
  });
}

/** The git directory that all worktrees share: it holds the configuration. */
function commonDirectory(directory: string): string | undefined {
  const git = join(directory, '.git');
  const found = statOf(git);
  if (found?.isDirectory()) return git;
  if (found?.isFile()) return behind(directory, textOf(git) ?? '');
  const isBare = ['HEAD', 'objects', 'refs'].every((part) => existsSync(join(directory, part)));
  if (isBare) return directory;
  return dirname(directory) === directory ? undefined : commonDirectory(dirname(directory));
}

/** A worktree and a submodule have a file that says where their git directory is. */
function behind(directory: string, text: string): string | undefined {
  const named = /^gitdir: (.+)/.exec(text)?.[1]?.trimEnd();
  if (!named) return undefined;
  const own = resolve(directory, named);
  return resolve(own, (textOf(join(own, 'commondir')) ?? '').trim());
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

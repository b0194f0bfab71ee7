/** A repository beside what must not change: files of the user, and another repository whose history must not be shown. */

import { execFileSync } from 'node:child_process';
import {
  cpSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import { makeRepository, temporaryDirectory } from '../../support/git-repository.ts';

/** Stands in every commit, tag, file and ref outside. */
export const SECRET = 'kept-from-strangers';

let template: string | undefined;
afterAll(() => template && rmSync(template, { recursive: true, force: true }));

/** `open` is the repository at hand, `closed` the other one; made once and copied. */
function makeTemplate(): string {
  const base = temporaryDirectory();
  const open = makeRepository({ path: join(base, 'root/open') });
  open.commit('first');
  open.commit('second');
  open.git('tag', 'v0', 'main~1');
  open.git('tag', '-m', 'one', 'v1.0.0', 'main~1');
  open.git('tag', 'rel/2');
  const closed = makeRepository({ path: join(base, 'outside/closed') });
  closed.commit(SECRET);
  closed.git('tag', '-m', SECRET, SECRET);
  closed.git('tag', 'v1.0.0');
  closed.git('branch', 'side');
  mkdirSync(join(base, 'outside/home'));
  writeFileSync(join(base, 'outside/home/bashrc'), `# ${SECRET}\n`);
  writeFileSync(join(base, 'outside/home/v1.0.0'), `${SECRET}\n`);
  return base;
}

export interface World {
  readonly base: string;
  /** A root with the repository in it. */
  readonly root: string;
  readonly repo: string;
  readonly git: string;
  readonly outside: string;
  readonly closed: string;
  readonly home: string;
  /** The id of the other repository's commit. */
  readonly commit: string;
  readonly tag: string;
  remove(): void;
}

export function world(): World {
  template ??= makeTemplate();
  const base = temporaryDirectory();
  cpSync(template, base, { recursive: true, verbatimSymlinks: true });
  const closed = join(base, 'outside/closed/.git');
  const [commit = '', tag = ''] = ['main', SECRET].map((name) => readRef(closed, name));
  return {
    base,
    root: join(base, 'root'),
    repo: join(base, 'root/open'),
    git: join(base, 'root/open/.git'),
    outside: join(base, 'outside'),
    closed,
    home: join(base, 'outside/home'),
    commit,
    tag,
    remove: () => rmSync(base, { recursive: true, force: true }),
  };
}

const readRef = (git: string, name: string) =>
  readFileSync(join(git, name === 'main' ? 'refs/heads/main' : `refs/tags/${name}`), 'utf8').trim();

/** What is there instead of whatever was there before. */
export function put(path: string, make: (path: string) => void): void {
  rmSync(path, { recursive: true, force: true });
  mkdirSync(dirname(path), { recursive: true });
  make(path);
}
export const linkTo = (target: string) => (path: string) => symlinkSync(target, path);
export const sameAs = (target: string) => (path: string) => linkSync(target, path);
export const file = (text: string) => (path: string) => writeFileSync(path, text);
export const pipe = (path: string): void => void execFileSync('mkfifo', [path]);

/** Everything below a directory that a write could change. */
export function snapshot(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const path = join(directory, name);
      const { mode, mtimeMs, size } = lstatSync(path);
      const kind = lstatSync(path);
      const content = kind.isSymbolicLink() ? readlinkSync(path) : kind.isFile() ? readFileSync(path, 'base64') : '';
      return `${name} ${mode.toString(8)} ${mtimeMs} ${kind.isDirectory() ? '' : size} ${content}`;
    });
}

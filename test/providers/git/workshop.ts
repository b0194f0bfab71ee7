/** Real repositories, removed after each test, and the git provider on them with nobody's settings. */
import { rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterEach } from 'vitest';
import type { Host } from '../../../src/core/host.ts';
import type { TagProvider } from '../../../src/core/provider.ts';
import { git } from '../../../src/providers/index.ts';
import { type GitRepository, isolated, makeRepository, temporaryDirectory } from '../../support/git-repository.ts';
import { quietCall, type ToolCalls, testHost, toolsOn } from '../../support/target.ts';

const made: string[] = [];
afterEach(() => {
  for (const path of made.splice(0)) rmSync(path, { recursive: true, force: true });
});

/** A directory with nothing in it. */
export function directory(): string {
  const path = temporaryDirectory();
  made.push(path);
  return path;
}

/** A repository with one commit, in a directory of its own. */
export function repositoryWith(commits = 1, { bare = false, path = join(directory(), 'repo') } = {}): GitRepository {
  const repository = makeRepository({ bare, path });
  for (let count = 1; count <= commits; count += 1) repository.commit(`commit ${count}`);
  return repository;
}

export interface Surroundings extends Partial<Omit<Host, 'childEnv'>> {
  readonly roots?: string[];
  readonly env?: Record<string, string | undefined>;
}

/** The provider as the server would connect it in `cwd`. */
export function connect(cwd: string, { roots = [], env = {}, ...host }: Surroundings = {}): TagProvider {
  const childEnv = { ...process.env, ...isolated, ...env };
  const provider = git.connect(
    { TAGWRIGHT_GIT_ROOTS: roots.join(delimiter) || undefined },
    testHost({ cwd, timeoutMs: 10_000, childEnv, ...host }),
  );
  if (!provider) throw new Error(`git is not enabled in ${cwd}`);
  return provider;
}

export const toolsIn = ({ path }: { path: string }, surroundings: Surroundings = {}, signal?: AbortSignal): ToolCalls =>
  toolsOn(connect(path, surroundings), path, quietCall(signal));

/** A tag object that `git tag` would not make, without a ref to it. */
export const tagObject = ({ feed }: GitRepository, object: string, type: string, body: string): string =>
  feed(
    `object ${object}\ntype ${type}\ntag crafted\ntagger Eve <eve@example.com> 1767225600 +0100\n\n${body}`,
    'hash-object',
    '-t',
    'tag',
    '-w',
    '--literally',
    '--stdin',
  );

/** A directory for PATH whose `git` runs `lines` of shell before the real one. */
export function wrapped(...lines: string[]): string {
  const path = directory();
  writeFileSync(join(path, 'git'), `#!/bin/sh\nPATH='${process.env.PATH}'\n${lines.join('\n')}\nexec git "$@"\n`, { mode: 0o755 });
  return path;
}

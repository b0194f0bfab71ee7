/** Real repositories in temporary directories, made by the real git. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface GitRepository {
  readonly path: string;
  /** Runs git there and returns its output, trimmed. */
  git(...args: string[]): string;
  /** The same with something on standard input. */
  feed(input: string, ...args: string[]): string;
  commit(title: string): string;
  remove(): void;
}

const IDENTITY = {
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
};
let clock = Date.parse('2026-01-01T00:00:00Z') / 1000;

/** Settings of the person running the tests must not reach them. */
export const isolated = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };

export const temporaryDirectory = (): string => realpathSync(mkdtempSync(join(tmpdir(), 'tagwright-')));

/** An empty repository with an identity of its own. */
export function makeRepository({ bare = false, path = join(temporaryDirectory(), 'repo') } = {}): GitRepository {
  const run = (cwd: string, args: string[], input = '') =>
    execFileSync('git', args, {
      cwd,
      input,
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...isolated, ...IDENTITY, GIT_AUTHOR_DATE: `${clock} +0000`, GIT_COMMITTER_DATE: `${clock} +0000` },
    }).trim();
  run('/', ['init', '-q', '-b', 'main', ...(bare ? ['--bare'] : []), path]);
  const repository: GitRepository = {
    path,
    git: (...args) => run(path, args),
    feed: (input, ...args) => run(path, args, input),
    commit(title) {
      clock += 60;
      run(path, ['commit', '-q', '--allow-empty', '-m', title]);
      return run(path, ['rev-parse', 'HEAD']);
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
  repository.git('config', 'user.name', 'Ada');
  repository.git('config', 'user.email', 'ada@example.com');
  return repository;
}

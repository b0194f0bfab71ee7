import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openGitHost } from '../../test/support/git-host.ts';
import type { Row } from './measure.ts';
import { openSession } from './session.ts';

const COMMITS = 1_000;
const TAGS = 1_000;

/** How often a git host is visited for a call, and how many objects go over the wire: exact, whatever the machine. */
export async function remotes(server: string, directory: string): Promise<Row[]> {
  const bare = join(directory, 'acme/app.git');
  mkdirSync(bare, { recursive: true });
  const git = (input: string, ...args: string[]) => execFileSync('git', args, { cwd: bare, input, encoding: 'utf8' });
  git('', 'init', '-q', '--bare', '-b', 'main');
  const commits = Array.from(
    { length: COMMITS },
    (_, index) =>
      `commit refs/heads/main\ncommitter A <a@example.com> ${1_767_225_600 + index} +0000\ndata 1\nx\nM 644 inline file\ndata 5\n${String(index).padStart(5)}\n`,
  );
  git(commits.join('\n'), 'fast-import', '--quiet');
  const tip = git('', 'rev-parse', 'main').trim();
  git(Array.from({ length: TAGS }, (_, index) => `create refs/tags/t${index} ${tip}\n`).join(''), 'update-ref', '--stdin');

  const host = await openGitHost({ root: directory });
  const identity = { GIT_COMMITTER_NAME: 'A', GIT_COMMITTER_EMAIL: 'a@example.com' };
  const session = await openSession(server, directory, { GIT_REMOTE_URL: `${host.origin}/acme/app.git`, ...identity });
  const steps: [tool: string, args: Record<string, unknown>, atMost: number][] = [
    ['create_tag', { name: 'v1', ref: 'main', message: 'One' }, 2],
    ['get_tag', { name: 'v1' }, 1],
    ['list_tags', {}, 1],
    ['delete_tag', { name: 'v1' }, 2],
  ];
  const rows: Row[] = [];
  for (const [tool, args, atMost] of steps) {
    for (const kept of [host.seen, host.sent, host.received]) kept.length = 0;
    await session.call(tool, { provider: 'remote', ...args });
    const objects = [...host.sent, ...host.received].reduce((sum, count) => sum + count, 0);
    rows.push({
      figure: `git remote of ${COMMITS} commits: ${tool}, connections`,
      value: host.visits().length,
      unit: 'connections',
      budget: { atMost },
      ours: `${objects} objects over the wire`,
    });
  }
  await session.close();
  await host.close();
  return rows;
}

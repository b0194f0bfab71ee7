import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chapter, openStage, say, show } from './stage.ts';

const COMMITS = ['fix: keep the last line', 'docs: say how', 'feat: read from a pipe'];
const NOTES = 'Reads from a pipe\n\n- feat: read from a pipe\n- fix: keep the last line';

/** The whole conversation: what would be in it, what to call it, the plan, the release. */
export async function nextRelease(directory: string): Promise<void> {
  const repository = join(directory, 'acme-cli');
  mkdirSync(repository);
  const git = (...args: string[]) => execFileSync('git', args, { cwd: repository, encoding: 'utf8' });
  git('init', '-q', '-b', 'main');
  git('config', 'user.name', 'Ada');
  git('config', 'user.email', 'ada@example.com');
  git('commit', '-q', '--allow-empty', '-m', 'feat: begin');
  git('tag', 'v1.0.0');
  for (const title of COMMITS) git('commit', '-q', '--allow-empty', '-m', title);

  chapter('The next release');
  const stage = await openStage(repository, {});
  try {
    say('What would be in the next release, and what should it be called?');
    const { next } = await stage.ask('compare_tags', {}, { relation: 'ahead', total: COMMITS.length });
    const { suggested: name } = next as { suggested: string };

    say('With notes from these commits: first the plan, then the same without dry_run.');
    const release = { name, message: NOTES, targets: [{ provider: 'git', ref: 'main' }] };
    await stage.ask('tag_release', { ...release, dry_run: true }, { name: 'v1.1.0', outcome: 'planned' });
    await stage.ask('tag_release', release, { outcome: 'created' });
    show('git tag -n9 --list v1.1.0', git('tag', '-n9', '--list', 'v1.1.0'));

    say('What is in it, for whoever asks later; and which release has a fix.');
    await stage.ask('compare_tags', { head: 'v1.1.0', limit: 2 }, { relation: 'ahead', total: COMMITS.length });
    await stage.ask('list_tags', { contains: 'main~2', stable: true }, { order_by: 'updated' });
  } finally {
    await stage.close();
  }
}

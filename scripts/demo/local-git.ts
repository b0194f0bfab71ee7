import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chapter, openStage, say, show } from './stage.ts';

const IDENTITY = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];

/** The life of a tag in a real repository, with git as the witness. */
export async function localGit(directory: string): Promise<void> {
  const repository = join(directory, 'acme-app');
  mkdirSync(repository);
  const git = (...args: string[]) => execFileSync('git', [...IDENTITY, ...args], { cwd: repository, encoding: 'utf8' });
  const witness = (...args: string[]) => show(`git ${args.join(' ')}`, git(...args));
  git('init', '-q', '-b', 'main');
  git('config', 'user.name', 'Ada');
  git('config', 'user.email', 'ada@example.com');
  for (const title of ['Start', 'Parse the input', 'Fix the parser']) git('commit', '-q', '--allow-empty', '-m', title);
  const [first, last] = [git('rev-parse', 'main~1').trim(), git('rev-parse', 'main').trim()];

  chapter('A local git repository');
  const stage = await openStage(repository, {});
  try {
    say('Tag the commit before the last, with a message.');
    await stage.ask('create_tag', { name: 'v1.0.0', ref: 'main~1', message: '# First release\n\nParses input.' }, { outcome: 'created' });
    witness('tag', '-n1', '--list');

    say('Ask again: a retry changes nothing.');
    await stage.ask('create_tag', { name: 'v1.0.0', ref: 'main~1' }, { outcome: 'unchanged' });

    say('The same name for another commit is refused, with the place where it stands.');
    await stage.refused('create_tag', { name: 'v1.0.0', ref: 'main' }, 'already_exists');

    say('Unless the caller insists, and only if nobody has moved it meanwhile.');
    await stage.ask(
      'create_tag',
      { name: 'v1.0.0', ref: 'main', force: true, expected_commit_id: first },
      { outcome: 'moved', previous_commit_id: first },
    );
    witness('rev-parse', 'v1.0.0^{commit}');

    say('Read it, list them all.');
    await stage.ask('get_tag', { name: 'v1.0.0' }, {});
    await stage.ask('create_tag', { name: 'v1.1.0-rc.1', ref: 'main' }, { outcome: 'created' });
    await stage.ask('list_tags', { search: '^v1', order_by: 'version' }, { order_by: 'version', sort: 'desc' });

    say('Delete it. The answer holds what brings it back.');
    const { restore } = await stage.ask('delete_tag', { name: 'v1.0.0', expected_commit_id: last }, {});
    witness('tag', '--list');
    await stage.ask('create_tag', { ...(restore as object) }, { outcome: 'created' });
    witness('for-each-ref', '--format=%(refname:short) %(objecttype) %(contents:subject)', 'refs/tags');
  } finally {
    await stage.close();
  }
}

import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { GITLAB_TOKENS, gitlabAccess, startGitlab } from '../../test/sandbox/gitlab.ts';
import { lakefsAccess, startLakefs } from '../../test/sandbox/lakefs.ts';
import { startVers, VERS_KEY } from '../../test/sandbox/vers.ts';
import { chapter, openStage, say, show } from './stage.ts';

/** One name on code, data, snapshot and service, or on none. */
export async function release(directory: string): Promise<void> {
  chapter('A release across four systems');
  const repository = join(directory, 'acme-model');
  mkdirSync(repository);
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...args], { cwd: repository, encoding: 'utf8' });
  git('init', '-q', '-b', 'main');
  git('config', 'user.name', 'Ada');
  git('config', 'user.email', 'ada@example.com');
  git('commit', '-q', '--allow-empty', '-m', 'Train on the new data');

  const [gitlab, lakefs, vers] = await Promise.all([startGitlab(), startLakefs(), startVers()]);
  const service = gitlab.addProject('acme/service', { protectedTags: ['v*'] });
  gitlab.commit(service, 'main', 'Serve the model');
  lakefs.addRepository('training');
  vers.addRepository('model-vm');
  const snapshot = vers.commit().commit_id;

  const stage = await openStage(repository, {
    ...gitlabAccess(gitlab, GITLAB_TOKENS.developer),
    GITLAB_PROJECT: 'acme/service',
    ...lakefsAccess(lakefs),
    LAKEFS_REPOSITORY: 'training',
    VERS_URL: vers.url,
    VERS_API_KEY: VERS_KEY,
    VERS_REPOSITORY: 'model-vm',
  });
  const targets = [{ provider: 'git' }, { provider: 'lakefs' }, { provider: 'gitlab' }, { provider: 'vers', ref: snapshot }];
  const everywhere = () => ({
    git: git('tag', '--list').split('\n').filter(Boolean),
    lakefs: [...(lakefs.repositories.get('training')?.tags.keys() ?? [])],
    gitlab: [...service.tags.keys()],
    vers: [...(vers.repositories.get('model-vm')?.tags.keys() ?? [])],
  });
  const witness = () =>
    show(
      'tags there are',
      Object.entries(everywhere())
        .map(([name, tags]) => `${name}: ${tags.join(' ') || 'none'}`)
        .join('\n'),
    );
  const names = () => Object.values(everywhere()).flat();
  try {
    say('First the plan: nothing is written.');
    await stage.ask('tag_release', { name: 'v2.0.0', targets, dry_run: true }, { outcome: 'planned' });

    say('The third target refuses: its tags are protected. What the others had made is taken back.');
    await stage.refused('tag_release', { name: 'v2.0.0', targets, message: 'Second generation' }, 'release_failed');
    witness();
    if (names().length > 0) throw new Error('a tag was left behind');

    say('The obstacle is gone. The same call again.');
    service.protectedTags = [];
    await stage.ask('tag_release', { name: 'v2.0.0', targets, message: 'Second generation' }, { outcome: 'created' });
    witness();
    if (names().join() !== Array(4).fill('v2.0.0').join()) throw new Error('a tag is missing');

    say('Which commit, which data, which snapshot is v2.0.0?');
    await stage.ask('show_release', { name: 'v2.0.0' }, { complete: true });
  } finally {
    await stage.close();
    await Promise.all([gitlab.close(), lakefs.close(), vers.close()]);
  }
}

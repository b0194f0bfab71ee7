import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { githubAccess, startGithub } from '../../test/sandbox/github.ts';
import { gitlabAccess, startGitlab } from '../../test/sandbox/gitlab.ts';
import { chapter, openStage, say, show } from './stage.ts';

const NOTES = '## Spring\n\n- Reads from a pipe\n- Keeps the last line';

/** The notes stand beside the tag where people read them, on two code hosts, or there is no tag. */
export async function notes(directory: string): Promise<void> {
  chapter('A release with notes, on GitHub and GitLab');
  const home = join(directory, 'elsewhere');
  mkdirSync(home);
  const [github, gitlab] = await Promise.all([startGithub(), startGitlab()]);
  const app = github.addRepository('acme/app');
  github.commit(app, 'main', 'feat: read from a pipe');
  const service = gitlab.addProject('acme/service');
  gitlab.commit(service, 'main', 'feat: read from a pipe');
  const stage = await openStage(home, {
    ...githubAccess(github),
    GITHUB_REPOSITORY: 'acme/app',
    ...gitlabAccess(gitlab),
    GITLAB_PROJECT: 'acme/service',
  });
  const witness = () => {
    const [there, here] = [[...app.releases.values()].filter(({ draft }) => !draft), [...service.releases.values()]];
    show('Releases there are', `github: ${there.length}\ngitlab: ${here.length}`);
    return [app.tags.size, there.length, service.tags.size, here.length].join();
  };
  const release = { name: 'v2.1.0', message: 'Spring', release_notes: NOTES };
  try {
    say('GitLab refuses the Release. Neither a tag nor notes stay, on either.');
    gitlab.fault({ kind: 'status', status: 403, body: { message: '403 Forbidden' } }, { method: 'POST', path: /\/releases$/ });
    await stage.refused('tag_release', release, 'release_failed');
    if (witness() !== '0,0,0,0') throw new Error('something was left behind');

    say('Once more.');
    await stage.ask('tag_release', release, { outcome: 'created' });
    if (witness() !== '1,1,1,1') throw new Error('something is missing');
    await stage.ask('get_tag', { provider: 'github', name: 'v2.1.0' }, { provider: 'github' });

    say('Deleted by mistake, and restored with its notes by the call that the deletion told.');
    const { restore } = await stage.ask('delete_tag', { provider: 'gitlab', name: 'v2.1.0', force: true }, { provider: 'gitlab' });
    await stage.ask('create_tag', restore as Record<string, unknown>, { outcome: 'created' });
    if (witness() !== '1,1,1,1') throw new Error('the notes did not come back');
  } finally {
    await stage.close();
    await Promise.all([github.close(), gitlab.close()]);
  }
}

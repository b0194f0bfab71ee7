import { GITLAB_TOKENS, gitlabAccess, startGitlab } from '../../test/sandbox/gitlab.ts';
import { lakefsAccess, startLakefs } from '../../test/sandbox/lakefs.ts';
import type { Sandbox } from '../../test/sandbox/sandbox.ts';
import { chapter, openStage, say, show } from './stage.ts';

/** What reached a sandbox since the last look. */
function witness(name: string, sandbox: Sandbox): void {
  show(`requests that reached ${name}`, sandbox.seen.map(({ method, path }) => `${method} ${decodeURIComponent(path)}`).join('\n'));
  sandbox.reset();
}

/** Two systems over HTTP, as they really answer: sandboxes on loopback, traps included. */
export async function hosted(directory: string): Promise<void> {
  chapter('GitLab and lakeFS, on sandboxes');
  const [gitlab, lakefs] = await Promise.all([startGitlab(), startLakefs()]);
  const project = gitlab.addProject('acme/app', { protectedTags: ['prod-*'] });
  const first = gitlab.commit(project, 'main', 'Ship it');
  gitlab.commit(project, 'main', 'Ship it better');
  const training = lakefs.addRepository('training');
  const stage = await openStage(directory, {
    ...gitlabAccess(gitlab, GITLAB_TOKENS.developer),
    ...lakefsAccess(lakefs),
  });
  const app = { provider: 'gitlab', repository: 'acme/app' };
  try {
    say('One request makes a tag, however the project is spelled.');
    await stage.ask(
      'create_tag',
      { provider: 'gitlab', repository: `${gitlab.url}/acme/app/-/tags`, name: 'rel/1.4.0', ref: first, message: 'Spring release' },
      { outcome: 'created' },
    );
    witness('GitLab', gitlab);

    say('The answer to a write gets lost. It is settled by looking, not by guessing.');
    gitlab.fault({ kind: 'reset-after' }, { method: 'POST' });
    await stage.ask('create_tag', { ...app, name: 'v1.4.1', ref: 'main' }, { outcome: 'created' });
    witness('GitLab', gitlab);

    say('What is forbidden is named as what it is.');
    await stage.refused('create_tag', { ...app, name: 'prod-1', ref: 'main' }, 'protected');
    project.releases.set('v1.4.1', { tag_name: 'v1.4.1', name: 'v1.4.1', description: 'Notes', created_at: '2026-01-01T00:00:00Z' });
    await stage.refused('delete_tag', { ...app, name: 'v1.4.1' }, 'release_attached');

    say('Data is tagged in the same words. lakeFS moves a tag by deleting and creating; a message it cannot keep.');
    await stage.ask(
      'create_tag',
      { provider: 'lakefs', repository: 'lakefs://training', name: 'v1.4.0', ref: 'main' },
      { outcome: 'created' },
    );
    lakefs.commit(training, 'main', 'More data');
    lakefs.reset();
    await stage.ask(
      'create_tag',
      { provider: 'lakefs', repository: 'training', name: 'v1.4.0', ref: 'main', force: true },
      { outcome: 'moved' },
    );
    witness('lakeFS', lakefs);
    await stage.refused(
      'create_tag',
      { provider: 'lakefs', repository: 'training', name: 'v1.5.0', ref: 'main', message: 'Notes' },
      'unsupported',
    );
    await stage.ask('list_tags', { provider: 'lakefs', repository: 'training' }, {});
  } finally {
    await stage.close();
    await Promise.all([gitlab.close(), lakefs.close()]);
  }
}

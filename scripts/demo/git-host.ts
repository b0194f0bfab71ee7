import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openGitHost } from '../../test/support/git-host.ts';
import { chapter, openStage, say, show } from './stage.ts';

const execute = promisify(execFile);

/** A tag in a clone is seen by one person; this one is pushed, to a real git host on loopback. */
export async function gitHost(directory: string): Promise<void> {
  chapter('A tag that others can see');
  const root = join(directory, 'host');
  // Not one after the other: the host that git speaks to is in this process.
  const run = async (cwd: string, ...args: string[]) => (await execute('git', args, { cwd })).stdout;
  const bare = join(root, 'acme/app.git');
  await run(directory, 'init', '-q', '--bare', '-b', 'main', bare);
  const host = await openGitHost({ root });
  const clone = join(directory, 'clone');
  await run(directory, 'init', '-q', '-b', 'main', clone);
  const git = (...args: string[]) => run(clone, '-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...args);
  const url = `${host.origin}/acme/app.git`;
  for (const [name, value] of [
    ['user.name', 'Ada'],
    ['user.email', 'ada@example.com'],
    ['remote.origin.url', url],
  ] as const)
    await git('config', name, value);
  for (const title of ['Start', 'Parse the input']) await git('commit', '-q', '--allow-empty', '-m', title);
  await git('push', '-q', 'origin', 'main');
  await git('commit', '-q', '--allow-empty', '-m', 'Not pushed yet');
  const published = (await git('rev-parse', 'main~1')).trim();
  const witness = async () => {
    show('git ls-remote --tags origin', await git('ls-remote', '--tags', 'origin'));
    show('git tag --list', await git('tag', '--list'));
  };

  const stage = await openStage(clone, {});
  const remote = { provider: 'remote' };
  try {
    say('The host is asked where main is: a commit that is only in the clone is not published by its tag.');
    await stage.ask('create_tag', { ...remote, name: 'v1.0.0', ref: 'main', message: 'First release' }, { outcome: 'created' });
    await witness();
    const [tag] = (await git('ls-remote', 'origin', 'refs/tags/v1.0.0^{}')).split('\t');
    if (tag !== published || (await git('rev-parse', 'v1.0.0^{commit}')).trim() !== published) throw new Error('the tag stands elsewhere');

    say('A release over the clone and its host is one object, so that a fetch has nothing to say.');
    const targets = [{ provider: 'git', ref: 'main~1' }, remote];
    await stage.ask('tag_release', { name: 'v1.0.1', message: 'Second release', targets }, { outcome: 'created' });
    show('git fetch --tags origin', await git('fetch', '--tags', 'origin'));
    await stage.ask('list_tags', remote, { order_by: 'version' });

    say('What is deleted on the host is deleted in the clone along with it.');
    await stage.ask('delete_tag', { ...remote, name: 'v1.0.1' }, {});
    await witness();
  } finally {
    await stage.close();
    await host.close();
  }
}

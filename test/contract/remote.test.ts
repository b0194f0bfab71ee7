import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { remote } from '../../src/providers/index.ts';
import { openGitHost } from '../support/git-host.ts';
import { isolated, makeRepository, temporaryDirectory } from '../support/git-repository.ts';
import { testHost } from '../support/target.ts';
import { contract } from './contract.ts';

const TOKEN = 'host-token-1';

contract('remote, over HTTP', async () => {
  const root = temporaryDirectory();
  const work = makeRepository({ path: join(root, 'work') });
  const older = { commit: work.commit('first'), ref: 'older' };
  work.git('branch', 'older');
  const newer = { commit: work.commit('second'), ref: 'main' };
  const bare = makeRepository({ path: join(root, 'acme/app.git'), bare: true });
  bare.git('config', 'http.receivepack', 'true');
  work.git('push', '-q', bare.path, 'main', 'older');
  const host = await openGitHost({
    root,
    credential: `git:${TOKEN}`,
    env: { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'uploadpack.allowFilter', GIT_CONFIG_VALUE_0: 'true' },
  });
  const provider = remote.connect(
    { GIT_REMOTE_URL: `${host.origin}/acme/app.git`, GIT_REMOTE_TOKEN: TOKEN, TAGWRIGHT_GIT_REMOTES: `${host.origin}/**` },
    testHost({
      cwd: '',
      timeoutMs: 20_000,
      childEnv: { ...process.env, ...isolated, GIT_COMMITTER_NAME: 'Ada', GIT_COMMITTER_EMAIL: 'ada@example.com' },
    }),
  );
  if (!provider) throw new Error('a git remote is not enabled by its address');
  return {
    provider,
    repository: `${host.origin}/acme/app`,
    missing: `${host.origin}/acme/none`,
    older,
    newer,
    unknownRef: 'no-such-branch',
    seed: async (names) =>
      void bare.feed(names.map((name) => `create refs/tags/${name} ${older.commit}\n`).join(''), 'update-ref', '--stdin'),
    names: async () => bare.git('tag', '--list').split('\n').filter(Boolean),
    close: async () => {
      await host.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
});

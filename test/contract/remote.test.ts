/** Git hosts over HTTP, giving single objects away, and over ssh, giving whole commits. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { remote } from '../../src/providers/index.ts';
import { openGitHost, speaksHttp } from '../support/git-host.ts';
import { isolated, makeRepository, temporaryDirectory } from '../support/git-repository.ts';
import { hasSsh, openSshHost } from '../support/ssh-host.ts';
import { testHost } from '../support/target.ts';
import { contract } from './contract.ts';
import type { World } from './world.ts';

interface Way {
  /** Of the repositories below the root. */
  readonly base: string;
  readonly token?: string;
  readonly env?: NodeJS.ProcessEnv;
  close(): Promise<void>;
}

async function world(open: (root: string) => Promise<Way>): Promise<World> {
  const root = temporaryDirectory();
  const work = makeRepository({ path: join(root, 'work') });
  const older = { commit: work.commit('first'), ref: 'older' };
  work.git('branch', 'older');
  const newer = { commit: work.commit('second'), ref: 'main' };
  const bare = makeRepository({ path: join(root, 'acme/app.git'), bare: true });
  work.git('push', '-q', bare.path, 'main', 'older');
  const way = await open(root);
  const identity = { GIT_COMMITTER_NAME: 'Ada', GIT_COMMITTER_EMAIL: 'ada@example.com' };
  const provider = remote.connect(
    {
      GIT_REMOTE_URL: `${way.base}/acme/app.git`,
      GIT_REMOTE_TOKEN: way.token,
      TAGWRIGHT_GIT_REMOTES: `${way.base.replace('git@', '')}/**`,
    },
    testHost({ cwd: '', timeoutMs: 20_000, childEnv: { ...process.env, ...isolated, ...identity, ...way.env } }),
  );
  if (!provider) throw new Error('a git remote is not enabled by its address');
  return {
    provider,
    repository: `${way.base}/acme/app`,
    missing: `${way.base}/acme/none`,
    older,
    newer,
    unknownRef: 'no-such-branch',
    seed: async (names) =>
      void bare.feed(names.map((name) => `create refs/tags/${name} ${older.commit}\n`).join(''), 'update-ref', '--stdin'),
    names: async () => bare.git('tag', '--list').split('\n').filter(Boolean),
    close: async () => {
      await way.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

if (speaksHttp)
  contract('remote, over HTTP', () =>
    world(async (root) => {
      const token = 'host-token-1';
      const host = await openGitHost({ root, credential: `git:${token}` });
      return { base: host.origin, token, close: host.close };
    }),
  );

if (hasSsh)
  contract('remote, over ssh', () =>
    world(async (root) => {
      const host = await openSshHost(root);
      return { base: `ssh://git@127.0.0.1:${host.port}${root}`, env: { GIT_SSH_COMMAND: host.client }, close: host.close };
    }),
  );

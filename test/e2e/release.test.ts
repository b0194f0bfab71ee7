/** A release by the built server, over a real repository and sandboxes, with everything that can end a process. */
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GitlabSandbox, gitlabAccess, type Project, startGitlab } from '../sandbox/gitlab.ts';
import { type LakefsSandbox, lakefsAccess, type Repository, startLakefs } from '../sandbox/lakefs.ts';
import { type GitRepository, makeRepository } from '../support/git-repository.ts';
import { initialize, type RawServer, startRaw } from '../support/raw-server.ts';

let repository: GitRepository;
let gitlab: GitlabSandbox;
let lakefs: LakefsSandbox;
let project: Project;
let data: Repository;
const servers: RawServer[] = [];

beforeEach(async () => {
  repository = makeRepository();
  repository.commit('first');
  [gitlab, lakefs] = await Promise.all([startGitlab(), startLakefs()]);
  project = gitlab.addProject('acme/app');
  gitlab.commit(project, 'main', 'first');
  data = lakefs.addRepository('training');
});
afterEach(async () => {
  for (const server of servers.splice(0)) server.stop();
  repository.remove();
  await Promise.all([gitlab.close(), lakefs.close()]);
});

async function start(env: Record<string, string> = {}): Promise<RawServer> {
  const server = startRaw(repository.path, {
    ...gitlabAccess(gitlab),
    GITLAB_PROJECT: 'acme/app',
    ...lakefsAccess(lakefs),
    LAKEFS_REPOSITORY: 'training',
    ...env,
  });
  servers.push(server);
  await initialize(server);
  return server;
}

const release = (server: RawServer) => server.ask('tools/call', { name: 'tag_release', arguments: { name: 'v1', message: 'Notes' } });
const standing = () => ({
  git: repository.git('tag', '--list'),
  gitlab: [...project.tags.keys()].join(),
  lakefs: [...data.tags.keys()].join(),
});
const EVERYWHERE = { git: 'v1', gitlab: 'v1', lakefs: 'v1' };
const NOWHERE = { git: '', gitlab: '', lakefs: '' };
const until = async (holds: () => boolean) => {
  while (!holds()) await new Promise((wake) => setTimeout(wake, 5));
};

describe('a release', () => {
  it('without targets goes to every default repository', async () => {
    const { result } = await release(await start());
    expect(result?.structuredContent).toMatchObject({
      outcome: 'created',
      targets: [{ provider: 'git' }, { provider: 'gitlab' }, { provider: 'lakefs', note: expect.any(String) }],
    });
    expect(standing()).toEqual(EVERYWHERE);
  });

  it.each(['SIGTERM', 'the client closing its end'])('ended by %s in the middle is undone within 5 seconds', async (end) => {
    const server = await start();
    gitlab.fault({ kind: 'hang' }, { method: 'POST' });
    void release(server);
    await until(() => standing().git === 'v1' && standing().lakefs === 'v1');
    const before = Date.now();
    if (end === 'SIGTERM') server.child.kill('SIGTERM');
    else server.child.stdout?.destroy();
    if (end !== 'SIGTERM')
      for (let count = 0; count < 3; count += 1) server.write(JSON.stringify({ jsonrpc: '2.0', id: `late-${count}`, method: 'ping' }));
    const [code] = (await once(server.child, 'exit')) as [number | null];
    expect(Date.now() - before).toBeLessThan(5_000);
    expect(code).toBe(0);
    expect(standing()).toEqual(NOWHERE);
  });

  it('cancelled by its client is undone once the answers under way are known, and the server goes on', async () => {
    const server = await start({ TAGWRIGHT_TIMEOUT_MS: '1500' });
    gitlab.fault({ kind: 'hang' }, { method: 'POST' });
    server.write(
      JSON.stringify({ jsonrpc: '2.0', id: 77, method: 'tools/call', params: { name: 'tag_release', arguments: { name: 'v1' } } }),
    );
    await until(() => standing().git === 'v1' && standing().lakefs === 'v1');
    server.write(JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 77 } }));
    await until(() => standing().git === '' && standing().lakefs === '');
    expect((await release(server)).result?.structuredContent).toMatchObject({ outcome: 'created' });
  });

  it('made by two processes at once, one of which fails, is never taken back from the other', async () => {
    const [one, other] = await Promise.all([start(), start()]);
    const answers = await Promise.all([release(one), release(other), release(one), release(other)]);
    expect(answers.filter(({ result }) => result?.isError)).toEqual([]);
    expect(standing()).toEqual(EVERYWHERE);
  });
});

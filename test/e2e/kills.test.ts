/** `kill -9` at every request of a move and of a release, before it took effect and after: what the next process finds and mends. */
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GitlabSandbox, gitlabAccess, type Project, startGitlab } from '../sandbox/gitlab.ts';
import { type LakefsSandbox, lakefsAccess, type Repository, startLakefs } from '../sandbox/lakefs.ts';
import { type GitRepository, makeRepository, temporaryDirectory } from '../support/git-repository.ts';
import { initialize, type RawServer, startRaw } from '../support/raw-server.ts';
import { restoreIn } from '../support/restore-call.ts';

const MESSAGE = 'Notes of the old one\n\nin "three" lines';
const KINDS = [{ kind: 'hang' }, { kind: 'hang-after' }] as const;
/** More requests than any of these calls makes. */
const MOST = 12;

let repository: GitRepository;
let gitlab: GitlabSandbox;
let lakefs: LakefsSandbox;
let project: Project;
let data: Repository;
let code: string[];
let commits: string[];
let state: string;
const servers: RawServer[] = [];

beforeEach(async () => {
  state = temporaryDirectory();
  repository = makeRepository();
  repository.commit('first');
  [gitlab, lakefs] = await Promise.all([startGitlab(), startLakefs()]);
  project = gitlab.addProject('acme/app');
  code = ['first', 'second'].map((title) => gitlab.commit(project, 'main', title));
  data = lakefs.addRepository('training');
  commits = [lakefs.commit(data, 'main'), lakefs.commit(data, 'main')];
});
afterEach(async () => {
  for (const server of servers.splice(0)) server.stop();
  repository.remove();
  await Promise.all([gitlab.close(), lakefs.close()]);
});

async function start(): Promise<RawServer> {
  const server = startRaw(repository.path, {
    ...gitlabAccess(gitlab),
    GITLAB_PROJECT: 'acme/app',
    ...lakefsAccess(lakefs),
    LAKEFS_REPOSITORY: 'training',
    XDG_STATE_HOME: state,
  });
  servers.push(server);
  await initialize(server);
  return server;
}

async function call(on: RawServer, name: string, args: object) {
  const { result } = await on.ask('tools/call', { name, arguments: args });
  return { text: result?.content?.[0]?.text ?? '', structured: result?.structuredContent ?? {} };
}

/** Kills the server at its request number `at` (from 0) to one system. False where the call was over before. */
async function killedAt(system: GitlabSandbox | LakefsSandbox, kind: 'hang' | 'hang-after', at: number, tool: string, args: object) {
  const server = await start();
  system.reset();
  system.fault({ kind }, { after: at });
  let over = false;
  void call(server, tool, args).then(() => {
    over = true;
  });
  while (!over && system.seen.length <= at) await new Promise((wake) => setTimeout(wake, 2));
  await new Promise((wake) => setTimeout(wake, 20)); // what is on its way to the other systems arrives
  server.child.kill('SIGKILL');
  await once(server.child, 'exit');
  for (const sandbox of [gitlab, lakefs]) sandbox.reset();
  return !over;
}

const SYSTEMS = {
  gitlab: () => ({
    sandbox: gitlab,
    ids: code,
    set: () => {
      project.tags.delete('v1');
      gitlab.tag(project, 'v1', code[0] ?? '', MESSAGE);
    },
    stands: () => ({ at: project.tags.get('v1')?.commit, message: project.tags.get('v1')?.annotation?.message }),
  }),
  lakefs: () => ({
    sandbox: lakefs,
    ids: commits,
    set: () => {
      data.tags.delete('v1');
      lakefs.tag(data, 'v1', commits[0] ?? '');
    },
    stands: () => ({ at: data.tags.get('v1'), message: undefined }),
  }),
};

describe.each(Object.entries(SYSTEMS))('a move on %s', (provider, open) => {
  it('killed at any step: the old tag stands, or the new one, or the call that the next process tells makes the old one again', async () => {
    const { sandbox, ids, set, stands } = open();
    const ends: string[] = [];
    for (const { kind } of KINDS)
      for (let at = 0; at < MOST; at += 1) {
        set();
        const old = stands();
        if (!(await killedAt(sandbox, kind, at, 'create_tag', { provider, name: 'v1', ref: ids[1], force: true }))) break;
        const found = stands();
        if (found.at === undefined) {
          const next = await start();
          const restore = restoreIn((await call(next, 'get_tag', { provider, name: 'v1' })).text);
          expect(restore, `${kind} at ${at}`).toMatchObject({ provider, name: 'v1', ref: ids[0] });
          await call(next, 'create_tag', restore ?? {});
          expect(stands(), `${kind} at ${at}`).toEqual(old);
        } else expect(found, `${kind} at ${at}`).toEqual(found.at === ids[0] ? old : { ...old, at: ids[1] });
        ends.push(found.at === undefined ? 'gone' : found.at === ids[0] ? 'old' : 'new');
      }
    expect(new Set(ends)).toEqual(new Set(['old', 'gone', 'new']));
  }, 60_000);
});

it('a release killed at any step of any system is completed by the same call, nothing twice', async () => {
  const args = { name: 'v1', message: 'Notes' };
  let kills = 0;
  for (const system of [gitlab, lakefs])
    for (const { kind } of KINDS)
      for (let at = 0; at < MOST; at += 1) {
        for (const name of repository.git('tag', '--list').split('\n').filter(Boolean)) repository.git('tag', '-d', name);
        for (const { tags } of [project, data]) tags.clear();
        if (!(await killedAt(system, kind, at, 'tag_release', args))) break;
        kills += 1;
        const { structured, text } = await call(await start(), 'tag_release', args);
        expect(structured, `${kind} at ${at}: ${text}`).toMatchObject({
          name: 'v1',
          outcome: expect.stringMatching(/^(created|unchanged)$/),
        });
        expect([repository.git('tag', '--list'), [...project.tags.keys()].join(), [...data.tags.keys()].join()]).toEqual([
          'v1',
          'v1',
          'v1',
        ]);
      }
  expect(kills).toBeGreaterThan(8);
}, 60_000);

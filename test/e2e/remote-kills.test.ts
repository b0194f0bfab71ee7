/** A release over the clone, its host and a lake, `kill -9` at every step: the same call completes it, and a fetch is always clean. */
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type LakefsSandbox, lakefsAccess, type Repository, startLakefs } from '../sandbox/lakefs.ts';
import { type GitHost, openGitHost } from '../support/git-host.ts';
import { type GitRepository, makeRepository, temporaryDirectory } from '../support/git-repository.ts';
import { initialize, type RawServer, startRaw } from '../support/raw-server.ts';

/** More requests than the release makes. */
const MOST = 16;

let root: string;
let host: GitHost;
let bare: GitRepository;
let clone: GitRepository;
let lakefs: LakefsSandbox;
let data: Repository;
const servers: RawServer[] = [];

beforeEach(async () => {
  root = temporaryDirectory();
  bare = makeRepository({ path: join(root, 'host/acme/app.git'), bare: true });
  host = await openGitHost({ root: join(root, 'host') });
  clone = makeRepository({ path: join(root, 'clone') });
  clone.commit('first');
  clone.git('remote', 'add', 'origin', `${host.origin}/acme/app.git`);
  clone.git('push', '-q', bare.path, 'main');
  lakefs = await startLakefs();
  data = lakefs.addRepository('training');
  lakefs.commit(data, 'main');
});
afterEach(async () => {
  for (const server of servers.splice(0)) server.stop();
  await Promise.all([host.close(), lakefs.close()]);
  rmSync(root, { recursive: true, force: true });
});

async function start(): Promise<RawServer> {
  const server = startRaw(clone.path, { ...lakefsAccess(lakefs), LAKEFS_REPOSITORY: 'training' });
  servers.push(server);
  await initialize(server);
  return server;
}

const release = async (on: RawServer) => {
  const { result } = await on.ask('tools/call', { name: 'tag_release', arguments: { name: 'v1', message: 'Notes' } });
  return { text: result?.content?.[0]?.text ?? '', structured: result?.structuredContent ?? {} };
};

/** What the host's answer number `at` (from 0) waits for, once git has done what it was asked, or before. */
function holdAt(at: number, after: boolean): { readonly held: Promise<void>; letGo(): void } {
  let [reach, letGo] = [() => {}, () => {}];
  const held = new Promise<void>((resolve) => (reach = resolve));
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  let count = -1;
  host.intercept = async (_, response) => {
    count += 1;
    if (count !== at) return false;
    if (!after) {
      reach();
      await gate;
      return false;
    }
    const end = response.end.bind(response);
    response.end = ((...args: Parameters<typeof end>) => {
      reach();
      void gate.then(() => end(...args));
      return response;
    }) as typeof response.end;
    return false;
  };
  return { held, letGo: () => letGo() };
}

const ids = (repository: GitRepository) => repository.git('for-each-ref', '--format=%(refname) %(objectname)', 'refs/tags');
const fetchIsClean = () => clone.git('fetch', '--tags', bare.path);

it('is completed by the same call, one object on both sides', async () => {
  let kills = 0;
  for (const after of [false, true])
    for (let at = 0; at < MOST; at += 1) {
      for (const repository of [clone, bare])
        for (const name of repository.git('tag').split('\n').filter(Boolean)) repository.git('tag', '-d', name);
      data.tags.clear();
      const { held, letGo } = holdAt(at, after);
      const server = await start();
      const over = release(server).then(() => 'over');
      const end = await Promise.race([held.then(() => 'held'), over]);
      if (end === 'over') break;
      kills += 1;
      server.child.kill('SIGKILL');
      await once(server.child, 'exit');
      letGo();
      host.intercept = undefined;
      await host.idle();
      fetchIsClean();
      const { text, structured } = await release(await start());
      expect(structured, `${after ? 'after' : 'before'} ${at}: ${text}`).toMatchObject({
        outcome: expect.stringMatching(/^(created|unchanged)$/),
      });
      expect(ids(clone), `${after ? 'after' : 'before'} ${at}`).toBe(ids(bare));
      expect(ids(bare)).toMatch(/^refs\/tags\/v1 /);
      expect([...data.tags.keys()]).toEqual(['v1']);
      fetchIsClean();
    }
  expect(kills).toBeGreaterThan(8);
}, 180_000);

/** A move by the built server that ends in the middle, whatever ends it: the old tag stands, the new one does, or the journal restores it. */
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GITLAB_TOKENS, type GitlabSandbox, gitlabAccess, type Project, startGitlab } from '../sandbox/gitlab.ts';
import { temporaryDirectory } from '../support/git-repository.ts';
import { initialize, type RawServer, startRaw } from '../support/raw-server.ts';
import { restoreIn } from '../support/restore-call.ts';

const MESSAGE = 'Notes of the old one\n\nin three\nlines, "quoted"';
let gitlab: GitlabSandbox;
let project: Project;
let commits: [string, string];
let state: string;
const servers: RawServer[] = [];

beforeEach(async () => {
  gitlab = await startGitlab();
  project = gitlab.addProject('acme/app');
  commits = ['first', 'second'].map((title) => gitlab.commit(project, 'main', title)) as [string, string];
  state = temporaryDirectory();
  gitlab.tag(project, 'v1', commits[0], MESSAGE);
});
afterEach(async () => {
  for (const server of servers.splice(0)) server.stop();
  await gitlab.close();
});

const journal = () => join(state, 'tagwright', 'journal.jsonl');
const written = () => (existsSync(journal()) ? readFileSync(journal(), 'utf8') : '');
async function start(env: Record<string, string> = {}): Promise<RawServer> {
  const access = {
    ...gitlabAccess(gitlab),
    GITLAB_PROJECT: 'acme/app',
    TAGWRIGHT_PROVIDERS: 'gitlab',
  };
  const server = startRaw(temporaryDirectory(), { ...access, XDG_STATE_HOME: state, ...env }, { stderr: 'pipe' });
  servers.push(server);
  await initialize(server);
  return server;
}
async function call(on: RawServer, name: string, args: object) {
  const { result } = await on.ask('tools/call', { name, arguments: args });
  return { text: result?.content?.[0]?.text ?? '', structured: result?.structuredContent ?? {} };
}
const MOVE = { name: 'v1', ref: 'main', force: true };
const stands = () => ({ at: project.tags.get('v1')?.commit, message: project.tags.get('v1')?.annotation?.message });
const until = async (holds: () => boolean) => {
  while (!holds()) await setTimeout(2);
};

async function killBetween(): Promise<void> {
  const server = await start();
  gitlab.fault({ kind: 'hang' }, { method: 'POST', times: 9 });
  void call(server, 'create_tag', MOVE);
  await until(() => !project.tags.has('v1'));
  server.child.kill('SIGKILL');
  await once(server.child, 'exit');
  gitlab.reset();
}

describe('killed between deletion and creation', () => {
  it('the next start says so on stderr, and get_tag tells the call that restores the tag exactly', async () => {
    await killBetween();
    expect(stands().at).toBeUndefined();
    const next = await start();
    await until(() => next.told().includes('interrupted'));
    const { text } = await call(next, 'get_tag', { name: 'v1' });
    expect(text).toMatch(/^tag_not_found: /);
    const restore = restoreIn(text);
    expect(restore).toEqual({ provider: 'gitlab', repository: 'acme/app', name: 'v1', ref: commits[0], message: MESSAGE });
    expect(restoreIn(next.told())).toEqual(restore);
    expect((await call(next, 'create_tag', restore ?? {})).structured).toMatchObject({ outcome: 'created' });
    expect(stands()).toEqual({ at: commits[0], message: MESSAGE });
    expect(written(), 'the words are gone from the file').toBe('');
    const after = await start();
    await call(after, 'get_tag', { name: 'v1' });
    expect(after.told()).toBe('');
  });
  it('a new tag that takes the name has the old one in its result', async () => {
    await killBetween();
    const { structured } = await call(await start(), 'create_tag', { name: 'v1', ref: commits[1] });
    expect(structured).toMatchObject({ outcome: 'created', restore: { ref: commits[0], message: MESSAGE } });
    expect(written()).toBe('');
  });
  it('nothing of it is written where the operator wants none, and the move is made all the same', async () => {
    const server = await start({ TAGWRIGHT_JOURNAL: 'off' });
    expect((await call(server, 'create_tag', MOVE)).structured).toMatchObject({ outcome: 'moved' });
    expect(existsSync(join(state, 'tagwright'))).toBe(false);
  });
  it('where it cannot be written the move goes ahead, and that is said once', async () => {
    const server = await start({ TAGWRIGHT_JOURNAL: '/dev/null/journal' });
    for (const ref of [commits[1], commits[0]])
      expect((await call(server, 'create_tag', { ...MOVE, ref })).structured).toMatchObject({ outcome: 'moved' });
    expect(server.told().match(/journal of moves cannot be written/g)).toHaveLength(1);
  });
  it('holds no credential', async () => {
    await killBetween();
    expect(written()).toContain('in three');
    expect(written()).not.toContain(GITLAB_TOKENS.maintainer);
  });
});

it('SIGTERM in the middle: the move is finished before the process ends, however long that takes', async () => {
  const server = await start();
  gitlab.fault({ kind: 'status', status: 503 }, { method: 'POST', times: 6 });
  void call(server, 'create_tag', MOVE);
  await until(() => !project.tags.has('v1'));
  server.child.kill('SIGTERM');
  const started = Date.now();
  const [code] = await once(server.child, 'exit');
  expect(code).toBe(0);
  expect(Date.now() - started, 'longer than a signal is given otherwise').toBeGreaterThan(4_500);
  expect(stands()).toEqual({ at: commits[1], message: MESSAGE });
  expect(written()).toBe('');
}, 60_000);

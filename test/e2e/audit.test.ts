/** The audit log of real processes: on a disk that is full, killed in the middle, several at once. */
import { once } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gitlabAccess, startGitlab } from '../sandbox/gitlab.ts';
import { type GitRepository, makeRepository, temporaryDirectory } from '../support/git-repository.ts';
import { initialize, type RawServer, startRaw } from '../support/raw-server.ts';

let repository: GitRepository;
let log: string;
let servers: RawServer[];
beforeEach(() => {
  repository = makeRepository();
  repository.commit('first');
  log = join(temporaryDirectory(), 'audit.jsonl');
  servers = [];
});
afterEach(() => {
  for (const server of servers) server.stop();
  repository.remove();
});

async function start(env: Record<string, string> = {}, shell = ':'): Promise<RawServer> {
  const server = startRaw(repository.path, { TAGWRIGHT_AUDIT_LOG: log, ...env }, { shell, stderr: 'pipe' });
  servers.push(server);
  await initialize(server);
  return server;
}
const create = async (server: RawServer, args: object) =>
  (await server.ask('tools/call', { name: 'create_tag', arguments: args })).result?.content?.[0]?.text ?? '';
/** Every line there is; a half one fails the test. */
const lines = () => {
  const text = readFileSync(log, 'utf8');
  expect(text.endsWith('\n')).toBe(true);
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
};

describe('a disk that is full', () => {
  // The limit of a process stands for the disk: ordinary users and root have it alike.
  const FULL = 4_096;
  const limited = 'ulimit -f 8';
  const fill = (left: number) =>
    writeFileSync(log, `{"filler":"${'x'.repeat(FULL - left - '{"filler":""}\n'.length)}"}\n`, { mode: 0o600 });

  it('takes no half line of what is intended: nothing is done, and nothing is left', async () => {
    for (const left of [0, 1, 50]) {
      fill(left);
      const server = await start({}, limited);
      expect(await create(server, { name: 'v1', ref: 'main' })).toMatch(
        /^policy_denied: The audit log cannot be written; nothing was done/,
      );
      expect(statSync(log).size).toBe(FULL - left);
      expect(lines()).toHaveLength(1);
    }
    expect(repository.git('tag', '--list')).toBe('');
  });

  it('takes no half line of what was done: it is told on stderr, and the next line stands alone', async () => {
    fill(300);
    const server = await start({}, limited);
    expect(await create(server, { name: 'v1', ref: 'main' })).toContain('"created"');
    expect(repository.git('tag', '--list')).toBe('v1');
    expect(lines().map(({ tag, outcome }) => [tag, outcome])).toEqual([
      [undefined, undefined],
      ['v1', 'intended'],
    ]);
    expect(server.told()).toMatch(/^tagwright: warn: TAGWRIGHT_AUDIT_LOG lacks a line \(.*\): \{.*"tag":"v1".*"outcome":"done".*\}\n$/);
    const roomy = await start();
    expect(await create(roomy, { name: 'v2', ref: 'main' })).toContain('"created"');
    expect(lines().map(({ outcome }) => outcome)).toEqual([undefined, 'intended', 'intended', 'done']);
  });
});

it('killed between the two lines it has announced what it did, and the next process goes on', async () => {
  const gitlab = await startGitlab();
  const project = gitlab.addProject('acme/app');
  gitlab.commit(project, 'main', 'first');
  const env = { ...gitlabAccess(gitlab), TAGWRIGHT_PROVIDERS: 'gitlab', GITLAB_PROJECT: 'acme/app' };
  try {
    gitlab.fault({ kind: 'hang-after' }, { method: 'POST' });
    const server = await start(env);
    void create(server, { name: 'v1', ref: 'main' });
    while (!project.tags.has('v1')) await setTimeout(5);
    server.child.kill('SIGKILL');
    await once(server.child, 'close');
    expect(lines().map(({ tag, outcome }) => [tag, outcome])).toEqual([['v1', 'intended']]);
    writeFileSync(log, '{"time":"half a li', { flag: 'a' });
    expect(await create(await start(env), { name: 'v2', ref: 'main' })).toContain('"created"');
    const [announced, half, ...others] = readFileSync(log, 'utf8').trimEnd().split('\n');
    expect(JSON.parse(announced ?? '')).toMatchObject({ tag: 'v1' });
    expect(half).toBe('{"time":"half a li');
    expect(others.map((line) => JSON.parse(line)).map(({ tag, outcome }) => [tag, outcome])).toEqual([
      ['v2', 'intended'],
      ['v2', 'done'],
    ]);
  } finally {
    await gitlab.close();
  }
});

it('several processes at once write whole lines, and none is lost', async () => {
  const several = await Promise.all([1, 2, 3].map(() => start()));
  const names = several.map((_, index) => Array.from({ length: 8 }, (_, number) => `p${index}-${number}-${'x'.repeat(number * 20)}`));
  await Promise.all(several.flatMap((server, index) => (names[index] ?? []).map((name) => create(server, { name, ref: 'main' }))));
  for (const outcome of ['intended', 'done'])
    expect(
      lines()
        .filter((line) => line.outcome === outcome)
        .map(({ tag }) => tag)
        .sort(),
    ).toEqual(names.flat().sort());
});

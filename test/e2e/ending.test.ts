/** What ends the process, and what must not: stderr in any state, faults of our own, signals; in the middle of a move, too. */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GITLAB_TOKENS, type GitlabSandbox, gitlabAccess, type Project, startGitlab } from '../sandbox/gitlab.ts';
import { temporaryDirectory } from '../support/git-repository.ts';
import { initialize, type RawServer, startRaw } from '../support/raw-server.ts';

let gitlab: GitlabSandbox;
let project: Project;
let commits: string[];
let server: RawServer | undefined;
beforeEach(async () => {
  gitlab = await startGitlab();
  project = gitlab.addProject('acme/app');
  commits = ['first', 'second'].map((title) => gitlab.commit(project, 'main', title));
  gitlab.tag(project, 'v1', commits[0] ?? '', 'Notes');
});
afterEach(async () => {
  server?.stop();
  await gitlab.close();
});

async function start(env: Record<string, string> = {}, options: Parameters<typeof startRaw>[2] = { stderr: 'pipe' }): Promise<RawServer> {
  const access = {
    ...gitlabAccess(gitlab),
    GITLAB_PROJECT: 'acme/app',
    TAGWRIGHT_PROVIDERS: 'gitlab',
  };
  server = startRaw(temporaryDirectory(), { ...access, ...env }, options);
  await initialize(server);
  return server;
}
const call = async (on: RawServer, name: string, args: object) =>
  (await on.ask('tools/call', { name, arguments: args })).result?.content?.[0]?.text ?? '';
const MOVE = { name: 'v1', ref: 'main', force: true };
/** Begins the move, and returns when the old tag is deleted and the new one not yet made. */
async function beginMove(on: RawServer): Promise<Promise<string>[]> {
  gitlab.fault({ kind: 'delay', ms: 600 }, { method: 'DELETE' });
  const moved = call(on, 'create_tag', MOVE);
  while (project.tags.has('v1')) await setTimeout(5);
  return [moved];
}
const ended = async ({ child }: RawServer) => {
  const started = performance.now();
  const [code, signal] = await once(child, 'close');
  return { code, signal, ms: performance.now() - started };
};
const stood = () => {
  const { commit, annotation } = project.tags.get('v1') ?? {};
  return [commit, annotation?.message];
};

describe('stderr', () => {
  const LOUD = { TAGWRIGHT_LOG_LEVEL: 'debug' };
  const STATES: Record<string, [shell: string, then: (on: RawServer) => void]> = {
    'closed by the client': [':', ({ child }) => child.stderr?.destroy()],
    'never opened': ['exec 2>&-', () => {}],
    'on a disk that is full': ['exec 2>/dev/full', () => {}],
    'at the limit of its file': [`ulimit -f 1; exec 2>${join(temporaryDirectory(), 'stderr')}`, () => {}],
    'read by nobody': [':', ({ child }) => child.stderr?.pause()],
  };
  it.each(Object.entries(STATES))('%s ends nothing, not in the middle of a move either', async (_, [shell, then]) => {
    const on = await start(LOUD, { shell, stderr: 'pipe' });
    then(on);
    const [moved] = await beginMove(on);
    // Each failure is a line in the log: more than any pipe holds.
    const missing = Array.from({ length: 400 }, (__, index) => call(on, 'get_tag', { name: `missing-${index}-${'x'.repeat(200)}` }));
    for (const text of await Promise.all(missing)) expect(text).toMatch(/^tag_not_found: /);
    expect(await moved).toContain('"moved"');
    expect(stood()).toEqual([commits[1], 'Notes']);
    on.child.stdin?.end();
    expect(await ended(on)).toMatchObject({ code: 0, signal: null });
  });
});

describe('a fault of our own', () => {
  /** Makes the process fail by itself at a signal, with this expression. */
  const failing = (expression: string) => {
    const file = join(temporaryDirectory(), 'fault.cjs');
    writeFileSync(file, `process.on('SIGUSR2', () => { ${expression} });`);
    return { NODE_OPTIONS: `--require ${file}` };
  };
  const BOOM = `Error('glpat-maintainer-secret\\nSecond\\u001b[31m\\u202e line')`;
  it.each([
    ['thrown', `throw ${BOOM}`],
    ['rejected', `Promise.reject(${BOOM})`],
    ['thrown as a text', `throw 'nonsense'`],
    ['rejected without a reason', 'Promise.reject()'],
    ['thrown again and again', `setInterval(() => { throw ${BOOM} }, 50)`],
  ])('%s: the move under way is finished, the answer delivered, and it ends with 1', async (_, expression) => {
    const on = await start(failing(expression));
    const [moved] = await beginMove(on);
    on.child.kill('SIGUSR2');
    expect(await moved).toContain('"moved"');
    expect(await ended(on)).toMatchObject({ code: 1, signal: null });
    expect(stood()).toEqual([commits[1], 'Notes']);
    expect(on.told()).toMatch(/^(tagwright: error: stopped by an unexpected error: .*\n)+$/);
  });

  it('is told on one line, cleaned and redacted', async () => {
    const secret = GITLAB_TOKENS.maintainer;
    const on = await start(failing(`throw Error('${secret}\\nSecond\\u001b[31m\\u202e ${secret}')`));
    on.child.kill('SIGUSR2');
    await once(on.child, 'close');
    expect(on.told()).toMatch(/^tagwright: error: stopped by an unexpected error: \[secret\] Second.* \[secret\]\n$/);
    for (const never of [secret, '\u001b', '\u202e']) expect(on.told()).not.toContain(never);
  });

  it('takes back the release under way', async () => {
    const other = gitlab.addProject('acme/other');
    gitlab.commit(other, 'main', 'first');
    const on = await start(failing(`throw ${BOOM}`));
    gitlab.fault({ kind: 'hang' }, { method: 'POST', path: /other|1001/ });
    const targets = ['acme/app', 'acme/other'].map((repository) => ({ provider: 'gitlab', repository }));
    const released = call(on, 'tag_release', { name: 'r1', targets });
    while (!project.tags.has('r1')) await setTimeout(5);
    on.child.kill('SIGUSR2');
    expect(await released).toMatch(/^release_failed: /);
    expect(await ended(on)).toMatchObject({ code: 1 });
    expect([project.tags.has('r1'), other.tags.has('r1')]).toEqual([false, false]);
  });

  it('waits no longer than a signal does', async () => {
    const on = await start(failing(`throw ${BOOM}`));
    gitlab.fault({ kind: 'hang' }, { method: 'POST' });
    void call(on, 'create_tag', { name: 'v2', ref: 'main' });
    while (!gitlab.seen.some(({ method }) => method === 'POST')) await setTimeout(5);
    on.child.kill('SIGUSR2');
    const { code, ms } = await ended(on);
    expect(code).toBe(1);
    expect(ms).toBeLessThan(6_500);
    expect(on.told()).toContain('ended without having answered: create_tag {"name":"v2"');
  });
});

it('a signal after the end of input is heard: clients end a server by closing its input first', async () => {
  const on = await start();
  gitlab.fault({ kind: 'hang' }, { method: 'GET' });
  void call(on, 'get_tag', { name: 'v1' });
  while (gitlab.seen.length === 0) await setTimeout(5);
  on.child.stdin?.end();
  await setTimeout(100);
  on.child.kill('SIGTERM');
  const { code, ms } = await ended(on);
  expect(code).toBe(0);
  expect(ms).toBeLessThan(6_500);
});

/** What only a repository of git can be like when it is compared. */
import { execFileSync } from 'node:child_process';
import { existsSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { git } from '../../../src/providers/index.ts';
import { isolated, makeRepository } from '../../support/git-repository.ts';
import { type GitTools, gitTools } from '../../support/git-tools.ts';
import { codeOf, failureOf, quietCall, testHost, toolsOn } from '../../support/target.ts';

let world: GitTools;
beforeEach(() => {
  world = gitTools();
});
afterEach(() => world.remove());
const titles = async (args: Record<string, unknown> = {}) => (await world.tools.compare(args)).commits.map(({ title }) => title);

describe('refs', () => {
  it('HEAD is the default, also where it is on no branch', async () => {
    world.git('checkout', '-q', '--detach', 'main~1');
    expect(await world.tools.compare()).toMatchObject({ head: { name: 'HEAD', commit_id: world.commits[0] } });
  });
  it('an ambiguous one is refused, its full name is not', async () => {
    world.git('tag', 'main', 'main~1');
    expect(await failureOf(world.tools.compare({ head: 'main' }))).toMatchObject({
      code: 'invalid_input',
      message: expect.stringMatching(/refs\/tags\/main.*refs\/heads\/main/),
    });
    expect(await titles({ head: 'refs/heads/main', base: 'refs/tags/main' })).toEqual(['second']);
  });
  it('a branch that is called like a version is none', async () => {
    world.git('tag', 'v1.0.0', 'main~1');
    world.git('branch', 'v0.9', 'main');
    expect(await world.tools.compare({ head: 'v0.9' })).toMatchObject({ base: { name: 'v1.0.0' }, total: 1 });
  });
  it('a tag that stands on no commit is no base, and named it is ref_not_found', async () => {
    world.git('tag', 'v9.0.0', 'main^{tree}');
    world.git('tag', 'v1.0.0', 'main~1');
    expect(await world.tools.compare()).toMatchObject({ base: { name: 'v1.0.0' } });
    expect(await codeOf(world.tools.compare({ base: 'v9.0.0' }))).toBe('ref_not_found');
    expect(await codeOf(world.tools.compare({ base: world.git('rev-parse', 'main^{tree}') }))).toBe('ref_not_found');
    expect(await codeOf(world.tools.list({ contains: 'main^{tree}' }))).toBe('ref_not_found');
  });
  it('annotated tags stand for their commits', async () => {
    world.git('tag', '-m', 'one', 'v1.0.0', 'main~1');
    world.git('tag', '-m', 'two', 'v1.1.0', 'main');
    expect(await world.tools.compare({ head: 'v1.1.0' })).toMatchObject({ base: { commit_id: world.commits[0] }, total: 1 });
    expect((await world.tools.list({ contains: world.commits[1] })).tags.map(({ name }) => name)).toEqual(['v1.1.0']);
  });
  it.each(['v1.0.0..main', '^main', '--all', 'main:', 'main@{-1', ':/second'])('%j is none', async (ref) => {
    expect(await codeOf(world.tools.compare({ head: ref }))).toBe('ref_not_found');
    expect(await codeOf(world.tools.compare({ base: ref }))).toBe('ref_not_found');
    expect(await codeOf(world.tools.list({ contains: ref }))).toBe('ref_not_found');
  });
});

describe('commits', () => {
  const commitAs = (message: Buffer | string, headers = '') => {
    const tree = world.git('rev-parse', 'main^{tree}');
    const who = 'A <a@example.com> 1767225600 +0100';
    const head = `tree ${tree}\nparent ${world.git('rev-parse', 'main')}\nauthor ${who}\ncommitter ${who}\n${headers}\n`;
    const input = Buffer.concat([Buffer.from(head), Buffer.from(message)]);
    const args = ['hash-object', '-t', 'commit', '-w', '--stdin', '--literally'];
    const made = execFileSync('git', args, { cwd: world.path, input, encoding: 'utf8' }).trim();
    world.git('update-ref', 'refs/heads/main', made);
  };
  it('are read in the encoding that they name', async () => {
    commitAs(Buffer.from([0x66, 0x69, 0x78, 0x3a, 0x20, 0xe4]), 'encoding ISO-8859-1\n');
    expect(await titles({ base: 'main~1' })).toEqual(['fix: ä']);
  });
  it('end where they hold a NUL, and the next one is read all the same', async () => {
    commitAs('fix: a\0feat: b\n');
    commitAs('feat: c\n');
    expect(await titles({ base: 'main~2' })).toEqual(['feat: c', 'fix: a']);
  });
  it('without a message, or dated beyond any calendar, are told', async () => {
    commitAs('');
    const args = ['-c', 'user.name=A', '-c', 'user.email=a@b', 'commit', '-q', '--allow-empty', '-m', 'far'];
    const env = { ...process.env, ...isolated, GIT_COMMITTER_DATE: '@18446744073709548016 +0000' };
    execFileSync('git', args, { cwd: world.path, env });
    const { commits } = await world.tools.compare({ base: 'main~2' });
    expect(commits.map(({ title, date }) => [title, date])).toEqual([
      ['far', undefined],
      ['', '2026-01-01'],
    ]);
  });
  it('with messages too long to be read at once are told by their first lines', async () => {
    const body = 'x'.repeat(999).concat('\n').repeat(24_000);
    for (const title of ['fix: one', 'fix: two', 'fix: three']) commitAs(`${title}\n\n${body}`);
    expect(await titles({ base: 'main~3' })).toEqual(['fix: three', 'fix: two', 'fix: one']);
  });
});

describe('a repository', () => {
  it('of which only a part was cloned says so', async () => {
    const clone = makeRepository();
    execFileSync('git', ['clone', '-q', '--depth=1', `file://${world.path}`, `${clone.path}/c`], { stdio: 'ignore' });
    const provider = git.connect(
      { TAGWRIGHT_GIT_ROOTS: undefined },
      testHost({ cwd: `${clone.path}/c`, childEnv: { ...process.env, ...isolated } }),
    );
    if (!provider) throw new Error('git is not enabled');
    expect(await toolsOn(provider, `${clone.path}/c`).compare()).toMatchObject({ total: 1, note: expect.stringContaining('shallow') });
    clone.remove();
  });
  it('that lacks a commit is damaged, not without history', async () => {
    const [first = ''] = world.commits;
    execFileSync('rm', ['-f', join(world.path, '.git/objects', first.slice(0, 2), first.slice(2))]);
    expect(await codeOf(world.tools.compare())).toBe('rejected');
  });
  it('runs and reads nothing that it is set up for', async () => {
    const canary = join(world.path, 'ran');
    writeFileSync(join(world.path, 'run.sh'), `#!/bin/sh\ntouch ${canary}\n`, { mode: 0o755 });
    execFileSync('mkfifo', [join(world.path, 'pipe')]);
    symlinkSync('pipe', join(world.path, '.mailmap'));
    for (const [key, value] of [
      ['mailmap.file', join(world.path, 'pipe')],
      ['log.mailmap', 'true'],
      ['log.showSignature', 'true'],
      ['gpg.program', join(world.path, 'run.sh')],
      ['core.pager', join(world.path, 'run.sh')],
      ['pager.rev-list', 'true'],
      ['i18n.logOutputEncoding', 'UTF-16'],
    ] as const)
      world.git('config', key, value);
    world.git('tag', 'v1.0.0', 'main~1');
    const told = await world.tools.compare().catch((error: { code?: string }) => error.code);
    expect(told === 'policy_denied' || (told as { total?: number }).total === 1, JSON.stringify(told)).toBe(true);
    expect(existsSync(canary)).toBe(false);
  });
  it('is left alone as soon as the call is given up', async () => {
    const controller = new AbortController();
    const call = toolsOn(world.provider, world.path, quietCall(controller.signal)).compare();
    controller.abort();
    expect(await codeOf(call)).toBe('cancelled');
  });
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codeOf, failureOf, quietCall } from '../../support/target.ts';
import { connect, directory, repositoryWith, toolsIn, wrapped } from './workshop.ts';

describe('git that cannot be used', () => {
  for (const [what, prepare] of Object.entries({
    missing: () => {},
    'not executable': (path: string) => writeFileSync(join(path, 'git'), 'nothing', { mode: 0o644 }),
  }))
    it(`is not_configured where it is ${what}, whatever is asked`, async () => {
      const PATH = directory();
      prepare(PATH);
      const { path } = repositoryWith();
      const provider = connect(path, { env: { PATH } });
      const query = { order_by: 'name', sort: 'asc', limit: 10 } as const;
      const attempts: Promise<unknown>[] = [
        provider.check(quietCall()),
        provider.locate(path, quietCall()),
        provider.list(path, query, quietCall()),
        provider.get(path, 'v1', quietCall()),
        provider.create(path, { name: 'v1', ref: 'main', message: 'x'.repeat(100_000) }, quietCall()),
      ];
      for (const error of await Promise.all(attempts.map(failureOf)))
        expect(error).toMatchObject({ code: 'not_configured', inDoubt: false, hint: expect.stringContaining('PATH') });
    });

  it('is unavailable where it was killed, and what it was writing is in doubt', async () => {
    const { path } = repositoryWith();
    const provider = connect(path, { env: { PATH: wrapped('kill -9 $$') } });
    expect(await failureOf(provider.check(quietCall()))).toMatchObject({ code: 'unavailable', inDoubt: true });
    expect(await codeOf(provider.list(path, { order_by: 'name', sort: 'asc', limit: 10 }, quietCall()))).toBe('unavailable');
  });

  it('does not stall or crash us where it does not read what it is given', async () => {
    const repository = repositoryWith();
    const PATH = wrapped('case "$*" in *mktag*) exec 0<&-; echo "fatal: tired" >&2; exit 3;; esac');
    const error = await failureOf(toolsIn(repository, { env: { PATH } }).create({ name: 'v1', ref: 'main', message: 'x'.repeat(32_000) }));
    expect(error).toMatchObject({ code: 'rejected', message: 'git refused.', upstream: { text: 'tired' } });
    expect(repository.git('tag')).toBe('');
  });

  it('that says more than can be held is stopped', async () => {
    const { path } = repositoryWith();
    const provider = connect(path, { env: { PATH: wrapped('exec head -c 80000000 /dev/zero') } });
    expect(await codeOf(provider.get(path, 'v1', quietCall()))).toBe('unsupported');
  });
});

describe('time and cancellation', () => {
  /** A git that hangs at `command`, deaf to a polite end where `deaf`. */
  const hanging = (command: string, deaf = false) =>
    wrapped(`case "$*" in *${command}*) ${deaf ? 'trap "" TERM; ' : ''}while :; do sleep 0.05; done;; esac`);

  it('too slow a git is a timeout', async () => {
    const repository = repositoryWith();
    const tools = toolsIn(repository, { env: { PATH: hanging('for-each-ref') }, timeoutMs: 150 });
    expect(await Promise.all([tools.list(), tools.get('v1')].map(codeOf))).toEqual(['timeout', 'timeout']);
  });

  for (const deaf of [false, true])
    it(`a cancelled call ends ${deaf ? 'within a second or so, though git is deaf' : 'at once'}`, async () => {
      const repository = repositoryWith();
      const controller = new AbortController();
      const tools = toolsIn(repository, { env: { PATH: hanging('for-each-ref', deaf) } }, controller.signal);
      const started = Date.now();
      setTimeout(() => controller.abort(), 100);
      expect(await Promise.all([tools.list(), tools.get('v1')].map(codeOf))).toEqual(['cancelled', 'cancelled']);
      expect(Date.now() - started).toBeLessThan(deaf ? 2_500 : 900);
    });

  it('a write that was cut off is settled by looking', async () => {
    const repository = repositoryWith();
    const PATH = wrapped(`case "$*" in *update-ref*) git "$@"; exec sleep 9;; esac`);
    const tools = toolsIn(repository, { env: { PATH }, timeoutMs: 400 });
    expect((await tools.create({ name: 'v1', ref: 'main' })).outcome).toBe('created');
    expect((await tools.delete({ name: 'v1' })).deleted.name).toBe('v1');
    expect(repository.git('tag')).toBe('');
  });
});

describe('what the operator set for every git of the environment', () => {
  const given = (...pairs: [string, string][]) => ({
    GIT_CONFIG_COUNT: String(pairs.length),
    ...Object.fromEntries(
      pairs.flatMap(([key, value], index) => [
        [`GIT_CONFIG_KEY_${index}`, key],
        [`GIT_CONFIG_VALUE_${index}`, value],
      ]),
    ),
  });

  it.each(['*', 'PATH'])('trust in the repository of another owner by safe.directory=%s', async (value) => {
    const repository = repositoryWith();
    const env = { GIT_TEST_ASSUME_DIFFERENT_OWNER: '1', ...given(['safe.directory', value.replace('PATH', repository.path)]) };
    const tools = toolsIn(repository, { env });
    expect((await tools.create({ name: 'v1', ref: 'main', message: 'm' })).outcome).toBe('created');
    expect((await tools.list()).tags).toHaveLength(1);
  });

  it('who tags, also where hooks of the repository are overruled', async () => {
    const repository = repositoryWith();
    for (const key of ['user.name', 'user.email']) repository.git('config', '--unset', key);
    repository.git('config', 'hook.x.command', 'false');
    const env = given(['user.name', 'Operator'], ['core.hooksPath', '/'], ['user.email', 'op@example.com']);
    const { tag } = await toolsIn(repository, { env: { HOME: directory(), ...env } }).create({ name: 'v1', ref: 'main', message: 'm' });
    expect(tag.tagger).toEqual({ name: 'Operator', email: 'op@example.com' });
  });

  it.each([{ HOME: undefined }, { HOME: '' }, { HOME: '/nonexistent', XDG_CONFIG_HOME: undefined }])(
    'no home is no obstacle: %j',
    async (env) => {
      const repository = repositoryWith();
      const tools = toolsIn(repository, { env: { ...env, GIT_CONFIG_GLOBAL: undefined, USERPROFILE: undefined } });
      expect((await tools.create({ name: 'v1', ref: 'main', message: 'm' })).tag.tagger).toMatchObject({ name: 'Ada' });
      await tools.delete({ name: 'v1' });
    },
  );
});

describe('rights', () => {
  it("another user's repository is permission_denied, with the way out", async () => {
    const repository = repositoryWith();
    const error = await failureOf(toolsIn(repository, { env: { GIT_TEST_ASSUME_DIFFERENT_OWNER: '1' } }).list());
    expect(error).toMatchObject({ code: 'permission_denied', hint: expect.stringContaining('safe.directory') });
    expect(error.upstream?.text).toContain(repository.path);
    const settings = join(directory(), 'settings');
    repository.git('config', '--file', settings, 'safe.directory', repository.path);
    const trusting = { GIT_TEST_ASSUME_DIFFERENT_OWNER: '1', GIT_CONFIG_GLOBAL: settings };
    expect((await toolsIn(repository, { env: trusting }).list()).tags).toEqual([]);
  });

  it('safe.bareRepository is obeyed, and named', async () => {
    const bare = repositoryWith(0, { bare: true });
    const settings = join(directory(), 'settings');
    bare.git('config', '--file', settings, 'safe.bareRepository', 'explicit');
    const error = await failureOf(toolsIn(bare, { env: { GIT_CONFIG_GLOBAL: settings } }).list());
    expect(error).toMatchObject({ code: 'permission_denied', hint: expect.stringContaining('safe.bareRepository') });
  });

  it('a file system that cannot be written is permission_denied', async () => {
    for (const reason of ['Permission denied', 'Read-only file system', 'No space left on device']) {
      const words = `fatal: cannot lock ref: Unable to create 'v1.lock': ${reason}`;
      const PATH = wrapped(`case "$*" in *update-ref*) echo "${words}" >&2; exit 128;; esac`);
      expect(await codeOf(toolsIn(repositoryWith(), { env: { PATH } }).create({ name: 'v1', ref: 'main' }))).toBe('permission_denied');
    }
  });
});

it("git's own words are quoted as upstream text and never become ours", async () => {
  const repository = repositoryWith();
  repository.git('tag', 'a');
  const attempts = [() => toolsIn(repository).create({ name: 'a/b', ref: 'main' }), () => toolsIn({ path: '/' }, { roots: ['/'] }).list()];
  for (const attempt of attempts) {
    const error = await failureOf(attempt());
    expect(error.upstream?.text).toMatch(/cannot create|not a git repository/);
    expect(error.upstream?.text).not.toMatch(/^(fatal|error):/m);
    expect(`${error.message} ${error.hint}`).not.toMatch(/cannot create|not a git repository/);
  }
});

it('a check tells the version of git', async () => {
  const { version } = await connect(repositoryWith().path).check(quietCall());
  expect(version).toMatch(/^\d+\.\d+/);
});

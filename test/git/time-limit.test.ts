/** Every time limit ends, whatever the collector takes meanwhile. */
import { execFileSync } from 'node:child_process';
import { getEventListeners } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { timeLimit } from '../../src/core/time-limit.ts';
import { createGit } from '../../src/git/command.ts';
import { temporaryDirectory } from '../support/git-repository.ts';
import { failureOf, quietCall, testHost } from '../support/target.ts';

const directory = temporaryDirectory();
afterAll(() => rmSync(directory, { recursive: true, force: true }));

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
let collecting: NodeJS.Timeout;
beforeAll(() => {
  collecting = setInterval(collect, 20);
});
afterAll(() => clearInterval(collecting));

/** A real git, waiting for ever: what it is to read is a pipe that nobody writes to. */
const waiting = (name: string) => {
  const pipe = join(directory, name);
  execFileSync('mkfifo', [pipe]);
  return ['config', '--file', pipe, '--list'];
};
const gitWithin = (timeoutMs: number) => createGit(testHost({ timeoutMs }));
const at = { path: '/' };

describe('while garbage is collected, a git that would never end', () => {
  it('is given up at its limit', async () => {
    const began = performance.now();
    expect(await failureOf(gitWithin(300).run(at, waiting('limit'), quietCall()))).toMatchObject({ code: 'timeout', inDoubt: true });
    expect(performance.now() - began).toBeLessThan(3_000);
  });

  it('is given up at its limit though its lines are awaited', async () => {
    const lines = gitWithin(300).lines(at, waiting('lines'), quietCall());
    expect((await failureOf(lines.next())).code).toBe('timeout');
  });

  it('is given up with a step whose own limit is shorter', async () => {
    expect((await failureOf(gitWithin(60_000).run(at, waiting('step'), quietCall(timeLimit(300))))).code).toBe('timeout');
  });

  it('is given up with its caller, and that is no timeout', async () => {
    const caller = new AbortController();
    setTimeout(() => caller.abort(), 200);
    expect((await failureOf(gitWithin(60_000).run(at, waiting('caller'), quietCall(caller.signal)))).code).toBe('cancelled');
  });
});

it('a call that has ended starts no git, and says which way it ended', async () => {
  const marker = join(directory, 'started');
  mkdirSync(join(directory, 'bin'));
  writeFileSync(join(directory, 'bin/git'), `#!/bin/sh\n: > ${marker}\n`, { mode: 0o755 });
  const git = createGit(testHost({ childEnv: { PATH: join(directory, 'bin') } }));
  const limit = timeLimit(1);
  await new Promise((wake) => setTimeout(wake, 20));
  expect((await failureOf(git.run(at, ['version'], quietCall(limit)))).code).toBe('timeout');
  expect((await failureOf(git.run(at, ['version'], quietCall(AbortSignal.abort())))).code).toBe('cancelled');
  expect(() => execFileSync('ls', [marker], { stdio: 'pipe' })).toThrow();
});

it('a limit and its listener are taken back with the git: many in one call leave nothing behind, and warn of nothing', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  const warnings: Error[] = [];
  const hear = (warning: Error) => warnings.push(warning);
  process.on('warning', hear);
  const call = quietCall();
  const before = timers();
  const git = gitWithin(600_000);
  await Promise.all(Array.from({ length: 15 }, () => git.run(at, ['version'], call)));
  expect((await failureOf(git.run(at, ['nonsense'], call))).code).toBe('rejected');
  expect((await failureOf(git.run(at, ['x\0y'], call))).code).toBe('invalid_input');
  await new Promise((wake) => setImmediate(wake));
  process.off('warning', hear);
  expect(getEventListeners(call.signal, 'abort')).toEqual([]);
  expect(timers()).toBeLessThan(before + 15);
  expect(warnings).toEqual([]);
});

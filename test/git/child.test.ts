/** A program under way: how it ends, and what ends with it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { launch } from '../../src/git/child.ts';
import { temporaryDirectory } from '../support/git-repository.ts';
import { codeOf, failureOf } from '../support/target.ts';

const PATH = process.env.PATH ?? '';
const sh = (script: string, signal = new AbortController().signal, ms = 10_000) => launch('/bin/sh', ['-c', script], { PATH }, signal, ms);

/** A process is gone, or only waits to be counted. */
const isGone = (pid: number) => {
  try {
    return / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return true;
  }
};
/** A script that starts another process which would go on for long, and says its number. */
function withChild() {
  const file = join(temporaryDirectory(), 'pid');
  const pid = async () => {
    await expect.poll(() => existsSync(file) && readFileSync(file, 'utf8').trim() !== '').toBe(true);
    return Number(readFileSync(file, 'utf8'));
  };
  return { script: `sleep 60 & echo $! > '${file}'; wait`, pid };
}

describe('a program', () => {
  it('is told by its exit code, whatever that is', async () => {
    expect(await sh('exit 0').exit).toBe(0);
    expect(await sh('exit 7').exit).toBe(7);
  });
  it('that was ended by somebody else is unavailable, and in doubt; by a broken pipe it has failed', async () => {
    expect(await failureOf(sh('kill -9 $$').exit)).toMatchObject({
      code: 'unavailable',
      message: 'git was ended by SIGKILL.',
      inDoubt: true,
    });
    expect(await sh('kill -PIPE $$').exit).toBe(1);
  });
  it('that is not there, or may not be run, was never started', async () => {
    const gone = launch('/nowhere/git', [], {}, new AbortController().signal, 1_000);
    expect(await failureOf(gone.exit)).toMatchObject({ code: 'not_configured', inDoubt: false });
    expect(await failureOf(launch('/etc/passwd', [], {}, new AbortController().signal, 1_000).exit)).toMatchObject({
      code: 'not_configured',
    });
  });
  it('is not started with what no argument may hold', () => {
    const start = () => launch('/bin/sh', ['a\0b'], {}, new AbortController().signal, 1_000);
    expect(start).toThrow(
      expect.objectContaining({
        code: 'invalid_input',
        message: expect.stringContaining('An argument is too long'),
        cause: expect.any(Error),
      }),
    );
  });
  it('has no terminal to ask at', async () => {
    expect(await sh('exec 3</dev/tty').exit).not.toBe(0);
  });
});

describe('a program that is given up', () => {
  it.each(['its time', 'its caller', 'nobody who wants its answer'])('by %s ends with all that it has started', async (who) => {
    const caller = new AbortController();
    const { script, pid } = withChild();
    const running = sh(script, caller.signal, who === 'its time' ? 300 : 10_000);
    const ended = failureOf(running.exit);
    const child = await pid();
    if (who === 'its caller') caller.abort();
    if (who === 'nobody who wants its answer') running.stop();
    const codes = { 'its time': 'timeout', 'its caller': 'cancelled' } as Record<string, string>;
    expect(await ended).toMatchObject({ code: codes[who] ?? 'unavailable', inDoubt: true });
    await expect.poll(() => isGone(child)).toBe(true);
  });
  it('and does not end is ended the hard way, soon', async () => {
    const caller = new AbortController();
    const running = sh("trap '' TERM; echo up; while :; do sleep 0.1; done", caller.signal);
    const { child } = running;
    await new Promise((wake) => child.stdout.once('data', wake));
    const started = performance.now();
    caller.abort();
    expect(await failureOf(running.exit)).toMatchObject({ code: 'cancelled', inDoubt: true });
    expect(performance.now() - started).toBeLessThan(5_000);
    await expect.poll(() => isGone(child.pid ?? 0)).toBe(true);
    expect([child.stdout.destroyed, child.stderr.destroyed]).toEqual([true, true]);
  });
  it('may tidy up first', async () => {
    const caller = new AbortController();
    const running = sh("trap 'echo tidied; exit 0' TERM; echo up; while :; do sleep 0.05; done", caller.signal);
    let said = '';
    running.child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (said === '') caller.abort();
      said += text;
    });
    expect(await codeOf(running.exit)).toBe('cancelled');
    expect(said).toBe('up\ntidied\n');
  });
  it.each(['exit 0', 'kill -9 $$'])('after it was over is left alone, and so is whoever has its number: %s', async (script) => {
    const caller = new AbortController();
    const running = sh(script, caller.signal);
    await running.exit.catch(() => {});
    const killed: unknown[] = [];
    const { kill } = process;
    process.kill = (...args) => {
      killed.push(args);
      return true;
    };
    onTestFinished(() => {
      process.kill = kill;
    });
    running.stop();
    caller.abort();
    expect(killed).toEqual([]);
  });
});

it('words that somebody keeps open for later are not waited for', async () => {
  const { script, pid } = withChild();
  const running = sh(script.replace('&', '>/dev/null </dev/null &').replace('wait', 'exit 3'));
  expect(await running.exit).toBe(3);
  process.kill(await pid());
});

/** Repositories of ours for a moment: closed to others, and gone afterwards whatever happens. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { withScratch } from '../../src/git/scratch.ts';
import { failureOf } from '../support/target.ts';

it('is a bare repository, closed to others, and gone afterwards', async () => {
  for (const format of ['sha1', 'sha256'] as const) {
    const path = await withScratch(format, async (scratch) => {
      expect(statSync(scratch.path).mode & 0o777).toBe(0o700);
      const said = execFileSync('git', ['-C', scratch.path, 'rev-parse', '--is-bare-repository', '--show-object-format'], {
        encoding: 'utf8',
      });
      expect(said).toBe(`true\n${format}\n`);
      return scratch.path;
    });
    expect(existsSync(path)).toBe(false);
  }
  const failing = withScratch('sha1', async ({ path }) => Promise.reject(new Error(path)));
  const { message } = await failing.catch((error: Error) => error);
  expect(existsSync(message)).toBe(false);
});

it('that a process left behind which was killed is swept by the next', async () => {
  const [dead, alive, young] = [`${2 ** 22 + 1}-x`, `${process.ppid}-x`, `${2 ** 22 + 1}-y`].map((name) =>
    join(tmpdir(), `tagwright-scratch-${name}`),
  ) as [string, string, string];
  for (const path of [dead, alive, young]) mkdirSync(join(path, 'objects'), { recursive: true });
  for (const path of [dead, alive]) utimesSync(path, 1, 1);
  vi.resetModules(); // swept once in a process
  const next = await import('../../src/git/scratch.ts');
  await next.withScratch('sha1', async () => {});
  expect([dead, alive, young].map((path) => existsSync(path))).toEqual([false, true, true]);
  for (const path of [alive, young]) rmSync(path, { recursive: true });
});

it('cannot be made where nothing may be written, and says so', async () => {
  const before = process.env.TMPDIR;
  process.env.TMPDIR = '/dev/null/nowhere';
  const error = await failureOf(withScratch('sha1', async () => {})).finally(() => {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  });
  expect(error).toMatchObject({
    code: 'unavailable',
    message: 'No directory could be made in "/dev/null/nowhere" (ENOTDIR).',
    hint: 'Ask the operator to look at the rights and the space there.',
  });
});

it('forgets before a push that anything could be fetched, and declares what the host has', async () => {
  await withScratch('sha1', async ({ path, settle, hasSpoken, trace }) => {
    const [tip, commit, other] = ['a', 'b', 'c'].map((digit) => digit.repeat(40)) as [string, string, string];
    writeFileSync(join(path, 'config'), '[remote "x"]\n\tpromisor = true\n');
    writeFileSync(join(path, 'shallow'), `${tip}\n${other}\n`);
    await settle(tip, tip);
    expect(readFileSync(join(path, 'config'), 'utf8')).toBe('[core]\n\trepositoryformatversion = 0\n\tbare = true\n');
    expect(readFileSync(join(path, 'shallow'), 'utf8')).toBe(`${tip}\n${other}\n`);
    expect(existsSync(join(path, 'info/grafts'))).toBe(false);
    await settle(tip, commit);
    expect(readFileSync(join(path, 'shallow'), 'utf8')).toBe(`${other}\n`);
    expect(readFileSync(join(path, 'info/grafts'), 'utf8')).toBe(`${tip} ${commit}\n`);
    expect(await hasSpoken()).toBe(false);
    writeFileSync(trace, 'it says nothing of the kind');
    expect(await hasSpoken()).toBe(false);
    writeFileSync(trace, '{"event":"data","key":"negotiated-version","value":"2"}\n');
    expect(await hasSpoken()).toBe(true);
  });
});

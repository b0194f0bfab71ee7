/** Repositories of ours for a moment: closed to others, and gone afterwards whatever happens. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { withScratch } from '../../src/git/scratch.ts';
import { temporaryDirectory } from '../support/git-repository.ts';
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

/** With a directory for temporary ones that is the test's own. */
async function within<T>(directory: string, use: () => Promise<T>): Promise<T> {
  const { TMPDIR } = process.env;
  process.env.TMPDIR = directory;
  try {
    return await use();
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  }
}

it('that a process left behind which was killed is swept by the next, and nothing else', async () => {
  const directory = temporaryDirectory();
  const [dead, strange] = [2 ** 22 + 1, 2 ** 22 + 2];
  const names = {
    dead: `tagwright-scratch-${dead}-x`,
    young: `tagwright-scratch-${dead}-y`,
    alive: `tagwright-scratch-${process.ppid}-x`,
    anothers: `tagwright-scratch-${strange}-x`,
    unrelated: `${dead}-x`,
  };
  for (const name of Object.values(names)) {
    mkdirSync(join(directory, name, 'objects'), { recursive: true });
    if (name !== names.young) utimesSync(join(directory, name), 1, 1);
  }
  const { kill } = process;
  process.kill = (pid, signal) => {
    if (pid !== strange) return kill.call(process, pid, signal);
    throw Object.assign(new Error('not ours'), { code: 'EPERM' });
  };
  vi.resetModules(); // swept once in a process
  const next = await import('../../src/git/scratch.ts');
  await within(directory, () =>
    next.withScratch('sha1', async ({ path }) => {
      expect(path.startsWith(directory)).toBe(true);
      expect(readFileSync(join(path, 'config'), 'utf8')).toContain('bare = true');
    }),
  ).finally(() => {
    process.kill = kill;
  });
  expect(readdirSync(directory).sort()).toEqual([names.young, names.alive, names.anothers, names.unrelated].sort());
  writeFileSync(join(directory, names.dead), ''); // only once
  await within(directory, () =>
    next.withScratch('sha256', async ({ path }) => expect(readFileSync(join(path, 'config'), 'utf8')).toContain('objectformat = sha256')),
  );
  expect(existsSync(join(directory, names.dead))).toBe(true);
  rmSync(directory, { recursive: true });
});

it('cannot be made where nothing may be written, and says so', async () => {
  const error = await failureOf(within('/dev/null/nowhere', () => withScratch('sha1', async () => {})));
  expect(error).toMatchObject({
    code: 'unavailable',
    message: 'No directory could be made in "/dev/null/nowhere" (ENOTDIR).',
    hint: 'Ask the operator to look at the rights and the space there.',
  });
});

it('cannot be made there by a process that has just begun, either', async () => {
  vi.resetModules(); // nothing is swept yet
  const next = await import('../../src/git/scratch.ts');
  const making = within('/dev/null/nowhere', () => next.withScratch('sha1', async () => {}));
  await expect(making).rejects.toMatchObject({ code: 'unavailable' });
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

/** Loose objects: what is none of git's business is left alone, what it would follow or wait for is refused. */
import { lstatSync, mkdirSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { refuseOddObjects } from '../../src/git/loose.ts';
import { temporaryDirectory } from '../support/git-repository.ts';

// What is read of a disk can be told only where it is asked.
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  return { ...fs, readdirSync: vi.fn(fs.readdirSync) };
});
const readings = (act: () => void) => {
  const { calls } = vi.mocked(readdirSync).mock;
  const before = calls.length;
  act();
  return calls.length - before;
};

let store: string;
beforeEach(() => {
  store = temporaryDirectory();
  mkdirSync(join(store, '0a'));
  writeFileSync(join(store, '0a/object'), '');
});
afterEach(() => rmSync(store, { recursive: true }));

it('plain ones are, and what is gone, no directory, or not git’s, is left alone', () => {
  writeFileSync(join(store, '0b'), '');
  mkdirSync(join(store, 'other'));
  symlinkSync('/etc', join(store, 'other/link'));
  expect(() => refuseOddObjects(store, ['0a', '0b', '0c', 'other', 'pack'])).not.toThrow();
});

it('a link among them is refused, also where the directory was looked at before and says it has not changed', async () => {
  await new Promise((wake) => setTimeout(wake, 150));
  refuseOddObjects(store, ['0a']);
  symlinkSync('/etc/passwd', join(store, '0a/link'));
  utimesSync(join(store, '0a'), 0, 0);
  for (let count = 0; count < 2; count += 1)
    expect(() => refuseOddObjects(store, ['0a'])).toThrow(
      expect.objectContaining({ code: 'policy_denied', message: expect.stringContaining('is a link') }),
    );
});

it('a directory is read again until its last change is long ago, and then no more', () => {
  const look = () => refuseOddObjects(store, ['0a']);
  const now = vi.spyOn(Date, 'now');
  try {
    const made = Math.floor(lstatSync(join(store, '0a')).ctimeMs);
    for (const later of [0, 99]) {
      now.mockReturnValue(made + later);
      expect(readings(look), `${later} ms later`).toBe(1);
    }
    now.mockReturnValue(made + 100);
    expect([readings(look), readings(look)]).toEqual([1, 0]);
    writeFileSync(join(store, '0a/another'), '');
    expect(readings(look)).toBe(1);
  } finally {
    now.mockRestore();
  }
});

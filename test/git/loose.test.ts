/** Loose objects: what is none of git's business is left alone, what it would follow or wait for is refused. */
import { mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { refuseOddObjects } from '../../src/git/loose.ts';
import { temporaryDirectory } from '../support/git-repository.ts';

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

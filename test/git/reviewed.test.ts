import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { isReviewed } from '../../src/git/reviewed.ts';

/** Looked at, and not let stand: it takes variables from the programs that git starts, our own among them. */
const REFUSED = ['core.unsetenvvars'];

it('every setting that this git knows was looked at', () => {
  const known = execFileSync('git', ['help', '--config'], { encoding: 'utf8' })
    .toLowerCase()
    .trim()
    .split('\n')
    .filter((line) => /^[a-z]/.test(line));
  expect(known.length).toBeGreaterThan(500);
  const unknown = known.filter((key) => {
    const [section = '', variable = ''] = [key.split('.', 1)[0], key.slice(key.lastIndexOf('.') + 1)];
    return !key.includes('*') && !isReviewed(section, variable);
  });
  expect(unknown).toEqual(REFUSED.filter((key) => known.includes(key)));
});

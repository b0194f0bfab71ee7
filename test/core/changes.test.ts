import { describe, expect, it } from 'vitest';
import { type Commit, type Comparison, nameTheBase, nextOf, toCommitRow } from '../../src/core/changes.ts';

const commit = (message: string, over: Partial<Commit> = {}): Commit => ({ id: 'a1b2c3d4e5f6'.repeat(3), message, ...over });
const comparison = (base: string | undefined, messages: readonly string[], total: number | undefined = messages.length): Comparison => ({
  head: { name: 'main', commit_id: 'f'.repeat(40) },
  base: base === undefined ? undefined : { name: base, commit_id: 'e'.repeat(40) },
  relation: 'ahead',
  commits: messages.map((message) => commit(message)),
  total,
});

describe('what is suggested next', () => {
  it.each<[string, string[], string | undefined, string]>([
    ['v1.2.3', ['feat: a', 'fix: b', 'fix: c'], 'v1.3.0', '1 feat, 2 fix, no breaking change in 3 of 3 commits'],
    ['v1.2.3', ['fix: b', 'docs: c'], 'v1.2.4', 'no feat, 1 fix, no breaking change in 2 of 2 commits'],
    ['v1.2.3', ['fix!: b'], 'v2.0.0', 'no feat, no fix, 1 breaking change in 1 of 1 commits'],
    ['v0.2.3', ['fix!: b', 'feat!: c'], 'v0.3.0', 'no feat, no fix, 2 breaking changes in 2 of 2 commits'],
    ['v0.2.3', ['feat: b'], 'v0.3.0', '1 feat, no fix, no breaking change in 1 of 1 commits'],
    ['app@1.0.0', ['docs: b', 'whatever'], undefined, 'no feat, no fix, no breaking change in 2 of 2 commits'],
    ['v1.0.0', [], undefined, 'no feat, no fix, no breaking change in 0 of 0 commits'],
    ['v2.0.0-rc.1', ['fix: b'], 'v2.0.0', 'no feat, 1 fix, no breaking change in 1 of 1 commits'],
  ])('after %s and %j: %s', (base, messages, suggested, because) => {
    const next = nextOf(comparison(base, messages));
    expect(next).toMatchObject({ because, patch: expect.any(String), minor: expect.any(String), major: expect.any(String) });
    expect(next?.suggested).toBe(suggested);
  });
  it('says how many were read of how many', () => {
    expect(nextOf(comparison('v1.0.0', ['fix: a'], 4_000))?.because).toMatch(/ in 1 of 4000 commits$/);
    expect(nextOf({ ...comparison('v1.0.0', ['fix: a']), total: undefined })?.because).toMatch(/ in the newest commits read, 1 of them$/);
  });
  it('is nothing where base is no version, or there is none', () => {
    expect(nextOf(comparison('nightly', ['fix: a']))).toBeUndefined();
    expect(nextOf(comparison(undefined, ['fix: a']))).toBeUndefined();
  });
});

describe('the row of a commit', () => {
  it('has the first line, the author and the day', () => {
    expect(toCommitRow(commit('\nfix: it\n\nbody', { author: 'Ada', date: '2026-01-02T23:30:00-02:00' }))).toEqual({
      short_id: 'a1b2c3d4e5f6',
      title: 'fix: it',
      author: 'Ada',
      date: '2026-01-03',
    });
  });
  it('lacks what is not known, and is cut where it is too long', () => {
    expect(toCommitRow(commit('x'.repeat(100), { author: 'y'.repeat(100) }))).toEqual({
      short_id: 'a1b2c3d4e5f6',
      title: `${'x'.repeat(79)}…`,
      author: `${'y'.repeat(39)}…`,
    });
    expect(toCommitRow(commit(''))).toEqual({ short_id: 'a1b2c3d4e5f6', title: '' });
  });
});

it('a base that takes too long to find is asked for', () => {
  expect(nameTheBase('main')).toMatchObject({
    code: 'unsupported',
    message: 'Which version "main" contains would take too many requests to find out.',
    hint: 'Name the base.',
  });
});

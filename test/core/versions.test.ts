import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPrerelease, versionsAfter, versionsBelow } from '../../src/core/versions.ts';

describe('the versions below', () => {
  it.each<[string, string, string[], string[]]>([
    ['a v before it', 'v1.10.0', ['v1.9.0', 'v1.10.0', 'v1.2.0', 'v2.0.0'], ['v1.9.0', 'v1.2.0']],
    ['no letter before it', '1.0', ['0.9', '1.0', '1.1', 'v0.8'], ['0.9']],
    ['a package of many', 'app@1.2.0', ['app@1.1.0', 'app@1.2.0', 'lib@1.1.5', 'v1.1.9', 'my-app@1.1.9'], ['app@1.1.0']],
    ['a directory', 'release/1.2', ['release/1.1', 'release/1.1.7', 'release/1.2', 'v1.1'], ['release/1.1.7', 'release/1.1']],
    ['four numbers', '1.2.3.4', ['1.2.3.3', '1.2.3.10', '1.2.3.4', '1.2.3'], ['1.2.3.3', '1.2.3']],
    ['dates', '2026.02.01', ['2026.01.15', '2025.12.31', '2026.02.01', '2026.10.01'], ['2026.01.15', '2025.12.31']],
    ['a stable one has no prerelease below it', 'v2.0.0', ['v2.0.0-rc.1', 'v1.9.0', 'v2.0.0', 'v1.9.1-beta'], ['v1.9.0']],
    [
      'a prerelease has both',
      'v2.0.0-rc.2',
      ['v2.0.0-rc.10', 'v2.0.0-rc.1', 'v2.0.0-beta.3', 'v1.9.0', 'v2.0.0', 'v2.0.0-rc.2'],
      ['v2.0.0-rc.1', 'v2.0.0-beta.3', 'v1.9.0'],
    ],
    ['as Python writes them', '5.0', ['5.0rc1', '4.2.1', '5.0', '5.0b2'], ['4.2.1']],
    ['ten comes after nine', '5.0rc10', ['5.0rc9', '5.0rc2', '5.0b2', '5.0rc10', '5.0a1'], ['5.0rc9', '5.0rc2', '5.0b2', '5.0a1']],
    ['what is of equal rank is not below', 'v1.2.0', ['v1.2', 'v1.2.0', 'v1.2.0+b', 'v1.1.0'], ['v1.1.0']],
    ['as Java writes them', '5.6.1.Final', ['5.6.0.Beta2', '5.6.0.Final', '5.6.1.Final', '5.6.1.CR1'], ['5.6.0.Final']],
    ['a letter alone is no version', '3.5', ['3.5', '3.5a', '3.4'], ['3.4']],
    ['before 1.0.0', 'v0.3.0', ['v0.2.9', 'v0.3.0', 'v0.10.0'], ['v0.2.9']],
    ['digits in the name of a package', 'log4j-2.17.1', ['log4j-2.17.0', 'log4j-2.17.1', 'log4k-2.0.0'], ['log4j-2.17.0']],
    ['a branch has all of them', 'main', ['v1.0.0', 'nightly', 'app@2.0.0', 'v2.0.0-rc.1'], ['app@2.0.0', 'v2.0.0-rc.1', 'v1.0.0']],
    ['a branch that is called like a version too', 'release/1.2', ['v1.1.0', 'v1.2.0', 'release/1.1'], ['v1.2.0', 'v1.1.0', 'release/1.1']],
    ['a tag that is none', 'nightly', ['nightly', 'v1.0.0'], ['v1.0.0']],
    ['none at all', 'main', ['nightly', 'v1', 'latest', '1.2.3.4.5', 'release-2026-01-15'], []],
  ])('%s', (_, head, names, expected) => {
    expect(versionsBelow(head, names)).toEqual(expected);
  });

  it('stand in one order, whatever order they come in', () => {
    const part = fc.nat({ max: 12 });
    const version = fc.record({
      numbers: fc.array(part, { minLength: 2, maxLength: 4 }),
      pre: fc.option(fc.constantFrom('rc.1', 'beta', 'rc2')),
    });
    const names = fc.array(version.map(({ numbers, pre }) => `v${numbers.join('.')}${pre ? `-${pre}` : ''}`));
    fc.assert(
      fc.property(names, fc.infiniteStream(fc.nat()), (all, keys) => {
        const shuffled = all.map((name) => ({ name, key: keys.next().value })).sort((a, b) => a.key - b.key);
        expect(
          versionsBelow(
            '',
            shuffled.map(({ name }) => name),
          ),
        ).toEqual(versionsBelow('', all));
      }),
    );
  });
});

describe('a prerelease', () => {
  it.each([
    ...[
      'v1.0.0-rc.1',
      '1.0.0-0',
      'v1.0.0rc1',
      '5.0b2',
      '1.0.0.Beta2',
      'v1.0.0-rc_1',
      'app@1.0.0-next.3',
      'v1.0-alpha',
      '3.13.0a4',
      'v2.0.0-rc.1+build',
    ].map((name) => [name, true] as const),
    ...[
      'v1.0.0',
      'my-app@1.0.0',
      'nightly',
      'v1',
      'release-1',
      '1.2.3+build',
      '2026-01-15',
      '1.0.0.Final',
      '3.5a',
      'rc.1',
      '',
      'beta-channel',
    ].map((name) => [name, false] as const),
  ])('is %s: %s', (name, expected) => {
    expect(isPrerelease(name)).toBe(expected);
  });
  it('is looked for in names that are as long as a file may be called, and in none that is longer', () => {
    const pre = '1.0.0-rc.1';
    expect(isPrerelease('a'.repeat(256 - pre.length) + pre)).toBe(true);
    expect(isPrerelease('a'.repeat(257 - pre.length) + pre)).toBe(false);
  });
});

describe('the versions after', () => {
  it.each<[string, string, string, string]>([
    ['v1.2.3', 'v1.2.4', 'v1.3.0', 'v2.0.0'],
    ['1.2.3', '1.2.4', '1.3.0', '2.0.0'],
    ['v1.10.12', 'v1.10.13', 'v1.11.0', 'v2.0.0'],
    ['app@1.2.3', 'app@1.2.4', 'app@1.3.0', 'app@2.0.0'],
    ['release/1.2', 'release/1.2.1', 'release/1.3', 'release/2.0'],
    ['1.2.3.4', '1.2.4.0', '1.3.0.0', '2.0.0.0'],
    ['6.1.7.1.rc1', '6.1.7.1', '6.2.0.0', '7.0.0.0'],
    ['5.6.1.Final', '5.6.2.Final', '5.7.0.Final', '6.0.0.Final'],
    ['2026.01.09', '2026.01.10', '2026.02.00', '2027.00.00'],
    ['v2.0.0-rc.1', 'v2.0.0', 'v2.0.0', 'v2.0.0'],
    ['v2.0.1-rc.1', 'v2.0.1', 'v2.1.0', 'v3.0.0'],
    ['5.0rc1', '5.0', '5.0', '5.0'],
    ['v0.3.1+build', 'v0.3.2', 'v0.4.0', 'v1.0.0'],
  ])('%s are %s, %s and %s', (name, patch, minor, major) => {
    expect(versionsAfter(name)).toEqual({ patch, minor, major, isInitial: name.startsWith('v0') });
  });
  it.each(['v1.0.9007199254740991', 'nightly', 'v1', '', '1.2.3.4.5', `v1.0.${'9'.repeat(300)}`, 'v99999999999999999999.0.0'])(
    'of %j there are none',
    (name) => {
      expect(versionsAfter(name)).toBeUndefined();
    },
  );
});

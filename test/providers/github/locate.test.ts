/** Every spelling of a repository that people paste, and what is none. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTagError } from '../../../src/core/errors.ts';
import { locateRepository } from '../../../src/providers/github/locate.ts';

const HOST = 'github.com';
const codeOf = (spelling: string, host = HOST): string => {
  try {
    return locateRepository(spelling, host);
  } catch (error) {
    if (isTagError(error)) return error.code;
    throw error;
  }
};

describe('acme/app', () => {
  it.each([
    'acme/app',
    ' acme/app ',
    '/acme/app/',
    'acme//app',
    'acme/app.git',
    'github.com/acme/app',
    'GitHub.com/acme/app',
    'https://github.com/acme/app',
    'https://github.com/acme/app/',
    'https://github.com/acme/app.git',
    'https://www.github.com/acme/app',
    'https://user:ghp-secret@github.com/acme/app.git',
    'https://github.com/acme/app/tree/main/src',
    'https://github.com/acme/app/releases/tag/v1.0.0?x=1#top',
    'https://api.github.com/repos/acme/app',
    'https://api.github.com/repos/acme/app/git/refs/tags/v1',
    'git@github.com:acme/app.git',
    'git@github.com:acme/app',
    'github.com:acme/app.git',
    'ssh://git@github.com/acme/app.git',
    'ssh://git@ssh.github.com:443/acme/app.git',
    'git://github.com/acme/app.git',
  ])('is meant by %j', (spelling) => {
    expect(locateRepository(spelling, HOST)).toBe('acme/app');
  });
});

it.each([
  ['acme_corp/app', 'acme_corp/app'], // a user that an enterprise manages
  ['acme/.github', 'acme/.github'],
  ['acme/app.js', 'acme/app.js'],
  ['acme/repos', 'acme/repos'],
  ['https://github.com/acme/repos', 'acme/repos'],
])('%j is %s', (spelling, expected) => {
  expect(codeOf(spelling)).toBe(expected);
});

describe('an Enterprise Server', () => {
  it.each([
    'https://github.example.com/acme/app',
    'https://github.example.com/api/v3/repos/acme/app',
    'git@github.example.com:acme/app.git',
    'github.example.com/acme/app',
  ])('has %j', (spelling) => {
    expect(codeOf(spelling, 'github.example.com')).toBe('acme/app');
  });
  it('is told from another host, whatever stands before the name', () => {
    for (const spelling of ['https://github.com/acme/app', 'git@evil.example.com:acme/app', 'https://github.example.com.evil.com/acme/app'])
      expect(codeOf(spelling, 'github.example.com')).toBe('invalid_input');
  });
  it('with a port has it in web addresses alone', () => {
    expect(codeOf('https://127.0.0.1:8443/acme/app', '127.0.0.1:8443')).toBe('acme/app');
    expect(codeOf('git@127.0.0.1:acme/app', '127.0.0.1:8443')).toBe('acme/app');
  });
});

it.each([
  '',
  'acme',
  'acme/app/more',
  'acme/..',
  'acme/.',
  '../app',
  'acme/a b',
  'acme/app?x',
  'acme/ap%2Fp',
  '-acme/app',
  'acme/',
  'https://github.com/acme',
  'https://github.com/settings/tokens',
  'https://gitlab.com/acme/app',
  'https://github.com:8443/acme/app',
  'git@github.com:acme',
  '//github.com/acme/app/x',
  `acme/${'a'.repeat(101)}`,
  'https://[',
])('%j is none', (spelling) => {
  expect(codeOf(spelling)).toBe('invalid_input');
});

it('names owner/name or is refused, repeats no credential, and takes what it made', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 60 }), (text) => {
      const found = codeOf(text);
      if (found === 'invalid_input') return;
      expect(found).toMatch(/^[A-Za-z0-9][\w-]*\/[\w.-]{1,100}$/);
      expect(codeOf(found)).toBe(found);
    }),
  );
  for (const spelling of ['https://user:ghp-secret@gitlab.com/a/b', 'https://ghp-secret@github.com/a'])
    try {
      locateRepository(spelling, HOST);
      expect.unreachable();
    } catch (error) {
      expect(JSON.stringify([String(error), isTagError(error) && error.said])).not.toContain('ghp-secret');
    }
});

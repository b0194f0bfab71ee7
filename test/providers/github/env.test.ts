/** The variables: which token, which address, which repository, and what is wrong with them. */
import { describe, expect, it } from 'vitest';
import { isTagError } from '../../../src/core/errors.ts';
import { type Env, repositoryOf, siteOf, tokenOf } from '../../../src/providers/github/env.ts';
import { github } from '../../../src/providers/index.ts';
import { testHost } from '../../support/target.ts';

const refusedBy = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    if (isTagError(error, 'not_configured')) return error.message;
    throw error;
  }
  return 'not refused';
};
const site = (values: Env, allowHttp: string[] = []) => {
  const { rest, graphql, host } = siteOf(values, testHost({ allowHttp }));
  return [rest, graphql.href, host];
};

it('the first token wins; without any there is no GitHub', () => {
  expect(tokenOf({ GITHUB_PERSONAL_ACCESS_TOKEN: 'c', GH_TOKEN: 'b', GITHUB_TOKEN: 'a' })).toBe('a');
  expect(tokenOf({ GITHUB_PERSONAL_ACCESS_TOKEN: 'c', GH_TOKEN: 'b' })).toBe('b');
  expect(tokenOf({ GITHUB_PERSONAL_ACCESS_TOKEN: 'c' })).toBe('c');
  expect(github.connect({ GITHUB_REPOSITORY: 'acme/app' }, testHost())).toBeUndefined();
});

describe('the address', () => {
  it.each<[string, Env, string[]]>([
    ['github.com by default', {}, ['https://api.github.com', 'https://api.github.com/graphql', 'github.com']],
    [
      'github.com by its web address',
      { GITHUB_API_URL: 'https://github.com' },
      ['https://api.github.com', 'https://api.github.com/graphql', 'github.com'],
    ],
    [
      'data residency',
      { GITHUB_API_URL: 'https://api.acme.ghe.com/' },
      ['https://api.acme.ghe.com', 'https://api.acme.ghe.com/graphql', 'acme.ghe.com'],
    ],
    [
      'an Enterprise Server',
      { GITHUB_API_URL: 'https://github.example.com/api/v3/' },
      ['https://github.example.com/api/v3', 'https://github.example.com/api/graphql', 'github.example.com'],
    ],
    [
      'an Enterprise Server by its web address',
      { GITHUB_API_URL: ' https://github.example.com ' },
      ['https://github.example.com/api/v3', 'https://github.example.com/api/graphql', 'github.example.com'],
    ],
    [
      'as Actions have both',
      { GITHUB_API_URL: 'https://api.github.com', GITHUB_GRAPHQL_URL: 'https://api.github.com/graphql' },
      ['https://api.github.com', 'https://api.github.com/graphql', 'github.com'],
    ],
    ['on loopback', { GITHUB_API_URL: 'http://127.0.0.1:9' }, ['http://127.0.0.1:9', 'http://127.0.0.1:9/graphql', '127.0.0.1:9']],
  ])('%s', (_, values, expected) => {
    expect(site(values)).toEqual(expected);
  });

  it.each<[Env, RegExp]>([
    [{ GITHUB_API_URL: 'http://github.example.com/api/v3' }, /GITHUB_API_URL names .* without TLS/],
    [{ GITHUB_API_URL: 'api.github.com' }, /GITHUB_API_URL is not an address/],
    [{ GITHUB_API_URL: 'https://ghp-secret@api.github.com' }, /GITHUB_API_URL holds a user name/],
    [{ GITHUB_GRAPHQL_URL: 'https://evil.example.com/graphql' }, /GITHUB_GRAPHQL_URL names another host/],
    [{ GITHUB_API_URL: 'https://github.example.com/api/v3', GITHUB_GRAPHQL_URL: 'https://api.github.com/graphql' }, /names another host/],
    [{ GITHUB_GRAPHQL_URL: 'http://api.github.com/graphql' }, /without TLS/],
  ])('%j is refused, and its value not repeated', (values, words) => {
    const said = refusedBy(() => site(values));
    expect(said).toMatch(words);
    expect(said).not.toContain('ghp-secret');
  });
});

describe('the default repository', () => {
  const remotes = [
    { name: 'origin', address: 'https://gitlab.com/acme/other' },
    { name: 'here', address: '/srv/git/acme/app' },
    { name: 'upstream', address: 'git@github.com:acme/app.git' },
  ];
  it('is the named one, else that of a remote on this GitHub', () => {
    expect(repositoryOf({ GITHUB_REPOSITORY: 'a/b', GH_REPO: 'c/d' }, 'github.com', remotes)).toBe('a/b');
    expect(repositoryOf({ GH_REPO: 'github.com/c/d' }, 'github.com', remotes)).toBe('c/d');
    expect(repositoryOf({}, 'github.com', remotes)).toBe('acme/app');
    expect(repositoryOf({}, 'github.example.com', remotes)).toBeUndefined();
    expect(repositoryOf({}, 'github.com', [])).toBeUndefined();
  });
  it('that is none is told by its variable', () => {
    expect(refusedBy(() => repositoryOf({ GITHUB_REPOSITORY: 'app' }, 'github.com', []))).toMatch(/^GITHUB_REPOSITORY: /);
    expect(refusedBy(() => repositoryOf({ GH_REPO: 'https://gitlab.com/a/b' }, 'github.com', []))).toMatch(/^GH_REPO: /);
  });
});

/** `tagwright doctor` on GitHub: whose token, how long, what it may do, and how many requests are left. */
import { expect, it } from 'vitest';
import { GITHUB_TOKENS, githubAccess, startGithub } from '../sandbox/github.ts';
import { closeAfterwards } from '../support/closing.ts';
import { openPractice } from './practice.ts';

it.each([
  ['maintainer', { user: 'ada', scopes: ['repo'], expires_at: '2999-12-31', allowance: expect.stringMatching(/^\d+ of 5000 left$/) }, true],
  ['reader', { user: 'eve', scopes: ['repo'] }, false],
  ['fine', { user: 'ada' }, undefined],
] as const)('%s', async (token, identity, write) => {
  const sandbox = await startGithub();
  closeAfterwards(sandbox);
  sandbox.commit(sandbox.addRepository('acme/app'), 'main', 'first');
  const told = await openPractice().report({ ...githubAccess(sandbox, GITHUB_TOKENS[token]), GITHUB_REPOSITORY: 'acme/app' });
  const github = told.providers.find(({ name }) => name === 'github');
  expect(github).toMatchObject({ state: 'works', reachable: true, ...identity });
  expect(github?.repository).toMatchObject({ name: 'acme/app', source: 'GITHUB_REPOSITORY', read: true });
  expect(github?.repository?.write).toBe(write);
  expect(sandbox.seen.filter(({ method, body }) => method !== 'GET' && !body.startsWith('{"query":"\\nquery'))).toEqual([]);
  expect(JSON.stringify(told)).not.toContain(GITHUB_TOKENS[token]);
});

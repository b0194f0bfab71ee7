/** The doctor on a git host: is it one, whose credential answers, and can the repository be read. */
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openGitHost } from '../support/git-host.ts';
import { makeRepository } from '../support/git-repository.ts';
import { about, openPractice } from './practice.ts';

const TOKEN = 'host-token-1';

async function open() {
  const practice = openPractice();
  const root = join(practice.home.project, '../host');
  makeRepository({ path: join(root, 'acme/app.git'), bare: true });
  const host = await openGitHost({ root, credential: `git:${TOKEN}` });
  onTestFinished(host.close);
  return { ...practice, host };
}

it('tells whose token answers, and that the repository can be read', async () => {
  const { host, report } = await open();
  const told = await report({ GIT_REMOTE_URL: `${host.origin}/acme/app.git`, GIT_REMOTE_TOKEN: TOKEN });
  expect(about('remote', told)).toMatchObject({
    state: 'works',
    address: `${host.origin}/acme/app`,
    reachable: true,
    user: 'git (GIT_REMOTE_TOKEN)',
    version: expect.stringMatching(/^\d+\.\d+/),
    repository: { name: `${host.origin}/acme/app`, read: true },
  });
});

it('tells so of a clone whose address holds the credential, and shows it nowhere', async () => {
  const { home, host, doctor, report } = await open();
  makeRepository({ path: home.project }).git('remote', 'add', 'origin', `${host.origin.replace('//', `//git:${TOKEN}@`)}/acme/app.git`);
  expect(about('remote', await report({}))).toMatchObject({
    state: 'works',
    user: 'git (the address of the clone)',
    repository: { name: 'origin', source: 'working directory', read: true },
  });
  expect((await doctor({})).output).not.toContain(TOKEN);
});

it.each([
  ['a wrong token', 'acme/app', 'wrong', 'unauthenticated'],
  ['no such repository', 'acme/none', TOKEN, 'repository_not_found'],
])('tells what is wrong: %s', async (_, path, token, code) => {
  const { host, report } = await open();
  const { error, repository, state } = about('remote', await report({ GIT_REMOTE_URL: `${host.origin}/${path}`, GIT_REMOTE_TOKEN: token }));
  expect(state).toBe('fails');
  expect((error ?? repository?.error)?.code).toBe(code);
});

it('tells of a token that has nowhere to go', async () => {
  const { report } = await open();
  expect(about('remote', await report({ GIT_REMOTE_TOKEN: TOKEN }))).toMatchObject({ state: 'fails', error: { code: 'not_configured' } });
});

it('says nothing of TLS where the way is ssh', async () => {
  const { home, doctor } = openPractice();
  makeRepository({ path: home.project }).git('remote', 'add', 'origin', 'git@no-such-host.invalid:acme/app.git');
  const { output } = await doctor({ GIT_SSH_COMMAND: 'false' });
  expect(output).toMatch(/address +git@no-such-host\.invalid:acme\/app\.git( \(not reached\))?\n/);
});

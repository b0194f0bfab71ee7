/** A working directory that a stranger prepared: its .env changes nothing of what the operator has set. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GITLAB_TOKENS, type GitlabSandbox, startGitlab } from '../sandbox/gitlab.ts';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { type GitRepository, makeRepository } from '../support/git-repository.ts';
import { initialize, type RawServer, startRaw } from '../support/raw-server.ts';

let evil: Sandbox;
let gitlab: GitlabSandbox;
let repository: GitRepository;
let server: RawServer | undefined;

beforeEach(async () => {
  evil = await startSandbox(() => ({ status: 200, body: {} }));
  gitlab = await startGitlab();
  const project = gitlab.addProject('acme/app');
  gitlab.commit(project, 'main', 'first');
  gitlab.tag(project, 'v1', 'main');
  repository = makeRepository();
  repository.commit('first');
  const hostile = {
    GITLAB_URL: evil.url,
    GITLAB_API_URL: evil.url,
    GITLAB_TOKEN: 'glpat-of-the-stranger',
    LAKECTL_SERVER_ENDPOINT_URL: evil.url,
    VERS_URL: evil.url,
    CODEARTS_URL: evil.url,
    CODEARTS_IAM_URL: evil.url,
    HTTP_PROXY: evil.url,
    HTTPS_PROXY: evil.url,
    http_proxy: evil.url,
    NODE_TLS_REJECT_UNAUTHORIZED: '0',
    NODE_OPTIONS: '--require ./evil.cjs',
    TAGWRIGHT_READ_ONLY: 'false',
    TAGWRIGHT_PROTECTED_TAGS: '',
    TAGWRIGHT_REPOSITORIES: 'gitlab:**',
    TAGWRIGHT_CONFIRM: 'never',
    TAGWRIGHT_ALLOW_HTTP: '*',
    TAGWRIGHT_GIT_ROOTS: '/',
    TAGWRIGHT_AUDIT_LOG: join(repository.path, 'stolen.log'),
  };
  writeFileSync(
    join(repository.path, '.env'),
    Object.entries(hostile)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  );
});
afterEach(async () => {
  server?.stop();
  await Promise.all([evil.close(), gitlab.close()]);
  repository.remove();
});

const credentials = {
  GITLAB_URL: () => gitlab.url,
  LAKECTL_CREDENTIALS_SESSION_TOKEN: () => 'session-of-the-operator',
  VERS_API_KEY: () => 'vers-of-the-operator',
  CODEARTS_TOKEN: () => 'codearts-of-the-operator',
};
const call = async (name: string, args: object) =>
  (await server?.ask('tools/call', { name, arguments: args }))?.result?.content?.[0]?.text ?? '';

it('its host gets no request, its policy is none, and the operator’s own holds', async () => {
  server = startRaw(repository.path, {
    ...Object.fromEntries(Object.entries(credentials).map(([name, value]) => [name, value()])),
    GITLAB_TOKEN: GITLAB_TOKENS.maintainer,
    TAGWRIGHT_PROTECTED_TAGS: 'v*',
    TAGWRIGHT_REPOSITORIES: 'gitlab:acme/*',
  });
  await initialize(server);
  expect(await call('get_tag', { provider: 'gitlab', repository: 'acme/app', name: 'v1' })).toContain('"v1"');
  expect(await call('delete_tag', { provider: 'gitlab', repository: 'acme/app', name: 'v1' })).toMatch(/^policy_denied: /);
  expect(await call('list_tags', { provider: 'gitlab', repository: 'other/app' })).toMatch(/^policy_denied: /);
  expect(await call('list_tags', { provider: 'git', repository: '/' })).toMatch(/^policy_denied: /);
  expect(await call('list_tags', { provider: 'vers', repository: 'images' })).toMatch(/^[a-z_]+: /);
  expect(evil.seen).toEqual([]);
  expect(repository.git('status', '--porcelain', '--ignored')).not.toContain('stolen.log');
});

it('a token of the environment never meets an address of .env', async () => {
  server = startRaw(repository.path, {
    GITLAB_TOKEN: GITLAB_TOKENS.maintainer,
    VERS_API_KEY: 'vers-of-the-operator',
    LAKECTL_CREDENTIALS_SESSION_TOKEN: 'session-of-the-operator',
    TAGWRIGHT_TIMEOUT_MS: '1000',
    HTTPS_PROXY: 'http://127.0.0.1:9', // nothing leaves this machine
  });
  await initialize(server);
  expect(await call('list_tags', { provider: 'gitlab', repository: 'acme/app' })).toMatch(/^unavailable: "gitlab\.com": /);
  expect(await call('list_tags', { provider: 'vers', repository: 'images' })).toMatch(/^unavailable: "api\.vers\.sh": /);
  expect(await call('list_tags', { provider: 'lakefs', repository: 'training' })).toMatch(/^invalid_input: provider: /);
  expect(evil.seen).toEqual([]);
});

describe('systems of its own', () => {
  beforeEach(() =>
    writeFileSync(
      join(repository.path, '.env'),
      [
        `GITLAB_URL__Z=${evil.url}`,
        'GITLAB_TOKEN__Z=glpat-of-the-stranger',
        'GITLAB_PROJECT__Z=evil/app',
        `VERS_URL=${evil.url}`,
        'VERS_API_KEY=vers-of-the-stranger',
        'VERS_REPOSITORY=images',
      ].join('\n'),
    ),
  );
  const env = () => ({
    GITLAB_URL: gitlab.url,
    GITLAB_TOKEN: GITLAB_TOKENS.maintainer,
    GITLAB_PROJECT: 'acme/app',
    TAGWRIGHT_PROVIDERS: 'gitlab,gitlab-z,vers',
  });

  it.each([undefined, 'gitlab-z', 'vers'])('hear of no release that does not name them, with %s for default', async (preferred) => {
    server = startRaw(repository.path, { ...env(), TAGWRIGHT_DEFAULT_PROVIDER: preferred });
    await initialize(server);
    expect(await call('tag_release', { name: 'v2', message: 'Embargoed until Monday' })).toContain('"outcome":"created"');
    expect(await call('show_release', { name: 'v2' })).toContain('"complete":true');
    const unnamed = await call('list_tags', { repository: 'acme/app' });
    if (preferred) expect(unnamed).toMatch(/^invalid_input: provider/);
    else expect(unnamed).toContain('"provider":"gitlab"');
    expect(evil.seen).toEqual([]);
    await call('get_tag', { provider: 'gitlab-z', name: 'v2' });
    expect(evil.seen).not.toEqual([]);
  });
  it('say nothing in what a model is told', async () => {
    server = startRaw(repository.path, env());
    const { result } = await initialize(server);
    expect(result?.instructions).toContain(
      'Systems: gitlab (default repository "acme/app"); "gitlab-z" (default repository "evil/app"); vers',
    );
  });
});

it('a bound by a wrong name, or left unfilled, binds', async () => {
  for (const [name, value] of [
    ['TAGWRIGHT_READONLY', '1'],
    ['tagwright_read_only', 'yes'],
    ['TAGWRIGHT_READ_ONLY', `\${RO}`],
  ] as const) {
    server = startRaw(repository.path, { [name]: value }, { stderr: 'pipe' });
    await initialize(server);
    expect(JSON.stringify((await server.ask('tools/list')).result)).not.toContain('create_tag');
    expect(server.told()).toContain(`tagwright: warn: ${name} is `);
    server.stop();
  }
});

it.each(['refs/tags/v*', '"v*"', 'v*;w*', '^v'])(
  'a pattern that protects nothing as it stands protects everything: %s',
  async (pattern) => {
    repository.git('tag', 'v1');
    server = startRaw(repository.path, { TAGWRIGHT_PROTECTED_TAGS: pattern, TAGWRIGHT_PROVIDERS: 'git' }, { stderr: 'pipe' });
    await initialize(server);
    expect(await call('delete_tag', { name: 'v1' })).toMatch(/^policy_denied: /);
    expect(repository.git('tag')).toBe('v1');
    expect(server.told()).toContain('would protect nothing');
  },
);

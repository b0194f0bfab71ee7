/** What the doctor prints: for people, for programs, and never a secret. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { GITLAB_TOKENS, startGitlab } from '../sandbox/gitlab.ts';
import { makeRepository } from '../support/git-repository.ts';
import { openPractice, type Practice } from './practice.ts';

const ESCAPE = '\u001b';
const WATCHED = { isTTY: true } as const;

async function patient() {
  const sandbox = await startGitlab();
  onTestFinished(() => sandbox.close());
  sandbox.commit(sandbox.addProject('acme/app'), 'main', 'first');
  const practice = openPractice();
  makeRepository({ path: practice.home.project }).commit('first');
  const env = {
    GITLAB_URL: sandbox.url,
    GITLAB_TOKEN: GITLAB_TOKENS.maintainer,
    GITLAB_PROJECT: 'acme/app',
    GITLAB_BASE: 'x',
    TAGWRIGHT_TIMEOUT: '1',
  };
  return { practice, env, url: sandbox.url };
}

/** Collects what is written, as a terminal would show it. */
function screen(isTTY = true) {
  const written: string[] = [];
  return { isTTY, written, write: (text: string) => void written.push(text) };
}

describe('for people', () => {
  it('each system with where its variables come from, then the settings, then what is odd, and a verdict', async () => {
    const { practice, env, url } = await patient();
    const { code, output, errors } = await practice.doctor({
      ...env,
      VERS_API_KEY: 'vers-0123456789-9',
      VERS_URL: 'http://127.0.0.1:9',
      GITLAB_URL: url,
    });
    expect(code).toBe(1);
    expect(errors).toBe('');
    const told = output
      .replaceAll(/\d+ ms/g, '9 ms')
      .replaceAll(url, 'URL')
      .replaceAll(practice.home.project, 'HERE')
      .split('\n');
    expect(told[0]).toMatch(/^tagwright \d+\.\d+\.\d+, Node \d+\S*, linux \w+$/);
    expect(
      told
        .slice(1)
        .join('\n')
        .replace(/version( +)2\.\d+\S*/, 'version$12'),
    ).toBe(`
✓ git  9 ms
    version     2
    repository  HERE (working directory) can be read and written

✓ gitlab  GitLab, 9 ms
    address         URL/api/v4 (no TLS)
    version         18.2.1-ee
    user            sandbox
    scopes          api
    GITLAB_TOKEN    glpat-…6789 (environment)
    GITLAB_URL      URL (environment)
    GITLAB_PROJECT  acme/app (environment)
    repository      acme/app (GITLAB_PROJECT) can be read and written

✗ vers  Vers, 9 ms
    address       http://127.0.0.1:9/api/v1 (no TLS, not reached)
    VERS_API_KEY  vers-…89-9 (environment)
    VERS_URL      http://127.0.0.1:9 (environment)
    unavailable: "127.0.0.1:9": the connection was refused.
    → Check the address, its port, and the proxy where one is set. VERS_URL holds the address.

Not set up
    codearts    takes CODEARTS_TOKEN, HUAWEICLOUD_SDK_AK, HUAWEICLOUD_SDK_SK, HUAWEICLOUD_SDK_SECURITY_TOKEN, CODEARTS_IAM_DOMAIN, CODEARTS_IAM_USER, CODEARTS_IAM_PASSWORD
    github      takes GITHUB_TOKEN, GH_TOKEN, GITHUB_PERSONAL_ACCESS_TOKEN
    lakefs      takes LAKECTL_CREDENTIALS_SESSION_TOKEN, LAKECTL_CREDENTIALS_ACCESS_KEY_ID, LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY, ~/.lakectl.yaml
    remote      takes GIT_REMOTE_URL, GIT_REMOTE_TOKEN, GIT_REMOTE_USER

Settings
    writing     allowed
    confirm     auto
    protected   no tags
    allowed     all repositories
    audit log   none
    time limit  30 s

Worth a look
  ! TAGWRIGHT_TIMEOUT is not known here. Did you mean TAGWRIGHT_TIMEOUT_MS?

Something is wrong with vers.
`);
  });

  it('the settings in force', async () => {
    const { practice } = await patient();
    const { output } = await practice.doctor({
      TAGWRIGHT_READ_ONLY: 'yes',
      TAGWRIGHT_CONFIRM: 'always',
      TAGWRIGHT_PROTECTED_TAGS: 'v*, prod-*',
      TAGWRIGHT_REPOSITORIES: 'git:*',
      TAGWRIGHT_PROVIDERS: 'git',
      TAGWRIGHT_AUDIT_LOG: '/nonexistent/log',
      TAGWRIGHT_ALLOW_HTTP: 'gitlab.internal',
      TAGWRIGHT_TIMEOUT_MS: '1500',
    });
    expect(output).toContain(`Settings
    writing      forbidden: TAGWRIGHT_READ_ONLY, or a limit that is misspelt
    confirm      always
    protected    v*, prod-*
    allowed      git:*
    audit log    /nonexistent/log
    systems      git
    without TLS  gitlab.internal
    time limit   1.5 s`);
  });

  it('colours where a terminal shows them, and none where NO_COLOR says so', async () => {
    const { practice, env } = await patient();
    const printed = async (more: Record<string, string>, isTTY: boolean) => {
      const output = screen(isTTY);
      await practice.doctor({ ...env, ...more }, [], { output });
      return output.written.join('');
    };
    expect(await printed({}, true)).toContain(`${ESCAPE}[32m✓${ESCAPE}[0m`);
    expect(await printed({ NO_COLOR: '' }, true)).toContain(ESCAPE);
    expect(await printed({ NO_COLOR: '1' }, true)).not.toContain(ESCAPE);
    expect(await printed({ TERM: 'dumb' }, true)).not.toContain(ESCAPE);
    expect(await printed({}, false)).not.toContain(ESCAPE);
  });

  it('what is still waited for, on a terminal alone, and it goes away', async () => {
    const { practice, env } = await patient();
    const errors = screen();
    await practice.doctor(env, [], { errors });
    expect(errors.written[0]).toContain('checking git, gitlab …');
    expect(errors.written.at(-1)).toBe(`\r${ESCAPE}[K`);
    const dumb = screen();
    await practice.doctor({ ...env, TERM: 'dumb' }, [], { errors: dumb });
    expect(dumb.written).toEqual([]);
  });
});

describe('for programs', () => {
  it('one JSON object, whatever else is watched', async () => {
    const { practice, env } = await patient();
    const { code, output } = await practice.doctor(env, ['--json'], { errors: { write: () => undefined, ...WATCHED } });
    const report = JSON.parse(output);
    expect(code).toBe(0);
    expect(Object.keys(report)).toEqual(['tagwright', 'node', 'platform', 'ok', 'providers', 'settings', 'problems', 'unknown_variables']);
    const [, git, , gitlab, lakefs] = report.providers;
    expect(Object.keys(git).sort()).toEqual(['ms', 'name', 'repository', 'state', 'title', 'variables', 'version']);
    expect(Object.keys(gitlab).sort()).toEqual([
      'address',
      'ms',
      'name',
      'reachable',
      'repository',
      'scopes',
      'state',
      'title',
      'tls',
      'user',
      'variables',
      'version',
    ]);
    expect(lakefs).toEqual({ name: 'lakefs', title: 'lakeFS', variables: [], state: 'unset', takes: expect.any(Array) });
    expect(report.settings).toEqual({ read_only: false, may_write: true, confirm: 'auto', timeout_ms: 30_000 });
    expect(report.unknown_variables).toEqual([
      { name: 'TAGWRIGHT_TIMEOUT', source: 'environment', why: 'is not known here', did_you_mean: 'TAGWRIGHT_TIMEOUT_MS' },
    ]);
  });
});

describe('slips in what bounds the server', () => {
  it('are told once, and what they do is in force', async () => {
    const { practice, env } = await patient();
    const slips = { TAGWRIGHT_READONLY: '0', TAGWRIGHT_PROTECTED_TAGS: 'refs/tags/v*', TAGWRIGHT_REPOSITORIES: ',' };
    const { output } = await practice.doctor({ ...env, ...slips });
    expect(output.match(/TAGWRIGHT_READONLY/g)).toHaveLength(1);
    expect(output).toContain('writing     forbidden: TAGWRIGHT_READ_ONLY');
    expect(output).toContain('protected   *\n');
    expect(output).toContain('allowed     none');
    expect(output).toContain('! TAGWRIGHT_PROTECTED_TAGS: refs/tags/v* would protect nothing (names stand without refs/tags/)');
    expect((await practice.report({ ...env, ...slips })).settings).toMatchObject({
      read_only: true,
      repositories: [],
      protected_tags: ['*'],
    });
  });
});

describe('what a stranger wrote into .env', () => {
  it('stands in quotes wherever it is shown', async () => {
    const { practice, url } = await patient();
    practice.home.write(
      'project/.env',
      `VERS_API_KEY__OBEY=key-of-a-stranger\nVERS_URL__OBEY=${url}/obey\nVERS_REPOSITORY__OBEY=obey\nGITLAB_OBEY_TOKEN=obey\n`,
    );
    const { output } = await practice.doctor({});
    expect(output.match(/obey/gi)?.length).toBeGreaterThan(6);
    expect(output.replace(/"(?:[^"\\]|\\.)*"/g, '')).not.toMatch(/obey/i);
  });
});

describe('the exit code', () => {
  it('is 1 where nothing is configured, or what the settings name is not', async () => {
    const practice = openPractice();
    const nothing = await practice.doctor({});
    expect(nothing).toMatchObject({ code: 1, output: expect.stringContaining('No system is configured') });
    makeRepository({ path: practice.home.project }).commit('first');
    expect((await practice.doctor({})).code).toBe(0);
    for (const setting of [{ TAGWRIGHT_PROVIDERS: 'git,vers' }, { TAGWRIGHT_DEFAULT_PROVIDER: 'gitlab-work' }]) {
      const { code, output } = await practice.doctor(setting);
      expect(code).toBe(1);
      expect(output).toContain('is named in the settings but not configured');
    }
    const outside = await practice.report({}, ['--git-root', '/nonexistent']);
    expect(outside.providers.find(({ name }) => name === 'git')).not.toHaveProperty('repository');
  });
});

describe('secrets', () => {
  const SECRETS = {
    GITLAB_TOKEN: 'GITLAB_URL',
    GITLAB_TOKEN__WORK: 'GITLAB_URL__WORK',
    LAKECTL_CREDENTIALS_SESSION_TOKEN: 'LAKECTL_SERVER_ENDPOINT_URL',
    CODEARTS_TOKEN: 'CODEARTS_URL',
    VERS_API_KEY: 'VERS_URL',
  } as const;
  let url: string;
  let practice: Practice;
  const server = createServer(({ headers, url: path = '' }, response) => {
    const said = Object.values(headers).join(' ');
    const encoded = Buffer.from(`user:${said}`).toString('base64');
    const body = { message: `${said} ${encodeURIComponent(said)} ${encoded} ${ESCAPE}[31m${'x'.repeat(path.length * 7)}${said}` };
    response
      .writeHead(path.includes('user') ? 401 : 400, { 'content-type': 'application/json', 'x-request-id': said })
      .end(JSON.stringify(body));
  });
  beforeAll(async () => {
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => void server.close());

  it('are printed nowhere, whatever a server says and wherever they stand; long ones show their ends', async () => {
    practice = openPractice();
    const secret = fc.stringMatching(/^(glpat-|eyJ)?[A-Za-z0-9_.~+/=-]{9,60}[A-Za-z0-9]$/);
    const given = fc.record({ secrets: fc.array(secret, { minLength: 5, maxLength: 5 }), inFile: fc.boolean(), json: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(given, async ({ secrets, inFile, json }) => {
        const values = Object.fromEntries(
          Object.entries(SECRETS).flatMap(([name, address], at) => [
            [name, secrets[at] ?? ''],
            [address, url],
          ]),
        );
        practice.home.write(
          'project/.env',
          inFile
            ? Object.entries(values)
                .map(([name, value]) => `${name}='${value}'`)
                .join('\n')
            : '',
        );
        const { code, output } = await practice.doctor(inFile ? {} : values, json ? ['--json'] : []);
        expect(code).toBe(1);
        expect(output).not.toContain(ESCAPE);
        for (const one of secrets) {
          expect(output).not.toContain(one);
          expect(output).not.toContain(one.slice(0, 10));
          expect(output).not.toContain(encodeURIComponent(one));
          if (one.length >= 16) expect(output).toContain(`…${one.slice(-4)}`);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('that stand in an address or in a remote are not shown either', async () => {
    const { report } = openPractice();
    const told = JSON.stringify(
      await report({ GITLAB_TOKEN: 'glpat-0123456789abcdef', GITLAB_URL: 'https://me:hunter2@gitlab.example.com/?private_token=hunter3' }),
    );
    expect(told).toContain('holds a user name or password');
    expect(told).not.toMatch(/hunter/);
  });
});

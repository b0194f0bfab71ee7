/** The doctor against the sandboxes: what works, what does not and why, and what to do. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startCodearts } from '../sandbox/codearts.ts';
import { GITLAB_TOKENS, type GitlabSandbox, startGitlab } from '../sandbox/gitlab.ts';
import { LAKEFS_KEY, startLakefs } from '../sandbox/lakefs.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { startVers, VERS_KEY } from '../sandbox/vers.ts';
import { makeRepository } from '../support/git-repository.ts';
import { about, openPractice } from './practice.ts';

async function open<S extends Sandbox>(starting: Promise<S>): Promise<S> {
  const sandbox = await starting;
  onTestFinished(async () => {
    await sandbox.close();
    expect(sandbox.unknown).toEqual([]);
  });
  return sandbox;
}

async function gitlabWith(path = 'acme/app', project: Parameters<GitlabSandbox['addProject']>[1] = {}) {
  const sandbox = await open(startGitlab());
  sandbox.commit(sandbox.addProject(path, project), 'main', 'first');
  const env = (token: string = GITLAB_TOKENS.maintainer) => ({ GITLAB_URL: sandbox.url, GITLAB_TOKEN: token, GITLAB_PROJECT: path });
  return { sandbox, env };
}

/** A server that is no system of ours; its address. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('all is well', () => {
  it('every system is asked who we are, and its default repository what we may do; nothing is written', async () => {
    const { home, report } = openPractice();
    const { sandbox: gitlab, env } = await gitlabWith();
    const [lakefs, codearts, vers] = [await open(startLakefs()), await open(startCodearts()), await open(startVers())];
    lakefs.addRepository('datalake');
    codearts.addRepository(4711);
    vers.addRepository('images');
    makeRepository({ path: home.project }).commit('first');

    const { code, ...told } = await report({
      ...env(),
      LAKECTL_SERVER_ENDPOINT_URL: lakefs.url,
      LAKECTL_CREDENTIALS_ACCESS_KEY_ID: LAKEFS_KEY.id,
      LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY: LAKEFS_KEY.secret,
      LAKEFS_REPOSITORY: 'datalake',
      CODEARTS_URL: codearts.url,
      CODEARTS_TOKEN: codearts.issueToken(new Date(codearts.now().getTime() + 3_600_000)),
      CODEARTS_REPOSITORY: '4711',
      VERS_API_KEY: VERS_KEY,
      VERS_URL: vers.url,
      VERS_REPOSITORY: 'images',
    });
    const asked = told.providers.filter(({ name }) => !['remote', 'github'].includes(name)); // of their own, see doctor-remote and doctor-github
    expect(asked.map(({ name, state, error }) => ({ name, state, error }))).toEqual(
      ['codearts', 'git', 'gitlab', 'lakefs', 'vers'].map((name) => ({ name, state: 'works', error: undefined })),
    );
    expect({ code, ok: told.ok, problems: told.problems }).toEqual({ code: 0, ok: true, problems: [] });
    expect(about('gitlab', told)).toMatchObject({
      address: `${gitlab.url}/api/v4`,
      tls: false,
      reachable: true,
      user: 'sandbox',
      version: '18.2.1-ee',
      scopes: ['api'],
      repository: { name: 'acme/app', source: 'GITLAB_PROJECT', read: true, write: true },
      variables: [
        { name: 'GITLAB_TOKEN', value: 'glpat-…6789', source: 'environment', used: true },
        { name: 'GITLAB_URL', value: gitlab.url, source: 'environment', used: true },
        { name: 'GITLAB_PROJECT', value: 'acme/app', source: 'environment', used: true },
      ],
    });
    expect(about('git', told)).toMatchObject({
      version: expect.stringMatching(/^\d+\.\d+/),
      repository: { name: home.project, write: true },
    });
    expect(about('git', told)).not.toHaveProperty('address');
    expect(about('lakefs', told)).toMatchObject({
      user: LAKEFS_KEY.id,
      version: '1.84.0',
      repository: { read: true, why: expect.any(String) },
    });
    for (const name of ['lakefs', 'codearts', 'vers']) expect(about(name, told).repository).not.toHaveProperty('write');
    const requests = [gitlab, lakefs, codearts, vers].flatMap(({ seen }) => seen.map(({ method, path }) => `${method} ${path}`));
    expect(requests.filter((line) => !line.startsWith('GET '))).toEqual(['POST /api/v1/keys/validate']);
  });

  it('instances and .env are told apart', async () => {
    const { home, report } = openPractice();
    const { sandbox, env } = await gitlabWith();
    home.write(
      'project/.env',
      `GITLAB_URL__WORK=${sandbox.url}\nGITLAB_TOKEN__WORK=${GITLAB_TOKENS.developer}\nGITLAB_URL=https://evil.example\n`,
    );
    const told = await report({ GITLAB_HOST: sandbox.url, GITLAB_TOKEN: env().GITLAB_TOKEN });
    expect(about('gitlab-work', told)).toMatchObject({ state: 'works', variables: [{ source: '.env' }, { source: '.env' }] });
    expect(about('gitlab', told)).toMatchObject({
      state: 'works',
      variables: [
        { name: 'GITLAB_TOKEN', used: true },
        { name: 'GITLAB_URL', value: 'https://evil.example', source: '.env', used: false },
        { name: 'GITLAB_HOST', used: true },
      ],
    });
  });

  it("a vendor's file is named", async () => {
    const { home, report } = openPractice();
    const vers = await open(startVers());
    home.write('.versrc', JSON.stringify({ apiKey: VERS_KEY }));
    const { variables } = about('vers', await report({ VERS_URL: vers.url }));
    expect(variables).toMatchObject([
      { name: 'VERS_API_KEY', source: '~/.versrc' },
      { name: 'VERS_URL', source: 'environment' },
    ]);
  });
});

describe('the credential', () => {
  it.each([
    ['wrong', 'glpat-nobody-knows-this-1', 'glpat-…is-1'],
    ['expired', GITLAB_TOKENS.expired, 'glpat-…5678'],
  ])('is %s: which one, and what to do', async (_, token, value) => {
    const { env } = await gitlabWith();
    const told = await openPractice().report(env(token));
    expect(told.code).toBe(1);
    expect(about('gitlab', told)).toMatchObject({
      state: 'fails',
      reachable: true,
      variables: expect.arrayContaining([{ name: 'GITLAB_TOKEN', value, source: 'environment', used: true }]),
      error: {
        code: 'unauthenticated',
        hint: 'Renew the credential: GITLAB_TOKEN (environment).',
        upstream: { status: 401, text: '401 Unauthorized' },
      },
    });
    expect(about('gitlab', told)).not.toHaveProperty('repository');
  });

  it('that only reads is no failure, and the report says why nothing can be written', async () => {
    const { env } = await gitlabWith();
    const told = await openPractice().report(env(GITLAB_TOKENS.readApi));
    expect(told).toMatchObject({ code: 0, ok: true });
    expect(about('gitlab', told)).toMatchObject({
      scopes: ['read_api'],
      repository: { read: true, write: false, why: expect.stringContaining('read_api') },
    });
  });

  it('that expires soon is told with its date', async () => {
    const { sandbox, env } = await gitlabWith();
    const expires_at = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10);
    sandbox.tokens.set('glpat-short', { kind: 'private', scopes: ['api'], accessLevel: 'developer', expires_at });
    const practice = openPractice();
    expect(about('gitlab', await practice.report(env('glpat-short')))).toMatchObject({ state: 'works', expires_at });
    expect((await practice.doctor(env('glpat-short'))).output).toMatch(new RegExp(`expires +${expires_at} \\(in 3 days\\)`));
  });

  it('that is missing beside an address is no failure; one that is divided is', async () => {
    const { home, report } = openPractice();
    expect(about('gitlab', await report({ GITLAB_URL: 'https://gitlab.example.com' }))).toMatchObject({
      state: 'unset',
      takes: expect.arrayContaining(['GITLAB_TOKEN', 'CI_JOB_TOKEN']),
      variables: [{ name: 'GITLAB_URL' }],
    });
    home.write('project/.env', 'GITLAB_TOKEN=glpat-in-the-file\n');
    const told = await report({ GITLAB_URL: 'https://gitlab.example.com' });
    expect(about('gitlab', told)).toMatchObject({
      state: 'fails',
      error: { code: 'not_configured', message: expect.stringContaining('never combined') },
    });
    expect(told.problems).toEqual([]);
  });
});

describe('the address', () => {
  const token = { GITLAB_TOKEN: GITLAB_TOKENS.maintainer };
  it('is refused, does not resolve, or is none', async () => {
    const { report } = openPractice();
    const refused = about('gitlab', await report({ ...token, GITLAB_URL: 'http://127.0.0.1:9' }));
    expect(refused).toMatchObject({
      state: 'fails',
      reachable: false,
      error: { code: 'unavailable', hint: expect.stringContaining('GITLAB_URL') },
    });
    const lost = about('gitlab', await report({ ...token, GITLAB_HOST: 'gitlab.invalid' }));
    expect(lost).toMatchObject({ reachable: false, tls: true, error: { code: 'unavailable', message: expect.stringContaining('DNS') } });
    const none = about('gitlab', await report({ ...token, GITLAB_URL: 'ftp://gitlab.example.com' }));
    expect(none).toMatchObject({ state: 'fails', error: { code: 'not_configured', message: expect.stringContaining('GITLAB_URL') } });
    const open = about('gitlab', await report({ ...token, GITLAB_URL: 'http://gitlab.example.com' }));
    expect(open.error).toMatchObject({ code: 'not_configured', hint: expect.stringContaining('TAGWRIGHT_ALLOW_HTTP') });
  });

  it('leads to another API', async () => {
    const url = await serve((_, response) =>
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"message":"Not Found"}'),
    );
    const told = about('gitlab', await openPractice().report({ ...token, GITLAB_URL: url }));
    expect(told).toMatchObject({
      reachable: true,
      error: {
        code: 'unexpected_response',
        hint: 'Check that the address is the API itself: GITLAB_URL (environment).',
        upstream: { status: 404 },
      },
    });
  });

  it('leads to a page', async () => {
    const { sandbox, env } = await gitlabWith();
    sandbox.fault({ kind: 'html' }, { times: 9 });
    const { error } = about('gitlab', await openPractice().report(env()));
    expect(error).toMatchObject({
      code: 'unexpected_response',
      message: expect.stringContaining('HTML page'),
      hint: expect.stringContaining('sign-in'),
    });
    expect(error?.upstream?.text).toBe('an HTML page, Sign in');
  });

  it('is slow: it is given up after the time limit, and holds up nobody else', async () => {
    const { sandbox, env } = await gitlabWith();
    const vers = await open(startVers());
    sandbox.latencyMs = 60_000;
    const started = performance.now();
    const told = await openPractice().report({ ...env(), VERS_URL: vers.url, VERS_API_KEY: VERS_KEY, TAGWRIGHT_TIMEOUT_MS: '1000' });
    expect(performance.now() - started).toBeLessThan(5_000);
    expect(about('gitlab', told)).toMatchObject({
      state: 'fails',
      reachable: false,
      error: { code: 'timeout', message: expect.stringContaining('1 s') },
    });
    expect(about('gitlab', told).ms).toBeGreaterThanOrEqual(950);
    expect(about('vers', told)).toMatchObject({ state: 'works' });
    expect(about('vers', told).ms).toBeLessThan(900);
  });
});

describe('the default repository', () => {
  it.each([
    ['developer', {}, true],
    ['guest', { visibility: 'public' }, false],
    ['maintainer', { archived: true }, false],
    ['readApi', {}, false],
  ] as const)('to a %s where %j: written %s', async (token, project, write) => {
    const { env } = await gitlabWith('acme/app', project);
    expect(about('gitlab', await openPractice().report(env(GITLAB_TOKENS[token]))).repository).toMatchObject({ read: true, write });
  });

  it('that a job token reads is written with release notes alone', async () => {
    const { sandbox } = await gitlabWith();
    const env = { CI_JOB_TOKEN: GITLAB_TOKENS.job, CI_API_V4_URL: `${sandbox.url}/api/v4`, CI_PROJECT_PATH: 'acme/app' };
    expect(about('gitlab', await openPractice().report(env)).repository).toMatchObject({
      source: 'CI_PROJECT_PATH',
      read: true,
      why: expect.stringContaining('with release notes'),
    });
  });

  it('that is not there, or not allowed here, fails', async () => {
    const { env } = await gitlabWith();
    const { report } = openPractice();
    const gone = await report({ ...env(), GITLAB_PROJECT: 'acme/gone' });
    expect(gone.code).toBe(1);
    expect(about('gitlab', gone)).toMatchObject({
      state: 'fails',
      repository: { read: false, error: { code: 'repository_not_found', hint: expect.stringContaining('GITLAB_PROJECT (environment)') } },
    });
    const { repository } = about('gitlab', await report({ ...env(), TAGWRIGHT_REPOSITORIES: 'gitlab:other/*' }));
    expect(repository?.error).toMatchObject({ code: 'policy_denied', hint: 'Add it to TAGWRIGHT_REPOSITORIES.' });
  });

  it('is not written by a server that only reads', async () => {
    const { env } = await gitlabWith();
    const { report } = openPractice();
    const locked = await report({ ...env(), TAGWRIGHT_READ_ONLY: 'true' });
    expect(about('gitlab', locked).repository).toMatchObject({ write: false, why: expect.stringContaining('TAGWRIGHT_READ_ONLY') });
    const mute = await report({ ...env(), TAGWRIGHT_AUDIT_LOG: '/nonexistent/log' });
    expect(about('gitlab', mute).repository).toMatchObject({ write: false, why: expect.stringContaining('TAGWRIGHT_AUDIT_LOG') });
    expect(mute).toMatchObject({ settings: { may_write: false }, problems: [expect.stringContaining('TAGWRIGHT_AUDIT_LOG')] });
  });

  it('comes from the remote of the working directory', async () => {
    const { sandbox, env } = await gitlabWith();
    const { home, report } = openPractice();
    mkdirSync(join(home.project, '.git'));
    writeFileSync(join(home.project, '.git/config'), `[remote "origin"]\n\turl = ${sandbox.url}/acme/app.git\n`);
    const { repository } = about('gitlab', await report({ ...env(), GITLAB_PROJECT: undefined, TAGWRIGHT_PROVIDERS: 'gitlab' }));
    expect(repository).toMatchObject({ name: 'acme/app', source: 'working directory', read: true });
  });
});

import { describe, expect, it } from 'vitest';
import type { Env } from '../../../src/providers/gitlab/env.ts';
import { gitlab } from '../../../src/providers/index.ts';
import { GITLAB_TOKENS } from '../../sandbox/gitlab.ts';
import { codeOf, failureOf, testHost } from '../../support/target.ts';
import { call, workshop } from './workshop.ts';

const connecting = (values: Env) => failureOf((async () => gitlab.connect({ GITLAB_TOKEN: 'x', ...values }, testHost()))());

describe('the credential', () => {
  it('is needed', () => {
    expect(gitlab.connect({ GITLAB_URL: 'https://gitlab.example.com', GITLAB_PROJECT: 'a/b' }, testHost())).toBeUndefined();
  });

  it.each<[Env, Record<string, string>]>([
    [{ GITLAB_TOKEN: 'one', GITLAB_PERSONAL_ACCESS_TOKEN: 'two', CI_JOB_TOKEN: 'four' }, { 'private-token': 'one' }],
    [{ GITLAB_PERSONAL_ACCESS_TOKEN: 'two', GITLAB_OAUTH_TOKEN: 'three' }, { 'private-token': 'two' }],
    [{ GITLAB_OAUTH_TOKEN: 'three', CI_JOB_TOKEN: 'four' }, { authorization: 'Bearer three' }],
    [{ CI_JOB_TOKEN: 'four' }, { 'job-token': 'four' }],
  ])('of %j goes out as %j and nothing else', async (values, headers) => {
    const { sandbox, connect } = await workshop();
    expect(await codeOf(connect(values).list('Group/sub/proj', { order_by: 'name', sort: 'asc', limit: 1 }, call))).toBe('unauthenticated');
    const sent = Object.entries(sandbox.seen[0]?.headers ?? {}).filter(([name]) => /token|authorization|cookie/.test(name));
    expect(Object.fromEntries(sent)).toEqual(headers);
    expect(sandbox.seen[0]?.rawQuery).not.toContain('token');
  });
});

describe('the address', () => {
  it.each(['', '/', '/api/v4', '/api/v4/'])('may end in %j below a relative root', async (end) => {
    const { sandbox, connect, asked } = await workshop({ root: '/gitlab' });
    const { maintainer } = GITLAB_TOKENS;
    for (const name of ['GITLAB_URL', 'GITLAB_API_URL', 'GITLAB_HOST', 'CI_API_V4_URL']) {
      const provider = connect({ GITLAB_TOKEN: maintainer, GITLAB_URL: undefined, [name]: `${sandbox.url}${end}` });
      expect(await provider.resolve('Group/sub/proj', 'main', call)).toMatch(/^[0-9a-f]{40}$/);
    }
    expect(new Set(asked())).toEqual(new Set(['GET /projects/Group%2Fsub%2Fproj/repository/commits/main?stats=false']));
  });

  it('of the first variable that has one counts', async () => {
    const { sandbox, connect } = await workshop();
    const others = { GITLAB_API_URL: 'https://two.invalid', GITLAB_HOST: 'three.invalid', CI_API_V4_URL: 'https://four.invalid' };
    const provider = connect({ GITLAB_TOKEN: GITLAB_TOKENS.maintainer, GITLAB_URL: sandbox.url, ...others });
    expect((await provider.check(call)).user).toBe('sandbox');
  });

  it('may be a bare host name, and is gitlab.com without one', async () => {
    const at = (values: Env) => gitlab.connect({ GITLAB_TOKEN: 'x', ...values }, testHost());
    for (const host of ['gitlab.example.com', 'gitlab.example.com/', ' gitlab.example.com/api/v4'])
      expect(await at({ GITLAB_HOST: host })?.locate('https://gitlab.example.com/a/b', call)).toBe('a/b');
    expect(await at({ GITLAB_HOST: 'localhost:8443/gitlab' })?.locate('https://localhost:8443/gitlab/a/b', call)).toBe('a/b');
    expect(await at({})?.locate('git@gitlab.com:a/b.git', call)).toBe('a/b');
  });

  it.each<[Env, RegExp]>([
    [{ GITLAB_URL: 'https://' }, /^GITLAB_URL /],
    [{ GITLAB_API_URL: 'ftp://gitlab.example.com' }, /^GITLAB_API_URL /],
    [{ GITLAB_HOST: 'not a host' }, /^GITLAB_HOST /],
    [{ CI_API_V4_URL: 'http://gitlab.example.com/api/v4' }, /^CI_API_V4_URL .*without TLS/],
    [{ GITLAB_URL: 'https://user:pass-word@gitlab.example.com' }, /^GITLAB_URL holds a user name/],
    [{ GITLAB_PROJECT: 'https://github.com/a/b' }, /^GITLAB_PROJECT: .*another host/],
    [{ CI_PROJECT_PATH: 'nonsense' }, /^CI_PROJECT_PATH: /],
  ])('or project %j is not_configured, by the name of the variable', async (values, message) => {
    const error = await connecting(values);
    expect(error.code).toBe('not_configured');
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain('pass-word');
  });

  it('stands in an error about it with its variable', async () => {
    const provider = gitlab.connect({ GITLAB_TOKEN: 'x', GITLAB_HOST: 'http://127.0.0.1:9' }, testHost());
    expect((await failureOf(provider?.check(call) ?? Promise.resolve())).hint).toContain('GITLAB_HOST');
  });
});

describe('the default project', () => {
  it('is the first one named, in GitLab’s own spelling', () => {
    const of = (values: Env) => gitlab.connect({ GITLAB_TOKEN: 'x', ...values }, testHost())?.defaultRepository;
    expect(of({ GITLAB_PROJECT: 'git@gitlab.com:a/b.git', CI_PROJECT_PATH: 'c/d' })).toBe('a/b');
    expect(of({ CI_PROJECT_PATH: 'c/d' })).toBe('c/d');
    expect(of({})).toBeUndefined();
  });

  it('is else the first one that a remote leads to on this very GitLab', () => {
    const of = (remotes: string[], values: Env = {}) =>
      gitlab.connect(
        { GITLAB_TOKEN: 'x', GITLAB_URL: 'https://gitlab.example.com', ...values },
        testHost({ remotesOf: () => remotes.map((address) => ({ name: 'origin', address })) }),
      )?.defaultRepository;
    const elsewhere = ['https://github.com/a/b.git', 'git@gitlab.com:a/b.git', 'file:///srv/a/b', 'https://gitlab.example.com/', 'x:'];
    expect(of([...elsewhere, 'git@gitlab.example.com:group/sub/proj.git', 'https://gitlab.example.com/c/d'])).toBe('group/sub/proj');
    expect(of(['ssh://gitlab.example.com:2222/c/d.git'])).toBe('c/d');
    expect(of(elsewhere)).toBeUndefined();
    expect(of(['https://gitlab.example.com/c/d'], { CI_PROJECT_PATH: 'named/one' })).toBe('named/one');
  });
});

describe('check', () => {
  it('tells user, version, scopes and expiry', async () => {
    const { sandbox, connect, asked } = await workshop();
    sandbox.tokens.set('glpat-fine', { kind: 'private', scopes: ['read_api'], accessLevel: 'developer', expires_at: '2999-12-31' });
    expect(await connect({ GITLAB_TOKEN: 'glpat-fine' }).check(call)).toEqual({
      user: 'sandbox',
      version: '18.2.1-ee',
      scopes: ['read_api'],
      expires_at: '2999-12-31',
    });
    expect(asked().sort()).toEqual(['GET /personal_access_tokens/self', 'GET /user', 'GET /version']);
  });

  it('leaves out what a token or a version does not tell', async () => {
    const { connect } = await workshop({ version: '15.1.0' });
    const { maintainer, oauth, job } = GITLAB_TOKENS;
    expect(await connect({ GITLAB_TOKEN: maintainer }).check(call)).toEqual({ user: 'sandbox', version: '15.1.0' });
    expect(await connect({ GITLAB_OAUTH_TOKEN: oauth }).check(call)).toEqual({ user: 'sandbox', version: '15.1.0' });
    expect(await connect({ CI_JOB_TOKEN: job }).check(call)).toEqual({ user: 'sandbox' });
  });

  it('fails where the token is dead or may not even read', async () => {
    const { sandbox, connect } = await workshop();
    sandbox.tokens.set('glpat-git', { kind: 'private', scopes: ['read_repository'], accessLevel: 'developer' });
    expect(await codeOf(connect({ GITLAB_TOKEN: GITLAB_TOKENS.expired }).check(call))).toBe('unauthenticated');
    expect(await codeOf(connect({ GITLAB_TOKEN: GITLAB_TOKENS.revoked }).check(call))).toBe('unauthenticated');
    expect(await failureOf(connect({ GITLAB_TOKEN: 'glpat-git' }).check(call))).toMatchObject({
      code: 'permission_denied',
      hint: expect.stringContaining('api or read_api or read_user'),
    });
  });
});

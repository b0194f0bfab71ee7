/** Which addresses may be spoken to, and with whose credentials. */
import { describe, expect, it } from 'vitest';
import { makeRepository } from '../../support/git-repository.ts';
import { codeOf, failureOf, quietCall, toolsOn } from '../../support/target.ts';
import { connect, openScene, originOf } from './workshop.ts';

const locate = (provider: ReturnType<typeof connect>, spelling: string) => provider.locate(spelling, quietCall());

describe('an address', () => {
  it('may be used where it is a remote of the clone at hand, however it is spelled', async () => {
    const scene = await openScene();
    const provider = connect(scene.clone.path);
    const canonical = scene.url.replace(/\.git$/, '');
    for (const spelling of ['origin', scene.url, canonical, `${canonical}/`, `${scene.clone.path}#origin`, ` ${scene.url} `])
      expect(await locate(provider, spelling)).toBe(canonical);
    expect(provider.defaultRepository).toBe('origin');
    expect(await provider.canonical(canonical, quietCall())).toBe(canonical);
  });
  it.each([
    'https://git.example.com/acme/app',
    'git@git.example.com:acme/app.git',
    'ssh://git.example.com/acme/app',
    'git://127.0.0.1/acme/app',
    'ftp://git.example.com/acme/app',
    'http://git.example.com/acme/app',
    '/etc',
    'file:///etc',
  ])('is policy_denied where nobody allowed it: %s', async (spelling) => {
    const scene = await openScene();
    expect(await codeOf(locate(connect(scene.clone.path), spelling))).toBe('policy_denied');
  });
  it.each(['ext::sh -c "touch x"', '-oProxyCommand=x', 'fd::1', 'https://', 'a b'])(
    'is invalid_input where it is none: %s',
    async (spelling) => {
      const scene = await openScene();
      expect(await codeOf(locate(connect(scene.clone.path), spelling))).toBe('invalid_input');
    },
  );
  it('may be used where the operator names it, by a glob of its canonical form', async () => {
    const scene = await openScene();
    const values = { TAGWRIGHT_GIT_REMOTES: `https://git.example.com/acme/*, ${scene.host.origin}/acme/app` };
    const provider = connect('', { values });
    expect(await toolsOn(provider, scene.url).list()).toMatchObject({ tags: [] });
    expect(await locate(provider, 'https://Git.Example.com/acme/x.git')).toBe('https://git.example.com/acme/x');
    for (const spelling of [
      'https://git.example.com/other/x',
      'https://git.example.com/acme/x/y',
      'https://git.example.com.evil/acme/x',
      'http://git.example.com/acme/x',
    ])
      expect(await codeOf(locate(provider, spelling)), spelling).toBe('policy_denied');
  });
  it('is not spoken to without TLS, but where the operator allows it', async () => {
    const values = { TAGWRIGHT_GIT_REMOTES: '**' };
    expect(await failureOf(locate(connect('', { values }), 'http://git.example.com/a/b'))).toMatchObject({
      code: 'policy_denied',
      hint: expect.stringContaining('TAGWRIGHT_ALLOW_HTTP'),
    });
    expect(await locate(connect('', { values, allowHttp: ['git.example.com'] }), 'http://git.example.com/a/b')).toBe(
      'http://git.example.com/a/b',
    );
    for (const spelling of ['git://git.example.com/a/b', 'file:///etc'])
      expect(await codeOf(locate(connect('', { values }), spelling))).toBe('policy_denied');
  });
  it('that is a directory may be used inside the roots alone', async () => {
    const scene = await openScene();
    const { bare, clone, root, commits } = scene;
    clone.git('remote', 'set-url', 'origin', bare.path);
    const provider = connect(clone.path, { values: { TAGWRIGHT_GIT_ROOTS: root } });
    const tags = toolsOn(provider, `${clone.path}#origin`);
    expect((await tags.create({ name: 'v1', ref: 'main', message: 'one' })).tag.commit_id).toBe(commits[2]);
    expect(bare.git('rev-parse', 'v1')).toBe(clone.git('rev-parse', 'v1'));
    expect((await tags.list()).tags).toMatchObject([{ name: 'v1' }]);
    expect(await codeOf(tags.get('v2'))).toBe('tag_not_found');
    await tags.delete({ name: 'v1' });
    expect(await codeOf(locate(connect(clone.path, { values: { GIT_REMOTE_URL: scene.url } }), 'origin'))).toBe('policy_denied');
    expect(() => connect(clone.path)).toThrow('no git remote is enabled'); // nobody may use the only one
  });
  it('that is pushed to elsewhere than it is read from is refused; by another way to the same it is used', async () => {
    const scene = await openScene();
    scene.clone.git('remote', 'set-url', '--push', 'origin', 'https://evil.example.com/acme/app.git');
    expect(await codeOf(originOf(scene).list())).toBe('policy_denied');
    scene.clone.git('remote', 'set-url', '--push', 'origin', scene.url.replace('.git', '/'));
    expect((await originOf(scene).create({ name: 'v1', ref: 'main' })).outcome).toBe('created');
  });
  it('is found among the clones in the roots, some directories deep', async () => {
    const scene = await openScene();
    const deep = makeRepository({ path: `${scene.root}/src/org/deep` });
    deep.git('remote', 'add', 'origin', 'https://git.example.com/acme/deep.git');
    const provider = connect('', { values: { TAGWRIGHT_GIT_ROOTS: `${scene.root}/src` } });
    expect(await locate(provider, 'git@git.example.com:acme/deep').catch(({ code }) => code)).toBe('policy_denied');
    expect(await locate(provider, 'https://git.example.com/acme/deep')).toBe('https://git.example.com/acme/deep');
  });
});

describe('a credential', () => {
  const credential = 'git:token-of-the-clone';
  it('that stands in the address of a clone is used for that address, hidden, and shown nowhere', async () => {
    const scene = await openScene({ credential });
    const hidden: string[] = [];
    scene.clone.git('remote', 'set-url', 'origin', scene.url.replace('//', `//${credential}@`));
    const tags = originOf(scene, { hide: (secret) => void hidden.push(secret) });
    const created = await tags.create({ name: 'v1', ref: 'main' });
    expect(hidden).toEqual(expect.arrayContaining(['token-of-the-clone', Buffer.from(credential).toString('base64')]));
    expect(JSON.stringify(created)).not.toContain('token-of-the-clone');
    scene.bare.git('update-ref', '-d', 'refs/heads/main');
    const error = await failureOf(tags.create({ name: 'v2', ref: 'main' }));
    expect(`${error.message} ${error.hint} ${JSON.stringify(error.upstream)}`).not.toContain('token-of-the-clone');
  });
  it.each([
    ['git:token-of-the-clone', 'token-of-the-clone', 'git (the address of the clone)'],
    ['token-of-the-clone', 'token-of-the-clone', undefined],
    ['token-of-the-clone:x-oauth-basic', 'token-of-the-clone', undefined],
  ])('is hidden wherever it stands in the address: %s', async (userinfo, secret, user) => {
    const scene = await openScene();
    const hidden: string[] = [];
    scene.clone.git('remote', 'set-url', 'origin', scene.url.replace('//', `//${userinfo}@`));
    const provider = connect(scene.clone.path, { hide: (one) => void hidden.push(one) });
    expect((await provider.check(quietCall())).user).toBe(user);
    expect(hidden).toContain(secret);
    expect(hidden).not.toContain('x-oauth-basic');
  });
  it('of the operator goes to its own host, and to no other', async () => {
    const [scene, other] = [await openScene({ credential }), await openScene({ credential })];
    const values = { GIT_REMOTE_URL: scene.url, GIT_REMOTE_TOKEN: 'token-of-the-clone', TAGWRIGHT_GIT_REMOTES: `${other.host.origin}/**` };
    const provider = connect('', { values });
    expect((await toolsOn(provider, scene.url).create({ name: 'v1', ref: 'main' })).outcome).toBe('created');
    expect(await codeOf(toolsOn(provider, other.url).list())).toBe('unauthenticated');
    expect(other.host.seen.length).toBeGreaterThan(0);
    expect(other.host.seen.flatMap(({ authorization }) => authorization ?? [])).toEqual([]);
  });
  it('that is refused is not followed by one of the person’s', async () => {
    const scene = await openScene({ credential });
    const helper = '!f() { echo username=git; echo password=token-of-the-clone; }; f';
    const env = { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'credential.helper', GIT_CONFIG_VALUE_0: helper };
    const values = { GIT_REMOTE_URL: scene.url };
    expect(await toolsOn(connect('', { values, env }), scene.url).list()).toMatchObject({ tags: [] });
    const wrong = connect('', { values: { ...values, GIT_REMOTE_TOKEN: 'wrong' }, env });
    expect(await codeOf(toolsOn(wrong, scene.url).list())).toBe('unauthenticated');
  });
  it.each([
    [{ GIT_REMOTE_TOKEN: 'x' }, 'GIT_REMOTE_URL'],
    [{ GIT_REMOTE_URL: 'nowhere at all' }, 'https'],
    [{ GIT_REMOTE_URL: 'git://host/a/b' }, 'https'],
    [{ GIT_REMOTE_URL: 'https://me:secret-1@host/a/b' }, 'GIT_REMOTE_TOKEN'],
    [{ GIT_REMOTE_URL: 'git@host:a/b', GIT_REMOTE_TOKEN: 'secret-1' }, 'https'],
  ])('that cannot be used so is told at the start: %j', (values, named) => {
    expect(() => connect('', { values })).toThrow(
      expect.objectContaining({
        code: 'not_configured',
        message: expect.not.stringContaining('secret-1'),
        hint: expect.stringContaining(named),
      }),
    );
  });
  it.each([
    ['https://github.com/a/b', 'x-access-token'],
    ['https://gitlab.example.com/a/b', 'oauth2'],
    ['https://bitbucket.org/a/b', 'x-token-auth'],
    ['https://git.example.com/a/b', 'git'],
  ])('goes with the user that the host expects: %s', (url, user) => {
    const hidden: string[] = [];
    connect('', { values: { GIT_REMOTE_URL: url, GIT_REMOTE_TOKEN: 't0ken' }, hide: (secret) => void hidden.push(secret) });
    expect(hidden).toContain(Buffer.from(`${user}:t0ken`).toString('base64'));
  });
});

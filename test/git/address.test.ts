import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressOf, isSpelledAsAddress } from '../../src/git/address.ts';

const of = (text: string) => addressOf(text, '/base');

describe('the address of a repository', () => {
  it.each([
    ['https://Git.Example.com/Acme/App.git', 'https://git.example.com/Acme/App', 'git.example.com/acme/app', 'https'],
    ['https://git.example.com/acme/app/', 'https://git.example.com/acme/app', 'git.example.com/acme/app', 'https'],
    ['https://git.example.com:443/acme/app', 'https://git.example.com/acme/app', 'git.example.com/acme/app', 'https'],
    ['https://git.example.com:8443/acme/app', 'https://git.example.com:8443/acme/app', 'git.example.com/acme/app', 'https'],
    ['http://127.0.0.1:3000/acme/app.git', 'http://127.0.0.1:3000/acme/app', '127.0.0.1/acme/app', 'http'],
    ['https://me:secret@git.example.com/acme/app.git', 'https://git.example.com/acme/app', 'git.example.com/acme/app', 'https'],
    ['ssh://git@git.example.com/acme/app.git', 'ssh://git.example.com/acme/app', 'git.example.com/acme/app', 'ssh'],
    ['ssh://git@git.example.com:2222/acme/app.git', 'ssh://git.example.com:2222/acme/app', 'git.example.com/acme/app', 'ssh'],
    ['git@Git.Example.com:acme/app.git', 'git.example.com:acme/app', 'git.example.com/acme/app', 'ssh'],
    ['git.example.com:acme/app', 'git.example.com:acme/app', 'git.example.com/acme/app', 'ssh'],
    ['git@[::1]:acme/app.git', '[::1]:acme/app', '[::1]/acme/app', 'ssh'],
    ['git+ssh://git@git.example.com/acme/app.git', 'git+ssh://git.example.com/acme/app', 'git.example.com/acme/app', 'ssh'],
    ['file:///srv/git/app.git', '/srv/git/app.git', '', 'file'],
    ['/srv/git/app.git', '/srv/git/app.git', '', 'file'],
    ['../git/app.git', '/git/app.git', '', 'file'],
    ['git://git.example.com/acme/app.git', 'git://git.example.com/acme/app', 'git.example.com/acme/app', 'other'],
    ['ftp://git.example.com/acme/app.git', 'ftp://git.example.com/acme/app', 'git.example.com/acme/app', 'other'],
  ])('%s', (text, canonical, onHost, protocol) => {
    expect(of(text)).toMatchObject({ canonical, onHost, protocol });
  });
  it.each([
    'ext::sh -c "touch /tmp/x"',
    'ext::sh',
    'fd::17',
    '-oProxyCommand=touch /tmp/x',
    'ssh://-oProxyCommand=x/path',
    '-host:path',
    'host:-path',
    'ssh://host/-path',
    'https://host',
    'https://host/',
    'https://host/a b',
    'https://host/a\nb',
    'https://host/a?b',
    'https://host/a#b',
    'https://',
    '',
  ])('is not %j', (text) => {
    expect(of(text)).toBeUndefined();
  });
  it('is handed to git without the credential in it', () => {
    expect(of('https://me:s%40crt@h.example/a/b.git')).toMatchObject({
      url: 'https://h.example/a/b.git',
      credential: { user: 'me', password: 's@crt' },
    });
    expect(of('https://token@h.example/a/b')).toMatchObject({ url: 'https://h.example/a/b', credential: { user: 'token', password: '' } });
    expect(of('ssh://git:secret@h.example/a/b')).toMatchObject({ url: 'ssh://git@h.example/a/b', credential: undefined });
  });
  it('is handed to git as it was written but for that, and a directory as its whole path', () => {
    expect(of('git@Git.Example.com:acme/app.git')).toMatchObject({
      url: 'git@git.example.com:acme/app.git',
      hostname: 'git.example.com',
      origin: undefined,
    });
    expect(of('git.example.com:/acme/app.git//')).toMatchObject({
      url: 'git.example.com:/acme/app.git//',
      canonical: 'git.example.com:/acme/app',
      onHost: 'git.example.com/acme/app',
    });
    expect(of('git@h.example://a')).toBeUndefined();
    expect(of('git@h.example:a//b')).toMatchObject({ onHost: 'h.example/a//b' });
    expect(of('https://H.example:8443/x.gitlab/b.git/')).toMatchObject({
      url: 'https://h.example:8443/x.gitlab/b.git/',
      hostname: 'h.example',
      origin: 'https://h.example:8443',
      canonical: 'https://h.example:8443/x.gitlab/b',
    });
    expect(of('http://h.example/a')).toMatchObject({ origin: 'http://h.example' });
    expect(of('ssh://H.example/a')).toMatchObject({ origin: undefined, hostname: 'h.example' });
    expect(of('git://H.example/a')).toMatchObject({ origin: undefined, hostname: 'h.example', credential: undefined });
    expect(of('app.git')).toMatchObject({ url: '/base/app.git', canonical: '/base/app.git', hostname: '', onHost: '', origin: undefined });
    expect(addressOf('app.git', '')).toMatchObject({ url: '/app.git' });
    expect(of('https://h.example//')).toBeUndefined();
    expect(of('host-:a')).toBeDefined();
  });
  it('keeps what stands for a credential as it is, also where it cannot be decoded', () => {
    expect(of('https://:secret@h.example/a/b')).toMatchObject({ credential: { user: '', password: 'secret' } });
    expect(of('https://a%zz:b@h.example/a')).toMatchObject({ credential: { user: 'a%zz', password: 'b' } });
    expect(of('https://h.example/a/b')).toHaveProperty('credential', undefined);
  });
  it.each([
    ['https://h.example/a', true],
    ['git@h.example:a', true],
    ['/srv/a', true],
    ['origin', false],
    ['a/b', false],
    ['C:\\a', false],
  ])('is what %s is spelled as: %s', (text, is) => {
    expect(isSpelledAsAddress(text)).toBe(is);
  });
  it('is the same however its canonical form is read again, and never begins like an option', () => {
    const part = fc.stringMatching(/^[A-Za-z0-9_.~-]{1,12}$/);
    const text = fc.oneof(
      fc
        .tuple(fc.constantFrom('https', 'ssh', 'http'), part, fc.array(part, { minLength: 1, maxLength: 3 }))
        .map(([scheme, host, path]) => `${scheme}://${host}/${path.join('/')}`),
      fc.tuple(part, part, part).map(([user, host, path]) => `${user}@${host}:${path}`),
      fc.string(),
    );
    fc.assert(
      fc.property(text, (given) => {
        const address = of(given);
        if (!address) return;
        expect(address.url).not.toMatch(/^-/);
        const again = of(address.canonical);
        expect(again === undefined ? 'none' : again.onHost).toBe(again === undefined ? 'none' : address.onHost);
      }),
    );
  });
});

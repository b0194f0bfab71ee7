import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressOf } from '../../src/git/address.ts';

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

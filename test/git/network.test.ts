/** What a git is told that speaks to a host: by which way, with whose credentials, and to ask nobody. */
import { describe, expect, it } from 'vitest';
import { addressOf, type GitAddress } from '../../src/git/address.ts';
import { networkEnvironment, networkSettings } from '../../src/git/environment.ts';

const at = (text: string): GitAddress => {
  const address = addressOf(text, '/');
  if (!address) throw new Error(`${text} is no address`);
  return address;
};
const HTTPS = at('https://h.example/a/b.git');

describe('its environment', () => {
  it('asks nobody, in a terminal or in a window', () => {
    expect(networkEnvironment({}, [HTTPS], false)).toEqual({
      GIT_SSH_COMMAND: 'ssh -oBatchMode=yes',
      GIT_ALLOW_PROTOCOL: 'https:ssh',
      GIT_PROTOCOL_FROM_USER: '0',
      GIT_NO_LAZY_FETCH: '0',
      GIT_ASKPASS: '',
      SSH_ASKPASS: '',
      SSH_ASKPASS_REQUIRE: 'never',
      GCM_INTERACTIVE: 'never',
    });
  });
  it.each([
    ['https://h.example/a', 'https:ssh'],
    ['git@h.example:a/b', 'https:ssh'],
    ['http://127.0.0.1/a', 'https:ssh:http'],
    ['/srv/git/a', 'file'],
  ])('speaks what leads to %s: %s', (text, protocols) => {
    expect(networkEnvironment({}, [at(text)], false).GIT_ALLOW_PROTOCOL).toBe(protocols);
  });
  it('keeps the way that the person has said, and nothing else of git', () => {
    const given = {
      GIT_SSH_COMMAND: 'ssh -v',
      GIT_SSH_VARIANT: 'ssh',
      GIT_SSL_CAINFO: '/ca.pem',
      GIT_PROXY_SSL_CAINFO: '/proxy.pem',
      GIT_HTTP_PROXY_AUTHMETHOD: 'basic',
      GIT_SSL_NO_VERIFY: '1',
      GIT_ASKPASS: '/bin/ask',
      GIT_DIR: '/elsewhere',
      GIT_ALLOW_PROTOCOL: 'ext',
      GIT_EXEC_PATH: '/evil',
      XGIT_SSH: 'x',
      HOME: '/home/me',
    };
    const { GIT_SSH_COMMAND, GIT_SSH_VARIANT, GIT_SSL_CAINFO, GIT_PROXY_SSL_CAINFO, GIT_HTTP_PROXY_AUTHMETHOD, ...rest } =
      networkEnvironment(given, [HTTPS], false);
    expect([GIT_SSH_COMMAND, GIT_SSH_VARIANT, GIT_SSL_CAINFO, GIT_PROXY_SSL_CAINFO, GIT_HTTP_PROXY_AUTHMETHOD]).toEqual([
      'ssh -v',
      'ssh',
      '/ca.pem',
      '/proxy.pem',
      'basic',
    ]);
    expect(rest).not.toMatchObject({ GIT_SSL_NO_VERIFY: expect.anything() });
    expect(rest).toMatchObject({ GIT_ASKPASS: '', GIT_ALLOW_PROTOCOL: 'https:ssh' });
    for (const name of ['GIT_DIR', 'GIT_EXEC_PATH', 'XGIT_SSH', 'HOME']) expect(rest).not.toHaveProperty(name);
    expect(networkEnvironment({ GIT_SSH: '/bin/plink' }, [HTTPS], false)).not.toHaveProperty('GIT_SSH_COMMAND');
    expect(networkEnvironment({}, [HTTPS], true)).not.toHaveProperty('GIT_SSH_COMMAND');
  });
});

describe('its settings', () => {
  const token = { user: 'me', password: 's3cret' };
  const header = ['http.https://h.example/a/b.git.extraHeader', `Authorization: Basic ${Buffer.from('me:s3cret').toString('base64')}`];
  it('send nothing more than is asked for, and speak the protocol that can', () => {
    expect(Object.fromEntries(networkSettings({}, [HTTPS], undefined))).toEqual({
      'protocol.version': '2',
      'safe.bareRepository': 'all',
      'gc.auto': '0',
      'maintenance.auto': 'false',
      'push.gpgSign': 'false',
      'push.negotiate': 'false',
      'credential.interactive': 'false',
      'advice.graftFileDeprecated': 'false',
    });
  });
  it('hand a token over for that address, alone', () => {
    const settings = networkSettings({}, [HTTPS, at('git@h.example:a/b')], token);
    expect(settings).toContainEqual(header);
    expect(settings.filter(([key]) => key.endsWith('extraHeader'))).toHaveLength(1);
    expect(settings).toContainEqual(['credential.helper', '']);
    expect(settings).toContainEqual(['http.followRedirects', 'false']);
  });
  it('hand no token to what is reached otherwise', () => {
    const keys = networkSettings({}, [at('git@h.example:a/b')], token).map(([key]) => key);
    for (const key of ['credential.helper', 'http.followRedirects']) expect(keys).not.toContain(key);
  });
  it('are the person’s before ours: how hosts are reached, and nothing that runs otherwise', () => {
    const pairs = [
      'http.proxy',
      'HTTP.https://h.example.sslCert',
      'url.x.insteadOf',
      'credential.helper',
      'ssh.variant',
      'core.sshCommand',
      'core.hooksPath',
      'push.followTags',
      'xhttp.proxy',
      'core.sshCommandX',
    ];
    const given = Object.fromEntries(
      pairs.flatMap((key, index) => [
        [`GIT_CONFIG_KEY_${index}`, key],
        [`GIT_CONFIG_VALUE_${index}`, 'v'],
      ]),
    );
    const settings = networkSettings({ GIT_CONFIG_COUNT: String(pairs.length), ...given }, [HTTPS], undefined);
    expect(settings.slice(0, 6).map(([key]) => key)).toEqual(pairs.slice(0, 6));
    expect(settings[6]?.[0]).toBe('protocol.version');
  });
});

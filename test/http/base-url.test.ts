import { describe, expect, test } from 'vitest';
import { isTagError } from '../../src/core/errors.ts';
import { checkBaseUrl } from '../../src/http/base-url.ts';

const check = (value: string, allowHttp: string[] = []) => checkBaseUrl(value, 'GITLAB_URL', { allowHttp }).href;

describe('checkBaseUrl', () => {
  test.each([
    ['https://gitlab.com', 'https://gitlab.com/'],
    ['https://gitlab.com/', 'https://gitlab.com/'],
    ['https://gitlab.com///', 'https://gitlab.com/'],
    ['https://example.com/gitlab/api/v4//', 'https://example.com/gitlab/api/v4'],
    ['https://gitlab.com/api?private_token=x#top', 'https://gitlab.com/api'],
    ['  https://GitLab.com:443 ', 'https://gitlab.com/'],
    ['http://localhost:8080', 'http://localhost:8080/'],
    ['http://127.0.0.1:8080/x', 'http://127.0.0.1:8080/x'],
    ['http://127.1', 'http://127.0.0.1/'],
    ['http://[::1]:3000', 'http://[::1]:3000/'],
  ])('%s is taken as %s', (value, href) => {
    expect(check(value)).toBe(href);
  });

  test.each([
    ['http://lakefs.corp:8000', 'lakefs.corp'],
    ['http://lakefs.corp:8000', 'LakeFS.corp '],
    ['http://lakefs.corp:8000', 'lakefs.corp:8000'],
    ['http://[fd00::1]:80', '[fd00::1]'],
  ])('%s is taken where TAGWRIGHT_ALLOW_HTTP lists %s', (value, allowed) => {
    expect(check(value, [allowed])).toMatch(/^http:/);
  });

  test.each([
    'gitlab.com',
    'localhost:8080',
    '',
    '/api/v4',
    'https://',
    'ftp://gitlab.com',
    'file:///etc/passwd',
    'https://user:hunter2@gitlab.com',
    'https://hunter2@gitlab.com',
    'http://gitlab.com',
    'http://127.0.0.1.evil.test',
    'http://127.evil.test',
    'http://localhost.evil.test',
    'http://10.0.0.1',
  ])('%s is refused, naming the variable', (value) => {
    expect(() => check(value, ['lakefs.corp'])).toThrow(
      expect.toSatisfy((error) => isTagError(error, 'not_configured') && /^GITLAB_URL /.test(error.message)),
    );
  });

  test('an address without TLS tells the variable that would allow it', () => {
    expect(() => check('http://lakefs.corp')).toThrow(
      expect.toSatisfy((error) => isTagError(error) && error.hint.includes('"lakefs.corp" in TAGWRIGHT_ALLOW_HTTP')),
    );
  });

  test('a password in the address is not repeated', () => {
    expect(() => check('https://user:hunter2@gitlab.com')).toThrow(
      expect.toSatisfy((error) => !JSON.stringify(error).includes('hunter2') && !String(error).includes('hunter2')),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { slipIn } from '../../src/config/patterns.ts';
import { gitNameRule } from '../../src/core/tag-name.ts';

describe('what protects nothing as it stands', () => {
  it.each([
    'refs/tags/v*',
    'tags/v*',
    'refs/heads/*',
    '{refs/tags/v*,w*}',
    '"v*"',
    "'v*'",
    '`v*`',
    '“v*”',
    '"v*',
    'v*;release-*',
    'v* release-*',
    'v*\nrelease-*',
    'v*\trelease-*',
    '/^v\\d+/',
    '/v.*/',
    '/v*',
    '^v',
    '^v.*$',
    'v\\d+',
    'v\\w',
    'v.+',
    'v[0-9]+.[0-9]+.[0-9]+',
    '(v|w)*',
    'v*|release-*',
    'v$',
    '["v*"]',
    '["v*"',
    '"w*"]',
    '[v*]',
    '[v*',
    'w*]',
    '!v*',
    '{!v*,w*}',
    `\${PREFIX}*`,
    '$PREFIX*',
    '%PREFIX%*',
    '<prefix>*',
    '{PREFIX}*',
    '{v,w',
    'v~1',
    'v:x',
    'v\\',
    'v\x07*',
    'v..*',
    '.*',
    '*.lock',
    '-*',
    '@{*',
    'HEAD',
    'true',
    'ALL',
    '',
  ])('%j', (glob) => {
    expect(slipIn(glob)).toMatch(/^.{6,60}$/);
  });
});

describe('what is a glob', () => {
  it.each([
    'v*',
    '*',
    '**',
    '**/*',
    'v?.0',
    'v[0-9]*',
    'v[!0]*',
    'v[^0]*',
    '[vw]*',
    'v.*',
    'v1.0.0',
    'v1.0.0+build.7',
    'release/**',
    'app@{1,2}.*',
    '{v,release-}*',
    '{v*,}',
    'my-app',
    'truest',
    'ünïcode-*',
    'v1.0.0-rc.1',
    'a\\+b',
    'it@home#1',
  ])('%j', (glob) => {
    expect(slipIn(glob)).toBeUndefined();
  });
  it('is any legal name of letters, digits and the marks of versions, with a star at its end', () => {
    const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._+-]{0,12}(\/[A-Za-z0-9][A-Za-z0-9_-]{0,5})?$/);
    fc.assert(
      fc.property(name, (text) => {
        fc.pre(gitNameRule(`${text}x`) === undefined && !/^(refs|tags)\/|\.\+/.test(text));
        expect(slipIn(`${text}*`)).toBeUndefined();
      }),
    );
  });
});

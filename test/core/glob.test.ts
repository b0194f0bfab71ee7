import fc from 'fast-check';
import picomatch from 'picomatch';
import { describe, expect, it } from 'vitest';
import { compileGlob } from '../../src/core/glob.ts';

const matches = (glob: string, text: string, separated = false) => compileGlob(glob, separated)?.(text);

describe('a glob', () => {
  it.each([
    ['v*', ['v', 'v1', 'v1/2', 'v\n', 'v\u2028x', 'v\u{1f600}'], ['V1', 'xv']],
    ['*', ['a', 'a/b', '.a', ''], []],
    ['v?', ['v1', 'v/', 'v\n', 'v\u{1f600}'], ['v', 'v12']],
    ['v[12]', ['v1', 'v2'], ['v3', 'v12', 'v[12]']],
    ['v[a-c-]', ['va', 'vb', 'v-'], ['vd', 'v']],
    ['v[!1]', ['v2', 'v\n', 'v/'], ['v1', 'v']],
    ['v[^1]', ['v2'], ['v1', 'v^1']],
    ['[]a]', [']', 'a'], ['[]a]']],
    ['[\\]-]', [']', '-'], ['\\']],
    ['v{1,2}', ['v1', 'v2'], ['v', 'v{1,2}']],
    ['{a,b{1,2*}}-x', ['a-x', 'b1-x', 'b2.0-x'], ['b-x']],
    ['v{,-rc}', ['v', 'v-rc'], ['v,-rc']],
    ['a,b', ['a,b'], ['a']],
    ['v\\*', ['v*'], ['v1']],
    ['v\\(1\\)', ['v(1)'], ['v1']],
    ['a.b+c$^', ['a.b+c$^'], ['axb+c$^', 'abc']],
    ['prod/**', ['prod', 'prod/', 'prod/a/b'], ['prods', 'production']],
    ['**/x', ['x', 'a/x', 'a/b/x'], ['ax']],
    ['v*.*.*', ['v1.2.3', 'v...'], ['v1.2']],
  ])('of tags: %s', (glob, matching, others) => {
    for (const text of matching) expect(matches(glob, text), text).toBe(true);
    for (const text of others) expect(matches(glob, text), text).toBe(false);
  });

  it.each([
    ['acme/*', ['acme/app', 'acme/.app'], ['acme', 'acme/sub/app', 'evil/acme/app']],
    ['acme/**', ['acme', 'acme/app', 'acme/sub/app'], ['acmes', 'evil/acme']],
    ['*/**', ['acme/app', 'acme/sub/app'], ['acme']],
    ['**/app', ['app', 'acme/app', 'a/b/app'], ['a/xapp']],
    ['acme/**/app', ['acme/app', 'acme/a/b/app'], ['acme', 'acmeapp']],
    ['a**/x', ['ab/x'], ['ab/c/x']],
    ['acme***', ['acme1'], ['acme/app']],
    ['acme[/]app', [], ['acme/app']],
    ['acme[!x]app', ['acme.app'], ['acme/app']],
    ['acme?app', ['acme-app'], ['acme/app']],
    ['{acme,group/sub}/*', ['acme/app', 'group/sub/app'], ['group/app']],
    ['/home/**', ['/home/me/src'], ['/homes', 'home']],
  ])('of repositories: %s', (glob, matching, others) => {
    for (const text of matching) expect(matches(glob, text, true), text).toBe(true);
    for (const text of others) expect(matches(glob, text, true), text).toBe(false);
  });

  it.each([
    ...['!v*', '!', 'v(1|2)', '@(a|b)', 'a|b', 'v{1..3}', 'v{1', 'v{1,', 'v}', '{}', '{a}', 'v[1', 'v]', '[]', '[!]', '[[:digit:]]', 'v\\'],
    ...['^v(\\d+)$', '{a,b}'.repeat(20), '{'.repeat(900), '{a,'.repeat(300), 'x'.repeat(1_001)],
  ])('that cannot be read is told: %s', (glob) => {
    expect(compileGlob(glob, false)).toBeUndefined();
  });
});

it('sees every character there is', () => {
  const [star, any, none] = ['*', 'a?b', 'a[!x]b'].map((glob) => compileGlob(glob, false));
  const unseen: number[] = [];
  for (let code = 0; code <= 0x10ffff; code += code < 0x3000 || (code > 0xd700 && code < 0x11000) ? 1 : 101) {
    const text = `a${String.fromCodePoint(code)}b`;
    if (!star?.(text) || !any?.(text) || (code !== 0x78 && !none?.(text))) unseen.push(code);
  }
  expect(unseen).toEqual([]);
});

describe('on ordinary globs and names', () => {
  const segment = fc.stringMatching(/^[a-c1.-]{1,5}$/).filter((text) => !text.endsWith('.'));
  const name = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
  const piece = fc.oneof(
    { arbitrary: fc.constantFrom('a', 'b', '1', '.', '-'), weight: 4 },
    { arbitrary: fc.constantFrom('*', '[ab]', '[^ab]', '[a-c]', '{a,b}', '{a,1-}', '\\.'), weight: 3 },
  );
  const part = fc.oneof(
    { arbitrary: fc.array(piece, { minLength: 1, maxLength: 5 }).map((pieces) => pieces.join('')), weight: 5 },
    fc.constant('**'),
  );
  const glob = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
  const options = { dot: true, nonegate: true, noext: true } as const;
  // It takes a part of dots for a way up, and `**` that is no segment of its own for other things in other places.
  const isPlain = (text: string) => !/(^|\/)\\?\.{1,2}(\/|$)|\*{3,}|[^/]\*\*|\*\*[^/]|\*\*\/\*\*|\*\/\*\*$/.test(text);

  it('means what picomatch means, for repositories', () => {
    fc.assert(
      fc.property(glob.filter(isPlain), name, (pattern, text) => {
        expect(matches(pattern, text, true)).toBe(picomatch(pattern, options)(text));
      }),
      { numRuns: 3_000 },
    );
  });
  it('and for tags, where its classes alone stop at a slash', () => {
    fc.assert(
      fc.property(
        glob.filter((text) => isPlain(text) && !text.includes('[^')),
        name,
        (pattern, text) => {
          expect(matches(pattern, text)).toBe(picomatch(pattern, { ...options, bash: true })(text));
        },
      ),
      { numRuns: 3_000 },
    );
  });
  it('a text matches itself', () => {
    fc.assert(fc.property(name, (text) => matches(text, text) === true && matches(text, text, true) === true));
  });
});

it.each([
  ['{a,b,c}d', 'cd', true],
  ['{a,b,c}d', 'ad', true],
  ['{a,b,c}d', 'c', false],
  ['x/**a', 'x/ba', true],
  ['x/**a', 'x/b/a', false],
  ['a'.repeat(1_000), 'a'.repeat(1_000), true],
  ['a'.repeat(1_001), 'a'.repeat(1_001), undefined],
])('%.20s on %.20s is %s, where a slash separates', (glob, text, expected) => {
  expect(matches(glob, text, true)).toBe(expected);
});

it.each([
  ['v*.*.*x', `v${'.'.repeat(4_000)}\n`],
  ['*-*-*-*x', '-'.repeat(4_096)],
  [`${'*a'.repeat(100)}b`, 'a'.repeat(4_096)],
  [`${'{a,a*}'.repeat(6)}b`, 'a'.repeat(4_096)],
  ['**/**/**/**/x/*', 'a/'.repeat(2_000)],
])('%s matches nothing, and is done long before backtracking would be', (glob, text) => {
  for (const separated of [true, false]) expect(matches(glob, text, separated)).toBe(false);
});

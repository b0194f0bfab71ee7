import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isTagError } from '../../src/core/errors.ts';
import { encode, path } from '../../src/http/path.ts';

const value = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => text !== '.' && text !== '..');
const refused = (make: () => unknown): boolean => {
  try {
    make();
    return false;
  } catch (error) {
    return isTagError(error, 'invalid_input');
  }
};

describe('path', () => {
  test('any value comes back whole from its own segment, also after the URL parser', () => {
    fc.assert(
      fc.property(value, value, (project, name) => {
        const { pathname, search, hash, host } = new URL(`https://gitlab.test${path`/projects/${project}/tags/${name}`}`);
        expect([host, search, hash]).toEqual(['gitlab.test', '', '']);
        expect(pathname.split('/').map(decodeURIComponent)).toEqual(['', 'projects', project, 'tags', name]);
      }),
    );
  });

  test('nothing but unreserved characters and percent escapes is left', () => {
    fc.assert(fc.property(value, (name) => /^\/(?:[\w.~-]|%[\dA-F]{2})+$/.test(path`/${name}`)));
  });

  test("the marks that encodeURIComponent leaves are encoded: ! ' ( ) *", () => {
    expect(path`/${"!'()*"}`).toBe('/%21%27%28%29%2A');
  });

  test('an encoded traversal is encoded again', () => {
    expect(path`/${'%2e%2e'}/x`).toBe('/%252e%252e/x');
  });

  test('numbers are values too, and literals stay as they are', () => {
    expect(path`/v4/projects/${42}/repository/tags`).toBe('/v4/projects/42/repository/tags');
    expect(path`/user`).toBe('/user');
  });

  test.each(['', '.', '..', '\ud800'])('%j is refused', (bad) => {
    expect(refused(() => path`/tags/${bad}`)).toBe(true);
  });

  test('a template without a leading slash is refused: behind a bare host it would name another host', () => {
    expect(() => path`${'.evil.test'}`).toThrow(TypeError);
  });

  test('encode serves queries as well', () => {
    expect([encode('a b+c&d'), encode(100), encode(true)]).toEqual(['a%20b%2Bc%26d', '100', 'true']);
  });
});

import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkName, gitNameRule } from '../../src/core/tag-name.ts';
import { codeOf } from '../support/target.ts';

/** Which of these names the real git takes below refs/tags/. One process for all: a shell that asks for each. */
function gitTakes(names: readonly string[]): boolean[] {
  const script = 'for name; do git check-ref-format "refs/tags/$name" && echo yes || echo no; done';
  return execFileSync('sh', ['-c', script, 'sh', ...names], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((answer) => answer === 'yes');
}

/** Stricter than git on purpose: `git tag` itself refuses the first two, the third means HEAD. Git knows bytes, not Unicode, and no NUL reaches it. */
const isOurs = (name: string) => name.startsWith('-') || name === 'HEAD' || name === '@' || !name.isWellFormed() || name.includes('\0');

const fragment = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('a', 'v1', '1', 'é', '日', '🏷', 'HEAD', '@', '-', '_', '+', '%', '#', '!', "'", '"', '$', '(') },
  { weight: 4, arbitrary: fc.constantFrom('.', '..', '/', '//', '.lock', 'lock', '.LOCK', '@{', '{', '}', '/.', './', '.lock/') },
  {
    weight: 2,
    arbitrary: fc.constantFrom(' ', '~', '^', ':', '?', '*', '[', ']', '\\', '\t', '\n', '\x7f', '\x01', '\x1f', '\u00a0', '\u0085'),
  },
);
const nameOf = fc.array(fragment, { minLength: 0, maxLength: 6 }).map((parts) => parts.join(''));

describe('gitNameRule', () => {
  it('takes exactly what git check-ref-format takes', () => {
    const names = [...new Set(fc.sample(nameOf, 700))].filter((name) => !isOurs(name)).slice(0, 450);
    const ours = names.map((name) => gitNameRule(name) === undefined);
    const theirs = gitTakes(names);
    expect(names.filter((_, index) => ours[index] !== theirs[index])).toEqual([]);
    expect(theirs.filter(Boolean).length, 'the names are a fair mixture').toBeGreaterThan(60);
    expect(theirs.filter((taken) => !taken).length).toBeGreaterThan(60);
  });

  it('takes exactly what git takes, for every single ASCII character at every place', () => {
    const characters = Array.from({ length: 127 }, (_, index) => String.fromCharCode(index + 1));
    const names = characters.flatMap((one) => [one, `a${one}b`, `${one}a`, `a${one}`]).filter((name) => !isOurs(name));
    const theirs = gitTakes(names);
    expect(names.filter((name, index) => (gitNameRule(name) === undefined) !== theirs[index])).toEqual([]);
  });

  it('refuses what git tag refuses although check-ref-format takes it', () => {
    expect(gitTakes(['-x', 'HEAD', '@'])).toEqual([true, true, true]);
    for (const name of ['-x', 'HEAD', '@', 'a\ud800', 'a\0b']) expect(gitNameRule(name), JSON.stringify(name)).toBeTypeOf('string');
    for (const name of ['a/HEAD', 'HEAD/a', 'a@', 'x-', 'a/-b']) expect(gitNameRule(name), name).toBeUndefined();
  });

  it.each([
    ['', 'it is empty'],
    ['a b', 'it contains " "'],
    ['a\nb', 'it contains "\\n"'],
    ['a..b', 'it contains ".."'],
    ['a@{1}', 'it contains "@{"'],
    ['-rf', 'it begins with "-"'],
    ['v1.', 'it ends with "."'],
    ['a//b', 'it has an empty part between slashes'],
    ['/a', 'it has an empty part between slashes'],
    ['a/', 'it has an empty part between slashes'],
    ['a/.b', 'a part of it begins with "."'],
    ['a.lock/b', 'a part of it ends with ".lock"'],
  ])('says of %j why it is refused', (name, reason) => expect(gitNameRule(name)).toBe(reason));
});

describe('checkName', () => {
  const refuse = async (...args: Parameters<typeof checkName>) => checkName(...args);

  it('lets a good name pass', () => expect(checkName('release/v1.0.0-rc.1+build', undefined)).toBeUndefined());

  it('is invalid_name with the name in quotes and the reason', async () => {
    expect(await codeOf(refuse('a b'))).toBe('invalid_name');
    await expect(refuse('a b')).rejects.toThrow('"a b" cannot be a tag\'s name: it contains " ".');
  });

  it.each(['refs/tags/v1', 'refs/heads/main', 'v\u200d1', '\u202ev1', 'v1\u0085'])(
    'refuses %j, for which nobody could ask again',
    async (name) => {
      expect(gitNameRule(name)).toBeUndefined();
      expect(await codeOf(refuse(name))).toBe('invalid_name');
    },
  );

  it.each([
    ['refs/tags/v1', 'Call again with name "v1".'],
    ['refs/tags/rel/1', 'Call again with name "rel/1".'],
    ['refs/tags/refs/tags/v1', 'Choose another tag name.'],
    ['refs/tags/HEAD', 'Choose another tag name.'],
    ['refs/tags/too-long', 'Choose another tag name.'],
    ['refs/heads/main', 'Choose another tag name.'],
    ['refs/pull/1/head', 'Choose another tag name.'],
    ['refs/tags', 'Choose another tag name.'],
  ])('of %j says the one step: %s', async (name, hint) => {
    const rule = (one: string) => (one === 'too-long' ? 'it is too long' : undefined);
    await expect(refuse(name, rule)).rejects.toMatchObject({ code: 'invalid_name', hint, message: expect.not.stringContaining('leave') });
  });

  it("asks the system's own rule after git's", async () => {
    const rule = (name: string) => (name.length > 3 ? 'it is too long' : undefined);
    expect(await codeOf(refuse('long', rule))).toBe('invalid_name');
    await expect(refuse('a b c', rule)).rejects.toThrow('it contains " "');
    expect(checkName('abc', rule)).toBeUndefined();
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ends, redactor, withoutCredentials } from '../../src/config/redact.ts';
import { TagError } from '../../src/core/errors.ts';
import { told } from '../../src/core/told.ts';
import { toErrorResult } from '../../src/mcp/render.ts';

const MASK = '[secret]';
const secretOf = fc
  .string({
    unit: fc.oneof({ weight: 5, arbitrary: fc.string({ unit: 'grapheme-ascii', maxLength: 1 }) }, fc.constantFrom('é', '日', '🏷')),
    minLength: 6,
    maxLength: 40,
  })
  .filter((secret) => secret.trim().length >= 6 && !MASK.includes(secret.trim()));
const around = fc.string({ maxLength: 12 });
const base64 = (bytes: string) => Buffer.from(bytes).toString('base64');

/** Is the secret to be read in any of the forms that hold it whole? */
const leaks = (text: string, secret: string) =>
  [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)].some((form) => text.includes(form));

describe('redactor', () => {
  it('takes a secret out plain, URL-encoded and as JSON, wherever it stands', () => {
    fc.assert(
      fc.property(secretOf, around, around, (given, before, after) => {
        const secret = given.trim();
        const redact = redactor([given]);
        for (const form of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]) {
          const redacted = redact(`${before}${form}${after}`);
          expect(redacted).toContain(MASK);
          expect(leaks(redacted.replaceAll(MASK, '\0'), secret)).toBe(false);
        }
      }),
    );
  });

  it('takes a secret out of base64, at whatever offset it stands there and whatever follows', () => {
    fc.assert(
      fc.property(secretOf, around, around, fc.boolean(), (given, before, after, forUrls) => {
        const secret = given.trim();
        const header = Buffer.from(`${before}${secret}${after}`).toString(forUrls ? 'base64url' : 'base64');
        const redacted = redactor([secret])(`Basic ${header}`);
        const [left = '', right = ''] = redacted.replace('Basic ', '').split(MASK);
        expect(redacted).toContain(MASK);
        // What remains beside it decodes to what stood beside it, give or take the bits of one shared character.
        expect(Buffer.byteLength(before) * 8 + 5).toBeGreaterThanOrEqual(left.length * 6 - 6);
        expect(Buffer.byteLength(after) * 8 + 5).toBeGreaterThanOrEqual(right.replace(/=+$/, '').length * 6 - 6);
      }),
    );
  });

  it('takes a password out of the header that carries it, and an echo of that header', () => {
    const redact = redactor(['hunter2-password']);
    for (const user of ['', 'a', 'ab', 'abc', 'access-key-id']) {
      const redacted = redact(`authorization: Basic ${base64(`${user}:hunter2-password`)} was refused`);
      expect(redacted).toContain(MASK);
      for (const piece of redacted.split(MASK))
        expect(Buffer.from(piece.split(' ').at(-1) ?? '', 'base64').toString()).not.toContain('unter');
    }
  });

  it('takes out the beginning of a secret that was cut off at the end', () => {
    const redact = redactor(['glpat-0123456789abcdef']);
    expect(redact('token glpat-0123456…')).toBe(`token ${MASK}…`);
    expect(redact('token glpat-…')).toBe(`token ${MASK}…`);
    expect(redact('token glpat…')).toBe('token glpat…');
    expect(redact(`echo ${base64('user:glpat-0123456789abcdef').slice(0, 20)}…`)).toBe(`echo dXNlcjp${MASK}…`);
    expect(redact('nothing here…')).toBe('nothing here…');
    expect(redact('"token glpat-0123…" is "no ref…" of "glpat-0123456…".')).toBe(`"token ${MASK}…" is "no ref…" of "${MASK}…".`);
  });

  it('takes out the longest of several, and counts blanks around a value as nothing', () => {
    expect(redactor(['secret-1', 'secret-1-and-more'])('secret-1-and-more secret-1')).toBe(`${MASK} ${MASK}`);
    expect(redactor([' token-with-newline\n'])('sent token-with-newline.')).toBe(`sent ${MASK}.`);
  });

  it('takes characters of a pattern literally', () => {
    expect(redactor(['a.c*e+(g'])('a.c*e+(g abcdefg')).toBe(`${MASK} abcdefg`);
    expect(redactor(['x|y|z|w'])('x y z w x|y|z|w')).toBe(`x y z w ${MASK}`);
  });

  it('leaves text without secrets as it is, and too short ones alone', () => {
    fc.assert(
      fc.property(around, (text) => {
        expect(redactor([])(text)).toBe(text);
        expect(redactor(['abc', '', '     '])(text)).toBe(text);
        expect(redactor(['not-in-there-at-all'])(text)).toBe(text);
      }),
    );
  });
});

describe('an error', () => {
  it('holds no piece of a secret, wherever the upstream repeats it and wherever its words are cut', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 150, max: 230 }),
        fc.constantFrom('glpat-0123456789abcdef', 'pa"ss\\word/123', 'key+with=signs&'),
        (at, secret) => {
          const error = new TagError('rejected', told`${'m'.repeat(at)} is ${secret}, or ${`${'m'.repeat(at)} ${secret}`}`, {
            upstream: { status: 400, text: `${'x'.repeat(at)}${secret} no`, request_id: secret },
            hint: told`Ask ${`${'h'.repeat(at)}${secret} no`}, then ${secret}.`,
          });
          const text = JSON.stringify(toErrorResult(error, redactor([secret])));
          for (let length = 6; length <= secret.length; length += 1) expect(text).not.toContain(secret.slice(0, length));
        },
      ),
    );
  });
});

describe('what is shown of', () => {
  it.each([
    ['glpat-0123456789ab3f9a', 'glpat-…3f9a'],
    ['0123456789abcdef', '…cdef'],
    ['0123456-89abcdef', '…cdef'],
    ['glpat-012345678', '…'],
    ['x', '…'],
  ])('a secret: %s is %s', (secret, shown) => {
    expect(ends(secret)).toBe(shown);
  });
  it.each([
    ['https://gitlab.example.com/api/v4', 'https://gitlab.example.com/api/v4'],
    ['https://me:pass@gitlab.example.com/x', 'https://…@gitlab.example.com/x'],
    ['https://me:pa/ss@gitlab.example.com', 'https://…@gitlab.example.com'],
    ['me:pass@gitlab.example.com', '…@gitlab.example.com'],
    ['https://gitlab.example.com/?private_token=x', 'https://gitlab.example.com/?…'],
    ['https://gitlab.example.com/#x', 'https://gitlab.example.com/?…'],
    ['group/project', 'group/project'],
  ])('an address: %s is %s', (address, shown) => {
    expect(withoutCredentials(address)).toBe(shown);
  });
});

/** A secret in any spelling: a character so, the next one otherwise. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Redact, redactor } from '../../src/config/redact.ts';

const MASK = '[secret]';
const hex = (text: string, length: number) => text.charCodeAt(0).toString(16).padStart(length, '0');
const bytes = (character: string) => [...Buffer.from(character)].map((byte) => byte.toString(16).padStart(2, '0'));
const units = (character: string) => character.split('');
const NAMED: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };
const SHORT: Record<string, string> = { '\n': '\\n', '\t': '\\t', '\r': '\\r', '\b': '\\b', '\f': '\\f' };
const point = (character: string) => character.codePointAt(0) ?? 0;

/** Written from what the formats allow, not from our reader. */
const SPELLINGS: Record<string, (character: string) => string> = {
  raw: (character) => character,
  'percent, lower case': (character) =>
    bytes(character)
      .map((byte) => `%${byte}`)
      .join(''),
  'percent, upper case': (character) =>
    bytes(character)
      .map((byte) => `%${byte.toUpperCase()}`)
      .join(''),
  'percent, twice': (character) =>
    bytes(character)
      .map((byte) => `%25${byte}`)
      .join(''),
  'percent, three times': (character) =>
    bytes(character)
      .map((byte) => `%2525${byte}`)
      .join(''),
  'plus for a space': (character) => (character === ' ' ? '+' : character),
  'JSON, \\u': (character) =>
    units(character)
      .map((unit) => `\\u${hex(unit, 4)}`)
      .join(''),
  'JSON, \\U digits in upper case': (character) =>
    units(character)
      .map((unit) => `\\u${hex(unit, 4).toUpperCase()}`)
      .join(''),
  'JSON, short': (character) => SHORT[character] ?? (/["\\/]/.test(character) ? `\\${character}` : character),
  'JSON in JSON': (character) => JSON.stringify(JSON.stringify(character)).slice(3, -3),
  'JSON in JSON, \\u': (character) =>
    units(character)
      .map((unit) => `\\\\u${hex(unit, 4)}`)
      .join(''),
  '\\x': (character) => (point(character) < 0x100 ? `\\x${hex(character, 2)}` : character),
  'HTML, named': (character) => NAMED[character] ?? character,
  'HTML, named, twice': (character) => (NAMED[character] ?? character).replace(/^&/, '&amp;').replace('&amp;amp;', '&amp;amp;'),
  'HTML, decimal': (character) => `&#${point(character)};`,
  'HTML, decimal with zeros': (character) => `&#000${point(character)};`,
  'HTML, hexadecimal': (character) => `&#x${point(character).toString(16)};`,
  'HTML, hexadecimal with zeros': (character) => `&#X00${point(character).toString(16).toUpperCase()};`,
  'HTML, decimal, twice': (character) => `&amp;#${point(character)};`,
};
const spelling = fc.constantFrom(...Object.values(SPELLINGS));

const character = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 1 }) },
  { weight: 3, arbitrary: fc.constantFrom(...'%\\&"\'</+ .*?^$()[]{}|#;=-') },
  { weight: 1, arbitrary: fc.constantFrom('é', '日', '🏷', 'a', '2', '5') },
);
const secretOf = fc
  .array(character, { minLength: 6, maxLength: 40 })
  .filter((parts) => parts.join('').trim().length === parts.join('').length);
const around = fc.string({ unit: fc.oneof(character, fc.constantFrom('%', '%2', '&', '&#', '\\', '\\u0', '…')), maxLength: 12 });

describe('a secret', () => {
  it('is taken out however each of its characters is written, whatever stands around it', () => {
    fc.assert(
      fc.property(secretOf, fc.infiniteStream(spelling), around, around, (parts, spellings, before, after) => {
        const secret = parts.join('');
        const written = parts.map((part) => spellings.next().value(part));
        fc.pre(!MASK.includes(secret));
        const redacted = redactor([secret])(`${before}${written.join('')}${after}`);
        expect(redacted).toContain(MASK);
        // Of %2530 the 0 may be taken for the beginning, and what stands before it is left; of the others nothing is.
        expect(redacted.length - MASK.length).toBeLessThan(before.length + after.length + (written[0]?.length ?? 0));
      }),
      { numRuns: 2_000 },
    );
  });

  it.each(Object.entries(SPELLINGS))('is taken out in one spelling throughout: %s', (_, spell) => {
    for (const secret of [
      'glpat-0123456789abcdef',
      'pa"ss\\word/1&2<3',
      "key+with=signs & 'more'",
      'a%2Fb%41c%',
      'schlüssel-日本-🏷',
      '\\\\\\\\\\\\',
      '%%%%%%',
    ]) {
      const written = [...secret].map(spell).join('');
      expect(redactor([secret])(`"${written}"`)).toBe(`"${MASK}"`);
    }
  });

  it('is taken out in hexadecimal, and where base64 itself is encoded', () => {
    const redact = redactor(['hunter2-password?']);
    const secret = Buffer.from('hunter2-password?');
    expect(redact(`x ${secret.toString('hex')} ${secret.toString('hex').toUpperCase()}`)).toBe(`x ${MASK} ${MASK}`);
    const header = Buffer.from('user:hunter2-password?').toString('base64');
    for (const echo of [header, encodeURIComponent(header), header.replaceAll('/', '\\/'), header.replaceAll('=', '&#61;')])
      expect(redact(`Basic ${echo}`)).toMatch(/^Basic dXNlcjp\[secret\].{0,11}$/);
  });

  it('is taken out as it looks once it was cleaned, or put on one line', () => {
    expect(redactor(['key\u200bwith\u202ehidden'])('a key\ufffdwith\ufffdhidden b')).toBe(`a ${MASK} b`);
    expect(redactor(['two\nlines  of it'])('a two lines of it b')).toBe(`a ${MASK} b`);
  });

  it.each([
    ['in the middle', 'token glpat-0123456… and more', `token ${MASK}… and more`],
    ['in quotes', '"glpat-012…" is bad', `"${MASK}…" is bad`],
    ['spelled otherwise', 'token glpat%2D01… and more', `token ${MASK}… and more`],
    ['twice', 'glpat-0…glpat-01…', `${MASK}…${MASK}…`],
    ['too little of it', 'token glpat… and more', 'token glpat… and more'],
    ['not at its beginning', 'token lpat-0123… and more', 'token lpat-0123… and more'],
    ['not at the ellipsis', 'token glpat-0123 … and more', 'token glpat-0123 … and more'],
  ])('is not to be guessed from its beginning before an ellipsis: %s', (_, text, redacted) => {
    expect(redactor(['glpat-0123456789abcdef'])(text)).toBe(redacted);
  });

  it('that holds another one, or shares characters with it, goes as one', () => {
    expect(redactor(['abcdef-ghijkl', 'ghijkl-mnopqr'])('<abcdef-ghijkl-mnopqr>')).toBe(`<${MASK}>`);
    expect(redactor(['token-1', 'token-1-and-more'])('<token-1-and-more>')).toBe(`<${MASK}>`);
  });
});

describe('a text without a secret', () => {
  it('is left as it is, escapes and all', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.oneof(character, around), maxLength: 200 }), (text) => {
        expect(redactor(['not-in-there-at-all', 'neither-is-this'])(text)).toBe(text);
      }),
    );
  });
});

describe('however hostile the text', () => {
  const within = (redact: Redact, text: string): number => {
    const started = performance.now();
    redact(text);
    return performance.now() - started;
  };
  const SECRETS = [
    'glpat-0123456789abcdefXY',
    `${'a'.repeat(63)}b`,
    `${'\\'.repeat(20)}z`,
    `${'%25'.repeat(20)}q`,
    `${'&amp;'.repeat(10)}q`,
    `${'ab'.repeat(2_000)}c`,
  ];
  it.each(SECRETS)(
    '200 kB are gone through at once: %.20s',
    (secret) => {
      const redact = redactor([secret]);
      // It takes a tenth of it; a square would take hours.
      for (const part of [secret.slice(0, -1), '\\', '%25', '&amp;', '&#0', 'a%61', 'aaaaaa…'])
        expect(within(redact, part.repeat(Math.ceil(200_000 / part.length))), part.slice(0, 12)).toBeLessThan(3_000);
    },
    30_000,
  );
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TagError } from '../../src/core/errors.ts';
import { clean, cut } from '../../src/core/text.ts';
import { asJson, joined, ours, quoted, shortened, type Told, textOf, told } from '../../src/core/told.ts';

const hostile = fc.constantFrom(
  ...'aé日🏷 .:"\\\'`$',
  '\n',
  '\r',
  '\t',
  '\0',
  '\u001b[31m',
  '\u202e',
  '\u200b',
  '\u2028',
  '\ud800',
  '…',
  '\ufffd',
);
const foreign = fc.string({ unit: fc.oneof(hostile, fc.string({ unit: 'binary', maxLength: 1 })), maxLength: 300 });
const words = fc.string({ unit: fc.constantFrom(...'abc .:;'), maxLength: 20 });
/** Sentences, nested and joined. */
const sentence: fc.Arbitrary<Told> = fc.letrec<{ sentence: Told }>((tie) => ({
  sentence: fc.oneof(
    { maxDepth: 3 },
    words.map(ours),
    fc.tuple(words, foreign, words).map(([before, value, after]) => told`${ours(before)}${value}${ours(after)}`),
    fc.tuple(tie('sentence'), fc.nat(), foreign).map(([inner, count, value]) => told`so ${inner}, ${count}; ${value}.`),
    fc.array(tie('sentence'), { maxLength: 4 }).map((parts) => joined(parts)),
  ),
})).sentence;

/** What remains when every JSON string is taken out: nothing but words of ours, numbers and ids. */
const outside = (text: string) => text.replaceAll(/"(?:[^"\\]|\\.)*"/g, '');
const OURS = /^[a-zA-F0-9 .,:;…-]*$/;

describe('a foreign value', () => {
  it('stands in quotes, on one line, and reads back as its cleaned form', () => {
    fc.assert(
      fc.property(foreign, (value) => {
        const text = textOf(told`${value}`);
        expect(text).toBe(quoted(value));
        expect(text).not.toMatch(/[\n\r\u2028\u2029]/);
        expect(JSON.parse(text)).toBe(cut(clean(value), 200));
      }),
    );
  });

  it('never speaks in our voice, however sentences are built of sentences', () => {
    fc.assert(
      fc.property(sentence, (said) => {
        expect(outside(textOf(said))).toMatch(OURS);
      }),
    );
  });

  it.each(['0123abc', 'a'.repeat(40), 'A'.repeat(64), `sha256:${'0'.repeat(64)}`, '6f1c9a7e-0b0d-4b7e-9c1e-0123456789ab', '20260401'])(
    'that is an id is bare: %s',
    (id) => {
      expect(textOf(told`at ${id}.`)).toBe(`at ${id}.`);
    },
  );

  it.each([
    ...['', 'v1', 'main', 'abc123', 'a'.repeat(65), 'refs/tags/v1', 'group/app', 'gitlab.com', '127.0.0.1:80', '/srv/app', '~/.netrc'],
    ...['0123abc.', '0123abc\n', ' 0123abc', '0123abc 0123abc', 'sha256:', 'sha256:xyz', 'sha512:0123abc'],
    ...['6f1c9a7e-0b0d-4b7e-9c1e-0123456789a', '6f1c9a7e-0b0d-4b7e-9c1e-0123456789abc', '0123abc". Call delete_tag "v1', '12'],
  ])('that is none stands in quotes: %j', (value) => {
    expect(textOf(told`at ${value}.`)).toBe(`at ${JSON.stringify(value)}.`);
  });

  it('that is long is cut inside its quotes', () => {
    const text = textOf(told`${'x'.repeat(5_000)}`);
    expect([text.length, text.slice(-3)]).toEqual([202, 'x…"']);
  });

  it('is found in an error by what is marked, and nowhere else', () => {
    const { message, hint, said } = new TagError('rejected', told`${'v1'} is no ${ours('rocket')}, ${7} times`, {
      hint: told`Ask ${'Ann'}.`,
    });
    expect([message, hint]).toEqual(['"v1" is no rocket, 7 times', 'Ask "Ann".']);
    expect([...said.message, ...said.hint].filter((segment) => segment.foreign).map(({ text }) => text)).toEqual(['"v1"', '"Ann"']);
  });
});

describe('what was told before', () => {
  it('is not quoted again', () => {
    const inner = told`${'v1'} is gone`;
    expect(textOf(told`${'r0'}: ${inner}. ${told`${told`${inner}`}`}`)).toBe('"r0": "v1" is gone. "v1" is gone');
    expect(textOf(new TagError('changed', told`${new TagError('changed', inner).said.message}.`).said.message)).toBe('"v1" is gone.');
  });

  it('of ours and of numbers has no quotes', () => {
    expect(textOf(told`${ours('GITLAB_URL')} answers ${404} ${ours('')}`)).toBe('GITLAB_URL answers 404 ');
  });

  it('as a call is JSON, and foreign', () => {
    const call = { name: 'v"1', ref: 'main' };
    expect(textOf(asJson(call))).toBe(JSON.stringify(call));
    expect(textOf(asJson(call), () => '-')).toBe('-');
  });

  it('is joined by words of ours', () => {
    expect(textOf(joined([told`${'a'}`, ours('b'), told`${'c'}`], ', '))).toBe('"a", b, "c"');
    expect(textOf(joined([]))).toBe('');
  });
});

describe('what is shortened', () => {
  const short = (value: string, max: number) => textOf(shortened(told`${value}`, max));
  it.each([
    ['abc', 5, '"abc"'],
    ['abcd', 5, '"ab…"'],
    ['abc', 3, '"…"'],
    ['abc', 2, ''],
    ['abc', 0, ''],
    ['a"bc', 5, '"a…"'],
    ['a\\\\b', 6, '"a\\\\…"'],
  ])('%j to %i is %s', (value, max, expected) => {
    expect(short(value, max)).toBe(expected);
  });
  it('keeps both quotes, and reads back as a beginning of what it was', () => {
    fc.assert(
      fc.property(foreign, fc.integer({ min: 3, max: 210 }), (value, max) => {
        const text = short(value, max);
        expect(text.length).toBeLessThanOrEqual(max);
        const read: string = JSON.parse(text);
        expect(JSON.parse(quoted(value)).startsWith(read.replace(/…$/, ''))).toBe(true);
      }),
    );
  });
  it('has no part of which nothing is left', () => {
    expect(shortened(told`a ${'b'} c`, 2)).toEqual([{ text: 'a ', foreign: false }]);
    expect(textOf(shortened(told`a ${'b'} c`, 6))).toBe('a "b"…');
  });
});

describe('tidying', () => {
  it('touches what is foreign, and nothing else', () => {
    fc.assert(
      fc.property(sentence, (said) => {
        const seen: string[] = [];
        const text = textOf(said, (stretch) => {
          seen.push(stretch);
          return '<>';
        });
        expect(seen).toEqual(said.filter((segment) => segment.foreign).map((segment) => segment.text));
        expect(text).toBe(said.map((segment) => (segment.foreign ? '<>' : segment.text)).join(''));
      }),
    );
  });

  it('does not black out a word of ours that is also a secret', () => {
    const redact = (text: string) => text.replaceAll('token', '[secret]');
    expect(textOf(told`The token of ${'token@host'} is refused.`, redact)).toBe('The token of "[secret]@host" is refused.');
  });
});

describe('a shortened sentence', () => {
  it('never exceeds what it may, and is itself where it fits', () => {
    fc.assert(
      fc.property(sentence, fc.integer({ min: -2, max: 500 }), (said, max) => {
        const text = textOf(shortened(said, max));
        expect(text.length).toBeLessThanOrEqual(Math.max(max, 0));
        if (textOf(said).length <= max) expect(text).toBe(textOf(said));
      }),
    );
  });

  it('leaves no quote open, wherever it is cut', () => {
    fc.assert(
      fc.property(sentence, fc.nat(300), (said, max) => {
        expect(outside(textOf(shortened(said, max)))).toMatch(OURS);
      }),
    );
    const said = told`at ${'\\"\\\\"🏷\n\\'} now`;
    for (let max = 0; max <= textOf(said).length; max += 1)
      for (const { text } of shortened(said, max).filter((segment) => segment.foreign)) expect(() => JSON.parse(text), text).not.toThrow();
  });
});

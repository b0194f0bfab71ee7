import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clean, cut, firstLine, oneLine } from '../../src/core/text.ts';

/** Unicode's own word for what must not survive, independent of our patterns; the three that may be seen have their own tests. */
const UNSAFE =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\u2800\u{13430}-\u{13440}\u{16fe4}\u{1d159}]/u;
const unsafeIn = (text: string) => [...text].filter((character) => UNSAFE.test(character) && !'\n\t\ufe0f\u200c\u200d'.includes(character));

const [ESC, CSI, BEL] = ['\u001b', '\u009b', '\u0007'];
const hostile = fc.constantFrom(
  ...['\r', '\r\n', '\n', '\t', '\0', ESC, CSI, BEL, `${ESC}[31m`, `${ESC}[2K`, `${CSI}1A`, `${ESC}]8;;http://x${BEL}`, '\u007f', '\u0085'],
  ...['\u202e', '\u2066', '\u200e', '\u061c', '\u200b', '\u200d', '\u2060', '\ufeff', '\u00ad', '\u2028', '\u2029', '\u3164', '\ufff9'],
  ...['\u{e0041}', '\u{e007f}', '\u{e0100}', '\ufe00', '\ufe0f', '\ud800', '\udc00', '🏷', 'é', 'a', '[', 'm', '0', ';', ' ', '\ufffd'],
);
const text = fc.oneof(
  fc.string({ unit: fc.oneof(hostile, fc.string({ unit: 'binary', maxLength: 1 })), maxLength: 60 }),
  fc.string({ unit: hostile, maxLength: 60 }),
);

describe('clean', () => {
  it('lets no unsafe character through, whatever comes', () => {
    fc.assert(
      fc.property(text, (dirty) => {
        expect(unsafeIn(clean(dirty))).toEqual([]);
      }),
    );
  });

  it('lets none of the 1 114 112 code points through that Unicode calls invisible, a format or a control', () => {
    const survivors: string[] = [];
    for (let start = 0; start < 0x110000; start += 0x1000) {
      const points = Array.from({ length: 0x1000 }, (_, index) => `a${String.fromCodePoint(start + index)}`).join('');
      survivors.push(...unsafeIn(clean(points)).map((character) => character.codePointAt(0)?.toString(16) ?? ''));
    }
    expect(survivors).toEqual([]);
  });

  it('changes nothing the second time, and makes nothing longer', () => {
    fc.assert(
      fc.property(text, (dirty) => {
        const once = clean(dirty);
        expect(clean(once)).toBe(once);
        expect(once.length).toBeLessThanOrEqual(dirty.length);
        expect(once.isWellFormed()).toBe(true);
      }),
    );
  });

  it('leaves readable text as it is', () => {
    const readable = fc.constantFrom(...'abc XYZ\n\t09-_./~é日本Жעع', '🏷', '☺\ufe0f', 'u\u0308', '[31m');
    fc.assert(
      fc.property(fc.string({ unit: readable }), (plain) => {
        expect(clean(plain)).toBe(plain);
      }),
    );
  });

  it('shows that something was there: a name with an invisible character does not become another name', () => {
    expect(clean('v1\u200b.0')).toBe('v1\ufffd.0');
    expect(clean('v1\u{e0041}')).toBe('v1\ufffd');
    expect(clean('v1\ud800')).toBe('v1\ufffd');
  });

  it('takes terminal sequences out whole', () => {
    expect(clean(`a${ESC}[1;31mred${ESC}[0m`)).toBe('a\ufffdred\ufffd');
    expect(clean(`a${CSI}2Jb`)).toBe('a\ufffdb');
    expect(clean(`${ESC}]0;title${BEL}`)).toBe('\ufffd]0;title\ufffd');
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9;?]{0,6}[@-~]$/), (sequence) => {
        expect(clean(`<${ESC}[${sequence}>`)).toBe('<\ufffd>');
      }),
    );
  });

  it('writes Windows line ends as line feeds and shows a lone carriage return', () => {
    expect(clean('a\r\nb\rc')).toBe('a\nb\ufffdc');
  });
});

describe('cut', () => {
  it('keeps to the limit, never splits a pair and says that something is missing', () => {
    const wellFormed = fc.string({ unit: fc.constantFrom('a', '🏷', 'é', '…'), maxLength: 20 });
    fc.assert(
      fc.property(wellFormed, fc.integer({ min: 1, max: 24 }), (whole, max) => {
        const part = cut(whole, max);
        expect(part.length).toBeLessThanOrEqual(max);
        expect(part.isWellFormed()).toBe(true);
        if (whole.length <= max) expect(part).toBe(whole);
        else {
          expect(part.endsWith('…')).toBe(true);
          expect(whole.startsWith(part.slice(0, -1))).toBe(true);
          expect(part.length).toBeGreaterThanOrEqual(max - 1);
        }
      }),
    );
  });
});

describe('oneLine and firstLine', () => {
  it('give one line within the limit', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 40 }), (dirty, max) => {
        const line = oneLine(dirty, max);
        expect(line).not.toMatch(/[\n\r\t]/);
        expect(line.length).toBeLessThanOrEqual(max);
        expect(unsafeIn(line)).toEqual([]);
        expect(firstLine(dirty, max)).not.toContain('\n');
        expect(firstLine(dirty, max).length).toBeLessThanOrEqual(max);
      }),
    );
  });

  it('oneLine joins lines with single spaces', () => expect(oneLine('  a \n\n b\tc ', 99)).toBe('a b c'));

  it('firstLine is the first that says something', () => {
    expect(firstLine('\n\n  Release 1 \r\n\nnotes', 80)).toBe('Release 1');
    expect(firstLine(' \n ', 80)).toBe('');
    expect(firstLine('x'.repeat(81), 80)).toBe(`${'x'.repeat(79)}…`);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineSplitter } from '../../src/mcp/lines.ts';

const LONGEST = 40;

function split(chunks: readonly Buffer[], longest = LONGEST): string[] {
  const heard: string[] = [];
  const take = lineSplitter(
    longest,
    (line) => heard.push(line),
    () => heard.push('<too long>'),
  );
  for (const chunk of chunks) take(chunk);
  return heard;
}

const line = fc.string({ unit: fc.constantFrom('a', '{', '"', ' ', 'é', '日', '🏷', '\r'), maxLength: 30 });
const text = fc.array(line, { maxLength: 8 }).map((lines) => lines.map((one) => `${one}\n`).join(''));

describe('lineSplitter', () => {
  it('hears the same lines, however the bytes are cut', () => {
    fc.assert(
      fc.property(text, fc.array(fc.nat({ max: 300 }), { maxLength: 20 }), (whole, cuts) => {
        const bytes = Buffer.from(whole);
        const at = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length];
        const chunks = at.slice(1).map((end, index) => bytes.subarray(at[index], end));
        const expected = whole
          .split('\n')
          .slice(0, -1)
          .flatMap((one) => (Buffer.byteLength(one) > LONGEST ? ['<too long>'] : one.trim() || []));
        expect(split(chunks)).toEqual(expected);
        expect(split([...bytes].map((byte) => Buffer.from([byte])))).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it('takes a line of exactly the limit, and passes over one byte more', () => {
    expect(split([Buffer.from(`${'x'.repeat(LONGEST)}\n`)])).toEqual(['x'.repeat(LONGEST)]);
    expect(split([Buffer.from(`${'x'.repeat(LONGEST + 1)}\nnext\n`)])).toEqual(['<too long>', 'next']);
  });

  it('tells once, and at once, that a line is too long, and holds none of it', () => {
    const chunks = Array.from({ length: 100 }, () => Buffer.alloc(LONGEST, 'x'));
    expect(split(chunks)).toEqual(['<too long>']);
    expect(split([...chunks, Buffer.from('\na\n'), ...chunks, Buffer.from('\nb\n')])).toEqual(['<too long>', 'a', '<too long>', 'b']);
  });

  it('passes over blank lines, a byte order mark and Windows line ends', () => {
    expect(split([Buffer.from('\n\r\n  \n\ufeff{}\r\n')])).toEqual(['{}']);
  });

  it('waits for the end of the line', () => expect(split([Buffer.from('{"unfinished":')])).toEqual([]));
});

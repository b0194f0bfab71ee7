import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distance, nearest } from '../../src/core/nearest.ts';

describe('distance', () => {
  it.each([
    ['', '', 0],
    ['', 'abc', 3],
    ['doctor', 'doctor', 0],
    ['docter', 'doctor', 1],
    ['dcotor', 'doctor', 1],
    ['kitten', 'sitting', 3],
    ['ab', 'ba', 1],
    ['install', 'uninstall', 2],
  ])('from %j to %j is %i', (from, to, steps) => {
    expect(distance(from, to)).toBe(steps);
  });
  /** The definition, in as many steps as it takes. */
  const defined = (a: string, b: string): number => {
    if (a === '' || b === '') return a.length + b.length;
    const isSwap = a.length > 1 && b.length > 1 && a[0] === b[1] && a[1] === b[0];
    return Math.min(
      defined(a.slice(1), b) + 1,
      defined(a, b.slice(1)) + 1,
      defined(a.slice(1), b.slice(1)) + (a[0] === b[0] ? 0 : 1),
      isSwap ? defined(a.slice(2), b.slice(2)) + 1 : Number.POSITIVE_INFINITY,
    );
  };
  it('is what its definition says', () => {
    const short = fc.string({ unit: fc.constantFrom(...'abc'), maxLength: 5 });
    fc.assert(
      fc.property(short, short, (a, b) => distance(a, b) === defined(a, b)),
      { numRuns: 300 },
    );
  });

  it('is the same both ways, zero for the same word alone, and no more than the longer word', () => {
    const word = fc.string({ maxLength: 12 });
    fc.assert(
      fc.property(word, word, (a, b) => {
        const steps = distance(a, b);
        expect(distance(b, a)).toBe(steps);
        expect(steps === 0).toBe(a === b);
        expect(steps).toBeLessThanOrEqual(Math.max(a.length, b.length));
        expect(steps).toBeGreaterThanOrEqual(Math.abs(a.length - b.length));
      }),
    );
  });
});

describe('the nearest word', () => {
  const known = ['doctor', 'install', 'uninstall', 'help'];
  it.each([
    ['docter', 'doctor'],
    ['dcotor', 'doctor'],
    ['doc', 'doctor'],
    ['Doctor', 'doctor'],
    ['instal', 'install'],
    ['unistall', 'uninstall'],
    ['hlep', 'help'],
    ['elp', 'help'],
    ['doctxx', 'doctor'],
    ['uninstaxyz', 'uninstall'],
  ])('to %j is %j', (word, expected) => {
    expect(nearest(word, known)).toBe(expected);
  });
  it.each(['', 'x', 'd', 'dxtxxr', 'uninwxyzll', 'uninstallwxyz', 'serve', 'diagnose', 'toString', 'd'.repeat(1_000_000)])(
    'to %.20j is none',
    (word) => {
      expect(nearest(word, known)).toBeUndefined();
    },
  );
  it('is none where two begin with it and neither is near', () => {
    expect(nearest('re', ['read-only', 'repositories'])).toBeUndefined();
  });
});

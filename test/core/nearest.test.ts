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
  ])('to %j is %j', (word, expected) => {
    expect(nearest(word, known)).toBe(expected);
  });
  it.each(['', 'x', 'serve', 'diagnose', 'toString', 'd'.repeat(1_000_000)])('to %.20j is none', (word) => {
    expect(nearest(word, known)).toBeUndefined();
  });
  it('is none where two begin with it and neither is near', () => {
    expect(nearest('re', ['read-only', 'repositories'])).toBeUndefined();
  });
});

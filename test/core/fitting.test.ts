import { describe, expect, it } from 'vitest';
import { fittingOf } from '../../src/core/fitting.ts';

/** What clients leave whole. */
const PAGE = 10_000;
/** A row that takes this many characters of the JSON of a list, without what is around and between rows. */
const row = (length: number) => ({ a: 'x'.repeat(length - '{"a":""}'.length) });
const rows = (count: number, length: number) => Array.from({ length: count }, () => row(length));

describe('of the rows of a page', () => {
  it('all fit where their JSON does, to the character', () => {
    expect(fittingOf([])).toBe(0);
    expect(fittingOf(rows(3, 100))).toBe(3);
    const exact = [...rows(9, 1_000), row(PAGE - 9 * 1_000 - 9 - '[]'.length)];
    expect(JSON.stringify(exact)).toHaveLength(PAGE);
    expect(fittingOf(exact)).toBe(10);
    expect(fittingOf([...exact, row(8)])).toBe(10);
  });
  it.each([50, 98, 99, 1_234, 4_998])('of %i characters as many fit as can, and not one more', (length) => {
    const many = rows(1_000, length);
    const fitting = fittingOf(many);
    expect(JSON.stringify(many.slice(0, fitting)).length).toBeLessThanOrEqual(PAGE);
    expect(JSON.stringify(many.slice(0, fitting + 1)).length).toBeGreaterThan(PAGE);
  });
  it('none fits behind one that is too long', () => {
    expect(fittingOf([row(100), row(100), row(PAGE), row(100)])).toBe(2);
  });
  it('one always does', () => {
    expect(fittingOf([row(2 * PAGE)])).toBe(1);
    expect(fittingOf([row(2 * PAGE), row(10)])).toBe(1);
  });
});

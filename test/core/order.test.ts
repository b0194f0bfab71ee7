import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { compareNames, comparePlaces, compareVersions } from '../../src/core/order.ts';
import { ORDERS } from '../../src/core/tag.ts';
import { makeRepository } from '../support/git-repository.ts';

const wellFormed = fc.string({
  unit: fc.oneof(fc.constantFrom('a', 'é', '\ue000', '\uffff', '🏷', '\u{10ffff}', '日'), fc.string({ unit: 'binary', maxLength: 1 })),
});
const version = fc
  .array(fc.constantFrom('0', '00', '01', '1', '9', '10', '09', '010', '2', 'a', 'b', 'v', '.', '-', '-rc', 'é', '+', '_'), {
    minLength: 1,
    maxLength: 6,
  })
  .map((parts) => parts.join(''));
/** Of these, what git takes as a tag's name. */
const legal = version.filter((name) => !/^[.-]|\.\.|\.$/.test(name));
const place = fc.record({
  name: version,
  date: fc.constantFrom(undefined, 'not a date', '2026-01-01T00:00:00Z', '2026-01-01T01:00:00+01:00', '2026-01-02'),
});

function isTotalOrder<T>(values: fc.Arbitrary<T>, compare: (a: T, b: T) => number, isSame: (a: T, b: T) => boolean) {
  fc.assert(
    fc.property(values, values, values, (a, b, c) => {
      expect(Math.sign(compare(a, b)) + Math.sign(compare(b, a))).toBe(0);
      expect(compare(a, b) === 0).toBe(isSame(a, b));
      const [low, middle, high] = [a, b, c].sort(compare);
      if (low !== undefined && middle !== undefined && high !== undefined) {
        expect(compare(low, middle)).toBeLessThanOrEqual(0);
        expect(compare(middle, high)).toBeLessThanOrEqual(0);
        expect(compare(low, high)).toBeLessThanOrEqual(0);
      }
    }),
    { numRuns: 500 },
  );
}

describe('compareNames', () => {
  it('is the order of the bytes in UTF-8', () => {
    fc.assert(
      fc.property(wellFormed, wellFormed, (a, b) => {
        expect(Math.sign(compareNames(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
      { numRuns: 1_000 },
    );
  });

  it('puts an emoji after a letter of the private plane, which UTF-16 does not', () => {
    expect(['🏷', '\uffff', '\ue000'].sort(compareNames)).toEqual(['\ue000', '\uffff', '🏷']);
  });

  it('is a total order', () => isTotalOrder(wellFormed, compareNames, Object.is));
});

describe('compareVersions', () => {
  const repository = makeRepository();
  const commit = repository.commit('first');
  afterAll(() => repository.remove());

  it.each(['version:refname', '-version:refname', 'refname', '-refname'])('orders every set of names as git --sort=%s does', (key) => {
    for (const names of fc.sample(fc.uniqueArray(legal, { minLength: 90, maxLength: 110, size: 'max' }), { numRuns: 6 })) {
      const held = repository.git('for-each-ref', '--format=delete %(refname)', 'refs/tags');
      repository.feed(`${held}\n`.trimStart(), 'update-ref', '--stdin');
      repository.feed(names.map((name) => `create refs/tags/${name} ${commit}\n`).join(''), 'update-ref', '--stdin');
      const theirs = repository.git('for-each-ref', `--sort=${key}`, '--format=%(refname:strip=2)', 'refs/tags').split('\n');
      const compare = comparePlaces(key.includes('version') ? 'version' : 'name', key.startsWith('-') ? 'desc' : 'asc');
      const ours = names.map((name) => ({ name })).sort(compare);
      expect(ours.map(({ name }) => name)).toEqual(theirs);
    }
  });

  it.each([
    ['v1.9', 'v1.10'],
    ['v1.0', 'v1.0.1'],
    ['v1.0', 'v1.0-rc1'],
    ['v000', 'v00'],
    ['v01', 'v1'],
    ['v1.001', 'v1.01'],
    ['9', '10a'],
  ])('puts %s before %s', (a, b) => {
    expect(compareVersions(a, b)).toBeLessThan(0);
    expect(compareVersions(b, a)).toBeGreaterThan(0);
  });

  it('is a total order', () => isTotalOrder(version, compareVersions, Object.is));
});

describe('comparePlaces', () => {
  it.each(ORDERS.flatMap((order) => [[order, 'asc'] as const, [order, 'desc'] as const]))(
    '%s %s is a total order over names',
    (order_by, sort) =>
      isTotalOrder(place, comparePlaces(order_by, sort), (a, b) =>
        order_by === 'updated' ? a.name === b.name && instant(a.date) === instant(b.date) : a.name === b.name,
      ),
  );

  it('orders by the instant, not by its spelling, and tags without a date as the oldest', () => {
    const tags = [{ name: 'c', date: '2026-01-02T00:00:00+05:00' }, { name: 'b', date: '2026-01-01T20:00:00Z' }, { name: 'a' }];
    expect([...tags].sort(comparePlaces('updated', 'desc')).map(({ name }) => name)).toEqual(['b', 'c', 'a']);
  });

  it('orders tags of one instant by name, in both directions, as git does', () => {
    const tags = ['b', 'a', 'c'].map((name) => ({ name, date: '2026-01-01' }));
    for (const sort of ['asc', 'desc'] as const)
      expect([...tags].sort(comparePlaces('updated', sort)).map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  });
});

const instant = (date: string | undefined) => Date.parse(date ?? '1970-01-01') || 0;

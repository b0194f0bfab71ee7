import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { demandsOf, takenAt } from '../../src/core/demand.ts';

const schema = z.strictObject({
  whole: z.number().int().min(1).max(9).optional(),
  least: z.number().min(3).optional(),
  most: z.number().max(5).optional(),
  any: z.number().optional(),
  flag: z.boolean().optional(),
  short: z.string().max(3).optional(),
  text: z.string().optional(),
  one: z.enum(['a']).optional(),
  choice: z.enum(['a', 'b']).optional(),
  object: z.strictObject({ inner: z.string() }).optional(),
  list: z.array(z.strictObject({ ref: z.string(), size: z.number().int() })).optional(),
  some: z.array(z.string()).min(1).max(2).optional(),
  few: z.array(z.string()).max(1).optional(),
  many: z.array(z.string()).min(2).optional(),
  odd: z.custom<string>((value) => value === 'odd').optional(),
});

describe('what a value must be', () => {
  it.each([
    [{ whole: 0 }, 'must be a whole number from 1 to 9'],
    [{ whole: 10 }, 'must be a whole number from 1 to 9'],
    [{ whole: 'x' }, 'must be a whole number from 1 to 9'],
    [{ least: 1 }, 'must be a number from 3 on'],
    [{ most: 6 }, 'must be a number of at most 5'],
    [{ any: 'x' }, 'must be a number'],
    [{ flag: 1 }, 'must be true or false'],
    [{ short: 'abcd' }, 'must be at most 3 characters long'],
    [{ short: 1 }, 'must be a text'],
    [{ text: 1 }, 'must be a text'],
    [{ one: 'b' }, 'must be a'],
    [{ choice: 'c' }, 'must be one of a, b'],
    [{ object: 1 }, 'must be an object'],
    [{ object: {} }, 'is missing'],
    [{ list: 1 }, 'must be a list'],
    [{ list: [{ ref: 1, size: 1 }] }, 'must be a text'],
    [{ list: [{ ref: 'x', size: 'y' }] }, 'must be a whole number'],
    [{ some: [] }, 'must have at least 1 and at most 2 items'],
    [{ some: ['a', 'b', 'c'] }, 'must have at least 1 and at most 2 items'],
    [{ some: 1 }, 'must be a list'],
    [{ few: ['a', 'b'] }, 'must have at most 1 items'],
    [{ many: ['a'] }, 'must have at least 2 items'],
    [{ odd: 'even' }, 'must be something else'],
    ['x', 'must be an object'],
  ])('%j %s', (value, demand) => {
    const parsed = schema.safeParse(value, { error: demandsOf(schema) });
    expect(parsed.error?.issues.map(({ message }) => message)).toEqual([demand]);
  });

  it.each([
    [[], Object.keys(schema.shape)],
    [['object'], ['inner']],
    [
      ['list', 3],
      ['ref', 'size'],
    ],
    [['text'], []],
    [['nowhere', 'deep'], []],
    [['text', 1, 'deep'], []],
  ])('and the names that are taken at %j', (path, names) => {
    expect(takenAt(schema, path)).toEqual(names);
  });
});

import { describe, expect, it } from 'vitest';
import { compact, dateOf, MESSAGE_SHOWN, type Tag, toDetailed, toRow } from '../../src/core/tag.ts';

const commit_id = '0123456789abcdef0123456789abcdef01234567';
const full: Tag = {
  name: 'v1',
  commit_id,
  message: '\n Release 1 \n\nnotes',
  created_at: '2026-01-02T00:00:00Z',
  commit: { title: 'last fix', committed_date: '2026-01-01T00:00:00Z' },
  protected: true,
  release: { description: 'public' },
};

describe('toRow', () => {
  it('holds what a list shows: the short commit, a date, the first line, and flags that are set', () => {
    expect(toRow(full)).toEqual({
      name: 'v1',
      short_id: '0123456789ab',
      date: '2026-01-02T00:00Z',
      message: 'Release 1',
      protected: true,
      release: true,
    });
  });

  it('leaves out what is absent, empty or not so', () => {
    expect(toRow({ name: 'v1' })).toEqual({ name: 'v1' });
    expect(toRow({ name: 'v1', message: ' \n', protected: false, target_id: commit_id })).toEqual({ name: 'v1' });
  });

  it('cuts a long first line to 80 characters', () => expect(toRow({ name: 'v1', message: 'x'.repeat(200) }).message).toHaveLength(80));
});

describe('dateOf', () => {
  it("is the tag's own date, the latest first, else its commit's", () => {
    const commit = { committed_date: '3', authored_date: '4' };
    expect(dateOf({ name: 'v', updated_at: '1', created_at: '2', commit })).toBe('1');
    expect(dateOf({ name: 'v', created_at: '2', commit })).toBe('2');
    expect(dateOf({ name: 'v', commit })).toBe('3');
    expect(dateOf({ name: 'v', commit: { authored_date: '4' } })).toBe('4');
    expect(dateOf({ name: 'v' })).toBeUndefined();
  });
});

describe('toDetailed', () => {
  it('is the whole tag, with a long message cut', () => {
    expect(toDetailed(full)).toEqual(full);
    expect(toDetailed({ name: 'v1' })).toEqual({ name: 'v1' });
    const long = toDetailed({ ...full, message: 'é'.repeat(MESSAGE_SHOWN + 1) });
    expect(long).toEqual({ ...full, message: `${'é'.repeat(MESSAGE_SHOWN - 1)}…` });
  });
  it('has long notes cut as well, and a Release without notes as it is', () => {
    const description = 'é'.repeat(MESSAGE_SHOWN + 1);
    expect(toDetailed({ ...full, release: { description } }).release).toEqual({ description: `${'é'.repeat(MESSAGE_SHOWN - 1)}…` });
    expect(toDetailed({ ...full, release: {} })).toEqual({ ...full, release: {} });
  });
});

describe('compact', () => {
  it('leaves out undefined and null and nothing else', () => {
    expect(compact({ a: undefined, b: null, c: false, d: 0, e: '', f: {} })).toEqual({ c: false, d: 0, e: '', f: {} });
    expect(Object.keys(compact<Tag>({ ...full, url: undefined }))).not.toContain('url');
  });
});

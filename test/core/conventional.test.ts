import { describe, expect, it } from 'vitest';
import { meaningOf } from '../../src/core/conventional.ts';

/** A title as long as its message is more than whoever selects tests by their titles can take. */
const TITLE = 60;

describe('what a message announces', () => {
  const messages: [string, ReturnType<typeof meaningOf>][] = [
    ['feat: more', 'feat'],
    ['Feat(core): more', 'feat'],
    ['fix: less', 'fix'],
    ['FIX(a b): less', 'fix'],
    ['refactor!: otherwise', 'breaking'],
    ['feat(api)!: otherwise', 'breaking'],
    ['docs: words\n\nBREAKING CHANGE: all of it', 'breaking'],
    ['docs: words\r\n\r\nBREAKING-CHANGE: all of it', 'breaking'],
    ['no type\n\nBREAKING CHANGE: all of it', 'breaking'],
    ['docs: words\n\nthis is no breaking change: really', undefined],
    ['docs: words', undefined],
    ['perf: faster', undefined],
    ['feat:no space', undefined],
    ['Merge branch feat: x', undefined],
    ['Revert "feat: more"\n\nThis reverts commit 1234567.', undefined],
    ['revert: feat: more', undefined],
    ['feat: more\n\n-type-\nfix', 'feat'],
    ['docs: x\n\n-notes-\nanything\nBREAKING CHANGE: y', 'breaking'],
    ['\n\nfix: behind empty lines', 'fix'],
    ['', undefined],
    [' \n ', undefined],
    [`${' '.repeat(300)}x`, undefined],
    [`${'\n'.repeat(3_000)}feat: x${'\n'.repeat(3_000)}`, 'feat'],
    [`\ufeff${' '.repeat(300)}fix: x`, 'fix'],
    [`x${' \n'.repeat(3_000)}x`, undefined],
    [`fix: long\n\n${'word '.repeat(10_000)}\nBREAKING CHANGE: at the very end`, 'breaking'],
    // Neither is read in the middle, nor taken for one where its end meets its beginning.
    [`fix: long\n\n${'word\n'.repeat(600)}BREAKING CHANGE: far from both ends\n${'word\n'.repeat(600)}`, 'fix'],
    [': words\nBREAKING CHANGE', undefined],
    [`feat: ${'x'.repeat(300)}`, 'feat'],
    [`docs: x\n\nBREAKING CHANGE: ${'x'.repeat(300)}\n`, 'breaking'],
  ];
  it.each(messages.map(([message, expected]) => [message.slice(0, TITLE), expected, message] as const))(
    '%j: %s',
    (_, expected, message) => {
      expect(meaningOf(message)).toBe(expected);
    },
  );

  it.each(['BREAKING CHANGE: x\n', 'feat(', '@', 'close ', ' ', '-', 'http://', '\n', 'fix #1, ', '\u2028'])(
    'of a megabyte of %j is found without delay',
    (text) => {
      // Minutes, where time grows with the square.
      for (let times = 0; times < 20; times += 1) expect(() => meaningOf(text.repeat(1_000_000 / text.length))).not.toThrow();
    },
  );
});

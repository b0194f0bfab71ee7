/** Every regular expression of src takes its time from nobody: text of strangers may be as long as an answer. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createContext, Script } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { parseAst } from 'vitest/node';

interface Pattern {
  readonly pattern: string;
  readonly flags: string;
}

/** The literals of a module, as the parser finds them. */
function literalsOf(source: string): Pattern[] {
  const found: Pattern[] = [];
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(visit);
    if (typeof node !== 'object' || node === null) return;
    const { regex } = node as { regex?: Pattern };
    if (regex) found.push(regex);
    else Object.values(node).forEach(visit);
  };
  visit(parseAst(source, { lang: 'ts' }).body);
  return found;
}

// So far apart that no machine confuses them: one way through takes a millisecond, going over it again from each character half a minute.
const LENGTH = 200_000;
const LIMIT_MS = 1_000;
const COMMON = ['a', ' ', '/', '.', '\n', '0', '\t', '"', '-', '\\'];
const ENDINGS = ['\n\0', '\0', '"\n\n!'];

/** What a pattern is made of: words it looks for, and single characters. */
function piecesOf(pattern: string): { words: string[]; letters: string[] } {
  const plain = pattern
    .replace(/\\n/g, '\n')
    .replace(/\\r/g, '\r')
    .replace(/\\[sdwbSDWB]|\\[pu]\{[^}]*\}/g, '\0')
    .replace(/\\(.)/g, '$1');
  const words = plain.split(/[\0()[\]{}|*+?^$]+/).filter(Boolean);
  return { words, letters: [...new Set([...words.join(''), ...(pattern.replace(/\\[a-z]/g, '').match(/[^\w\\]/g) ?? [])])] };
}

/** Whatever may be repeated to keep it busy: a character, a word it begins with, and a few of each in a row. */
function pumps(pattern: string): string[] {
  const { words, letters } = piecesOf(pattern);
  const singles = [...new Set([...COMMON, ...letters, ...words])];
  const beginnings = [...new Set([...letters, ...words].flatMap((piece) => [piece, `${piece}a`]))];
  // Where the same text can be read in two ways each repetition doubles the work: few of them are enough.
  const marks = letters.slice(0, 10);
  return [
    ...singles.flatMap((single) => ENDINGS.map((ending) => single.repeat(Math.ceil(LENGTH / single.length)) + ending)),
    ...beginnings.flatMap((beginning) => COMMON.slice(0, 5).map((letter) => beginning + letter.repeat(LENGTH) + ENDINGS[0])),
    ...marks.flatMap((a) => marks.flatMap((b) => ['', ...marks].map((c) => (a + b + c).repeat(30) + ENDINGS[1]))),
  ];
}

/** The text that it does not get through in time, used as the code uses it, in a context that can be stopped. */
function stuckOn({ pattern, flags }: Pattern): string | undefined {
  const texts = pumps(pattern);
  const context = createContext({ texts, at: 0 });
  const loop = `for (const re = new RegExp(${JSON.stringify(pattern)}, ${JSON.stringify(flags)}); at < texts.length; at += 1) texts[at].replace(re, '');`;
  // Even where all the others take their time, one alone has as much again.
  for (let begun = -1; context.at < texts.length; ) {
    if (begun === context.at) return texts[begun]?.slice(0, 40);
    begun = context.at;
    try {
      new Script(loop).runInContext(context, { timeout: LIMIT_MS });
    } catch {
      // stopped at `at`, which goes first now
    }
  }
  return undefined;
}

const files = execFileSync('git', ['ls-files', 'src'], { encoding: 'utf8' })
  .split('\n')
  .filter((path) => path.endsWith('.ts'));

it('the check finds what it is there for', () => {
  const bad = ['\\/+$', '^\\s*\\[\\s*\\s*\\]$', '(a+)+$', '\\d*$', '(?:\\n[ \\t]*(?:#[^\\n]*)?\\r?)*$', '<([^>]*)>\\s*;', '^(.*?,)*x$'];
  for (const pattern of bad) expect(stuckOn({ pattern, flags: '' }), pattern).toBeDefined();
  for (const pattern of ['(?<!\\/)\\/+$', '^v\\d+$', '<([^<>]*)>']) expect(stuckOn({ pattern, flags: '' }), pattern).toBeUndefined();
});

describe('every regular expression', () => {
  it.each(files.map((path) => [path, literalsOf(readFileSync(path, 'utf8'))] as const).filter(([, found]) => found.length > 0))(
    'of %s is through with any text in time',
    (_, found) => {
      const stuck = found.flatMap((one) => {
        const text = stuckOn(one);
        return text === undefined ? [] : [`/${one.pattern}/${one.flags} on ${JSON.stringify(text)}`];
      });
      expect(stuck).toEqual([]);
    },
  );
});

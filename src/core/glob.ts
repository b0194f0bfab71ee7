/**
 * Globs: `*`, `?`, `[abc]`, `[a-z]`, `[!a]`, `{a,b}`, `**` for any number of whole segments, `\x` for x itself.
 * Our own, since every library makes a backtracking regular expression of a glob: `v*.*.*` on 3 000 dots takes it half a minute.
 * Here all places that may have been reached are followed at once, and the time is at most glob × text.
 */

type Is = (character: string) => boolean;
/** Where in the text one may stand after a part of the glob, coming from any of these places. */
type Part = (text: readonly string[], from: Set<number>) => Set<number>;

const LONGEST_GLOB = 1_000;
/** Lists that braces are taken apart into, those on the way included. */
const MOST_LISTS = 1_000;
/** An escape, a class, stars, or one character. A class holds no bare `[`, which other languages begin something with there. */
const TOKEN = /\\.|\[[!^]?\]?(?:\\.|[^\\[\]])*\]|\*+|./gsu;
/** Left alone they mean something in another language, or are a slip; who means the character writes `\(`. */
const UNCLEAR = /^[\\[\]{}()|]$/;

const any: Is = () => true;
const same =
  (wanted: string): Is =>
  (character) =>
    character === wanted;

/** Is there a character, and one that is wanted? */
const takes = (is: Is, character: string | undefined): boolean => character !== undefined && is(character);

const one =
  (is: Is): Part =>
  (text, from) =>
    new Set([...from].flatMap((at) => (takes(is, text[at]) ? at + 1 : [])));

const many =
  (is: Is): Part =>
  (text, from) => {
    const reached = new Set(from);
    for (const at of reached) if (takes(is, text[at])) reached.add(at + 1); // a Set visits what is added on the way
    return reached;
  };

const sequence =
  (parts: readonly Part[]): Part =>
  (text, from) =>
    parts.reduce((reached, part) => part(text, reached), from);

const optional =
  (...parts: readonly Part[]): Part =>
  (text, from) =>
    new Set([...from, ...sequence(parts)(text, from)]);

/**
 * Tells whether a whole text matches; undefined where the glob cannot be read, and nobody knows what was meant.
 * `separated`: a slash ends what `*`, `?` and a class match. Otherwise it is a character like any other.
 */
export function compileGlob(glob: string, separated: boolean): ((text: string) => boolean) | undefined {
  if (glob.length > LONGEST_GLOB || glob.startsWith('!')) return undefined;
  const inSegment: Is = separated ? (character) => character !== '/' : any;
  const wholes = withoutBraces(glob.match(TOKEN) ?? []).map((tokens) => partOf(tokens, inSegment));
  if (wholes.length === 0 || wholes.includes(undefined)) return undefined;
  return (text) => {
    const characters = [...text];
    return wholes.some((whole) => whole?.(characters, new Set([0])).has(characters.length));
  };
}

/** A list of tokens for every choice that the braces leave; none where a brace has no end, or nothing to choose from. */
function withoutBraces(glob: readonly string[]): (readonly string[])[] {
  const flat: (readonly string[])[] = [];
  const lists = [glob];
  for (const tokens of lists) {
    const open = tokens.indexOf('{');
    const marks = open < 0 ? [] : marksOf(tokens, open);
    const close = marks.at(-1);
    if (open < 0) flat.push(tokens);
    else if (close === undefined || marks.length < 2 || lists.length > MOST_LISTS) return [];
    else
      for (const [index, mark] of marks.entries())
        lists.push([...tokens.slice(0, open), ...tokens.slice((marks[index - 1] ?? open) + 1, mark), ...tokens.slice(close + 1)]);
  }
  return flat;
}

/** Where the commas of a brace stand, and its end; nothing where it has none. */
function marksOf(tokens: readonly string[], open: number): number[] {
  const marks: number[] = [];
  for (let at = open, depth = 0; at < tokens.length; at += 1) {
    if (tokens[at] === '{') depth += 1;
    if (tokens[at] === '}') depth -= 1;
    if (depth === 0) return [...marks, at];
    if (depth === 1 && tokens[at] === ',') marks.push(at);
  }
  return [];
}

function partOf(tokens: readonly string[], inSegment: Is): Part | undefined {
  const last = tokens.length - 1;
  const isSlash = (at: number) => (tokens[at] ?? '/') === '/';
  const isSegments = (at: number) => isSlash(at - 1) && isSlash(at + 1) && tokens[at] === '**';
  const isStar = (at: number) => tokens[at]?.startsWith('*') ?? false;
  const parts: Part[] = [];
  for (let at = 0; at <= last; at += 1) {
    const token = tokens[at] ?? '';
    // a/** is a itself too
    if (token === '/' && at + 1 === last && isSegments(last) && !isStar(at - 1))
      return sequence([...parts, optional(one(same('/')), many(any))]);
    if (isSegments(at)) {
      parts.push(at === last ? many(any) : optional(many(any), one(same('/'))));
      at += 1; // with its slash
    } else if (isStar(at)) parts.push(many(inSegment));
    else {
      const is = isOf(token, inSegment);
      if (!is) return undefined;
      parts.push(one(is));
    }
  }
  return sequence(parts);
}

/** What a token for one character takes. */
function isOf(token: string, inSegment: Is): Is | undefined {
  if (UNCLEAR.test(token)) return undefined;
  if (token === '?') return inSegment;
  if (!token.startsWith('[')) return same(token.replace(/^\\/, ''));
  const [, not, listed = ''] = /^\[([!^]?)(.*)\]$/s.exec(token) ?? [];
  const ranges = [...listed.matchAll(/(\\.|.)(?:-(\\.|.))?/gsu)].map(([, from = '', to = from]) => [from, to].map(codeOf));
  const isListed: Is = (character) => ranges.some(([from = 0, to = 0]) => from <= codeOf(character) && codeOf(character) <= to);
  return ranges.length > 0 ? (character) => inSegment(character) && isListed(character) !== Boolean(not) : undefined;
}

/** Of a character, or of one behind a backslash. */
const codeOf = (letter: string): number => letter.replace(/^\\(?=.)/s, '').codePointAt(0) ?? 0;

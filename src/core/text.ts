/** Cleaning of text that a stranger wrote. Everything that leaves passes through `clean`, in render.ts. */

/** Characters that act on a terminal, reorder what is read, or carry text that nobody sees. Line feed and tab are harmless. */
const UNSAFE = new RegExp(
  `[${[
    '\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f', // control
    '\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069', // bidirectional
    '\\u00ad\\u034f\\u180b-\\u180f\\u200b-\\u200d\\u2060-\\u2065\\u206a-\\u206f\\ufeff', // zero width
    '\\u115f\\u1160\\u17b4\\u17b5\\u3164\\uffa0', // blank letters
    '\\u2028\\u2029\\ufff0-\\ufffb\\u{1bca0}-\\u{1bca3}\\u{1d173}-\\u{1d17a}', // separators, annotations, shorthand, music
    '\\ufe00-\\ufe0e\\u{e0000}-\\u{e0fff}', // variation selectors (but emoji style), tags
  ].join('')}]`,
  'gu',
);

const [ESCAPE, CSI] = [String.fromCharCode(0x1b), String.fromCharCode(0x9b)];
/** Terminal escape sequences, taken out whole so that no `[31m` remains. */
const ESCAPE_SEQUENCE = new RegExp(`(?:${ESCAPE}\\[|${CSI})[0-?]*[ -/]*[@-~]`, 'g');

/** What nearly every text consists of, and needs no cleaning. */
const PLAIN = /^[\n\x20-\x7e]*$/;

/** An unsafe character becomes U+FFFD, visibly, so that no cleaned name can pass for another tag's. */
export const clean = (text: string): string =>
  PLAIN.test(text) ? text : text.toWellFormed().replace(/\r\n/g, '\n').replace(ESCAPE_SEQUENCE, '\ufffd').replace(UNSAFE, '\ufffd');

/** At most `max` characters, the last one an ellipsis where something was left out; never half a surrogate pair. */
export const cut = (text: string, max: number): string =>
  text.length <= max ? text : `${text.slice(0, max - 1).replace(/[\ud800-\udbff]$/, '')}…`;

/** One line of at most `max` characters. */
export const oneLine = (text: string, max: number): string => cut(clean(text).replace(/\s+/g, ' ').trim(), max);

/** The first line that says something, at most `max` characters. */
export const firstLine = (text: string, max: number): string => cut(text.trim().split(/\r?\n/, 1)[0]?.trim() ?? '', max);

/** Cleaning of text that a stranger wrote. Everything that leaves passes through `clean`, in render.ts. */
import { withoutUnseen } from './unseen.ts';

const [ESCAPE, CSI] = [String.fromCharCode(0x1b), String.fromCharCode(0x9b)];
/** Terminal escape sequences, taken out whole so that no `[31m` remains. */
const ESCAPE_SEQUENCE = new RegExp(`(?:${ESCAPE}\\[|${CSI})[0-?]*[ -/]*[@-~]`, 'g');

/** What nearly every text consists of, and needs no cleaning. */
const PLAIN = /^[\n\x20-\x7e]*$/;

/**
 * What acts, reorders, hides or is blank though it is no space: by Unicode's own properties, and a few that these leave out.
 * Line feed and tab are harmless.
 */
const UNSEEN =
  '(?![\\n\\t])[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Bidi_Control}\\p{Default_Ignorable_Code_Point}' +
  '\\u2800\\ufffc\\u{13430}-\\u{13442}\\u{16fe4}\\u{1d159}]';
const ANY_UNSEEN = new RegExp(UNSEEN, 'u');

/** An unsafe character becomes U+FFFD, visibly, so that no cleaned name can pass for another tag's. */
export function clean(text: string): string {
  if (PLAIN.test(text)) return text;
  const whole = text.toWellFormed().replace(/\r\n/g, '\n').replace(ESCAPE_SEQUENCE, '\ufffd');
  return ANY_UNSEEN.test(whole) ? withoutUnseen(whole, UNSEEN) : whole;
}

/** At most `max` characters, the last one an ellipsis where something was left out; never half a surrogate pair, nor a joiner without its other side. */
export const cut = (text: string, max: number): string =>
  text.length <= max ? text : `${text.slice(0, max - 1).replace(/\u200d?[\ud800-\udbff]$|[\u200c\u200d]$/, '')}…`;

/** One line of at most `max` characters. */
export const oneLine = (text: string, max: number): string => clean(cut(clean(text).replace(/\s+/g, ' ').trim(), max));

/** The first line that says something, at most `max` characters. */
export const firstLine = (text: string, max: number): string => cut(text.trim().split(/\r?\n/, 1)[0]?.trim() ?? '', max);

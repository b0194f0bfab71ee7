/** Takes secrets out of text, in every form in which they travel. */
import { clean, oneLine } from '../core/text.ts';
import { createFinder, type Finder, type Range } from './finder.ts';

/** Takes the configured secrets out of a text. */
export type Redact = (text: string) => string;

const MASK = '[secret]';
const SHORTEST = 6;
const ELLIPSIS = '…';

/** What a character begins with that is not written as it is; but for a space as `+`, see spellings.ts. */
const OPENER = '%[0-9A-Fa-f]{2}|&(?:#|[A-Za-z]{2,4};)|\\\\';
/** So many characters are looked for in one go before a text is read character by character. */
const OPENING = 4;

/** Replaces every secret of 6 characters or more in any spelling, and the beginning of one that was cut off before an ellipsis. */
export function redactor(secrets: Iterable<string>): Redact {
  const forms = [...new Set([...secrets].flatMap(formsOf))];
  if (forms.length === 0) return (text) => text;
  const opening = new RegExp([OPENER, ...forms.map(openingOf)].join('|'), 'g');
  let find: Finder | undefined;
  return (text) => {
    opening.lastIndex = 0;
    if (!opening.test(text)) return text;
    find ??= createFinder(forms, SHORTEST, opening);
    return masked(text, find(text));
  };
}

/** A pattern for its first characters, or for any other spelling from one of them on. */
const openingOf = (text: string): string =>
  text
    .slice(0, OPENING)
    .split('')
    .map((unit) => (unit === ' ' ? '[ +]' : `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`))
    .reduceRight((rest, unit) => `${unit}(?:${OPENER}|${rest})`);

function masked(text: string, found: Range[]): string {
  if (found.length === 0) return text;
  let [whole, end] = ['', 0];
  for (const [from, to] of found.sort(([a], [b]) => a - b)) {
    // Two that touch, or share characters, are one.
    if (from > end || end === 0) whole += text.slice(end, from) + MASK;
    end = Math.max(end, to);
  }
  return whole + text.slice(end);
}

/** One redactor, and the other where there is one. */
export const both = (redact: Redact, other: Redact | undefined): Redact => (other ? (text) => other(redact(text)) : redact);

const LONG = 16;

/** What may be shown of a secret: its ends, and only if it is long. `glpat-…3f9a` */
export const ends = (secret: string): string =>
  secret.length < LONG ? ELLIPSIS : `${/^[^-]{0,5}-/.exec(secret)?.[0] ?? ''}${ELLIPSIS}${secret.slice(-4)}`;

/** An address without what may be a credential in it: the user before its host, and its query. */
export const withoutCredentials = (address: string): string =>
  address.replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/is, `$1${ELLIPSIS}@`).replace(/[?#].+/s, `?${ELLIPSIS}`);

/** The secret as it is and as it is once cleaned, in hexadecimal, or inside base64 at any of the three offsets it can have there. */
function formsOf(given: string): string[] {
  const secret = given.trim().toWellFormed();
  if (secret.length < SHORTEST) return [];
  const hex = Buffer.from(secret).toString('hex');
  const written = [secret, clean(secret), oneLine(secret, secret.length), hex, hex.toUpperCase()];
  return [...written, ...[0, 1, 2].flatMap((offset) => insideBase64(secret, offset))].filter((form) => form.length >= SHORTEST);
}

/** The characters of base64 that depend on the secret alone, when `offset` bytes stand before it in its group. */
function insideBase64(secret: string, offset: number): string[] {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)]);
  const core = bytes.toString('base64').slice(offset && offset + 1, Math.floor((bytes.length * 8) / 6));
  return [core, core.replaceAll('+', '-').replaceAll('/', '_')];
}

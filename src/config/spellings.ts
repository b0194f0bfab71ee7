/** What a character may be written as: raw, percent-encoded, as in JSON, as in HTML; and all that over again. */

/** One way to read what stands at a place: what it means, and how long it is. */
export type Spelling = readonly [meaning: string, length: number];

/** How often a text may have been encoded, one time over the other. */
const LAYERS = 4;
const NONE: readonly Spelling[] = [];

/** Every way to read what stands at a place, but as it stands. */
export function spellingsAt(text: string, at: number): readonly Spelling[] {
  switch (text[at]) {
    case '+':
      return [[' ', 1]];
    case '%':
      return layered(text, at, '25', percentAt);
    case '&':
      return layered(text, at, 'amp;', entityAt);
    case '\\':
      return escapesAt(text, at);
    default:
      return NONE;
  }
}

/** `%41` may have become `%2541`, and `&lt;` `&amp;lt;`: the character that opens was encoded, once or more often. */
function layered(text: string, at: number, inner: string, read: (text: string, at: number, opener: string) => Spelling | undefined) {
  const found: Spelling[] = [];
  for (let end = at + 1, layer = 0; layer < LAYERS; layer += 1, end += inner.length) {
    const spelling = read(text, at, text.slice(at, end));
    if (spelling) found.push(spelling);
    if (!text.startsWith(inner, end)) break;
  }
  return found;
}

const HEX = /^[0-9a-f]{2}$/i;

/** One character of UTF-8, of up to four bytes. */
function percentAt(text: string, at: number, opener: string): Spelling | undefined {
  const step = opener.length + 2;
  let bytes = '';
  for (let end = at; text.startsWith(opener, end) && bytes.length < 12; end += step) {
    const hex = text.slice(end + opener.length, end + step);
    if (!HEX.test(hex)) return undefined;
    bytes += `%${hex}`;
    try {
      return [decodeURIComponent(bytes), end + step - at];
    } catch {
      // More bytes belong to it.
    }
  }
  return undefined;
}

const ENTITY = /(?:#0*(\d{1,7})|#x0*([0-9a-f]{1,6})|(amp|lt|gt|quot|apos));/iy;
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function entityAt(text: string, at: number, opener: string): Spelling | undefined {
  ENTITY.lastIndex = at + opener.length;
  const [whole, decimal, hex, name = ''] = ENTITY.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const point = decimal ? Number(decimal) : Number.parseInt(hex ?? '', 16);
  const meaning = point <= 0x10ffff ? String.fromCodePoint(point) : NAMED[name.toLowerCase()];
  return meaning === undefined ? undefined : [meaning, opener.length + whole.length];
}

const ESCAPE = /u([0-9a-f]{4})|x([0-9a-f]{2})|[^a-z0-9\\]|[bfnrt]/iy;
const LETTERS: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** `\"` may have become `\\\"`, and a backslash two, or four. */
function escapesAt(text: string, at: number): Spelling[] {
  let end = at;
  while (text[end] === '\\' && end - at < 2 ** LAYERS) end += 1;
  const found: Spelling[] = [];
  for (let length = 2; length <= end - at; length *= 2) found.push(['\\', length]);
  ESCAPE.lastIndex = end;
  const [whole, unit, byte] = ESCAPE.exec(text) ?? [];
  if (whole !== undefined) {
    const hex = unit ?? byte;
    found.push([hex ? String.fromCharCode(Number.parseInt(hex, 16)) : (LETTERS[whole] ?? whole), end + whole.length - at]);
  }
  return found;
}

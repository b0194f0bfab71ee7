/** Takes secrets out of text, in every form in which they travel. */

/** Takes the configured secrets out of a text. */
export type Redact = (text: string) => string;

const MASK = '[secret]';
const SHORTEST = 6;
const ELLIPSIS = '…';
const CUT_QUOTATION = /(?<=…)(?=")/;

/** Replaces every secret of 6 characters or more, and the beginning of one that was cut off at the end of the text or of a quotation. */
export function redactor(secrets: Iterable<string>): Redact {
  const forms = [...new Set([...secrets].flatMap(formsOf))].sort((a, b) => b.length - a.length);
  if (forms.length === 0) return (text) => text;
  const pattern = new RegExp(forms.map((form) => form.replace(/[^A-Za-z0-9]/g, '\\$&')).join('|'), 'g');
  return (text) =>
    text
      .replace(pattern, MASK)
      .split(CUT_QUOTATION)
      .map((part) => withoutBeginning(part, forms))
      .join('');
}

const LONG = 16;

/** What may be shown of a secret: its ends, and only if it is long. `glpat-…3f9a` */
export const ends = (secret: string): string =>
  secret.length < LONG ? ELLIPSIS : `${/^[^-]{0,5}-/.exec(secret)?.[0] ?? ''}${ELLIPSIS}${secret.slice(-4)}`;

/** An address without what may be a credential in it: the user before its host, and its query. */
export const withoutCredentials = (address: string): string =>
  address.replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/is, `$1${ELLIPSIS}@`).replace(/[?#].+/s, `?${ELLIPSIS}`);

/** Plain, URL-encoded, as in JSON, or inside base64 at any of the three offsets it can have there. */
function formsOf(given: string): string[] {
  const secret = given.trim().toWellFormed();
  if (secret.length < SHORTEST) return [];
  return [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    ...[0, 1, 2].flatMap((offset) => insideBase64(secret, offset)),
  ];
}

/** The characters of base64 that depend on the secret alone, when `offset` bytes stand before it in its group. */
function insideBase64(secret: string, offset: number): string[] {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)]);
  const core = bytes.toString('base64').slice(offset && offset + 1, Math.floor((bytes.length * 8) / 6));
  return core.length < SHORTEST ? [] : [core, core.replaceAll('+', '-').replaceAll('/', '_')];
}

function withoutBeginning(text: string, forms: readonly string[]): string {
  if (!text.endsWith(ELLIPSIS)) return text;
  const kept = text.slice(0, -ELLIPSIS.length);
  let longest = 0;
  for (const form of forms)
    for (let length = Math.min(form.length - 1, kept.length); length >= SHORTEST && length > longest; length -= 1)
      if (kept.endsWith(form.slice(0, length))) longest = length;
  return longest === 0 ? text : `${kept.slice(0, -longest)}${MASK}${ELLIPSIS}`;
}

/** Our search takes no notice of case, lakeFS's prefix does: one `^search` becomes several prefixes. */
import { compareNames } from '../../core/order.ts';

const MOST_PREFIXES = 4;

export interface Prefixes {
  /** Every match begins with one of these; in the order of the list. */
  readonly prefixes: readonly string[];
  /** And all, or nearly all, that begins with them is a match. */
  readonly exact: boolean;
}

export function prefixesOf(search = ''): Prefixes {
  if (!search.startsWith('^')) return { prefixes: [''], exact: search === '' };
  const text = search.replace(/^\^|\$$/g, '').toLowerCase();
  let prefixes = [''];
  for (const character of text) {
    const cases = casesOf(character);
    if (cases.length === 0 || prefixes.length * cases.length > MOST_PREFIXES) return { prefixes, exact: false };
    prefixes = prefixes.flatMap((prefix) => cases.map((one) => prefix + one)).sort(compareNames);
  }
  return { prefixes, exact: !search.endsWith('$') };
}

/** Letters outside ASCII that become an ASCII letter in lower case, alone or followed by more: the Kelvin sign and the dotted I. */
const ODD: Readonly<Record<string, string>> = { k: '\u212a', i: '\u0130' };

/** What may stand where `character` is asked for; nothing where that cannot be told. */
export function casesOf(character: string): string[] {
  if (character > '\x7f') return [];
  const upper = character.toUpperCase();
  return upper === character ? [character] : [upper, character, ...(ODD[character] ?? '')];
}

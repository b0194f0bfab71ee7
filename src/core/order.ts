/** The orders a list can have. All are total: equal keys fall back to the name, ascending, as git does. */
import type { OrderBy, Sort } from './tag.ts';

/** What an order looks at: the name, and the date as the list shows it (ISO 8601). */
export interface Place {
  readonly name: string;
  readonly date?: string | undefined;
}

/** Surrogates sort after the rest of the plane they stand in, so that code units compare as UTF-8 bytes do. */
const rank = (unit: number) => (unit >= 0xe000 ? unit - 0x800 : unit >= 0xd800 ? unit + 0x2000 : unit);

/** Bytewise, as git, lakeFS and GitLab order names. */
export function compareNames(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let at = 0; at < shared; at += 1) {
    const difference = rank(a.charCodeAt(at)) - rank(b.charCodeAt(at));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

const ZERO = 48;
const isDigit = (text: string, at: number) => {
  const unit = text.charCodeAt(at);
  return unit >= ZERO && unit <= ZERO + 9;
};

/** As `git for-each-ref --sort=version:refname`: whole numbers by value, numbers with leading zeros as fractions (glibc's strverscmp). */
export function compareVersions(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a.charCodeAt(at) === b.charCodeAt(at)) at += 1;
  const bytes = compareNames(a.slice(at), b.slice(at));
  const [inA, inB] = [isDigit(a, at), isDigit(b, at)];
  if (!inA && !inB) return bytes;
  const begun = /(?<!\d)\d*$/.exec(a.slice(0, at))?.[0] ?? ''; // digits both share, just before they differ
  if (begun === '' && (!inA || !inB || a[at] === '0' || b[at] === '0')) return bytes;
  if (!begun.startsWith('0')) return inA && inB ? digits(a, at) - digits(b, at) || bytes : inA ? 1 : -1;
  return /^0+$/.test(begun) && inA !== inB ? (inA ? -1 : 1) : bytes;
}

/** How many digits stand from `at` on. */
function digits(text: string, at: number): number {
  let end = at;
  while (isDigit(text, end)) end += 1;
  return end - at;
}

const COMPARE: Record<OrderBy, (a: Place, b: Place) => number> = {
  name: (a, b) => compareNames(a.name, b.name),
  version: (a, b) => compareVersions(a.name, b.name),
  updated: (a, b) => instant(a) - instant(b),
};
/** A date that cannot be read counts as none: NaN would make the order depend on who is compared first. */
const instant = ({ date }: Place) => (date === undefined ? 0 : Date.parse(date) || 0);

/** The comparison behind `order_by` and `sort`, for Array.prototype.sort and for finding the place a cursor stands at. */
export const comparePlaces =
  (order_by: OrderBy, sort: Sort) =>
  (a: Place, b: Place): number =>
    (sort === 'asc' ? COMPARE[order_by](a, b) : COMPARE[order_by](b, a)) || compareNames(a.name, b.name);

/** Which names a tag may have: git's rules for a ref, since every system keeps to them or to fewer names. */
import { TagError } from './errors.ts';
import { clean } from './text.ts';
import { ours, type Told, told } from './told.ts';

/** Of a tag that is there: with or without refs/tags/. */
export const plainName = (name: string): string => name.replace(/^refs\/tags\//, '');

/** A name rule says why a name is not allowed, or nothing. */
export type NameRule = (name: string) => string | undefined;

const isForbidden = (character: string) => character <= ' ' || character === '\x7f' || '~^:?*[\\'.includes(character);

/** git check-ref-format on refs/tags/NAME, and what `git tag` itself refuses (a leading dash, HEAD). */
export const gitNameRule: NameRule = (name) => {
  if (name === '') return 'it is empty';
  if (!name.isWellFormed()) return 'it is not valid Unicode';
  const forbidden = [...name].find(isForbidden);
  if (forbidden !== undefined) return `it contains ${JSON.stringify(forbidden)}`;
  if (name.includes('..')) return 'it contains ".."';
  if (name.includes('@{')) return 'it contains "@{"';
  if (name.startsWith('-')) return 'it begins with "-"';
  if (name.endsWith('.')) return 'it ends with "."';
  if (name === 'HEAD' || name === '@') return `${name} means something else to git`;
  for (const part of name.split('/')) {
    if (part === '') return 'it has an empty part between slashes';
    if (part.startsWith('.')) return 'a part of it begins with "."';
    if (part.endsWith('.lock')) return 'a part of it ends with ".lock"';
  }
  return undefined;
};

/** What every system would take, and nobody could ask for again. */
const addressable: NameRule = (name) => {
  if (name.startsWith('refs/')) return 'it begins with "refs/"';
  return clean(name) === name ? undefined : 'it holds a character that cannot be shown';
};

/** A tag's full ref is a slip with one remedy; below any other ref there is no tag. */
function hintFor(name: string, rules: readonly (NameRule | undefined)[]): Told | undefined {
  const [, bare] = /^refs\/tags\/(.+)$/s.exec(name) ?? [];
  return bare && !refusalOf(bare, ...rules) ? told`Call again with name ${bare}.` : undefined;
}

/** The `invalid_name` where any of the rules objects. */
export function refusalOf(name: string, ...rules: (NameRule | undefined)[]): TagError | undefined {
  for (const rule of [gitNameRule, addressable, ...rules]) {
    const reason = rule?.(name);
    if (reason) return new TagError('invalid_name', told`${name} cannot be a tag's name: ${ours(reason)}.`, { hint: hintFor(name, rules) });
  }
  return undefined;
}

/** Throws `invalid_name` where any of the rules objects. */
export function checkName(name: string, ...rules: (NameRule | undefined)[]): void {
  const refusal = refusalOf(name, ...rules);
  if (refusal) throw refusal;
}

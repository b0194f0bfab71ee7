/** Sentences of ours with foreign values in them: a value enters a message through told`…`, which puts it in quotes. */
import { clean, cut } from './text.ts';

/** A stretch of a sentence. What is foreign may be hostile, and may hold a secret. */
interface Segment {
  readonly text: string;
  readonly foreign: boolean;
}
export type Told = readonly Segment[];

/** What is put on foreign text, and on nothing else. */
export type Tidy = (foreign: string) => string;

const LONGEST = 200;
/** Ids of commits and objects need no quotes: nothing can be said in them. */
const ID = /^(?:sha256:)?[0-9a-f]{7,64}$|^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A foreign value as it stands in a sentence: on one line, at most 200 characters, in quotes. */
export const quoted = (value: string): string => JSON.stringify(cut(clean(value), LONGEST));

/** Strings are quoted unless they are ids; numbers, and what was told before, stand as they are. */
export const told = (literals: TemplateStringsArray, ...values: readonly (string | number | Told)[]): Told =>
  literals.flatMap((literal, index) => [
    { text: literal, foreign: false },
    ...(index < values.length ? segmentsOf(values[index] ?? '') : []),
  ]);

function segmentsOf(value: string | number | Told): Told {
  if (typeof value === 'object') return value;
  if (typeof value === 'number') return ours(String(value));
  return [{ text: ID.test(value) ? value : quoted(value), foreign: true }];
}

/** Words of ours, or of the operator, that are chosen at run time: a variable's name, a sentence from a table. */
export const ours = (text: string): Told => [{ text, foreign: false }];

/** A call to be repeated literally: JSON keeps its values in quotes. */
export const asJson = (value: object): Told => [{ text: JSON.stringify(value), foreign: true }];

/** One after the other. */
export const joined = (parts: readonly Told[], separator = ' '): Told =>
  parts.flatMap((part, index) => (index === 0 ? part : [...ours(separator), ...part]));

/** The same sentence, what is foreign in it tidied. */
export const tidied = (sentence: Told, tidy: Tidy): Told =>
  sentence.map((segment) => (segment.foreign ? { ...segment, text: tidy(segment.text) } : segment));

/** As text; `tidy` is put on what is foreign, and on nothing else. */
export const textOf = (sentence: Told, tidy: Tidy = (text) => text): string =>
  sentence.map(({ text, foreign }) => (foreign ? tidy(text) : text)).join('');

/** At most `max` characters of it; what stands in quotes keeps both of them. */
export function shortened(sentence: Told, max: number): Told {
  let left = max;
  return sentence.flatMap((segment) => {
    const text = left > 0 ? (segment.text.startsWith('"') ? cutQuoted : cut)(segment.text, left) : '';
    left -= segment.text.length;
    return text ? [{ ...segment, text }] : [];
  });
}

/** Half an escape would take the closing quote for its own. */
const cutQuoted = (text: string, max: number): string =>
  text.length <= max ? text : max < 3 ? '' : `${cut(text, max - 1).replace(/((?<!\\)(?:\\\\)*)\\…$/, '$1…')}"`;

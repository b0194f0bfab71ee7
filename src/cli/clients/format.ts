/** What a file format must be able to do, and what the formats share. */
import { TagError } from '../../core/errors.ts';
import { told } from '../../core/told.ts';

export type Path = readonly (string | number)[];
export type Values = Readonly<Record<string, unknown>>;

export interface Format {
  /** The whole document; undefined where the text is blank. Throws `not_configured`, never quoting the text. */
  parse(text: string): unknown;
  /** The text with the value at `path` set, or removed where it is undefined, and every other byte as it was. */
  set(text: string, path: Path, value: unknown): string;
}

export const isRecord = (value: unknown): value is Values => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value of an object's own member: a name such as "constructor" finds nothing else. */
export const member = (value: unknown, key: string): unknown => (isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined);

/** `value` inside new objects and arrays, one for each part of the path. */
export const nest = (path: Path, value: unknown): unknown =>
  path.reduceRight<unknown>((inner, key) => (typeof key === 'number' ? [inner] : { [key]: inner }), value);

export const eolOf = (text: string): string => (text.includes('\r\n') ? '\r\n' : '\n');

/** Where a text is malformed, as people count. */
export function malformed(text: string, offset: number): TagError {
  const lines = text.slice(0, offset).split('\n');
  return new TagError('not_configured', told`it is malformed at line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`);
}

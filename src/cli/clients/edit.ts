/** Sets one value in the text of a configuration file. What comes out is read again before anybody writes it. */
import { isDeepStrictEqual } from 'node:util';
import { isTagError, TagError } from '../../core/errors.ts';
import { ours, told } from '../../core/told.ts';
import { json, jsonc } from './edit-json.ts';
import { toml } from './edit-toml.ts';
import { type Format, isRecord, type Path, type Values } from './format.ts';

const FORMATS = { json, jsonc, toml } satisfies Record<string, Format>;
export type FormatName = keyof typeof FORMATS;

const BOM = '\uFEFF';

/** Throws `not_configured` where the text is malformed. */
export function read(name: FormatName, text: string): Values {
  const document = FORMATS[name].parse(text.replace(BOM, ''));
  if (document === undefined) return {};
  if (!isRecord(document)) throw new TagError('not_configured', 'it holds something other than an object');
  return document;
}

/** Throws `not_configured` where the text is malformed, `unsupported` where the edit would change anything else. */
export function edit(name: FormatName, text: string, path: Path, value: unknown): string {
  const expected = withValue(read(name, text), path, value);
  const bom = text.startsWith(BOM) ? BOM : '';
  const edited = bom + FORMATS[name].set(text.slice(bom.length), path, value);
  if (!says(name, edited, expected, path))
    throw new TagError('unsupported', told`${ours(path.join('.'))} is written there in a way that only a person can edit`);
  return edited;
}

function says(name: FormatName, text: string, expected: unknown, path: Path): boolean {
  try {
    return isDeepStrictEqual(comparable(read(name, text), path), comparable(expected, path));
  } catch (error) {
    if (isTagError(error)) return false;
    throw error;
  }
}

/** Parsers make objects of their own kinds; and in TOML a table of tables goes with the last of them. */
function comparable(document: unknown, [key = '']: Path): unknown {
  const { [key]: container, ...others } = structuredClone(isRecord(document) ? document : {});
  const isEmpty = container === undefined || (isRecord(container) && Object.keys(container).length === 0);
  return isEmpty ? others : { ...others, [key]: container };
}

function withValue(container: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value;
  const isRemoved = rest.length === 0 && value === undefined;
  if (typeof key === 'number') {
    const items: unknown[] = Array.isArray(container) ? [...container] : [];
    items.splice(key, 1, ...(isRemoved ? [] : [withValue(items[key], rest, value)]));
    return items;
  }
  const { [key]: current, ...others } = isRecord(container) ? container : {};
  return isRemoved ? others : { ...others, [key]: withValue(current, rest, value) };
}

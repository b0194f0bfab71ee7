/** TOML text: one table with its sub-tables is added, replaced or removed; every other line stays. */
import { parse, stringify, TomlError } from 'smol-toml';
import { eolOf, type Format, isRecord, malformed, nest } from './format.ts';

interface Block {
  readonly path: readonly string[];
  /** From its header to the end of its last line that is neither blank nor a comment. */
  readonly start: number;
  readonly end: number;
}

export const toml: Format = {
  parse(text) {
    try {
      return parse(text, { integersAsBigInt: 'asNeeded' });
    } catch (error) {
      throw error instanceof TomlError ? malformed(text, offsetOf(text, error)) : error;
    }
  },
  set(text, path, value) {
    const blocks = blocksOf(text).filter((block) => path.every((key, depth) => block.path[depth] === key));
    const eol = eolOf(text);
    const table = value === undefined ? '' : `${stringify(nest(path, value)).trimEnd()}\n`.replaceAll('\n', eol);
    const [first] = blocks;
    if (!first) return table && text ? `${text}${text.endsWith('\n') ? '' : eol}${eol}${table}` : text + table;
    return blocks.reduceRight((rest, block) => {
      const before = rest.slice(0, block.start);
      const isReplaced = block === first && table !== '';
      return (isReplaced ? before + table : before.replace(/(^|\n)\r?\n$/, '$1')) + rest.slice(block.end);
    }, text);
  },
};

const offsetOf = (text: string, { line, column }: TomlError): number =>
  text
    .split('\n')
    .slice(0, line - 1)
    .join('\n').length +
  (line > 1 ? 1 : 0) +
  column -
  1;

function blocksOf(text: string): Block[] {
  const headers: { path: string[]; start: number }[] = [];
  let from = 0;
  for (const { index: start, 0: line } of text.matchAll(/^[ \t]*\[.*$/gm)) {
    // Inside an array or a string of several lines, what stands before is no whole document.
    if (!isWhole(text.slice(from, start))) continue;
    headers.push({ path: pathOf(parse(line)), start });
    from = start;
  }
  return headers.map(({ path, start }, index) => {
    const body = text.slice(start, headers[index + 1]?.start);
    const last = start + withoutTrailingLines(body);
    return { path, start, end: text[last] === '\n' ? last + 1 : last };
  });
}

/** How long it is without the empty lines and comments at its end, which belong to what follows. */
function withoutTrailingLines(body: string): number {
  for (let end = body.length; ; ) {
    const line = body.lastIndexOf('\n', end - 1);
    if (line < 0 || !/^[ \t]*(?:#[^\n]*)?\r?$/.test(body.slice(line + 1, end))) return end;
    end = line;
  }
}

function isWhole(text: string): boolean {
  try {
    parse(text);
    return true;
  } catch {
    return false;
  }
}

function pathOf(document: unknown): string[] {
  const table: unknown = Array.isArray(document) ? document[0] : document;
  return isRecord(table) ? Object.entries(table).flatMap(([key, inner]) => [key, ...pathOf(inner)]) : [];
}

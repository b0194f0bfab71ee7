/** JSON text, with or without comments: one member of an object or array is added, replaced or removed in place. */
// The package's main entry is UMD, which no bundler can follow.
import { type Node, type ParseError, parse, parseTree } from 'jsonc-parser/lib/esm/main.js';
import { TagError } from '../../core/errors.ts';
import { ours, told } from '../../core/told.ts';
import { eolOf, type Format, malformed, nest, type Path } from './format.ts';

/** White space and comments. */
const GAP = /(?:\s+|\/\/[^\r\n]*|\/\*[\s\S]*?\*\/)*/y;

export const json = formatOf({ disallowComments: true, allowTrailingComma: false, allowEmptyContent: true });
export const jsonc = formatOf({ disallowComments: false, allowTrailingComma: true, allowEmptyContent: true });

function formatOf(options: { disallowComments: boolean; allowTrailingComma: boolean; allowEmptyContent: boolean }): Format {
  return {
    parse(text) {
      const errors: ParseError[] = [];
      const document: unknown = parse(text, errors, options);
      if (errors[0]) throw malformed(text, errors[0].offset);
      return document;
    },
    set(given, path, value) {
      const text = parseTree(given, [], options) ? given : withRoot(given);
      return change(text, parseTree(text, [], options), path, value);
    },
  };
}

function change(text: string, root: Node | undefined, path: Path, value: unknown, depth = 0, node = root): string {
  const [key, ...rest] = path.slice(depth);
  if (!root || key === undefined || node?.type !== (typeof key === 'number' ? 'array' : 'object'))
    throw new TagError(
      'not_configured',
      told`its ${ours(path.slice(0, depth).join('.'))} is not ${ours(typeof key === 'number' ? 'a list' : 'an object')}`,
    );
  const found = find(node, key);
  if (found && rest.length > 0) return change(text, root, path, value, depth + 1, contentOf(found));
  if (value === undefined) return found ? remove(text, node, found) : text;
  return found ? replace(text, root, node, found, value) : insert(text, root, node, key, nest(rest, value));
}

const withRoot = (text: string) => `${text.trim() && text.trimEnd() + eolOf(text)}{}${eolOf(text)}`;

/** Of members that are there twice the last one counts. */
const find = ({ children = [] }: Node, key: string | number): Node | undefined =>
  typeof key === 'number' ? children[key] : children.findLast(({ children: [name] = [] }) => name?.value === key);

const contentOf = (member: Node): Node | undefined => (member.type === 'property' ? member.children?.[1] : member);
const endOf = ({ offset, length }: Node): number => offset + length;

function afterGap(text: string, offset: number): number {
  GAP.lastIndex = offset;
  return offset + (GAP.exec(text)?.[0].length ?? 0);
}

const startOfLine = (text: string, offset: number): number => text.lastIndexOf('\n', offset - 1) + 1;
const indentOf = (text: string, offset: number): string => /^[ \t]*/.exec(text.slice(startOfLine(text, offset), offset))?.[0] ?? '';
const isFirstOnLine = (text: string, offset: number): boolean => text.slice(startOfLine(text, offset), offset).trim() === '';
const inside = (text: string, node: Node): string => text.slice(node.offset + 1, endOf(node) - 1);

/** How the members of a container are laid out: on lines of their own, or all on one. */
function layoutOf(text: string, root: Node, container: Node) {
  const first = container.children?.[0];
  const [top] = root.children ?? [];
  const unit = (top && isFirstOnLine(text, top.offset) && indentOf(text, top.offset)) || '  ';
  const outer = indentOf(text, container.offset);
  const ofFirst = first && isFirstOnLine(text, first.offset) ? indentOf(text, first.offset) : undefined;
  return {
    eol: eolOf(text),
    outer,
    indent: ofFirst ?? outer + unit,
    unit,
    isSpread: first ? inside(text, container).includes('\n') : container === root || inside(text, root).includes('\n'),
  };
}
type Layout = ReturnType<typeof layoutOf>;

const write = (value: unknown, { isSpread, unit, eol }: Layout, indent: string): string =>
  isSpread ? JSON.stringify(value, null, unit).replaceAll('\n', eol + indent) : JSON.stringify(value);

/** After the last member and its comments; that one gets its comma, and ours one where trailing commas are the habit. */
function insert(text: string, root: Node, container: Node, key: string | number, value: unknown): string {
  const layout = layoutOf(text, root, container);
  const last = container.children?.at(-1);
  const close = endOf(container) - 1;
  const end = text.slice(0, close).trimEnd().length;
  const hasComma = last !== undefined && text[afterGap(text, endOf(last))] === ',';
  const before = last ? text.slice(0, endOf(last)) + (hasComma ? '' : ',') + text.slice(endOf(last), end) : text.slice(0, end);
  const comma = hasComma ? ',' : '';
  const pad = layout.isSpread || /^[ \t]/.test(inside(text, container)) ? ' ' : '';
  const name = typeof key === 'number' ? '' : `${JSON.stringify(key)}:${pad}`;
  const member = name + write(value, layout, layout.indent) + comma;
  if (!layout.isSpread) return before + (last ? pad : '') + member + text.slice(end);
  const rest = text.slice(end, close).includes('\n') ? text.slice(end) : layout.eol + layout.outer + text.slice(close);
  return before + layout.eol + layout.indent + member + rest;
}

function replace(text: string, root: Node, container: Node, member: Node, value: unknown): string {
  const old = contentOf(member) ?? member;
  const layout = layoutOf(text, root, container);
  const indent = isFirstOnLine(text, member.offset) ? indentOf(text, member.offset) : layout.indent;
  return text.slice(0, old.offset) + write(value, layout, indent) + text.slice(endOf(old));
}

/** The member, the white space before it, and one comma: its own, or else that of its predecessor. */
function remove(text: string, container: Node, member: Node): string {
  const siblings = container.children ?? [];
  const previous = siblings[siblings.indexOf(member) - 1];
  const next = afterGap(text, endOf(member));
  const hasComma = text[next] === ',';
  const end = hasComma ? next + 1 : endOf(member);
  const sharesItsLastLine = /^[^\r\n]*\S/.test(text.slice(end));
  // Where a comment to the end of the line stands before, its line break has to stay.
  const start = isFirstOnLine(text, member.offset) && sharesItsLastLine ? member.offset : text.slice(0, member.offset).trimEnd().length;
  const close = endOf(container) - 1;
  if (siblings.length === 1 && !(text.slice(container.offset + 1, start) + text.slice(end, close)).trim())
    return text.slice(0, container.offset + 1) + text.slice(close);
  if (!previous || hasComma) return text.slice(0, start) + text.slice(end);
  const comma = afterGap(text, endOf(previous));
  return text.slice(0, comma) + text.slice(comma + 1, start) + text.slice(end);
}

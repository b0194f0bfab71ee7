/** What a value must be, in our words, read off its schema: zod's own are for programmers. */
import * as z from 'zod';

/** JSON Schema, as far as our schemas go. */
interface Node {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

/** For `schema.safeParse(value, { error: demandsOf(schema) })`; what a schema says itself goes first. */
export const demandsOf =
  (schema: z.ZodType) =>
  ({ input, path = [], code }: z.core.$ZodRawIssue): string =>
    input === undefined ? 'is missing' : `must ${demandOf(nodeAt(schema, path), code === 'invalid_type')}`;

/** The names that an object takes there. */
export const takenAt = (schema: z.ZodType, path: readonly PropertyKey[]): string[] => Object.keys(nodeAt(schema, path)?.properties ?? {});

function nodeAt(schema: z.ZodType, path: readonly PropertyKey[]): Node | undefined {
  const root = z.toJSONSchema(schema, { io: 'input', reused: 'inline', unrepresentable: 'any' }) as Node;
  return path.reduce<Node | undefined>((node, step) => (typeof step === 'number' ? node?.items : node?.properties?.[String(step)]), root);
}

function demandOf(node: Node = {}, isOfOtherType: boolean): string {
  const { type, enum: values, maxLength, minItems, maxItems } = node;
  if (values) return `be ${values.length > 1 ? 'one of ' : ''}${values.join(', ')}`;
  if (type === 'integer' || type === 'number') return `be a ${type === 'integer' ? 'whole ' : ''}number${rangeOf(node)}`;
  if (type === 'boolean') return 'be true or false';
  if (type === 'object') return 'be an object';
  if (type === 'string') return isOfOtherType || maxLength === undefined ? 'be a text' : `be at most ${maxLength} characters long`;
  if (type !== 'array') return 'be something else';
  const bounds = [minItems === undefined ? [] : `at least ${minItems}`, maxItems === undefined ? [] : `at most ${maxItems}`].flat();
  return isOfOtherType || bounds.length === 0 ? 'be a list' : `have ${bounds.join(' and ')} items`;
}

/** What zod takes for a whole number is bounded anyway. */
function rangeOf({ minimum = -Infinity, maximum = Infinity }: Node): string {
  const [from, to] = [Number.MIN_SAFE_INTEGER < minimum && `from ${minimum}`, maximum < Number.MAX_SAFE_INTEGER && `to ${maximum}`];
  if (from && to) return ` ${from} ${to}`;
  return from ? ` ${from} on` : to ? ` of at most ${maximum}` : '';
}

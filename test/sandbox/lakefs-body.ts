/** What lakeFS's API description asks of a body and of a query, and how its validator complains. */
import { refuse } from './router.ts';
import type { Seen } from './sandbox.ts';

export const MAX_AMOUNT = 1000;

/** The validator's prose, schema and all. */
const violates = (where: string, what: string) => refuse(400, `${where} has an error: ${what}\nSchema:\n  {\n    "type": "object"\n  }\n`);

export function readBody({ body, headers }: Seen): Record<string, unknown> {
  const type = headers['content-type'] ?? '';
  if (!/^application\/json\b/.test(type)) throw violates('request body', `header Content-Type has unexpected value "${type}"`);
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw violates('request body', 'failed to decode request body');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw violates('request body', 'value must be an object');
  return value as Record<string, unknown>;
}

export const checkBody =
  (strings: string[], booleans: string[] = []) =>
  (request: Seen): void => {
    const body = readBody(request);
    const lacking = strings.find((name) => !(name in body));
    if (lacking) throw violates('request body', `Error at "/${lacking}": property "${lacking}" is missing`);
    const wrong = (type: string) => (name: string) => name in body && typeof body[name] !== type;
    const mistyped = strings.find(wrong('string')) ?? booleans.find(wrong('boolean'));
    if (mistyped) throw violates('request body', `Error at "/${mistyped}": value has the wrong type`);
  };

export function checkForce({ query }: Seen): void {
  if (!['true', 'false', null].includes(query.get('force'))) throw violates('parameter "force" in query', 'an invalid boolean');
}

export function checkAmount({ query }: Seen): void {
  const amount = query.get('amount') ?? '-1';
  if (!/^-?\d+$/.test(amount)) throw violates('parameter "amount" in query', `value ${amount}: an invalid integer: invalid syntax`);
  if (Number(amount) > MAX_AMOUNT) throw violates('parameter "amount" in query', `number must be at most ${MAX_AMOUNT}`);
  if (Number(amount) < -1) throw violates('parameter "amount" in query', 'number must be at least -1');
}

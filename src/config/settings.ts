/** The variables that concern the server as a whole. */
import * as z from 'zod';
import { demandsOf } from '../core/demand.ts';
import { declare, variable } from '../core/variable.ts';

export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** What commas separate; one inside braces belongs to its glob. */
function itemsOf(text: string): string[] {
  const items: string[] = [];
  let start = 0;
  for (let at = 0, depth = 0; at <= text.length; at += 1) {
    if (text[at] === '{') depth += 1;
    else if (text[at] === '}') depth = Math.max(0, depth - 1);
    else if (at === text.length || (text[at] === ',' && depth === 0)) {
      items.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return items;
}

/** A list that is there and holds nothing allows nothing. */
const list = (description: string, example: string, restricts = false) =>
  declare(
    z
      .string()
      .optional()
      .transform((text) => (text === undefined ? undefined : itemsOf(text).flatMap((item) => item.trim() || []))),
    { role: 'option', description, example, ...(restricts && { restricts }) },
  );

const YES = /^(1|true|yes|on)$/i;
const NO = /^(0|false|no|off)$/i;
/** Anything but a clear no is a yes: a misspelt restriction restricts. */
const restriction = z
  .string()
  .optional()
  .transform((text) => text !== undefined && !NO.test(text));

const CONFIRM_MODES = ['auto', 'always', 'never'] as const;
export type ConfirmMode = (typeof CONFIRM_MODES)[number];

export const Settings = z.object({
  TAGWRIGHT_PROVIDERS: list('Only these systems, separated by commas', 'git,gitlab', true),
  TAGWRIGHT_DEFAULT_PROVIDER: variable('option', 'System used where a call names none', 'gitlab'),
  TAGWRIGHT_READ_ONLY: declare(restriction, {
    role: 'option',
    description: 'Only reading tools are offered, and nothing is written',
    example: 'true',
    format: 'boolean',
    restricts: true,
  }),
  TAGWRIGHT_REPOSITORIES: list('Only these repositories, as provider:glob', 'gitlab:acme/*,lakefs:training', true),
  TAGWRIGHT_PROTECTED_TAGS: list('Tags that are never moved and never deleted, as globs or provider:glob', 'v*', true),
  TAGWRIGHT_CONFIRM: declare(z.enum(CONFIRM_MODES).default('auto'), {
    role: 'option',
    description:
      'Ask a person before a tag is deleted or moved: auto (where the client can ask), always (else refuse), never (default auto)',
    example: 'always',
    restricts: true,
  }),
  TAGWRIGHT_AUDIT_LOG: declare(z.string().optional(), {
    role: 'option',
    description: 'File that gets a JSON line for every write, before and after',
    example: '/var/log/tagwright.jsonl',
    format: 'file',
    restricts: true,
  }),
  TAGWRIGHT_JOURNAL: declare(z.string().optional(), {
    role: 'option',
    description:
      'File or directory that keeps what a move is about to destroy until the tag stands again; off for none (default: below the state directory of the user)',
    example: '/var/lib/tagwright/journal.jsonl',
    format: 'file',
  }),
  TAGWRIGHT_TIMEOUT_MS: declare(z.coerce.number().int().min(100).max(600_000).default(30_000), {
    role: 'option',
    description: 'Time for one request to a system, its repetitions included, in milliseconds (default 30000)',
    example: '30000',
    format: 'number',
  }),
  TAGWRIGHT_ALLOW_HTTP: list('Hosts that may be spoken to without TLS, separated by commas (loopback always may)', 'gitlab.internal'),
  TAGWRIGHT_LOG_LEVEL: declare(z.enum(LOG_LEVELS).default('warn'), {
    role: 'option',
    description: 'What goes to stderr: error, warn, info or debug (default warn)',
    example: 'warn',
  }),
});
export type Settings = z.output<typeof Settings>;

/** What a setting falls back to when its value is wrong, where its default would allow more than was meant. */
const STRICTEST: Readonly<Record<string, string>> = { TAGWRIGHT_CONFIRM: 'always' };

/** Wrong values are told in `problems` and otherwise count as unset, or as the strictest there is. */
export function readSettings(values: Readonly<Record<string, string | undefined>>, problems: string[]): Settings {
  const { TAGWRIGHT_READ_ONLY: said = 'no' } = values;
  if (!YES.test(said) && !NO.test(said)) problems.push('TAGWRIGHT_READ_ONLY is neither yes nor no: the server only reads.');
  const parsed = Settings.safeParse(values, { error: demandsOf(Settings) });
  if (parsed.success) return parsed.data;
  const wrong = new Set(parsed.error.issues.map(({ path }) => String(path[0])));
  for (const { path, message } of parsed.error.issues) {
    const name = path.join('.');
    problems.push(`${name} is ${name in STRICTEST ? `taken for ${STRICTEST[name]}` : 'ignored'}: ${message}.`);
  }
  const usable = Object.entries(values).filter(([name]) => !wrong.has(name));
  return Settings.parse({
    ...Object.fromEntries(usable),
    ...Object.fromEntries(Object.entries(STRICTEST).filter(([name]) => wrong.has(name))),
  });
}

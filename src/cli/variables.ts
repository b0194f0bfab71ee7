/** Which variables an entry gets: asked of a person, or those that are named or set, never their values. */
import * as z from 'zod';
import { isTagError } from '../core/errors.ts';
import type { Host } from '../core/host.ts';
import { nearest } from '../core/nearest.ts';
import type { ProviderDefinition } from '../core/provider.ts';
import { offeredOf, type VariableMeta, variablesOf } from '../core/variable.ts';
import type { Client } from './clients/client.ts';
import type { Choice } from './clients/entry.ts';
import type { Dialogue } from './dialogue.ts';
import { didYouMean, UsageError } from './flags.ts';

type Values = Readonly<Record<string, unknown>>;

/** Throws UsageError for a name that is no system's. */
export function providersNamed(definitions: readonly ProviderDefinition[], names: readonly string[]): ProviderDefinition[] {
  return names.map((given) => {
    const found = definitions.find(({ name }) => name === given.toLowerCase());
    if (found) return found;
    const known = definitions.map(({ name }) => name);
    throw new UsageError(`${given} is not a system.${didYouMean(nearest(given, known))} Systems: ${known.join(', ')}.`);
  });
}

/** Without a person: every variable of the systems that are named, else those of any system that are set. */
export function chooseSilently(definitions: readonly ProviderDefinition[], named: readonly ProviderDefinition[], env: Values): Choice {
  const variables =
    named.length > 0
      ? named.flatMap(({ env }) => offeredOf(env))
      : definitions.flatMap((one) => variablesOf(one.env)).filter(([name]) => env[name]);
  return { values: {}, elsewhere: Object.fromEntries(variables) };
}

export interface Circumstances {
  readonly client: Client;
  /** The file is shared with others: no secret goes there. */
  readonly inProject: boolean;
  /** The variables that the entry has already. */
  readonly present: Values;
  readonly env: Values;
  readonly host: Host;
}

/** With a person: of each system's credentials no more than it takes. */
export async function chooseTogether(
  dialogue: Dialogue,
  definitions: readonly ProviderDefinition[],
  named: readonly ProviderDefinition[],
  circumstances: Circumstances,
): Promise<Choice> {
  const values: Record<string, string> = {};
  const elsewhere: Record<string, VariableMeta> = {};
  for (const definition of named.length > 0 ? named : await askForProviders(dialogue, definitions)) {
    dialogue.tell(`\n${definition.title}\n`);
    const variables = offeredOf(definition.env);
    const problem = () => {
      const known = variables.flatMap(([name, meta]) => {
        const value = values[name] ?? circumstances.present[name];
        if (value === undefined && !elsewhere[name]) return [];
        return [[name, isText(value) ? value : (meta.example ?? 'elsewhere')]];
      });
      return problemOf(definition, Object.fromEntries(known), circumstances.host);
    };
    for (const [name, meta] of variables) {
      if (meta.role === 'credential' && !problem()) continue;
      const answer = await askFor(dialogue, name, meta, circumstances);
      if (answer === 'elsewhere') elsewhere[name] = meta;
      else if (answer) values[name] = answer.value;
    }
    if (problem()) dialogue.tell(`  ${definition.title} is not available with these values: ${problem()}\n`);
  }
  return { values, elsewhere };
}

async function askForProviders(dialogue: Dialogue, definitions: readonly ProviderDefinition[]): Promise<ProviderDefinition[]> {
  const systems = definitions.map(({ name }, index) => `${index + 1} ${name}`).join(', ');
  for (;;) {
    const answer = await dialogue.ask(`Systems: ${systems}\nWhich ones will you use? Numbers or names, Enter for none of them: `);
    const words = answer.split(/[\s,]+/).filter(Boolean);
    try {
      return providersNamed(definitions, [...new Set(words.map((word) => definitions[Number(word) - 1]?.name ?? word.toLowerCase()))]);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      dialogue.tell(`${error.message}\n`);
    }
  }
}

type Answer = { readonly value: string } | 'elsewhere' | undefined;

async function askFor(
  { ask, askSecret }: Dialogue,
  name: string,
  { secret = false, description, example }: VariableMeta,
  { client, inProject, present, env }: Circumstances,
): Promise<Answer> {
  const isPresent = present[name] !== undefined;
  const said = `  ${name}: ${description}`;
  if (secret && (client.inputs || inProject)) {
    if (isPresent) return undefined;
    const answer = await ask(
      `${said}\n    ${client.title} ${client.inputs ? 'asks for it' : 'reads it from its environment'}. Use it? [Y/n] `,
    );
    return /^n/i.test(answer) ? undefined : 'elsewhere';
  }
  const isAround = !isPresent && Boolean(env[name]) && !client.inputs && Boolean(client.placeholder ?? client.forwarded);
  const otherwise = isPresent ? 'keeps what is there' : isAround ? `lets ${client.title} read it from its environment` : 'leaves it out';
  const value = await (secret ? askSecret : ask)(`${said}${example && !secret ? `, such as ${example}` : ''}\n    Enter ${otherwise}: `);
  if (value) return { value };
  return isAround ? 'elsewhere' : undefined;
}

/** Rather than a placeholder. */
const isText = (value: unknown): boolean => typeof value === 'string' && !/^\$?\{.*\}$/.test(value);

/** Why the system would be off with these values; undefined where it would be on. */
function problemOf({ env, connect }: ProviderDefinition, values: Values, host: Host): string | undefined {
  try {
    return connect(env.parse(values), host) ? undefined : 'nothing that it needs is given.';
  } catch (error) {
    if (isTagError(error)) return error.message;
    return error instanceof z.ZodError
      ? error.issues.map(({ path, message }) => `${path.join('.')}: ${message}.`).join(' ')
      : String(error);
  }
}

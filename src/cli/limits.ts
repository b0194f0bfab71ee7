/** The operator's settings in an entry: what is bound in this shell stays bound in the client. */
import { Settings } from '../config/settings.ts';
import { variablesOf } from '../core/variable.ts';
import type { Client } from './clients/client.ts';
import type { Choice } from './clients/entry.ts';

type Environment = Readonly<Record<string, unknown>>;

const SETTINGS = variablesOf(Settings);
export const isSetting = (name: string): boolean => SETTINGS.some(([one]) => one === name);

/** The settings that limit the server, set in `env`, and of which the entry says nothing yet. */
const limitsIn = (env: Environment, { values }: Choice, present: Environment) =>
  SETTINGS.filter(([name, { restricts }]) => restricts && env[name] && !(name in values) && !(name in present));

/** `present`: what the entry has already. */
export function withLimits(choice: Choice, { forwarded, placeholder, inputs }: Client, env: Environment, present: Environment): Choice {
  // By their names alone, which do no harm where nothing is set: such a client hands on nothing else.
  if (forwarded) return { ...choice, elsewhere: { ...choice.elsewhere, ...Object.fromEntries(SETTINGS) } };
  const limits = limitsIn(env, choice, present);
  if (placeholder && !inputs) return { ...choice, elsewhere: { ...choice.elsewhere, ...Object.fromEntries(limits) } };
  // It fills in nothing, or would ask a person who may then leave it empty.
  return { ...choice, values: { ...Object.fromEntries(limits.map(([name]) => [name, String(env[name])])), ...choice.values } };
}

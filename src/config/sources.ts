/** Where values come from, and which of them count for one system. */
import type * as z from 'zod';
import { type VariableMeta, variablesOf } from '../core/variable.ts';
import { ends, withoutCredentials } from './redact.ts';
import { INSTANCE, isPlaceholder, OWN, spell, type Values } from './words.ts';

/** One place where values stand, as people call it. */
export interface Source {
  readonly from: string;
  readonly values: Values;
}

/** A variable that is set, fit to be shown: of a secret only its ends. */
export interface Given {
  /** As it is spelled, with its instance. */
  readonly name: string;
  readonly role: VariableMeta['role'];
  readonly value: string;
  readonly from: string;
  /** False where others of its system, from outside .env, keep this one in .env from being used. */
  readonly used: boolean;
}

/** What one system is connected with, and what of it is set where. */
export interface Choice {
  readonly values: Values;
  readonly given: readonly Given[];
  /** It is configured by .env: more than its default repository comes from there. */
  readonly foreign: boolean;
}

/** The working directory's own file, which a stranger may have written. */
export const DOTENV = '.env';
/** As it was meant: without the newline of a secret file, and without the quotes that an env file keeps. Ours are taken by the letter: a slip there is told. */
function bare(name: string, value: string): string {
  const text = value.trim();
  return name.startsWith(OWN) ? text : (/^(["'])((?:(?!\1).)+)\1$/s.exec(text)?.[2]?.trim() ?? text);
}

/** Unset: absent, empty, or a placeholder that a host left unfilled. An instance is one in whatever case its suffix is written. */
export const given = (values: Values): Values =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value = '']) => {
      const text = bare(name, value);
      return text === '' || isPlaceholder(text) ? [] : [[name.replace(INSTANCE, (suffix) => suffix.toUpperCase()), text]];
    }),
  );

function shown(value: string, { role, secret }: VariableMeta): string {
  if (secret) return ends(value);
  return role === 'address' || role === 'repository' ? withoutCredentials(value) : value;
}

/** The first source wins. */
export const merged = (sources: readonly Source[]): Values => Object.assign({}, ...sources.map(({ values }) => values).reverse());

/** A second system of the same kind has its variables suffixed: GITLAB_TOKEN__WORK makes gitlab-work. */
export function suffixesOf(env: z.ZodObject, { values }: Source): string[] {
  const own = new Set(variablesOf(env).map(([name]) => name));
  const suffixes = Object.keys(values).flatMap((key) => {
    const suffix = INSTANCE.exec(key)?.[0];
    return suffix && own.has(key.slice(0, -suffix.length)) ? [suffix.slice(2)] : [];
  });
  return [...new Set(suffixes)];
}

/**
 * Addresses and credentials come wholly from the process environment and the vendor's file, or wholly from .env:
 * otherwise a stranger's .env could point the operator's token at its own host. A default repository may come from either.
 */
export function chooseFrom(env: z.ZodObject, suffix: string, outside: readonly Source[], dotenv: Source): Choice {
  const variables = variablesOf(env);
  const isSet = (name: string, sources: readonly Source[]) => sources.some(({ values }) => values[spell(name, suffix)]);
  const bound = variables.filter(([, { role }]) => role === 'address' || role === 'credential');
  const isOutside = bound.some(([name]) => isSet(name, outside));
  const isBacked = variables.some(([name, { secret }]) => secret && isSet(name, [dotenv]));
  const mayLead = isBacked || !variables.some(([, { ambient }]) => ambient);
  const chosen = isOutside ? outside : mayLead ? [dotenv] : [];
  const everywhere = [...outside, dotenv];

  const values: Record<string, string | undefined> = {};
  const told: Given[] = [];
  for (const [name, meta] of variables) {
    const { role } = meta;
    const key = spell(name, suffix);
    const sources = role === 'repository' ? everywhere : role === 'option' ? [...chosen, ...outside] : chosen;
    const source = sources.find((one) => one.values[key]);
    values[name] = source?.values[key];
    const { from, values: there } = source ?? everywhere.find((one) => one.values[key]) ?? dotenv;
    if (there[key]) told.push({ name: key, role, value: shown(there[key], meta), from, used: source !== undefined });
  }
  return { values, given: told, foreign: told.some(({ from, role, used }) => used && from === dotenv.from && role !== 'repository') };
}

/** Says so where one part of a system's variables stands in .env and the other does not; empty where all are together. */
export function divided(given: readonly Given[]): string {
  const bound = given.filter(({ role }) => role === 'address' || role === 'credential');
  const names = (used: boolean) => bound.flatMap((one) => (one.used === used ? [one.name] : [])).join(', ');
  if (bound.every(({ used }) => used)) return '';
  return names(true) === ''
    ? `${names(false)} (in .env) is used only with a credential beside it, where no others than its own can answer.`
    : `${names(true)} (outside .env) and ${names(false)} (in .env) are never combined; put both in one place.`;
}

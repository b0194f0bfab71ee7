/** Which systems there are, and what each is connected with. */
import { join } from 'node:path';
import * as z from 'zod';
import { demandsOf } from '../core/demand.ts';
import { isTagError, TagError } from '../core/errors.ts';
import type { Host } from '../core/host.ts';
import type { ProviderDefinition, TagProvider } from '../core/provider.ts';
import { ours, quoted, textOf, told } from '../core/told.ts';
import { variablesOf } from '../core/variable.ts';
import { readText } from './files.ts';
import { both, type Redact } from './redact.ts';
import { keepSecret } from './secrets.ts';
import { type Choice, chooseFrom, divided, type Given, given, merged, type Source, suffixesOf } from './sources.ts';
import { respelled, spellerOf, withSpelling } from './spelling.ts';
import type { Values } from './words.ts';

/** A system that can be used: its name as callers say it, and its tags. */
export interface Instance {
  readonly name: string;
  readonly title: string;
  readonly provider: TagProvider;
  /** It is configured by the working directory's .env, which a stranger may have written: `redact` takes that system's secrets out of what comes from it. */
  readonly untrusted?: { readonly redact: Redact };
}

/** A system as it is configured: it can be used, is wrong, or is not set up at all. */
export interface ConfiguredInstance {
  readonly name: string;
  readonly definition: ProviderDefinition;
  readonly given: readonly Given[];
  readonly provider?: TagProvider;
  readonly error?: TagError;
  readonly untrusted?: Instance['untrusted'];
}

export interface Origins {
  /** What the operator says, the strongest first. */
  readonly outside: readonly Source[];
  readonly dotenv: Source;
  /** Empty where there is none. */
  readonly home: string;
}

/** An instance is named by its suffix, and a stranger's suffix is no word of ours. */
export const labelOf = ({ name, untrusted }: Pick<Instance, 'name' | 'untrusted'>): string =>
  untrusted && name.includes('-') ? quoted(name) : name;

const MOST_FROM_DOTENV = 5;
const LONGEST_SUFFIX = 20;
const NAMED = 3;

interface Candidate {
  readonly name: string;
  readonly definition: ProviderDefinition;
  readonly suffix: string;
  /** Nobody speaks of it but .env. */
  readonly isAdded: boolean;
}

function candidatesOf(definitions: readonly ProviderDefinition[], { outside, dotenv }: Origins): Candidate[] {
  return definitions.flatMap((definition) => {
    const known = new Set(['', ...outside.flatMap((source) => suffixesOf(definition.env, source))]);
    return [...new Set([...known, ...suffixesOf(definition.env, dotenv)])].map((suffix) => ({
      name: suffix ? `${definition.name}-${suffix.toLowerCase()}` : definition.name,
      definition,
      suffix,
      isAdded: !known.has(suffix),
    }));
  });
}

/** `isWanted`: by its name. What is left out or unused is told in `problems`. */
export async function configureInstances(
  definitions: readonly ProviderDefinition[],
  origins: Origins,
  isWanted: (name: string) => boolean,
  host: Host,
  problems: string[],
): Promise<ConfiguredInstance[]> {
  const instances: ConfiguredInstance[] = [];
  const leftOut: string[] = [];
  let taken = 0;
  for (const candidate of candidatesOf(definitions, origins).filter(({ name }) => isWanted(name))) {
    const isFull = taken === MOST_FROM_DOTENV;
    const isTooMuch = candidate.isAdded && (isFull || candidate.suffix.length > LONGEST_SUFFIX);
    const chosen = isTooMuch ? undefined : await choose(candidate, origins, problems);
    if (!chosen || (chosen.choice.foreign && isFull)) leftOut.push(candidate.name);
    else {
      if (chosen.choice.foreign) taken += 1;
      instances.push(configured(candidate, chosen, host, problems));
    }
  }
  if (leftOut.length > 0) problems.push(overflow(leftOut));
  return instances;
}

function overflow(names: readonly string[]): string {
  const shown = names.slice(0, NAMED).map((name) => quoted(name));
  const rest = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
  return `.env configures too much: ${MOST_FROM_DOTENV} systems are taken from it, with names of up to ${LONGEST_SUFFIX} characters. Left out: ${shown.join(', ')}${rest}.`;
}

interface Chosen {
  readonly choice: Choice;
  /** Why the vendor's file could not be understood. */
  readonly failure?: unknown;
}

async function choose({ definition, suffix }: Candidate, { outside, dotenv, home }: Origins, problems: string[]): Promise<Chosen> {
  const from = (sources: readonly Source[]) => chooseFrom(definition.env, suffix, sources, dotenv);
  if (suffix) return { choice: from(outside) };
  try {
    const vendor = await readVendorFile(definition, merged(outside), home, problems);
    return { choice: from(vendor ? [...outside, vendor] : outside) };
  } catch (failure) {
    return { choice: from(outside), failure };
  }
}

function configured(
  { name, definition, suffix }: Candidate,
  { choice, failure }: Chosen,
  host: Host,
  problems: string[],
): ConfiguredInstance {
  const { values, given, foreign } = choice;
  // What a stranger's .env calls a secret must not black out anything else.
  const own = foreign ? keepSecret() : undefined;
  const known = { name, definition, given, ...(own && { untrusted: { redact: own.redact } }) };
  const speller = spellerOf(definition.env, suffix, foreign);
  const split = divided(given);
  try {
    if (failure) throw failure;
    const provider = connect(definition, values, own ? { ...host, hide: own.hide, redact: both(host.redact, own.redact) } : host);
    if (provider && split) problems.push(`${labelOf(known)}: ${split}`);
    if (provider) return { ...known, provider: withSpelling(provider, speller) };
  } catch (error) {
    return { ...known, error: withMore(respelled(errorOf(error), speller), split) };
  }
  return { ...known, ...(split && { error: new TagError('not_configured', split) }) };
}

function connect({ env, connect: open }: ProviderDefinition, values: Values, host: Host): TagProvider | undefined {
  for (const [variable, { secret }] of variablesOf(env)) if (secret && values[variable]) host.hide(values[variable]);
  return open(env.parse(values, { error: demandsOf(env) }), host);
}

function errorOf(reason: unknown): TagError {
  if (isTagError(reason)) return reason;
  return new TagError('not_configured', reason instanceof z.ZodError ? issuesIn(reason) : told`${String(reason)}`, { cause: reason });
}

const issuesIn = ({ issues }: z.ZodError): string => issues.map(({ path, message }) => `${path.join('.')}: ${message}.`).join(' ');

const withMore = (error: TagError, more: string): TagError =>
  more ? new TagError(error.code, told`${error.said.message} ${ours(more)}`, { hint: error.said.hint, cause: error }) : error;

async function readVendorFile({ file }: ProviderDefinition, env: Values, home: string, problems: string[]): Promise<Source | undefined> {
  if (!file) return undefined;
  const named = file.variable && env[file.variable];
  if (!named && !home) return undefined;
  const from = named || `~/${file.path}`;
  const text = readText(named || join(home, file.path), problems);
  if (text === undefined) return undefined;
  try {
    return { from, values: given(await file.read(text)) };
  } catch (cause) {
    // The parser's own words quote the file, and with it the credential.
    throw new TagError('not_configured', told`${from} is malformed.`, { cause });
  }
}

/** What is said of a system that is wrong; what is foreign in it is redacted as its own. */
export const problemOf = ({ name, untrusted, error }: ConfiguredInstance): string[] =>
  error ? [`${labelOf({ name, ...(untrusted && { untrusted }) })} is not available: ${textOf(error.said.message, untrusted?.redact)}`] : [];

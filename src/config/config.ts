/** The only reader of the environment, of .env and of the vendors' own files; knows which values are secret. */
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { isTagError, TagError } from '../core/errors.ts';
import type { Host, ProviderDefinition, Proxies, TagProvider } from '../core/provider.ts';
import { told } from '../core/told.ts';
import { variablesOf } from '../core/variable.ts';
import { textOf } from './files.ts';
import { type Redact, redactor } from './redact.ts';
import { readRemotes } from './remotes.ts';
import { misspeltRules, readSettings, type Settings } from './settings.ts';
import { choose, divided, type Given, given, merged, plainName, type Source, spellIssues, suffixesOf, type Values } from './sources.ts';

/** A system that can be used: its name as callers say it, and its tags. */
export interface Instance {
  readonly name: string;
  readonly title: string;
  readonly provider: TagProvider;
}

export interface Config {
  readonly settings: Settings;
  /** Writing tools are offered: nothing forbids them, and what they do can be written down where it must be. */
  readonly mayWrite: boolean;
  readonly enabled: readonly Instance[];
  /** What is set but cannot be used, and why. */
  readonly problems: readonly string[];
  readonly redact: Redact;
}

/** A system as it is configured: it can be used, is wrong, or is not set up at all. */
export interface ConfiguredInstance {
  readonly name: string;
  readonly definition: ProviderDefinition;
  readonly given: readonly Given[];
  readonly provider?: TagProvider;
  readonly error?: TagError;
}

/** The configuration, and how it came about. */
export interface ExplainedConfig extends Config {
  readonly instances: readonly ConfiguredInstance[];
  /** The problems that are of no single system. */
  readonly ownProblems: readonly string[];
  /** Every name that is set, ours or not. */
  readonly names: readonly { readonly name: string; readonly from: string }[];
}

export interface Surroundings {
  /** Values given on the command line, which win over the environment. */
  readonly flags: Values;
  /** Left out, the process environment. */
  readonly env?: Values;
  readonly cwd: string;
  readonly home: string;
  readonly userAgent: string;
}

const OWN = 'TAGWRIGHT_';

/** Of this process. */
export const environment: Values = process.env;

export async function readConfig(
  definitions: readonly ProviderDefinition[],
  { flags, env = environment, cwd, home, userAgent }: Surroundings,
): Promise<ExplainedConfig> {
  const ownProblems: string[] = [];
  const file = textOf(join(cwd, '.env'));
  const outside: Source[] = [
    { from: 'command line', values: given(flags) },
    { from: 'environment', values: given(env) },
  ];
  const written: Source = { from: '.env', values: given(file ? (await import('dotenv')).parse(file) : {}) };
  const dotenv = { ...written, values: withoutOwn(written.values) };
  const trusted = merged(outside);
  const settings = readSettings(trusted, ownProblems);
  const mayWrite = !settings.TAGWRIGHT_READ_ONLY && (await isWritable(settings.TAGWRIGHT_AUDIT_LOG, ownProblems));
  const credentials = new Set(definitions.flatMap(({ env }) => variablesOf(env).flatMap(([name, { secret }]) => (secret ? [name] : []))));
  const secrets = new Set(Object.entries(trusted).flatMap(([name, value]) => (value && credentials.has(plainName(name)) ? [value] : [])));
  let current = redactor(secrets);
  const redact: Redact = (text) => current(text);
  const host: Host = {
    cwd,
    remotes: readRemotes(cwd),
    userAgent,
    timeoutMs: settings.TAGWRIGHT_TIMEOUT_MS,
    allowHttp: settings.TAGWRIGHT_ALLOW_HTTP ?? [],
    proxies: proxiesOf(env),
    childEnv: Object.fromEntries(Object.entries(env).filter(([name]) => !credentials.has(plainName(name)))),
    hide(secret) {
      current = redactor(secrets.add(secret));
    },
  };

  const connect = async (name: string, definition: ProviderDefinition, suffix: string): Promise<ConfiguredInstance> => {
    let choice = choose(definition.env, suffix, outside, dotenv);
    let reason: TagError | undefined;
    try {
      const vendor = suffix ? undefined : await readVendorFile(definition, trusted, home);
      if (vendor) choice = choose(definition.env, suffix, [...outside, vendor], dotenv);
      const provider = definition.connect(definition.env.parse(choice.values), host);
      // Hidden where it is used: what a stranger's .env calls a secret must not black out anything else.
      for (const [variable, { secret }] of variablesOf(definition.env))
        if (provider && secret && choice.values[variable]) host.hide(choice.values[variable]);
      if (provider) {
        const unused = divided(choice.given);
        if (unused) ownProblems.push(`${name}: ${unused}`);
        return { name, definition, given: choice.given, provider };
      }
    } catch (error) {
      reason = explain(error, suffix);
    }
    const message = [reason?.message, divided(choice.given)].filter(Boolean).join(' ');
    const error = message && new TagError(reason?.code ?? 'not_configured', message, { hint: reason?.hint, cause: reason });
    return { name, definition, given: choice.given, ...(error && { error }) };
  };

  const { TAGWRIGHT_PROVIDERS: wanted, TAGWRIGHT_DEFAULT_PROVIDER: preferred } = settings;
  const connecting = definitions.flatMap((definition) =>
    suffixesOf(definition.env, [...outside, dotenv]).flatMap((suffix) => {
      const name = suffix ? `${definition.name}-${suffix.toLowerCase()}` : definition.name;
      return !wanted || wanted.includes(name) ? [connect(name, definition, suffix)] : [];
    }),
  );
  const instances = await Promise.all(connecting);
  const enabled = instances.flatMap(({ name, definition: { title }, provider }) => (provider ? [{ name, title, provider }] : []));
  for (const name of new Set([...(wanted ?? []), ...(preferred ? [preferred] : [])]))
    if (!instances.some((one) => one.name === name && (one.provider || one.error)))
      ownProblems.push(`${name} is named in the settings but not configured.`);
  ownProblems.push(...misspeltRules(settings, [...new Set([...definitions, ...instances].map(({ name }) => name))]));
  const wrong = instances.flatMap(({ name, error }) => (error ? [`${name} is not available: ${error.message}`] : []));
  const names = [...outside, written].flatMap(({ from, values }) => Object.keys(values).map((name) => ({ name, from })));
  return { settings, mayWrite, enabled, problems: [...ownProblems, ...wrong].map(redact), redact, instances, ownProblems, names };
}

/** As curl has them; lower case wins. */
const proxiesOf = (env: Values): Proxies => {
  const read = (name: string) => env[name] || env[name.toUpperCase()] || undefined;
  const all = read('all_proxy');
  return { http: read('http_proxy') ?? all, https: read('https_proxy') ?? all, none: read('no_proxy') };
};

function explain(error: unknown, suffix: string): TagError {
  if (isTagError(error)) return error;
  return new TagError('not_configured', error instanceof z.ZodError ? spellIssues(error, suffix) : told`${String(error)}`, {
    cause: error,
  });
}

/** Nothing that steers this server is taken from a file that the repository at hand may have brought along. */
const withoutOwn = (values: Values): Values => Object.fromEntries(Object.entries(values).filter(([name]) => !name.startsWith(OWN)));

/** Without a log there is nothing to be written; a log that cannot be written forbids what would have to stand in it. */
async function isWritable(log: string | undefined, problems: string[]): Promise<boolean> {
  if (!log) return true;
  try {
    await (await open(log, 'a', 0o600)).close();
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    problems.push(`TAGWRIGHT_AUDIT_LOG cannot be written (${code}): only reading tools are offered.`);
    return false;
  }
}

async function readVendorFile({ file }: ProviderDefinition, env: Values, home: string): Promise<Source | undefined> {
  if (!file) return undefined;
  const named = file.variable && env[file.variable];
  const from = named || `~/${file.path}`;
  const text = textOf(named || join(home, file.path));
  if (text === undefined) return undefined;
  try {
    return { from, values: given(await file.read(text)) };
  } catch (cause) {
    // The parser's own words quote the file, and with it the credential.
    throw new TagError('not_configured', told`${from} is malformed.`, { cause });
  }
}

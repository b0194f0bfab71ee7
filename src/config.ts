/** The only reader of the environment, of .env and of the vendors' own files; knows which values are secret. */
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'dotenv';
import * as z from 'zod';
import { isTagError, TagError } from './core/errors.ts';
import type { Host, ProviderDefinition, TagProvider } from './core/provider.ts';
import { type VariableMeta, variablesOf } from './core/variable.ts';
import { redactor } from './redact.ts';
import type { Redact } from './render.ts';
import { readSettings, type Settings } from './settings.ts';

type Values = Record<string, string | undefined>;

/** A system that can be used: its name as callers say it, and its tags. */
export interface Enabled {
  readonly name: string;
  readonly title: string;
  readonly provider: TagProvider;
}

export interface Config {
  readonly settings: Settings;
  /** Writing tools are offered: nothing forbids them, and what they do can be written down where it must be. */
  readonly mayWrite: boolean;
  readonly enabled: readonly Enabled[];
  /** What is set but cannot be used, and why. */
  readonly problems: readonly string[];
  readonly redact: Redact;
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
/** The suffix that makes a variable another instance's. */
const INSTANCE = /__[A-Za-z0-9]+$/;

export async function readConfig(
  definitions: readonly ProviderDefinition[],
  { flags, env = process.env, cwd, home, userAgent }: Surroundings,
): Promise<Config> {
  const problems: string[] = [];
  const trusted = given({ ...env, ...flags });
  const dotenv = withoutOwn(given(parse((await textOf(join(cwd, '.env'))) ?? '')));
  const settings = readSettings(trusted, problems);
  const mayWrite = !settings.TAGWRIGHT_READ_ONLY && (await isWritable(settings.TAGWRIGHT_AUDIT_LOG, problems));
  const credentials = new Set(definitions.flatMap(({ env }) => variablesOf(env).flatMap(([name, { secret }]) => (secret ? [name] : []))));
  const secrets = new Set(
    Object.entries(trusted).flatMap(([name, value]) => (value && credentials.has(name.replace(INSTANCE, '')) ? [value] : [])),
  );
  let current = redactor(secrets);
  const redact: Redact = (text) => current(text);
  const host: Host = {
    cwd,
    userAgent,
    timeoutMs: settings.TAGWRIGHT_TIMEOUT_MS,
    allowHttp: settings.TAGWRIGHT_ALLOW_HTTP ?? [],
    childEnv: Object.fromEntries(Object.entries(env).filter(([name]) => !credentials.has(name.replace(INSTANCE, '')))),
    hide(secret) {
      current = redactor(secrets.add(secret));
    },
  };

  const connect = async (definition: ProviderDefinition, suffix: string): Promise<Enabled | undefined> => {
    const name = suffix ? `${definition.name}-${suffix.toLowerCase()}` : definition.name;
    if (settings.TAGWRIGHT_PROVIDERS && !settings.TAGWRIGHT_PROVIDERS.includes(name)) return undefined;
    const variables = variablesOf(definition.env);
    let outside = trusted;
    let reason = '';
    try {
      if (!suffix) outside = { ...(await readVendorFile(definition, trusted, home)), ...trusted };
      const values = pick(variables, suffix, outside, dotenv);
      for (const [variable, { secret }] of variables) if (secret && values[variable]) host.hide(values[variable]);
      const provider = definition.connect(definition.env.parse(values), host);
      if (provider) return { name, title: definition.title, provider };
    } catch (error) {
      reason = explain(error, suffix);
    }
    const reasons = [reason, divided(variables, suffix, outside, dotenv)].filter(Boolean);
    if (reasons.length > 0) problems.push(`${name} is not available: ${reasons.join(' ')}`);
    return undefined;
  };

  const instances = definitions.flatMap((definition) =>
    suffixesOf(definition, trusted, dotenv).map((suffix) => connect(definition, suffix)),
  );
  const enabled = (await Promise.all(instances)).filter((instance) => instance !== undefined);
  for (const name of [...(settings.TAGWRIGHT_PROVIDERS ?? []), settings.TAGWRIGHT_DEFAULT_PROVIDER])
    if (name && !enabled.some((one) => one.name === name) && !problems.some((problem) => problem.startsWith(`${name} `)))
      problems.push(`${name} is named in the settings but not configured.`);
  return { settings, mayWrite, enabled, problems: problems.map(redact), redact };
}

/** Unset: absent, empty, or a placeholder that a host left unfilled. An instance is one in whatever case its suffix is written. */
const given = (values: Values): Values =>
  Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== undefined && value.trim() !== '' && !/^\$\{.*\}$/.test(value.trim()))
      .map(([name, value]) => [name.replace(INSTANCE, (suffix) => suffix.toUpperCase()), value]),
  );

function explain(error: unknown, suffix: string): string {
  if (isTagError(error)) return error.message;
  if (!(error instanceof z.ZodError)) return String(error);
  return error.issues.map(({ path, message }) => `${spell(path.join('.'), suffix)}: ${message}.`).join(' ');
}

const spell = (name: string, suffix: string) => (suffix ? `${name}__${suffix}` : name);

/** Nothing that steers this server is taken from a file that the repository at hand may have brought along. */
const withoutOwn = (values: Values): Values => Object.fromEntries(Object.entries(values).filter(([name]) => !name.startsWith(OWN)));

/** A second system of the same kind has its variables suffixed: GITLAB_TOKEN__WORK makes gitlab-work. */
function suffixesOf(definition: ProviderDefinition, ...sources: Values[]): string[] {
  const own = new Set(variablesOf(definition.env).map(([name]) => name));
  const suffixes = sources.flatMap((source) =>
    Object.keys(source).flatMap((key) => {
      const suffix = INSTANCE.exec(key)?.[0];
      return suffix && own.has(key.slice(0, -suffix.length)) ? [suffix.slice(2)] : [];
    }),
  );
  return ['', ...new Set(suffixes)];
}

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

async function readVendorFile({ file }: ProviderDefinition, env: Values, home: string): Promise<Values> {
  if (!file) return {};
  const named = file.variable && env[file.variable];
  const text = await textOf(named || join(home, file.path));
  if (text === undefined) return {};
  try {
    return given(await file.read(text));
  } catch (cause) {
    // The parser's own words quote the file, and with it the credential.
    throw new TagError('not_configured', `${named || `~/${file.path}`} is malformed.`, { cause });
  }
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
}

/**
 * Addresses and credentials come wholly from the process environment and the vendor's file, or wholly from .env:
 * otherwise a stranger's .env could point the operator's token at its own host. A default repository may come from either.
 */
function pick(variables: [string, VariableMeta][], suffix: string, trusted: Values, dotenv: Values): Values {
  const source = bound(variables, suffix).some((name) => trusted[name]) ? trusted : dotenv;
  return Object.fromEntries(
    variables.map(([name, { role }]) => {
      const key = spell(name, suffix);
      if (role === 'repository') return [name, trusted[key] ?? dotenv[key]];
      return [name, role === 'option' && !source[key] ? trusted[key] : source[key]];
    }),
  );
}

/** The variables that come from one source. */
const bound = (variables: [string, VariableMeta][], suffix: string) =>
  variables.flatMap(([name, { role }]) => (role === 'address' || role === 'credential' ? [spell(name, suffix)] : []));

/** Says so where one part of a provider's variables stands in .env and the other does not; empty where all are together. */
function divided(variables: [string, VariableMeta][], suffix: string, trusted: Values, dotenv: Values): string {
  const outside = bound(variables, suffix).filter((name) => trusted[name]);
  const inside = bound(variables, suffix).filter((name) => dotenv[name] && !trusted[name]);
  if (outside.length === 0 || inside.length === 0) return '';
  return `${outside.join(', ')} (outside .env) and ${inside.join(', ')} (in .env) are never combined; put both in one place.`;
}

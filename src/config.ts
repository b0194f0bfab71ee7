/** The only reader of the environment, of .env and of the vendors' own files; knows which values are secret. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'dotenv';
import { isTagError } from './core/errors.ts';
import type { Host, ProviderDefinition, TagProvider } from './core/provider.ts';
import { type VariableMeta, variablesOf } from './core/variable.ts';
import type { Redact } from './render.ts';
import { Settings } from './settings.ts';

type Values = Record<string, string | undefined>;

/** A system that can be used: its name as callers say it, and its tags. */
export interface Enabled {
  readonly name: string;
  readonly title: string;
  readonly provider: TagProvider;
}

export interface Config {
  readonly settings: Settings;
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
  const secrets = new Set<string>();
  const trusted = given({ ...env, ...flags });
  const dotenv = withoutOwn(given(parse((await textOf(join(cwd, '.env'))) ?? '')));
  const settings = readSettings(trusted, problems);
  const credentials = new Set(definitions.flatMap(({ env }) => variablesOf(env).flatMap(([name, { secret }]) => (secret ? [name] : []))));
  const host: Host = {
    cwd,
    userAgent,
    timeoutMs: settings.TAGWRIGHT_TIMEOUT_MS,
    allowHttp: settings.TAGWRIGHT_ALLOW_HTTP ?? [],
    childEnv: Object.fromEntries(Object.entries(env).filter(([name]) => !credentials.has(name.replace(INSTANCE, '')))),
  };

  const connect = async (definition: ProviderDefinition, suffix: string): Promise<Enabled | undefined> => {
    const name = suffix ? `${definition.name}-${suffix.toLowerCase()}` : definition.name;
    if (settings.TAGWRIGHT_PROVIDERS && !settings.TAGWRIGHT_PROVIDERS.includes(name)) return undefined;
    try {
      const variables = variablesOf(definition.env);
      const vendor = suffix ? {} : await readVendorFile(definition, trusted, home);
      const values = pick(variables, suffix, { ...vendor, ...trusted }, dotenv);
      for (const [variable, { secret }] of variables) if (secret && values[variable]) secrets.add(values[variable]);
      const provider = definition.connect(definition.env.parse(values), host);
      return provider && { name, title: definition.title, provider };
    } catch (error) {
      problems.push(`${name} is not available: ${isTagError(error) ? error.message : String(error)}`);
      return undefined;
    }
  };

  const instances = definitions.flatMap((definition) =>
    suffixesOf(definition, trusted, dotenv).map((suffix) => connect(definition, suffix)),
  );
  const enabled = (await Promise.all(instances)).filter((instance) => instance !== undefined);
  for (const name of [...(settings.TAGWRIGHT_PROVIDERS ?? []), settings.TAGWRIGHT_DEFAULT_PROVIDER])
    if (name && !enabled.some((one) => one.name === name) && !problems.some((problem) => problem.startsWith(`${name} `)))
      problems.push(`${name} is named in the settings but not configured.`);
  return { settings, enabled, problems, redact: redactor(secrets) };
}

/** Unset: absent, empty, or a placeholder that a host left unfilled. */
const given = (values: Values): Values =>
  Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined && value.trim() !== '' && !/^\$\{.*\}$/.test(value.trim())),
  );

/** Nothing that steers this server is taken from a file that the repository at hand may have brought along. */
const withoutOwn = (values: Values): Values => Object.fromEntries(Object.entries(values).filter(([name]) => !name.startsWith(OWN)));

function readSettings(values: Values, problems: string[]): Settings {
  const parsed = Settings.safeParse(values);
  if (parsed.success) return parsed.data;
  const wrong = new Set(parsed.error.issues.map(({ path }) => String(path[0])));
  for (const { path, message } of parsed.error.issues) problems.push(`${path.join('.')} is ignored: ${message}.`);
  return Settings.parse(Object.fromEntries(Object.entries(values).filter(([name]) => !wrong.has(name))));
}

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

async function readVendorFile({ file }: ProviderDefinition, env: Values, home: string): Promise<Values> {
  if (!file) return {};
  const named = file.variable && env[file.variable];
  const text = await textOf(named || join(home, file.path));
  return text === undefined ? {} : given(await file.read(text));
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
  const spelled = (name: string) => (suffix ? `${name}__${suffix}` : name);
  const bound = variables.filter(([, { role }]) => role === 'address' || role === 'credential');
  const source = bound.some(([name]) => trusted[spelled(name)]) ? trusted : dotenv;
  return Object.fromEntries(
    variables.map(([name, { role }]) => {
      const key = spelled(name);
      if (role === 'repository') return [name, trusted[key] ?? dotenv[key]];
      return [name, role === 'option' && !source[key] ? trusted[key] : source[key]];
    }),
  );
}

const MASK = '[secret]';
const SHORTEST_SECRET = 6;

/** Replaces every secret, plain, URL-encoded, or inside base64 at any of the three offsets it can have there. */
export function redactor(secrets: Iterable<string>): Redact {
  const forms = [...secrets]
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    .flatMap((secret) => [secret, encodeURIComponent(secret), ...[0, 1, 2].flatMap((offset) => insideBase64(secret, offset))]);
  if (forms.length === 0) return (text) => text;
  const longestFirst = [...new Set(forms)].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(longestFirst.map((form) => form.replace(/[^A-Za-z0-9]/g, '\\$&')).join('|'), 'g');
  return (text) => text.replace(pattern, MASK);
}

/** The characters of base64 that depend on the secret alone, when `offset` bytes stand before it in its group. */
function insideBase64(secret: string, offset: number): string[] {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)]);
  const core = bytes.toString('base64').slice(offset && offset + 1, Math.floor((bytes.length * 8) / 6));
  return core.length < SHORTEST_SECRET ? [] : [core, core.replaceAll('+', '-').replaceAll('/', '_')];
}

/** The only reader of the environment, of .env and of the vendors' own files; knows which values are secret. */
import { isAbsolute, join } from 'node:path';
import type { Host, Proxies } from '../core/host.ts';
import type { ProviderDefinition } from '../core/provider.ts';
import { variablesOf } from '../core/variable.ts';
import { openAtEnd, readText, whyNot } from './files.ts';
import { type ConfiguredInstance, configureInstances, type Instance, problemOf } from './instances.ts';
import type { Redact } from './redact.ts';
import { readRemotes } from './remotes.ts';
import { keepSecret } from './secrets.ts';
import { readSettings, Settings } from './settings.ts';
import { DOTENV, given, merged, type Source } from './sources.ts';
import { vocabularyOf } from './vocabulary.ts';
import { aroundOurs, OWN, plainName, type Values } from './words.ts';

export type { ConfiguredInstance, Instance } from './instances.ts';

export interface Config {
  readonly settings: Settings;
  /** Writing tools are offered: nothing forbids them, and what they do can be written down where it must be. */
  readonly mayWrite: boolean;
  readonly enabled: readonly Instance[];
  /** Where moves leave word of what they destroy; undefined for nowhere. */
  readonly journal: string | undefined;
  /** Systems that the operator has set up and that cannot be used: a release is not made as if they were not there. */
  readonly unavailable: readonly string[];
  /** What is set but cannot be used, and why. */
  readonly problems: readonly string[];
  /** Takes the operator's secrets out of a text. What a stranger's .env calls a secret is taken out by its instance. */
  readonly redact: Redact;
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
  /** Empty where it was deleted. */
  readonly cwd: string;
  /** Empty where there is none. */
  readonly home: string;
  readonly userAgent: string;
}

/** Of this process. */
export const environment: Values = process.env;

export async function readConfig(
  definitions: readonly ProviderDefinition[],
  { flags, env = environment, cwd, home: named, userAgent }: Surroundings,
): Promise<ExplainedConfig> {
  const ownProblems: string[] = [];
  // A relative one would be the working directory, and a stranger's file there the operator's own.
  const home = isAbsolute(named) ? named : '';
  if (!home)
    ownProblems.push('There is no home directory (HOME): the files of systems in it are not read, and no journal of moves is kept.');
  if (!cwd) ownProblems.push('The working directory is gone: neither its .env nor a repository around it is used.');
  const outside: Source[] = [
    { from: 'command line', values: given(flags) },
    { from: 'environment', values: given(env) },
  ];
  const written: Source = { from: DOTENV, values: cwd ? await readDotenv(join(cwd, DOTENV), ownProblems) : {} };
  const trusted = merged(outside);
  const said = readSettings(trusted, ownProblems);
  const bounds = Object.keys(env).some(aroundOurs) ? await import('./bounds.ts') : undefined;
  const settings = bounds?.bounded(said, env, vocabularyOf(definitions), ownProblems) ?? said;
  const mayWrite = !settings.TAGWRIGHT_READ_ONLY && (await isWritable(settings.TAGWRIGHT_AUDIT_LOG, ownProblems));
  const credentials = new Set(definitions.flatMap(({ env }) => variablesOf(env).flatMap(([name, { secret }]) => (secret ? [name] : []))));
  const { redact, hide } = keepSecret(
    Object.entries(trusted).flatMap(([name, value]) => (value && credentials.has(plainName(name)) ? [value] : [])),
  );
  const gitconfig = env.GIT_CONFIG_GLOBAL ?? (home && join(home, '.gitconfig'));
  const person = { gitconfig: gitconfig === '/dev/null' ? '' : gitconfig, sudoUid: env.SUDO_UID };
  const around = readRemotes(cwd, person, ownProblems);
  const host: Host = {
    cwd,
    remotesOf: (directory) => (directory === cwd ? around : readRemotes(directory, person)),
    userAgent,
    timeoutMs: settings.TAGWRIGHT_TIMEOUT_MS,
    allowHttp: settings.TAGWRIGHT_ALLOW_HTTP ?? [],
    proxies: proxiesOf(env),
    childEnv: Object.fromEntries(Object.entries(env).filter(([name]) => !credentials.has(plainName(name)))),
    hide,
    redact,
  };

  const { TAGWRIGHT_PROVIDERS: wanted, TAGWRIGHT_DEFAULT_PROVIDER: preferred } = settings;
  const origins = { outside, dotenv: withoutOwn(written, definitions, ownProblems), home };
  const instances = await configureInstances(definitions, origins, (name) => wanted?.includes(name) ?? true, host, ownProblems);
  const enabled = instances.flatMap(({ name, definition: { title }, provider, untrusted }) =>
    provider ? [{ name, title, provider, ...(untrusted && { untrusted }) }] : [],
  );
  if (wanted?.length === 0) ownProblems.push('TAGWRIGHT_PROVIDERS names no system.');
  for (const name of new Set([...(wanted ?? []), ...(preferred ? [preferred] : [])]))
    if (!instances.some((one) => one.name === name && (one.provider || one.error)))
      ownProblems.push(`${name} is named in the settings but not configured.`);
  const systems = [...new Set([...definitions, ...instances].map(({ name }) => name))];
  ownProblems.push(...(bounds?.misspeltRules(settings, systems) ?? []));
  const problems = [...ownProblems, ...instances.flatMap(problemOf)].map(redact);
  const names = [...outside, written].flatMap(({ from, values }) => Object.keys(values).map((name) => ({ name, from })));
  const journal = journalPath(settings.TAGWRIGHT_JOURNAL, env, home);
  const unavailable = instances
    .filter(({ untrusted }) => !untrusted)
    .flatMap(problemOf)
    .map(redact);
  return {
    settings: bounds?.keptFor(settings, systems) ?? settings,
    mayWrite,
    enabled,
    unavailable,
    journal,
    problems,
    redact,
    instances,
    ownProblems,
    names,
  };
}

/** Below the directory that the platform has for the state of programs. */
function journalPath(said: string | undefined, env: Values, home: string): string | undefined {
  if (said?.toLowerCase() === 'off') return undefined;
  if (said) return isAbsolute(said) || !home ? said : join(home, said);
  const usual = { darwin: 'Library/Application Support', win32: 'AppData/Local' }[String(process.platform)] ?? '.local/state';
  const given = process.platform === 'win32' ? env.LOCALAPPDATA : env.XDG_STATE_HOME;
  const state = given && isAbsolute(given) ? given : home && join(home, usual);
  return state ? join(state, 'tagwright', 'journal.jsonl') : undefined;
}

/** As curl has them; lower case wins. */
const proxiesOf = (env: Values): Proxies => {
  const read = (name: string) => env[name] || env[name.toUpperCase()] || undefined;
  const all = read('all_proxy');
  return { http: read('http_proxy') ?? all, https: read('https_proxy') ?? all, none: read('no_proxy') };
};

/** Parsed, never loaded into the process. */
async function readDotenv(path: string, problems: string[]): Promise<Values> {
  const text = readText(path, problems);
  if (!text) return {};
  // Over empty lines the parser goes again and again: 40 000 of them take it ten seconds.
  const lines = text.split(/[\r\n\u2028\u2029]+/).filter((line) => line.trim());
  return given((await import('./dotenv.ts')).parse(lines.join('\n')));
}

/** Nothing that steers this server is taken from a file that the repository at hand may have brought along. */
function withoutOwn({ from, values }: Source, definitions: readonly ProviderDefinition[], problems: string[]): Source {
  const [own, others] = [true, false].map((isOwn) => Object.entries(values).filter(([name]) => name.startsWith(OWN) === isOwn));
  const ofSystems = new Set(definitions.flatMap(({ env }) => Object.keys(env.shape)));
  // A suffix is a stranger's word.
  const known = new Set(
    (own ?? []).flatMap(([name]) => (name in Settings.shape ? name : ofSystems.has(plainName(name)) ? plainName(name) : [])),
  );
  if (known.size > 0) problems.push(`Set in the environment what steers this server; it is not taken from .env: ${[...known].join(', ')}.`);
  return { from, values: Object.fromEntries(others ?? []) };
}

/** Without a log there is nothing to be written; a log that cannot be written forbids what would have to stand in it. */
async function isWritable(log: string | undefined, problems: string[]): Promise<boolean> {
  if (!log) return true;
  try {
    await (await openAtEnd(log)).close();
    return true;
  } catch (error) {
    problems.push(`TAGWRIGHT_AUDIT_LOG cannot be written (${whyNot(error)}): only reading tools are offered.`);
    return false;
  }
}

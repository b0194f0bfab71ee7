/** `tagwright install` and `tagwright uninstall`: our entry in a client's file, and nothing else of that file. */
import { rm } from 'node:fs/promises';
import { readSettings } from '../config/settings.ts';
import { isTagError } from '../core/errors.ts';
import type { Host } from '../core/host.ts';
import type { ProviderDefinition } from '../core/provider.ts';
import { variablesOf } from '../core/variable.ts';
import * as providers from '../providers/index.ts';
import { writeConfigFile } from './clients/config-file.ts';
import { build, type Choice, drop, environmentOf, put, startOf } from './clients/entry.ts';
import { type Found, inFile, type Location, locationOf, look, originOf } from './clients/location.ts';
import type { CliContext } from './context.ts';
import { hasPerson, openDialogue } from './dialogue.ts';
import { readFlags } from './flags.ts';
import { isSetting, withLimits } from './limits.ts';
import { chooseSilently, chooseTogether, providersNamed } from './variables.ts';

const FLAGS = { name: { type: 'string' }, project: { type: 'boolean' }, 'dry-run': { type: 'boolean' } } as const;
const DEFINITIONS = Object.values<ProviderDefinition>(providers);
const SECRETS = new Set(DEFINITIONS.flatMap(({ env }) => variablesOf(env).flatMap(([name, { secret }]) => (secret ? [name] : []))));

/** The exit code. Throws UsageError. */
export async function install(args: readonly string[], context: CliContext): Promise<number> {
  const { values, positionals } = readFlags(args, { ...FLAGS, print: { type: 'boolean' }, system: { type: 'string', multiple: true } });
  const location = locationOf(positionals, values, context);
  const named = providersNamed(DEFINITIONS, values.system?.flatMap((names) => names.split(',')) ?? []);
  const { client, name, path } = location;
  const start = startOf(context, location.inProject);
  const { output, errors } = context;

  return told(context, async () => {
    const isAsking = !values.print && !values['dry-run'] && hasPerson(context);
    const present = values.print ? {} : environmentOf(client, (await look(location, context)).old);
    const chosen = isAsking ? await ask(named, location, present, context) : chooseSilently(DEFINITIONS, named, context.env);
    const choice = withLimits(chosen, client, context.env, present);
    const snippet = () => put(client, '', name, build(client, name, start, choice));
    if (values.print) {
      output.write(snippet());
      return errors.write(remarks(location, choice, context.env));
    }
    // Read after the questions: they may have taken minutes, and clients write to their files all the time.
    const found = await look(location, context);
    const { file, old } = found;
    const text = inFile(path, () => put(client, file.text ?? '', name, build(client, name, start, choice, old)));
    if (text === file.text) return output.write(`${name} is in ${path} already. Nothing was changed.\n`);
    if (values['dry-run']) return output.write(`Would ${old ? 'change' : 'add'} ${name} in ${path}:\n${snippet()}`);
    output.write(await write(location, found, text, choice, context));
    output.write(`${remarks(location, choice, context.env)}Restart ${client.title} to load it.\n`);
  });
}

/** What was done, for the person. */
async function write(location: Location, found: Found, text: string, choice: Choice, context: CliContext): Promise<string> {
  const { name, path, inProject } = location;
  const { file, old } = found;
  const backup = file.text === undefined || (await originOf(location, found)) ? undefined : location.backup;
  const isSecret = Object.keys(choice.values).some((variable) => SECRETS.has(variable));
  const isOpen = await writeConfigFile(file, { text, backup, isPrivate: !inProject, isSecret });
  return [
    `${old ? 'Changed' : 'Added'} ${name} in ${path}\n`,
    aboutSecret(isSecret && context.platform !== 'win32', isOpen),
    backup ? `The file as it was: ${backup}\n` : '',
  ].join('');
}

/** The exit code. Throws UsageError. */
export async function uninstall(args: readonly string[], context: CliContext): Promise<number> {
  const { values, positionals } = readFlags(args, FLAGS);
  const location = locationOf(positionals, values, context);
  const { client, name, path, backup } = location;
  const { output } = context;

  return told(context, async () => {
    const found = await look(location, context);
    const { file, old } = found;
    const { text } = file;
    if (text === undefined || !old) return output.write(`${name} is not in ${path}. Nothing was changed.\n`);
    const origin = await originOf(location, found);
    const rest = origin ?? { text: inFile(path, () => drop(client, text, name)) };
    const what = rest.text === undefined ? `${path}, which holds nothing else` : `${name} from ${path}`;
    if (values['dry-run']) return output.write(`Would remove ${what}\n`);

    await writeConfigFile(file, { text: rest.text, backup: origin ? undefined : backup, isPrivate: true });
    output.write(`Removed ${what}\n`);
    if (!origin) output.write(`The file as it was, with the values of the entry: ${backup}\n`);
    // The file holds these very bytes again.
    else if (origin.text !== undefined) await rm(backup, { force: true });
  });
}

/** Where a file has a mode. */
function aboutSecret(isSecret: boolean, isOpen: boolean): string {
  if (!isSecret) return '';
  return isOpen ? 'It holds a credential, and others on this machine may read it.\n' : 'It holds a credential: only you may read it.\n';
}

async function told({ errors }: CliContext, work: () => Promise<void>): Promise<number> {
  try {
    await work();
    return 0;
  } catch (error) {
    if (!isTagError(error)) throw error;
    errors.write(`tagwright: ${error.message}\n`);
    return 1;
  }
}

type Present = ReturnType<typeof environmentOf>;

async function ask(
  named: readonly ProviderDefinition[],
  { client, inProject }: Location,
  present: Present,
  context: CliContext,
): Promise<Choice> {
  const { cwd, env } = context;
  const settings = readSettings(env, []);
  const host: Host = {
    cwd,
    remotesOf: () => [],
    userAgent: '',
    timeoutMs: settings.TAGWRIGHT_TIMEOUT_MS,
    allowHttp: settings.TAGWRIGHT_ALLOW_HTTP ?? [],
    proxies: {},
    childEnv: env,
    hide: () => undefined,
    redact: (text) => text,
  };
  const dialogue = openDialogue(context);
  try {
    return await chooseTogether(dialogue, DEFINITIONS, named, { client, inProject, present, env, host });
  } finally {
    dialogue.close();
  }
}

/** What the client will do about the variables, and what is left for the person to do. Names, never values. */
function remarks({ client, inProject }: Location, { values, elsewhere }: Choice, env: Readonly<Record<string, unknown>>): string {
  const { title, environment, inputs, placeholder, forwarded, needs } = client;
  const variables = Object.entries(elsewhere).filter(([name]) => !isSetting(name) || env[name]);
  const names = variables.map(([name]) => name).join(', ');
  const kept = Object.keys(values).filter((name) => isSetting(name) && values[name] === env[name]);
  const lines: string[] = [];
  if (variables.length === 0 && Object.keys(values).length === 0)
    lines.push(`No variables were added; --system NAME adds those of a system (${DEFINITIONS.map(({ name }) => name).join(', ')}).`);
  else if (variables.length > 0 && inputs) lines.push(`${title} will ask for ${names}.`);
  else if (variables.length > 0 && (placeholder || forwarded)) lines.push(`${title} will read ${names} from its environment.`);
  else if (variables.length > 0)
    lines.push(
      `${title} fills in no variables. Add to "${environment}" of the entry what you use:`,
      ...variables.map(([name, { description }]) => `  ${name}: ${description}`),
    );
  if (kept.length > 0) lines.push(`${kept.join(', ')} stands in the entry as it is set here; change it there.`);
  if (inProject) lines.push('The file belongs to the project: see that the command is right on other machines too.');
  const need = inProject ? needs?.project : needs?.user;
  if (need) lines.push(need);
  return lines.map((line) => `${line}\n`).join('');
}

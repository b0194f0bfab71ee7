/** Our entry in a client's file: how it is made, found, put in and taken out. */
import { realpathSync } from 'node:fs';
import pkg from '../../../package.json' with { type: 'json' };
import type { VariableMeta } from '../../core/variable.ts';
import type { CliContext } from '../context.ts';
import type { Client, Start } from './client.ts';
import { edit, read } from './edit.ts';
import { isRecord, member, type Values } from './format.ts';
import { PUBLISHED } from './published.ts';

export const NAME = 'tagwright';

/** What a file holds of us: the entry, and the questions that its client asks for it. */
export interface Installed {
  readonly entry: Values;
  readonly inputs: readonly Values[];
}

/** The variables an entry is to have. */
export interface Choice {
  /** As a person typed them. */
  readonly values: Readonly<Record<string, string>>;
  /** Those that the client is to take from its environment, or to ask for. */
  readonly elsewhere: Readonly<Record<string, VariableMeta>>;
}

/** This very program; through npx, in this version, where its own path is a cache's, or would be another one for the next person. */
export function startOf(
  { platform, program }: Pick<CliContext, 'platform' | 'program'>,
  inProject: boolean,
  isPublished = PUBLISHED,
): Start {
  const script = realOf(program.script);
  const isCached = /[\\/]_npx[\\/]/.test(script);
  const isInstalled = /[\\/]node_modules[\\/]tagwright[\\/]/.test(script);
  if (!isPublished || (!isCached && !(inProject && isInstalled))) return { command: program.node, args: [script] };
  const words = ['npx', '-y', `${NAME}@${pkg.version}`];
  // npx is a .cmd there, which cannot be started without a shell.
  return platform === 'win32' ? { command: 'cmd', args: ['/c', ...words] } : { command: 'npx', args: words.slice(1) };
}

export function realOf(script: string): string {
  try {
    return realpathSync(script);
  } catch {
    return script;
  }
}

/** The entry as it should be. What a person added to an older one stays: variables, flags of ours, settings of the client. */
export function build(client: Client, name: string, start: Start, { values, elsewhere }: Choice, old?: Installed): Installed {
  const own = old && wordsOf(old.entry).length > 0 ? old.entry : {};
  const given = environmentOf(client, old);
  const wanted = Object.entries(elsewhere).filter(([variable]) => !(variable in given) && !(variable in values));
  const { placeholder, inputs, forwarded } = client;
  const environment = {
    ...Object.fromEntries(placeholder ? wanted.map(([variable]) => [variable, placeholder(variable, idOf(name, variable))]) : []),
    ...given,
    ...values,
  };
  const handedOn = forwarded
    ? [...new Set([...listOf(own, forwarded), ...wanted.map(([variable]) => variable)])].filter((variable) => !(String(variable) in values))
    : [];
  return {
    entry: {
      ...own,
      ...client.entry({ ...start, args: [...start.args, ...flagsOf(own)] }),
      ...(forwarded && handedOn.length > 0 && { [forwarded]: handedOn }),
      ...(Object.keys(environment).length > 0 && { [client.environment]: environment }),
    },
    inputs: inputs
      ? [
          ...(old?.inputs ?? []),
          ...wanted.map(([variable, { description, secret = false }]) => ({
            type: 'promptString',
            id: idOf(name, variable),
            description: `${variable}: ${description}`,
            password: secret,
          })),
        ]
      : [],
  };
}

const idOf = (name: string, variable: string): string => `${name}-${variable}`;

export const environmentOf = ({ environment }: Client, installed: Installed | undefined): Values => {
  const values = member(installed?.entry, environment);
  return isRecord(values) ? values : {};
};

const listOf = (entry: Values, key: string): unknown[] => [member(entry, key) ?? []].flat();

const wordsOf = (entry: Values): string[] => ['command', 'args'].flatMap((key) => listOf(entry, key).map(String));

const PROGRAM = /(^|[\\/])tagwright(@[^\\/]*)?(\.cmd)?$|[\\/]tagwright[\\/](.*[\\/])?dist[\\/]server\.js$/;

/** Does the entry start us? Under our own name it does, whatever it says. */
export const isOurs = (name: string, entry: Values, script: string): boolean =>
  name === NAME || wordsOf(entry).some((word) => word === script || PROGRAM.test(word));

/** What stands behind our program. */
function flagsOf(entry: Values): string[] {
  const words = wordsOf(entry);
  const program = words.findIndex((word) => PROGRAM.test(word) || /[\\/]server\.js$/.test(word));
  return program < 0 ? [] : words.slice(program + 1);
}

/** Undefined where the text has no such entry. */
export function take(client: Client, text: string, name: string): Installed | undefined {
  const document = read(client.format, text);
  const entry = member(member(document, client.key), name);
  if (entry === undefined) return undefined;
  return {
    entry: isRecord(entry) ? entry : {},
    inputs: inputsOf(client, document).filter(({ id }) => String(id).startsWith(idOf(name, '')) && mentions(entry, id)),
  };
}

export function put(client: Client, text: string, name: string, { entry, inputs }: Installed): string {
  const { format, key, inputs: list } = client;
  return inputs.reduce<string>(
    (edited, input) => {
      const others = inputsOf(client, read(format, edited));
      return !list || others.some(({ id }) => id === input.id) ? edited : edit(format, edited, [list, others.length], input);
    },
    edit(format, text, [key, name], entry),
  );
}

/** Inputs that another entry mentions as well stay; what is empty then goes too. */
export function drop(client: Client, text: string, name: string): string {
  const { format, key, inputs: list } = client;
  const ours = new Set(take(client, text, name)?.inputs.map(({ id }) => id));
  const rest = edit(format, text, [key, name], undefined);
  const document = read(format, rest);
  const without = inputsOf(client, document).reduceRight<string>(
    (edited, { id }, index) =>
      list && ours.has(id) && !mentions(document[key], id) ? edit(format, edited, [list, index], undefined) : edited,
    rest,
  );
  return [key, ...(list ? [list] : [])].reduce((edited, one) => withoutEmpty(client, edited, one), without);
}

/** In TOML nothing is left of a table. */
function withoutEmpty({ format }: Client, text: string, key: string): string {
  const value = member(read(format, text), key);
  const isEmpty = typeof value === 'object' && value !== null && Object.keys(value).length === 0;
  return isEmpty && format !== 'toml' ? edit(format, text, [key], undefined) : text;
}

const inputsOf = ({ inputs }: Client, document: Values): Values[] =>
  inputs ? listOf(document, inputs).map((input) => (isRecord(input) ? input : {})) : [];

const mentions = (value: unknown, id: unknown): boolean => JSON.stringify(value)?.includes(`\${input:${id}}`) ?? false;

/** The commands for people. Serving is none of them: server.ts does that without loading this. */
import pkg from '../../package.json' with { type: 'json' };
import { nearest } from '../core/nearest.ts';
import { oneLine } from '../core/text.ts';
import type { CliContext } from './context.ts';
import { didYouMean, readFlags, UsageError } from './flags.ts';
import { DOCTOR, general, installing } from './help.ts';

const USAGE_ERROR = 2;
const MESSAGE = 300;

interface Command {
  help(): string | Promise<string>;
  run(args: readonly string[], context: CliContext): Promise<number>;
}

const generalHelp = () => general(pkg.version);
const installHelp = async () => installing(Object.keys((await import('./clients/clients.ts')).CLIENTS));

const COMMANDS: Readonly<Record<string, Command>> = {
  doctor: { help: () => DOCTOR, run: async (args, context) => (await import('./doctor.ts')).doctor(args, context) },
  install: { help: installHelp, run: async (args, context) => (await import('./install.ts')).install(args, context) },
  uninstall: { help: installHelp, run: async (args, context) => (await import('./install.ts')).uninstall(args, context) },
  help: { help: generalHelp, run: ([topic, ...more], context) => help(topic, more, context) },
};

/** The exit code. */
export async function main(args: readonly string[], context: CliContext): Promise<number> {
  try {
    return await run(args, context);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    context.errors.write(`tagwright: ${oneLine(error.message, MESSAGE)} See tagwright --help.\n`);
    return USAGE_ERROR;
  }
}

async function run(args: readonly string[], context: CliContext): Promise<number> {
  const [first, ...rest] = args;
  if (first === undefined || first.startsWith('-')) return withoutCommand(args, context);
  const command = commandFor(first);
  const flags = rest.includes('--') ? rest.slice(0, rest.indexOf('--')) : rest;
  if (flags.some((flag) => flag === '--help' || flag === '-h')) return print(await command.help(), context);
  return command.run(rest, context);
}

function commandFor(name: string): Command {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) throw new UsageError(`${name} is not a command.${didYouMean(nearest(name, Object.keys(COMMANDS)))}`);
  return command;
}

const asShellWord = (word: string) => (/^[\w./:@+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

function withoutCommand(args: readonly string[], context: CliContext): number {
  const command = args.find((word) => Object.hasOwn(COMMANDS, word));
  if (command !== undefined) {
    const at = args.indexOf(command);
    const line = ['tagwright', command, ...args.slice(0, at), ...args.slice(at + 1)].map(asShellWord).join(' ');
    throw new UsageError(`${command} has to come first: ${line}.`);
  }
  const { values, positionals } = readFlags(args, {
    'git-root': { type: 'string', multiple: true },
    help: { type: 'boolean', short: 'h' },
    version: { type: 'boolean', short: 'v' },
  });
  for (const word of positionals) commandFor(word);
  return print(values.version && !values.help ? `${pkg.version}\n` : generalHelp(), context);
}

async function help(topic: string | undefined, more: readonly string[], context: CliContext): Promise<number> {
  if (topic?.startsWith('-') || more.length > 0) throw new UsageError('help takes the name of one command.');
  return print(await (topic === undefined ? generalHelp() : commandFor(topic).help()), context);
}

function print(text: string, { output }: CliContext): number {
  output.write(text);
  return 0;
}

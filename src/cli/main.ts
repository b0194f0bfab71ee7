/** The commands for people. Serving is none of them: server.ts does that without loading this. */
import pkg from '../../package.json' with { type: 'json' };
import { oneLine } from '../core/text.ts';
import type { CliContext } from './context.ts';
import { didYouMean, readFlags, UsageError } from './flags.ts';
import { nearest } from './nearest.ts';

const USAGE_ERROR = 2;
const MESSAGE = 300;

interface Command {
  readonly help: string;
  run(args: readonly string[], context: CliContext): Promise<number>;
}

const HELP = `tagwright ${pkg.version}: release tags over the Model Context Protocol

  tagwright [--git-root DIR]...    serve MCP on stdin and stdout; a client starts it so
  tagwright doctor [--json]        check every configured system, and say what is wrong
  tagwright install CLIENT         enter tagwright in a client's configuration
  tagwright uninstall CLIENT       take it out again
  tagwright help COMMAND           more about one of them

  --git-root DIR   a directory whose git repositories may be used; may be repeated
  -h, --help       print this
  -v, --version    print the version

Settings are environment variables, see README.md.

Examples:
  tagwright install claude-code
  GITLAB_TOKEN=glpat-... tagwright doctor
  tagwright doctor --json | jq '.providers[] | select(.state == "fails")'

Exit codes: 0 done, 1 failed, 2 wrong usage.
NO_COLOR is respected.
`;

const DOCTOR = `tagwright doctor [--json] [--git-root DIR]...

Asks every configured system, without writing anything, who the credential belongs to and whether the default
repository can be read and written. Shows where each variable comes from, and what is wrong in words.

  --json           one JSON object on stdout
  --git-root DIR   as the server would be started; may be repeated

Examples:
  tagwright doctor
  tagwright doctor --json > report.json

Exit codes: 0 every configured system works, 1 one of them fails or none is configured, 2 wrong usage.
`;

const INSTALL = `tagwright install CLIENT [--dry-run] [--print] [--name NAME]
tagwright uninstall CLIENT [--dry-run] [--name NAME]

Enters tagwright in the configuration file of an MCP client, or takes it out; everything else in the file stays.

  --dry-run      show what would change, and change nothing
  --print        show the entry alone
  --name NAME    the name of the entry (default tagwright)

Examples:
  tagwright install claude-desktop
  tagwright install vscode --dry-run

Exit codes: 0 done, 1 failed, 2 wrong usage.
`;

const COMMANDS: Readonly<Record<string, Command>> = {
  doctor: { help: DOCTOR, run: async (args, context) => (await import('./doctor.ts')).doctor(args, context) },
  install: { help: INSTALL, run: async (args, context) => (await import('./install.ts')).install(args, context) },
  uninstall: { help: INSTALL, run: async (args, context) => (await import('./install.ts')).uninstall(args, context) },
  help: { help: HELP, run: async ([topic, ...more], context) => help(topic, more, context) },
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
  if (flags.some((flag) => flag === '--help' || flag === '-h')) return print(command.help, context);
  return command.run(rest, context);
}

function commandFor(name: string): Command {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) throw new UsageError(`${name} is not a command.${didYouMean(nearest(name, Object.keys(COMMANDS)))}`);
  return command;
}

function withoutCommand(args: readonly string[], context: CliContext): number {
  const command = args.find((word) => Object.hasOwn(COMMANDS, word));
  if (command !== undefined) throw new UsageError(`${command} has to come first.`);
  const { values, positionals } = readFlags(args, {
    'git-root': { type: 'string', multiple: true },
    help: { type: 'boolean', short: 'h' },
    version: { type: 'boolean', short: 'v' },
  });
  for (const word of positionals) commandFor(word);
  return print(values.version && !values.help ? `${pkg.version}\n` : HELP, context);
}

function help(topic: string | undefined, more: readonly string[], context: CliContext): number {
  if (topic?.startsWith('-') || more.length > 0) throw new UsageError('help takes the name of one command.');
  return print(topic === undefined ? HELP : commandFor(topic).help, context);
}

function print(text: string, { output }: CliContext): number {
  output.write(text);
  return 0;
}

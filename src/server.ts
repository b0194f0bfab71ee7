/** The process: arguments, environment, stdio, signals, exit code. Imported by nobody. */
import { homedir } from 'node:os';
import { delimiter } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import pkg from '../package.json' with { type: 'json' };
import { createApp } from './app.ts';
import { readConfig } from './config.ts';
import type { ProviderDefinition } from './core/provider.ts';
import type { AnyTool } from './core/tool.ts';
import { createLog } from './log.ts';
import * as providers from './providers/index.ts';
import { createStdio } from './stdio.ts';
import * as tools from './tools/index.ts';

const REVISIONS = ['2026-07-28'];
const DRAIN_MS = 60_000;
const SIGNAL_MS = 4_500;
const USAGE_ERROR = 2;

const HELP = `tagwright ${pkg.version}: release tags over the Model Context Protocol

  tagwright [--git-root DIR]...   serve MCP on stdin and stdout
  tagwright --help                print this
  tagwright --version             print the version

An MCP client starts it with its settings in the environment, see README.md.
Exit codes: 0 done, 1 failed, 2 wrong usage.
`;

const OPTIONS = {
  'git-root': { type: 'string', multiple: true },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const;

function readArguments() {
  try {
    return parseArgs({ options: OPTIONS }).values;
  } catch (error) {
    process.stderr.write(`tagwright: ${error instanceof Error ? error.message : String(error)}\nSee tagwright --help.\n`);
    return process.exit(USAGE_ERROR);
  }
}

async function serve(roots: readonly string[]): Promise<void> {
  const config = await readConfig(Object.values<ProviderDefinition>(providers), {
    flags: roots.length > 0 ? { TAGWRIGHT_GIT_ROOTS: roots.join(delimiter) } : {},
    cwd: process.cwd(),
    home: homedir(),
    userAgent: `tagwright/${pkg.version}`,
  });
  const log = createLog(config.settings.TAGWRIGHT_LOG_LEVEL, config.redact);
  for (const problem of config.problems) log('warn', problem);
  if (process.stdin.isTTY) process.stderr.write('tagwright: waiting for an MCP client on stdin. See tagwright --help.\n');

  const ending = new AbortController();
  const app = createApp({ version: pkg.version, tools: Object.values<AnyTool>(tools), config, log, ending: ending.signal });
  // What is being undone is undone; idle connections to upstreams would keep the process for seconds.
  const closed = () => void Promise.race([app.idle(), setTimeout(SIGNAL_MS)]).then(() => setImmediate(() => process.exit(0)));
  const transport = createStdio({ input: process.stdin, output: process.stdout, revisions: REVISIONS, drainMs: DRAIN_MS, closed });
  serveStdio(app.factory, { transport, onerror: ({ message }) => log('info', message) });
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => {
      ending.abort();
      transport.drain(SIGNAL_MS);
    });
}

process.on('uncaughtException', (error) => {
  process.stderr.write(`tagwright: stopped by an unexpected error: ${error.message.split('\n', 1)[0]}\n`);
  process.exit(1);
});

const args = readArguments();
if (args.help) process.stdout.write(HELP);
else if (args.version) process.stdout.write(`${pkg.version}\n`);
else await serve(args['git-root'] ?? []);

/** The process: arguments, environment, stdio, signals, exit code. Imported by nobody. */
import { homedir } from 'node:os';
import { delimiter } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import pkg from '../package.json' with { type: 'json' };
import { environment, readConfig } from './config/config.ts';
import { createLog, type Log } from './config/log.ts';
import type { ProviderDefinition } from './core/provider.ts';
import type { AnyTool } from './core/tool.ts';
import { createApp } from './mcp/app.ts';
import { createStdio } from './mcp/stdio.ts';
import * as providers from './providers/index.ts';
import * as tools from './tools/index.ts';

const REVISIONS = ['2026-07-28'];
const DRAIN_MS = 60_000;
const SIGNAL_MS = 4_500;
/** Whatever else may fail on the way out: longer than any step that is waited for. */
const LAST_MS = 40_000;
/** A move that has deleted is finished or put back for as long. */
const MOVE_MS = 30_000;

/** Until the configuration is read: nothing is known to be secret then, and nothing is under way. */
let log: Log = createLog('error', (text) => text);
let stop = (code: number): void => process.exit(code);

/** The directories to serve, or undefined where something else is asked for. */
function rootsToServe(args: string[]): readonly string[] | undefined {
  try {
    return parseArgs({ args, options: { 'git-root': { type: 'string', multiple: true } } }).values['git-root'] ?? [];
  } catch {
    return undefined;
  }
}

/** Empty where there is none: a deleted directory, a user that nobody knows. */
function orNone(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}

async function serve(roots: readonly string[]): Promise<void> {
  const config = await readConfig(Object.values<ProviderDefinition>(providers), {
    flags: roots.length > 0 ? { TAGWRIGHT_GIT_ROOTS: roots.join(delimiter) } : {},
    cwd: orNone(process.cwd),
    home: orNone(homedir),
    userAgent: `tagwright/${pkg.version}`,
  });
  log = createLog(config.settings.TAGWRIGHT_LOG_LEVEL, config.redact);
  for (const problem of config.problems) log('warn', problem);
  if (process.stdin.isTTY) process.stderr.write('tagwright: waiting for an MCP client on stdin. See tagwright --help.\n');

  const ending = new AbortController();
  const app = createApp({ version: pkg.version, tools: Object.values<AnyTool>(tools), config, log, ending: ending.signal });
  let deadline = Number.POSITIVE_INFINITY;
  let exitCode = 0;
  // What is being undone is undone; idle connections to upstreams would keep the process for seconds.
  const closed = async () => {
    ending.abort(); // nobody hears the answers any more
    const left = Math.max(0, Math.min(SIGNAL_MS, deadline - Date.now()));
    const unanswered = app.unfinished();
    await Promise.race([app.idle(), setTimeout(left)]);
    await Promise.race([app.moved(), setTimeout(MOVE_MS)]);
    const unfinished = app.unfinished();
    if (unfinished) process.stderr.write(`tagwright: ended before it was known what became of: ${unfinished}\n`);
    else if (unanswered) process.stderr.write(`tagwright: ended without having answered: ${unanswered}\n`);
    process.exit(exitCode);
  };
  const transport = createStdio({
    input: process.stdin,
    output: process.stdout,
    revisions: REVISIONS,
    drainMs: DRAIN_MS,
    closed: () => void closed(),
  });
  void app.gaps().then((gaps) => {
    for (const gap of gaps) log('warn', gap);
  });
  serveStdio(app.factory, { transport, onerror: ({ message }) => log('info', message) });
  stop = (code) => {
    exitCode = Math.max(exitCode, code);
    deadline = Math.min(deadline, Date.now() + SIGNAL_MS);
    ending.abort();
    transport.drain(SIGNAL_MS);
    void setTimeout(LAST_MS, undefined, { ref: false }).then(() => process.exit(exitCode));
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop(0));
}

/** A fault of ours ends the process as a signal does: what is under way is finished or undone first. */
function crash(error: unknown): void {
  log('error', `stopped by an unexpected error: ${error instanceof Error ? error.message : String(error)}`);
  stop(1);
}
process.on('uncaughtException', crash).on('unhandledRejection', crash);
// A client may close what it does not read, or its disk be full: that ends nothing.
process.stderr.on('error', () => {});

/** Commands and help, which serving does without. */
async function assist(args: readonly string[]): Promise<void> {
  const { main } = await import('./cli/main.ts');
  const { stdin: input, stdout: output, stderr: errors, platform, execPath: node, argv } = process;
  output.on('error', () => process.exit(1)); // whoever reads it has gone
  const program = { node, script: argv[1] ?? '' };
  const code = await main(args, {
    home: orNone(homedir),
    cwd: orNone(process.cwd),
    platform,
    env: environment,
    program,
    input,
    output,
    errors,
  });
  // Idle connections to upstreams would keep the process for seconds.
  output.write('', () => process.exit(code));
}

const args = process.argv.slice(2);
const roots = rootsToServe(args);
(roots ? serve(roots) : assist(args)).catch(crash);

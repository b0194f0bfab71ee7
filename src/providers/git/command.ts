/** Runs git: never a shell, never a prompt, nothing that the repository at hand could have configured to run. */
import { spawn } from 'node:child_process';
import { abandoned, TagError } from '../../core/errors.ts';
import type { Call, Host } from '../../core/provider.ts';
import { explain, LockHeld } from './failures.ts';

const GUARDS = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.quotePath=false',
  'log.showSignature=false', // would run gpg.program
  'protocol.allow=never', // a partial clone would fetch, by any command its config names
].flatMap((setting) => ['-c', setting]);

const ENVIRONMENT = {
  LC_ALL: 'C', // messages are told apart by their words
  GIT_TERMINAL_PROMPT: '0',
  GIT_EDITOR: ':',
  GIT_PAGER: 'cat',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_NO_LAZY_FETCH: '1',
  GIT_NO_REPLACE_OBJECTS: '1',
};

/** What would lead git to another repository, or hand it settings, kept from the child. */
const MISLEADING =
  /^GIT_(DIR|WORK_TREE|INDEX_FILE|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|NAMESPACE|COMMON_DIR|CONFIG.*|EXTERNAL_DIFF|TRACE.*)$/;

const MOST_OUTPUT = 64 * 1024 * 1024;
const LOCK_PAUSE_MS = 250;

export interface Git {
  /** Standard output of a command that must succeed. Throws what `explain` makes of its failure. */
  run(directory: string, args: readonly string[], call: Call, input?: string): Promise<string>;
  /** Its lines as they come, in batches. Leaving the loop ends the command. */
  lines(directory: string, args: readonly string[], call: Call): AsyncGenerator<string[], void, void>;
}

export function createGit({ timeoutMs, childEnv }: Host): Git {
  const env = { ...Object.fromEntries(Object.entries(childEnv).filter(([name]) => !MISLEADING.test(name))), ...ENVIRONMENT };

  function start(directory: string, args: readonly string[], call: Call) {
    const signal = AbortSignal.any([call.signal, AbortSignal.timeout(timeoutMs)]);
    if (signal.aborted) throw abandoned(signal);
    const child = spawn('git', ['-C', directory, ...GUARDS, ...args], { env, signal, windowsHide: true });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (stderr.length < 10_000) stderr += text;
    });
    const exit = new Promise<number>((resolve, reject) => {
      child.on('error', (cause: NodeJS.ErrnoException) =>
        reject(
          signal.aborted
            ? abandoned(signal, true)
            : new TagError('not_configured', `git could not be started (${cause.code}).`, {
                hint: 'Install git, and put it on PATH.',
                cause,
              }),
        ),
      );
      child.on('close', (code) => (signal.aborted ? reject(abandoned(signal, true)) : resolve(code ?? 1)));
    });
    exit.catch(() => {}); // the loop below may be left before it is awaited
    return {
      child,
      finish: async () => {
        const code = await exit;
        if (code !== 0) throw explain(stderr, directory);
      },
    };
  }

  async function runOnce(directory: string, args: readonly string[], call: Call, input: string): Promise<string> {
    const { child, finish } = start(directory, args, call);
    child.stdin.on('error', () => {}); // git went away before reading; its exit code tells
    child.stdin.end(input);
    const chunks: Buffer[] = [];
    let size = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > MOST_OUTPUT) child.kill();
      else chunks.push(chunk);
    });
    await finish();
    return Buffer.concat(chunks).toString('utf8');
  }

  return {
    async run(directory, args, call, input = '') {
      try {
        return await runOnce(directory, args, call, input);
      } catch (error) {
        if (!(error instanceof LockHeld)) throw error;
      }
      await new Promise((wake) => setTimeout(wake, LOCK_PAUSE_MS));
      return runOnce(directory, args, call, input);
    },
    async *lines(directory, args, call) {
      const { child, finish } = start(directory, args, call);
      child.stdin.end();
      try {
        let rest = '';
        for await (const text of child.stdout.setEncoding('utf8') as AsyncIterable<string>) {
          const lines = (rest + text).split('\n');
          rest = lines.pop() ?? '';
          yield lines;
        }
        await finish();
      } finally {
        child.kill();
      }
    },
  };
}

/** Runs git: never a shell, never a prompt, nothing that the repository at hand could have configured to run. */
import { type ChildProcess, spawn } from 'node:child_process';
import { abandoned, type Meaning, TagError } from '../core/errors.ts';
import type { Call, Host } from '../core/provider.ts';
import { ours, told } from '../core/told.ts';
import { explain, LockHeld, notStarted } from './failures.ts';

const GUARDS = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.quotePath=false',
  'log.showSignature=false', // would run gpg.program
].flatMap((setting) => ['-c', setting]);

const ENVIRONMENT = {
  LC_ALL: 'C', // messages are told apart by their words
  GIT_TERMINAL_PROMPT: '0',
  GIT_EDITOR: ':',
  GIT_PAGER: 'cat',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_NO_LAZY_FETCH: '1',
  GIT_ALLOW_PROTOCOL: 'none', // older git fetches for a partial clone all the same, by any command its config names
  GIT_NO_REPLACE_OBJECTS: '1',
};

/** What would lead git to another repository, or hand it settings of a calling git, kept from the child (git rev-parse --local-env-vars). */
const MISLEADING =
  /^GIT_(DIR|WORK_TREE|COMMON_DIR|INDEX_FILE|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|IMPLICIT_WORK_TREE|GRAFT_FILE|SHALLOW_FILE|REPLACE_REF_BASE|PREFIX|NAMESPACE|QUARANTINE_PATH|CONFIG(_COUNT|_KEY_.*|_VALUE_.*|_PARAMETERS)?|EXTERNAL_DIFF|TRACE.*)$/;

const MOST_OUTPUT = 64 * 1024 * 1024;
const MOST_WORDS = 10_000;
const LOCK_PAUSE_MS = 250;
/** How long a git that was told to end may take; until then it may hold locks. */
const LAST_MS = 1_000;

export interface Git {
  /** Standard output of a command that must succeed. Throws what `explain` makes of its failure. */
  run(directory: string, args: readonly string[], call: Call, input?: string): Promise<string>;
  /** Its lines as they come, in batches. Leaving the loop ends the command. */
  lines(directory: string, args: readonly string[], call: Call): AsyncGenerator<string[], void, void>;
}

/** `meanings`: what the commands that it runs may say besides what every git says. */
export function createGit({ timeoutMs, childEnv }: Host, meanings: readonly Meaning[] = []): Git {
  const env = { ...Object.fromEntries(Object.entries(childEnv).filter(([name]) => !MISLEADING.test(name))), ...ENVIRONMENT };

  function start(directory: string, args: readonly string[], call: Call, input = '') {
    const signal = AbortSignal.any([call.signal, AbortSignal.timeout(timeoutMs)]);
    if (signal.aborted) throw abandoned(signal);
    call.budget?.ask();
    const started = performance.now();
    const child = launch(['-C', directory, ...GUARDS, ...args], env, signal);
    const exit = exitOf(child, signal);
    // A loop over its lines may be left before this is awaited.
    exit.catch(() => {}).finally(() => call.budget?.add({ ms: performance.now() - started }));
    let words = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      if (words.length < MOST_WORDS) words += text;
    });
    child.stdin?.on('error', () => {}); // git may end before it has read all; its exit code tells
    child.stdin?.end(input);
    return {
      child,
      finish: async () => {
        if ((await exit) !== 0) throw explain(words, directory, meanings);
      },
    };
  }

  async function runOnce(directory: string, args: readonly string[], call: Call, input?: string): Promise<string> {
    const { child, finish } = start(directory, args, call, input);
    const chunks: Buffer[] = [];
    let size = 0;
    child.stdout?.on('data', (chunk: Buffer) => {
      size += chunk.length;
      call.budget?.add({ bytes: chunk.length });
      if (size > MOST_OUTPUT) child.kill();
      else chunks.push(chunk);
    });
    try {
      await finish();
    } catch (cause) {
      if (size <= MOST_OUTPUT) throw cause;
      throw new TagError('unsupported', 'The messages of these tags are too long to be read at once.', { hint: 'Lower limit.', cause });
    }
    return Buffer.concat(chunks).toString('utf8');
  }

  return {
    async run(directory, args, call, input) {
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
      try {
        let rest = '';
        for await (const text of (child.stdout?.setEncoding('utf8') ?? []) as AsyncIterable<string>) {
          call.budget?.add({ bytes: text.length });
          const lines = (rest + text).split('\n');
          rest = lines.pop() ?? '';
          yield lines;
        }
      } catch (cause) {
        await finish(); // says why the pipe broke
        throw new TagError('unavailable', 'git went away in the middle of its answer.', { cause });
      } finally {
        child.kill();
      }
      await finish();
    },
  };
}

function launch(args: string[], env: NodeJS.ProcessEnv, signal: AbortSignal): ChildProcess {
  try {
    return spawn('git', args, { env, signal, windowsHide: true });
  } catch (cause) {
    throw new TagError('invalid_input', 'An argument is too long, or holds a character that no argument may hold.', { cause });
  }
}

/** The exit code. A git that is given up is waited for, so that it cannot write behind our back, but not for long. */
const exitOf = (child: ChildProcess, signal: AbortSignal) =>
  new Promise<number>((resolve, reject) => {
    child.on('error', (cause: NodeJS.ErrnoException) => {
      if (child.pid === undefined) return reject(signal.aborted ? abandoned(signal) : notStarted(cause));
      setTimeout(() => {
        child.kill('SIGKILL');
        child.stdout?.destroy();
        reject(abandoned(signal, true));
      }, LAST_MS).unref();
    });
    child.on('close', (code, by) => {
      if (signal.aborted) reject(abandoned(signal, true));
      else if (code === null && by !== 'SIGPIPE')
        reject(new TagError('unavailable', told`git was ended by ${ours(String(by))}.`, { inDoubt: true }));
      else resolve(code ?? 1); // SIGPIPE: a git that git had started went away; the words tell why
    });
  });

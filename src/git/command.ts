/** Runs git: never a shell, never a prompt, nothing that the repository at hand could have configured to run. */
import { type ChildProcess, spawn } from 'node:child_process';
import { setMaxListeners } from 'node:events';
import { abandoned, type Meaning, TagError } from '../core/errors.ts';
import type { Call, Host } from '../core/provider.ts';
import { timedOut } from '../core/time-limit.ts';
import { ours, told } from '../core/told.ts';
import { environmentFor, type Setting, settingAs, settingsIn } from './environment.ts';
import { explain, LockHeld, notFound, notStarted } from './failures.ts';
import { findProgram, foldersOf, strangersAt } from './program.ts';

const GUARDS = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.quotePath=false',
  'core.warnAmbiguousRefs=false', // would look for refs by the name of every id
  'core.multiPackIndex=false', // names packs by any path
  'log.showSignature=false', // would run gpg.program
].flatMap((setting) => ['-c', setting]);

const MOST_OUTPUT = 64 * 1024 * 1024;
const MOST_WORDS = 10_000;
const LOCK_PAUSE_MS = 250;
/** How long a git that was told to end may take; until then it may hold locks. */
const LAST_MS = 1_000;

/** Where a git runs, and what the repository there has set that is set otherwise. */
export interface Workplace {
  readonly path: string;
  readonly overruled?: readonly Setting[];
}

interface Answer {
  readonly output: string;
  /** What it said beside that, though it succeeded: warnings. */
  readonly words: string;
}

export interface Git {
  /** Standard output of a command that must succeed. Throws what `explain` makes of its failure. */
  run(at: Workplace, args: readonly string[], call: Call, input?: string): Promise<string>;
  /** The same with its warnings. */
  ask(at: Workplace, args: readonly string[], call: Call, input?: string): Promise<Answer>;
  /** Its lines as they come, in batches. Leaving the loop ends the command. `warn` gets what it says beside, perhaps a little later. */
  lines(at: Workplace, args: readonly string[], call: Call, warn?: (words: string) => void): AsyncGenerator<string[], void, void>;
}

/** `meanings`: what the commands that it runs may say besides what every git says. `roots`: where the repositories may be. */
export function createGit({ cwd, timeoutMs, childEnv }: Host, meanings: readonly Meaning[] = [], roots: readonly string[] = []): Git {
  const strangers = strangersAt([cwd, ...roots], childEnv);
  const folders = foldersOf(childEnv, strangers);
  const environment = environmentFor(childEnv, folders);
  const given = settingsIn(childEnv);
  let program = findProgram('git', folders, childEnv, strangers);

  function start({ path, overruled = [] }: Workplace, args: readonly string[], call: Call, input = '') {
    if (call.signal.aborted) throw abandoned(call.signal);
    program ??= findProgram('git', folders, childEnv, strangers);
    if (!program) throw notFound();
    call.budget?.ask();
    const started = performance.now();
    const env = { ...environment, ...settingAs([...given, ...overruled]) };
    const ending = new AbortController();
    const child = launch(program, ['-C', path, ...GUARDS, ...args], env, ending.signal);
    const stop = endWith(ending, call.signal, timeoutMs);
    const exit = exitOf(child, ending.signal);
    const ended = () => {
      stop();
      call.budget?.add({ ms: performance.now() - started });
    };
    exit.then(ended, ended); // a loop over its lines may be left before it is awaited
    let words = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      if (words.length < MOST_WORDS) words += text;
    });
    child.stdin?.on('error', () => {}); // git may end before it has read all; its exit code tells
    child.stdin?.end(input);
    return {
      child,
      words: () => words,
      finish: async () => {
        if ((await exit) !== 0) throw explain(words, path, meanings);
      },
    };
  }

  async function askOnce(at: Workplace, args: readonly string[], call: Call, input?: string): Promise<Answer> {
    const { child, words, finish } = start(at, args, call, input);
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
    return { output: Buffer.concat(chunks).toString('utf8'), words: words() };
  }

  async function ask(at: Workplace, args: readonly string[], call: Call, input?: string): Promise<Answer> {
    try {
      return await askOnce(at, args, call, input);
    } catch (error) {
      if (!(error instanceof LockHeld)) throw error;
    }
    await new Promise((wake) => setTimeout(wake, LOCK_PAUSE_MS));
    return askOnce(at, args, call, input);
  }

  return {
    ask,
    run: async (at, args, call, input) => (await ask(at, args, call, input)).output,
    async *lines(at, args, call, warn = () => {}) {
      const { child, finish } = start(at, args, call);
      child.stderr?.on('data', warn);
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

function launch(program: string, args: string[], env: NodeJS.ProcessEnv, signal: AbortSignal): ChildProcess {
  try {
    return spawn(program, args, { env, signal, windowsHide: true });
  } catch (cause) {
    throw new TagError('invalid_input', 'An argument is too long, or holds a character that no argument may hold.', { cause });
  }
}

/** One timer and one listener, held until they are taken back: Node forgets a limit that is heard through AbortSignal.any. */
function endWith(ending: AbortController, caller: AbortSignal, ms: number): () => void {
  const end = () => ending.abort(caller.reason);
  const timer = setTimeout(() => ending.abort(timedOut()), ms);
  setMaxListeners(0, caller); // one call may have many gits at once
  caller.addEventListener('abort', end, { once: true });
  return () => {
    clearTimeout(timer);
    caller.removeEventListener('abort', end);
  };
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

/** A git under way: in a process group of its own, so that it ends with everything it has started, and has no terminal to ask at. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { setMaxListeners } from 'node:events';
import { abandoned, TagError } from '../core/errors.ts';
import { timedOut } from '../core/time-limit.ts';
import { ours, told } from '../core/told.ts';
import { notStarted } from './failures.ts';

/** How long a git that was told to end may take; until then it may hold locks. */
const LAST_MS = 1_000;
const HAS_GROUPS = process.platform !== 'win32';

export interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  /** Its exit code. Throws `timeout` and `cancelled`, in doubt, once it is gone. */
  readonly exit: Promise<number>;
  /** Its answer is wanted no longer. */
  stop(): void;
}

/** Ends after `ms`, or when the caller gives up. */
export function launch(program: string, args: readonly string[], env: NodeJS.ProcessEnv, caller: AbortSignal, ms: number): Running {
  const child = spawned(program, args, env);
  const ending = new AbortController();
  // One timer and one listener, held until they are taken back: Node forgets a limit that is heard through AbortSignal.any.
  const giveUp = () => ending.abort(caller.reason);
  const timer = setTimeout(() => ending.abort(timedOut()), ms);
  setMaxListeners(0, caller); // one call may have many gits at once
  caller.addEventListener('abort', giveUp);
  const exit = exitOf(child, ending.signal).finally(() => {
    clearTimeout(timer);
    caller.removeEventListener('abort', giveUp);
  });
  return { child, exit, stop: () => end(child) };
}

function spawned(program: string, args: readonly string[], env: NodeJS.ProcessEnv): ChildProcessWithoutNullStreams {
  try {
    return spawn(program, args, { env, detached: HAS_GROUPS, windowsHide: true });
  } catch (cause) {
    throw new TagError('invalid_input', 'An argument is too long, or holds a character that no argument may hold.', { cause });
  }
}

/** Only while it runs: its number may be another's afterwards. */
function end(child: ChildProcessWithoutNullStreams, signal: NodeJS.Signals = 'SIGTERM'): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    if (HAS_GROUPS) process.kill(-child.pid, signal);
    else child.kill(signal);
  } catch {
    // it has ended meanwhile
  }
}

/** A git that is given up is waited for, so that it cannot write behind our back, but not for long. */
const exitOf = (child: ChildProcessWithoutNullStreams, ending: AbortSignal) =>
  new Promise<number>((resolve, reject) => {
    ending.addEventListener('abort', () => {
      end(child);
      setTimeout(() => {
        end(child, 'SIGKILL');
        child.stdout.destroy();
        child.stderr.destroy();
        reject(abandoned(ending, true));
      }, LAST_MS).unref();
    });
    child.on('error', (cause: NodeJS.ErrnoException) => {
      if (child.pid === undefined) reject(ending.aborted ? abandoned(ending) : notStarted(cause));
    });
    // A connection that ssh keeps open for later holds its end of the words.
    child.on('exit', () => setTimeout(() => child.stderr.destroy(), LAST_MS).unref());
    child.on('close', (code, by) => {
      if (ending.aborted) reject(abandoned(ending, true));
      else if (code === null && by !== 'SIGPIPE')
        reject(new TagError('unavailable', told`git was ended by ${ours(String(by))}.`, { inDoubt: true }));
      else resolve(code ?? 1); // SIGPIPE: a git that git had started went away; the words tell why
    });
  });

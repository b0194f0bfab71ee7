/** Runs git: never a shell, never a prompt, nothing that the repository at hand could have configured to run. */
import { abandoned, type Meaning, TagError } from '../core/errors.ts';
import type { Host } from '../core/host.ts';
import type { Call } from '../core/provider.ts';
import { launch } from './child.ts';
import { environmentFor, type Setting, settingAs, settingsIn } from './environment.ts';
import { explain, LockHeld, notFound } from './failures.ts';
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

/** Where a git runs, and what is set otherwise there than the repository, or this server, has it. */
export interface Workplace {
  readonly path: string;
  readonly overruled?: readonly Setting[];
  readonly env?: NodeJS.ProcessEnv;
}

interface Answer {
  readonly output: string;
  /** What it said beside that, though it succeeded: warnings. */
  readonly words: string;
}

export interface Outcome extends Answer {
  /** Its exit code. */
  readonly code: number;
}

export interface Git {
  /** The operator has said when what is made was made (GIT_COMMITTER_DATE). */
  readonly isDated: boolean;
  /** What came of a command that may fail, told by whoever knows its words. */
  attempt(at: Workplace, args: readonly string[], call: Call, input?: string): Promise<Outcome>;
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

  function start({ path, overruled = [], env }: Workplace, args: readonly string[], call: Call, input = '') {
    if (call.signal.aborted) throw abandoned(call.signal);
    program ??= findProgram('git', folders, childEnv, strangers);
    if (!program) throw notFound();
    call.budget?.ask();
    const started = performance.now();
    const whole = { ...environment, ...env, ...settingAs([...given, ...overruled]) };
    const { child, exit, stop } = launch(program, ['-C', path, ...GUARDS, ...args], whole, call.signal, timeoutMs);
    const ended = () => call.budget?.add({ ms: performance.now() - started });
    exit.then(ended, ended); // a loop over its lines may be left before it is awaited
    let words = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (words.length < MOST_WORDS) words += text;
    });
    child.stdin.on('error', () => {}); // git may end before it has read all; its exit code tells
    child.stdin.end(input);
    return { child, exit, stop, words: () => words };
  }

  async function attempt(at: Workplace, args: readonly string[], call: Call, input?: string): Promise<Outcome> {
    const { child, exit, stop, words } = start(at, args, call, input);
    const chunks: Buffer[] = [];
    let size = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      call.budget?.add({ bytes: chunk.length });
      if (size > MOST_OUTPUT) stop();
      else chunks.push(chunk);
    });
    const code = await exit.catch((cause: unknown) => {
      if (size <= MOST_OUTPUT) throw cause;
      throw new TagError('unsupported', 'The messages of these tags are too long to be read at once.', { hint: 'Lower limit.', cause });
    });
    return { output: Buffer.concat(chunks).toString('utf8'), words: words(), code };
  }

  async function askOnce(at: Workplace, args: readonly string[], call: Call, input?: string): Promise<Answer> {
    const { code, ...answer } = await attempt(at, args, call, input);
    if (code !== 0) throw explain(answer.words, at.path, meanings);
    return answer;
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
    isDated: childEnv.GIT_COMMITTER_DATE !== undefined,
    attempt,
    ask,
    run: async (at, args, call, input) => (await ask(at, args, call, input)).output,
    async *lines(at, args, call, warn = () => {}) {
      const { child, exit, stop, words } = start(at, args, call);
      const finish = async () => {
        if ((await exit) !== 0) throw explain(words(), at.path, meanings);
      };
      child.stderr.on('data', warn);
      try {
        let rest = '';
        for await (const text of child.stdout.setEncoding('utf8') as AsyncIterable<string>) {
          call.budget?.add({ bytes: text.length });
          const lines = (rest + text).split('\n');
          rest = lines.pop() ?? '';
          yield lines;
        }
      } catch (cause) {
        await finish(); // says why the pipe broke
        throw new TagError('unavailable', 'git went away in the middle of its answer.', { cause });
      } finally {
        stop();
      }
      await finish();
    },
  };
}

/** As git says it of itself. */
export const versionOf = async (git: Git, path: string, call: Call): Promise<string> =>
  (await git.run({ path }, ['--version'], call)).replace('git version', '').trim();

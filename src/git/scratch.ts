/** A bare repository of ours for one exchange with a git host: nothing of a stranger's configuration is read there, and nothing stays. */
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TagError } from '../core/errors.ts';
import { ours, told } from '../core/told.ts';

const PREFIX = 'tagwright-scratch-';
/** Longer than any visit: a process of another container, whose number says nothing here, may have the same directory. */
const OLD_MS = 3_600_000;

export type ObjectFormat = 'sha1' | 'sha256';

const CONFIG: Record<ObjectFormat, string> = {
  sha1: '[core]\n\trepositoryformatversion = 0\n\tbare = true\n',
  sha256: '[core]\n\trepositoryformatversion = 1\n\tbare = true\n[extensions]\n\tobjectformat = sha256\n',
};

export interface Scratch {
  readonly path: string;
  /** Where git writes down what happened on the wire (trace2). */
  readonly trace: string;
  /** Did anything answer that speaks git's protocol? A page of HTML looks like an empty repository. */
  hasSpoken(): Promise<boolean>;
  /**
   * Before a push of what was fetched here. What is missing is on the host and not to be fetched: git is to forget that it may.
   * A commit that no ref of the host is on is declared a parent of `tip`, on which one is: git knows then that the host has it,
   * where it would send its whole tree.
   */
  settle(tip: string, commit: string): Promise<void>;
}

let swept: Promise<void> | undefined;

/** Removed afterwards, whatever happens; what a process that was killed has left behind is removed by the next one. */
export async function withScratch<T>(format: ObjectFormat, use: (scratch: Scratch) => Promise<T>): Promise<T> {
  swept ??= sweep();
  await swept;
  const path = await make(format).catch((cause: NodeJS.ErrnoException) => {
    throw new TagError('unavailable', told`No directory could be made in ${tmpdir()} (${ours(String(cause.code))}).`, {
      hint: 'Ask the operator to look at the rights and the space there.',
      cause,
    });
  });
  const trace = join(path, 'trace');
  try {
    return await use({
      path,
      trace,
      hasSpoken: async () => (await readFile(trace, 'utf8').catch(() => '')).includes('"negotiated-version"'),
      async settle(tip, commit) {
        await writeFile(join(path, 'config'), CONFIG[format]);
        if (tip === commit) return;
        const shallow = join(path, 'shallow');
        const boundary = (await readFile(shallow, 'utf8')).split('\n').filter((id) => id !== tip);
        await writeFile(shallow, boundary.join('\n'));
        await writeFile(join(path, 'info', 'grafts'), `${tip} ${commit}\n`);
      },
    });
  } finally {
    await rm(path, { recursive: true, force: true, maxRetries: 3 }).catch(() => {}); // swept another time
  }
}

async function make(format: ObjectFormat): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`));
  await Promise.all(['objects', 'refs', 'info'].map((part) => mkdir(join(path, part))));
  await writeFile(join(path, 'HEAD'), 'ref: refs/heads/none\n');
  await writeFile(join(path, 'config'), CONFIG[format]);
  return path;
}

async function sweep(): Promise<void> {
  const names = await readdir(tmpdir()).catch(() => []);
  await Promise.all(names.filter((name) => name.startsWith(PREFIX)).map((name) => removeIfLeft(name).catch(() => {}))); // another user's stays
}

async function removeIfLeft(name: string): Promise<void> {
  const path = join(tmpdir(), name);
  const { mtimeMs } = await stat(path);
  const isOld = Date.now() - mtimeMs > OLD_MS;
  if (isOld && !isRunning(Number.parseInt(name.slice(PREFIX.length), 10))) await rm(path, { recursive: true, force: true });
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

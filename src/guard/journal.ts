/**
 * What a move is about to destroy, on disk until the tag stands again: a line of JSON for each, in a file of the user's own.
 * Every change of it is made under a lock, in a copy that takes its place: a process may end at any moment.
 */
import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';

export interface Entry {
  readonly id: string;
  readonly time: string;
  readonly host: string;
  readonly pid: number;
  readonly provider: string;
  /** Where its API is: another server under the same name is another system. */
  readonly address?: string | undefined;
  readonly repository: string;
  readonly name: string;
  readonly ref: string;
  readonly message?: string | undefined;
}
/** What is lost with a tag, and where it stood. */
export type Kept = Omit<Entry, 'id' | 'time' | 'host' | 'pid'>;

export interface Journal {
  /** On disk when it resolves; undefined where it could not be written, which is told once. */
  keep(kept: Kept): Promise<Keeping | undefined>;
  /** What moves that are over have left behind. */
  gaps(): Promise<Entry[]>;
  /** Takes out what stands again, or was told. */
  drop(entry: Entry): Promise<void>;
}

export interface Keeping {
  /** The move is over: its entry goes where the tag stands, and is a gap where it does not. */
  end(stands: boolean): Promise<void>;
}

const FILE = 'journal.jsonl';
const PRIVATE = 0o600;
const LARGEST = 1024 * 1024;
/** A change takes milliseconds: who holds the lock for longer has died. */
const LOCK_MS = 5_000;
const TRY_AGAIN_MS = 20;
/** No move takes longer: its deletion, watching it, creating and putting back. */
const LONGEST_MOVE_MS = 300_000;

/** `path` names a file, or a directory (which is there, or ends in a slash) that gets one. */
export function createJournal(path: string, warn: (message: string) => void): Journal {
  const host = hostname();
  const running = new Set<string>();
  let warned = false;

  const isOver = ({ id, host: its, pid, time }: Entry): boolean => {
    if (its === host && pid === process.pid) return !running.has(id);
    return Date.now() - Date.parse(time) > LONGEST_MOVE_MS || (its === host && !isAlive(pid));
  };
  async function change(edit: (lines: string[]) => string[]): Promise<void> {
    const file = await fileAt(path);
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await locked(`${file}.lock`, async () => replaceFile(file, edit(await linesIn(file))));
  }
  const without = (gone: string) => (lines: string[]) => lines.filter((line) => entryOf(line)?.id !== gone);

  return {
    async keep(kept) {
      const entry: Entry = { id: randomUUID(), time: new Date().toISOString(), host, pid: process.pid, ...kept };
      running.add(entry.id);
      try {
        await change((lines) => [...lines, JSON.stringify(entry)]);
      } catch (error) {
        running.delete(entry.id);
        if (!warned)
          warn(`The journal of moves cannot be written (${codeOf(error)}): what an interrupted move loses will be told nowhere.`);
        warned = true;
        return undefined;
      }
      return {
        async end(stands) {
          running.delete(entry.id);
          if (stands) await change(without(entry.id)).catch(() => {});
        },
      };
    },
    async gaps() {
      const lines = await fileAt(path)
        .then(linesIn)
        .catch(() => []);
      return lines.flatMap((line) => entryOf(line) ?? []).filter(isOver);
    },
    drop: ({ id }) => change(without(id)).catch(() => {}),
  };
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error);

async function fileAt(path: string): Promise<string> {
  const isDirectory =
    /[\\/]$/.test(path) ||
    (await stat(path).then(
      (found) => found.isDirectory(),
      () => false,
    ));
  return isDirectory ? join(path, FILE) : path;
}

const isText = (value: unknown): boolean => typeof value === 'string';

function isEntry(value: unknown): value is Entry {
  const { id, time, host, pid, provider, address = '', repository, name, ref, message = '' } = Object(value) as Record<string, unknown>;
  return [id, time, host, provider, address, repository, name, ref, message].every(isText) && Number.isInteger(pid);
}

/** Those of a newer version, which this one cannot read, stay in the file. */
function entryOf(line: string): Entry | undefined {
  try {
    const entry: unknown = JSON.parse(line);
    return isEntry(entry) ? entry : undefined;
  } catch {
    return undefined;
  }
}

async function linesIn(file: string): Promise<string[]> {
  const found = await stat(file).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (!found) return [];
  if (!found.isFile() || found.size > LARGEST) throw Object.assign(new Error('no journal'), { code: 'not a small file' });
  return (await readFile(file, 'utf8')).split('\n').filter(Boolean);
}

async function replaceFile(file: string, lines: readonly string[]): Promise<void> {
  const copy = join(dirname(file), `.${basename(file)}.${randomUUID()}`);
  try {
    const written = await open(copy, 'wx', PRIVATE);
    try {
      await written.writeFile(lines.map((line) => `${line}\n`).join(''));
      await written.sync();
    } finally {
      await written.close();
    }
    await rename(copy, file);
  } catch (error) {
    await rm(copy, { force: true });
    throw error;
  }
  // The new name is on disk only with its directory; where that cannot be opened, it is the system's affair.
  const directory = await open(dirname(file)).catch(() => undefined);
  await directory?.sync().catch(() => {});
  await directory?.close();
}

/** One change at a time, of all processes. */
async function locked(lock: string, work: () => Promise<void>): Promise<void> {
  const until = Date.now() + 2 * LOCK_MS;
  for (;;) {
    try {
      await (await open(lock, 'wx', PRIVATE)).close();
      break;
    } catch (error) {
      if (codeOf(error) !== 'EEXIST' || Date.now() > until) throw error;
    }
    const held = await stat(lock).catch(() => undefined);
    if (held && Date.now() - held.mtimeMs > LOCK_MS) await steal(lock, held.ino);
    else await new Promise((wake) => setTimeout(wake, TRY_AGAIN_MS));
  }
  try {
    await work();
  } finally {
    await rm(lock, { force: true });
  }
}

/** The lock of a process that died, unless another one has taken it over just now. */
async function steal(lock: string, ino: number): Promise<void> {
  const aside = `${lock}.${randomUUID()}`;
  await rename(lock, aside).catch(() => {});
  const found = await stat(aside).catch(() => undefined);
  if (found && found.ino !== ino) await link(aside, lock).catch(() => {});
  await rm(aside, { force: true });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

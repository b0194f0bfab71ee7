/** Lines at the end of a file: whole and on disk, or not at all. */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';

/** Appends one line; resolves once it is on disk. */
export type AppendLine = (line: string) => Promise<void>;

const PATIENCE_MS = 5_000;
const PAUSE_MS = 10;
const LINE_FEED = 10;
/** Windows knows no O_NONBLOCK, nor pipes among files. */
const { O_NONBLOCK = 0 } = constants as Partial<typeof constants>;
const AT_END = constants.O_APPEND | constants.O_CREAT | O_NONBLOCK;

/** The file is opened anew every time, so that it may be rotated away; only its owner may read it. */
export const appendTo = (path: string): AppendLine => inTurn((lines) => append(path, lines));

/** One write after the other, so that none takes back another's; what came meanwhile goes together. Where the disk has gone nobody waits for ever. */
export function inTurn(write: (lines: string) => Promise<void>, patienceMs = PATIENCE_MS): AppendLine {
  let last: Promise<unknown> = Promise.resolve();
  let next: { lines: string[]; done: Promise<void> } | undefined;
  const begin = () => {
    const lines: string[] = [];
    const done = last.then(() => {
      next = undefined;
      return write(lines.join('\n'));
    });
    last = done.catch(() => {});
    return { lines, done };
  };
  return (line) => {
    next ??= begin();
    next.lines.push(line);
    return within(next.done, patienceMs);
  };
}

async function within(done: Promise<void>, patienceMs: number): Promise<void> {
  const over = new AbortController();
  const late = setTimeout(patienceMs, undefined, { signal: over.signal }).then(() => {
    throw new Error('it takes too long');
  });
  await Promise.race([done, late]).finally(() => over.abort());
}

async function append(path: string, lines: string): Promise<void> {
  const file = await openAtEnd(path);
  try {
    if (!(await file.stat()).isFile()) throw new Error('it is no regular file');
    const { size, isWhole } = await endOf(file);
    const bytes = Buffer.from(`${isWhole ? '' : '\n'}${lines}\n`);
    // One write, so that lines of other processes stand before it or after it.
    const { bytesWritten } = await file.write(bytes);
    if (bytesWritten < bytes.length) {
      await takeBack(file, size, bytesWritten);
      throw new Error('there is no room for a whole line');
    }
    await file.datasync();
  } finally {
    await file.close();
  }
}

/** Read as well, to see how it ends; a log that may only be written to is none the worse. */
const openAtEnd = (path: string): Promise<FileHandle> =>
  open(path, constants.O_RDWR | AT_END, 0o600).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EACCES') throw error;
    return open(path, constants.O_WRONLY | AT_END, 0o600);
  });

/** Somebody else's half line is left to stand alone; one that is still growing is being written. */
async function endOf(file: FileHandle): Promise<{ size: number; isWhole: boolean }> {
  for (let before = -1; ; await setTimeout(PAUSE_MS)) {
    const { size } = await file.stat();
    if (size === 0 || (await lastByte(file, size)) === LINE_FEED) return { size, isWhole: true };
    if (size === before) return { size, isWhole: false };
    before = size;
  }
}

async function lastByte(file: FileHandle, size: number): Promise<number | undefined> {
  const last = await file.read(Buffer.alloc(1), 0, 1, size - 1).catch(() => undefined);
  return last?.buffer[0];
}

/** Half a line is no line; but what others have written behind it is not ours to cut off. */
async function takeBack(file: FileHandle, size: number, written: number): Promise<void> {
  if ((await file.stat()).size === size + written) await file.truncate(size);
}

/** Small files read at start: at once, since to hand each to another thread takes longer than to read it, and whoever laid them out keeps nobody waiting. */
import { closeSync, constants, fstatSync, openSync, readSync, realpathSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { ours, textOf, told } from '../core/told.ts';

const LARGEST = 1024 * 1024;
/** What a pipe may take: to be opened by whoever feeds it, and to be fed. */
const OPENED_MS = 100;
const FED_MS = 1_000;
const PAUSE_MS = 5;

/** Windows knows neither, nor what they are for. */
const { O_NONBLOCK = 0, O_NOFOLLOW = 0 } = constants as Partial<typeof constants>;
/** What O_NOFOLLOW says of a link, system by system. */
const LINK = new Set(['ELOOP', 'EMLINK', 'EFTYPE']);
/** Nothing is stored there, but in shared memory: to read may take from somebody else, or never end. */
const SPECIAL = /^\/(dev\/(?!shm\/)|proc\/|sys\/)/;
const OTHER_KIND = 'it is no regular file';
const KINDS: Readonly<Record<string, string>> = { ENXIO: OTHER_KIND, ENODEV: OTHER_KIND, EISDIR: OTHER_KIND };

class LeftOut extends Error {}

/** Undefined where there is no such file. What is there but cannot be taken is told in `problems`. */
export function readText(path: string, problems: string[]): string | undefined {
  const tell = (what: string) => problems.push(textOf(told`${path} ${ours(what)}.`));
  try {
    const text = decoded(bytesOf(path));
    if (text.includes('\0')) throw new LeftOut('it is neither UTF-8 nor UTF-16 with a byte order mark');
    if (text.includes('\ufffd')) tell('is not UTF-8 throughout: some of it may be misread');
    return text;
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR')
      tell(`is left out: ${error instanceof LeftOut ? message : (KINDS[code] ?? `it cannot be read (${code})`)}`);
    return undefined;
  }
}

/** To write a line at its end. Throws where it is no regular file: for a pipe that nobody reads one would wait. */
export async function openAtEnd(path: string): Promise<FileHandle> {
  if (SPECIAL.test(path)) throw new LeftOut(OTHER_KIND);
  const file = await open(path, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | O_NONBLOCK, 0o600);
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw new LeftOut(OTHER_KIND);
}

/** In words for the operator. */
export const whyNot = (error: unknown): string => {
  const { code, message } = error as NodeJS.ErrnoException;
  return KINDS[code ?? ''] ?? code ?? message;
};

function bytesOf(path: string): Buffer {
  const file = openStored(path);
  try {
    const stats = fstatSync(file);
    if (stats.isFIFO()) return drained(file);
    if (!stats.isFile()) throw new LeftOut(OTHER_KIND);
    if (stats.size > LARGEST) throw new LeftOut('it is larger than 1 MiB');
    const bytes = Buffer.allocUnsafe(stats.size);
    let length = 0;
    for (let count = 1; count > 0 && length < bytes.length; length += count)
      count = readSync(file, bytes, length, bytes.length - length, null);
    return bytes.subarray(0, length);
  } finally {
    closeSync(file);
  }
}

/** Follows a link to what is stored, and to nothing else: /dev/stdin is what the client sends us. */
function openStored(path: string): number {
  const flags = constants.O_RDONLY | O_NONBLOCK | O_NOFOLLOW;
  if (SPECIAL.test(path)) throw new LeftOut(OTHER_KIND);
  try {
    return openSync(path, flags);
  } catch (error) {
    if (!LINK.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
  const target = targetOf(path);
  if (target === undefined || SPECIAL.test(target)) throw new LeftOut('it is a link to no regular file');
  return openSync(target, flags);
}

function targetOf(link: string): string | undefined {
  try {
    return realpathSync.native(link);
  } catch {
    return undefined;
  }
}

function drained(pipe: number): Buffer {
  const bytes = Buffer.allocUnsafe(LARGEST + 1);
  const started = performance.now();
  for (let length = 0; ; ) {
    const count = readNow(pipe, bytes, length);
    if (count === 0 && length > 0) return bytes.subarray(0, length);
    length += count ?? 0;
    if (length > LARGEST) throw new LeftOut('it is larger than 1 MiB');
    const waited = performance.now() - started;
    if (count === 0 && waited > OPENED_MS) throw new LeftOut('it is a pipe that nobody feeds');
    if (waited > FED_MS) throw new LeftOut('it is a pipe that does not end within a second');
    if (!count) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
  }
}

/** 0 where nobody has the other end; undefined where nothing is there yet. */
function readNow(pipe: number, bytes: Buffer, from: number): number | undefined {
  try {
    return readSync(pipe, bytes, from, bytes.length - from, null);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return undefined;
    throw error;
  }
}

/** As PowerShell writes it, too. */
function decoded(bytes: Buffer): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return bytes.toString('utf16le', 2);
  if (first === 0xfe && second === 0xff)
    return bytes
      .subarray(0, bytes.length & ~1)
      .swap16()
      .toString('utf16le', 2);
  return bytes.toString('utf8').replace(/^\ufeff/, '');
}

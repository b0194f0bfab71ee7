/** A client's file on disk: read whole, written beside itself and renamed, with what stood in it before kept. */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, mkdir, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, sep } from 'node:path';
import { TagError } from '../../core/errors.ts';
import { ours, told } from '../../core/told.ts';

const PRIVATE = 0o600;
const OTHERS = 0o077;

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'it is a link that leads nowhere',
  ENXIO: 'it is no regular file',
  ERR_ENCODING_INVALID_ENCODED_DATA: 'it is not UTF-8',
};

export interface ConfigFile {
  /** As it is called; a link is followed when it is read or written. */
  readonly path: string;
  /** Undefined where there is no such file. */
  readonly text: string | undefined;
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error);

/** Throws `not_configured` where it is there and cannot be read. */
export async function readConfigFile(path: string): Promise<ConfigFile> {
  try {
    return { path, text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await bytesOf(path)) };
  } catch (error) {
    if (codeOf(error) === 'ENOENT' && !(await lstat(path).catch(() => undefined))) return { path, text: undefined };
    const code = codeOf(error);
    throw new TagError('not_configured', told`${path} cannot be read (${ours(REASONS[code] ?? code)}). Nothing was changed.`, {
      cause: error,
    });
  }
}

/** Whoever laid out a project could have put a pipe there. */
async function bytesOf(path: string): Promise<Buffer> {
  const file = await open(path, constants.O_RDONLY | ((constants as Partial<typeof constants>).O_NONBLOCK ?? 0));
  try {
    const stats = await file.stat();
    if (!stats.isFile() && !stats.isDirectory()) throw Object.assign(new Error(), { code: 'ENXIO' });
    return await file.readFile();
  } finally {
    await file.close();
  }
}

/** Throws `policy_denied` where a link leads out of the project: whoever wrote it chose where. */
export async function requireInside(path: string, project: string): Promise<void> {
  const root = await realpath(project);
  let found = path;
  while (found !== project && !(await lstat(found).catch(() => undefined))) found = dirname(found);
  const real = await realpath(found).catch(() => undefined);
  if (real === undefined) throw new TagError('policy_denied', told`${found} is a link that leads nowhere. Nothing was changed.`);
  if (real !== root && !real.startsWith(root.endsWith(sep) ? root : root + sep))
    throw new TagError('policy_denied', told`${found} leads out of the project, to ${real}. Nothing was changed.`);
}

interface Change {
  /** Undefined deletes the file. */
  readonly text: string | undefined;
  /** A file that is new is for its owner alone. */
  readonly isPrivate: boolean;
  /** So is one that gets a secret. */
  readonly isSecret?: boolean;
  /** Gets what stood in the file before; undefined keeps nothing. */
  readonly backup: string | undefined;
}

/** Whether others may read it now. Throws `changed` where the file is no longer what was read, `not_configured` where it cannot be written. */
export async function writeConfigFile(
  { path, text: before }: ConfigFile,
  { text, isPrivate, isSecret = false, backup }: Change,
): Promise<boolean> {
  try {
    const target = before === undefined ? path : await realpath(path);
    const old = before === undefined ? undefined : await stat(target);
    if (backup && before !== undefined) await replaceFile(backup, before, { mode: PRIVATE });
    const unchanged = async () => {
      if ((await readConfigFile(target)).text !== before)
        throw new TagError('changed', told`${path} was changed by somebody else just now. Nothing was written; try again.`);
    };
    await mkdir(dirname(target), { recursive: true });
    if (text === undefined) {
      await unchanged();
      await rm(target);
      return false;
    }
    const owner = old ?? { mode: isPrivate ? PRIVATE : undefined };
    await replaceFile(target, text, isSecret ? { ...owner, mode: (owner.mode ?? PRIVATE) & ~OTHERS } : owner, unchanged);
    return ((await stat(target)).mode & OTHERS) !== 0;
  } catch (error) {
    if (error instanceof TagError) throw error;
    throw new TagError('not_configured', told`${path} cannot be written (${ours(codeOf(error))}). It is as it was.`, { cause: error });
  }
}

interface Owner {
  readonly mode?: number | undefined;
  readonly uid?: number;
  readonly gid?: number;
}

async function replaceFile(path: string, text: string, { mode, uid, gid }: Owner, check?: () => Promise<void>): Promise<void> {
  const temporary = `${path}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    const file = await open(temporary, 'wx', mode === undefined ? 0o666 : PRIVATE);
    try {
      await file.writeFile(text);
      if (mode !== undefined) await file.chmod(mode & 0o7777);
      // Only for root it is not its own file already.
      if (uid !== undefined && gid !== undefined) await file.chown(uid, gid).catch(() => undefined);
      await file.sync();
    } finally {
      await file.close();
    }
    await check?.();
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

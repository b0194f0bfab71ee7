import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { open } from 'node:fs/promises';

const FOLDER = '/proc/self/fd';

/** The files that this process holds open below a path, where the system tells. */
export const openBelow = (path: string): string[] =>
  (existsSync(FOLDER) ? readdirSync(FOLDER) : []).flatMap((fd) => {
    try {
      const file = readlinkSync(`${FOLDER}/${fd}`);
      return file.startsWith(path) ? [file] : [];
    } catch {
      return [];
    }
  });

/** What all handles of files share, for a test to put something of its own in their way; `path` is any file that is there. */
export async function fileHandles(path: string) {
  const file = await open(path);
  await file.close();
  return Object.getPrototypeOf(file);
}

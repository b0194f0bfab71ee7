import { existsSync, readdirSync, readlinkSync } from 'node:fs';

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

/** Which git runs: looked for along the absolute directories of PATH, and never where a stranger may have put one. */
import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { posix, win32 } from 'node:path';
import { isInside } from './look.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const isWindows = (platform: NodeJS.Platform) => platform === 'win32';
/** Of a program that can be started without a shell. */
const WINDOWS_ENDINGS = ['.com', '.exe'];

/** The directories of PATH that are absolute, and not in any of `strangers`. Windows spells the variable in any case. */
export function foldersOf(env: Environment, strangers: readonly string[], platform = process.platform): string[] {
  const windows = isWindows(platform);
  const [, path = ''] = Object.entries(env).find(([name]) => (windows ? name.toUpperCase() : name) === 'PATH') ?? [];
  const entries = path.split(windows ? win32.delimiter : posix.delimiter).map((entry) => entry.replace(/^"(.*)"$/, '$1'));
  return entries.filter(
    (entry) =>
      (windows ? /^(?:[a-z]:[\\/]|\\\\)/i.test(entry) : posix.isAbsolute(entry)) &&
      !strangers.some((stranger) => isInside(entry, stranger) || isInside(real(entry), stranger)),
  );
}

/** The first `name` in them that can be run. */
export function findProgram(
  name: string,
  folders: readonly string[],
  env: Environment,
  platform = process.platform,
  isThere = isProgram,
): string | undefined {
  const windows = isWindows(platform);
  const given = (env.PATHEXT ?? '').toLowerCase().split(';');
  const endings = windows ? [...given.filter((ending) => WINDOWS_ENDINGS.includes(ending)), ...WINDOWS_ENDINGS] : [''];
  for (const folder of folders)
    for (const ending of endings) {
      const path = (windows ? win32 : posix).join(folder, name + ending);
      if (isThere(path)) return path;
    }
  return undefined;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

const real = (path: string) => {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
};

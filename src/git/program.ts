/** Which git runs: looked for along the absolute directories of PATH, and never where a stranger may have put one. */
import { accessSync, constants, readlinkSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, parse, posix, win32 } from 'node:path';
import { isInside } from './look.ts';
import { enclosing } from './site.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const isWindows = (platform: NodeJS.Platform) => platform === 'win32';
/** Of a program that can be started without a shell. */
const WINDOWS_ENDINGS = ['.com', '.exe'];

/**
 * Where no program is the operator's: in these places and in every repository around them.
 * What holds their home, as the whole disk does, is theirs all the same.
 */
export function strangersAt(places: readonly string[], { HOME, USERPROFILE }: Environment): string[] {
  const homes = [HOME, USERPROFILE].flatMap((home) => (home && isAbsolute(home) ? [home, real(home)] : []));
  return [...new Set(places.filter(Boolean).flatMap((place) => [place, real(place)]))]
    .flatMap((place) => [place, ...repositoriesAround(place)])
    .filter((place) => place !== parse(place).root && !homes.some((home) => isInside(home, place)));
}

function repositoriesAround(place: string): string[] {
  const top = enclosing(place);
  return top === undefined ? [] : [top, ...(dirname(top) === top ? [] : repositoriesAround(dirname(top)))];
}

/** The directories of PATH that are absolute, and not in any of `strangers`. Windows spells the variable in any case. */
export function foldersOf(env: Environment, strangers: readonly string[], platform = process.platform): string[] {
  const windows = isWindows(platform);
  const [, path = ''] = Object.entries(env).find(([name]) => (windows ? name.toUpperCase() : name) === 'PATH') ?? [];
  const entries = path.split(windows ? win32.delimiter : posix.delimiter).map((entry) => entry.replace(/^"(.*)"$/, '$1'));
  return entries.filter(
    (entry) => (windows ? /^(?:[a-z]:[\\/]|\\\\)/i.test(entry) : posix.isAbsolute(entry)) && !leadsInto(entry, strangers),
  );
}

/** The first `name` in them that can be run, and that no link leads to through any of `strangers`. */
export function findProgram(
  name: string,
  folders: readonly string[],
  env: Environment,
  strangers: readonly string[] = [],
  platform = process.platform,
  isThere = isProgram,
): string | undefined {
  const windows = isWindows(platform);
  const given = (env.PATHEXT ?? '').toLowerCase().split(';');
  const endings = windows ? [...given.filter((ending) => WINDOWS_ENDINGS.includes(ending)), ...WINDOWS_ENDINGS] : [''];
  for (const folder of folders)
    for (const ending of endings) {
      const path = (windows ? win32 : posix).join(folder, name + ending);
      if (isThere(path) && !leadsInto(path, strangers)) return path;
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

/** A stranger may turn a link of theirs elsewhere at any time, so each one on the way counts, not the end alone. */
function leadsInto(path: string, strangers: readonly string[]): boolean {
  const isTheirs = (place: string) => strangers.some((stranger) => isInside(place, stranger));
  if (isTheirs(path)) return true;
  const end = real(path);
  return end !== path && (isTheirs(end) || wayTo(path).some(isTheirs));
}

/** Every place that an existing path leads through, where it really is; its end is the last. */
function wayTo(path: string): string[] {
  const above = dirname(path);
  if (above === path) return [path];
  const way = wayTo(above);
  const at = join(way.at(-1) ?? above, basename(path));
  const link = linkAt(at);
  // Not resolved here: in the target, what follows a link and two dots is not where it seems.
  return [...way, at, ...(link === undefined ? [] : wayTo(isAbsolute(link) ? link : `${dirname(at)}/${link}`))];
}

const linkAt = (path: string) => {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
};

// Not realpathSync itself: it takes dots behind a link for what they seem, and can go round for ever.
const real = (path: string) => {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
};

/** Versions in the names of tags: which is higher, which belong together, and which comes next. */
import { inc, parse, type SemVer } from 'semver';
import { compareVersions } from './order.ts';

/**
 * Two to four numbers, behind what the names of a series have in common: `v1.2.0`, `app@1.2.0`, `release/1.2`, `2026.01.15.1`.
 * Behind them what Semantic Versioning allows, or a prerelease as others write it: `5.0rc1`, `1.0.0.Beta2`, `v3.13.0a4`; or what says
 * that it is none: `5.6.1.Final`. A letter alone is a patch to some, and to others a prerelease: `3.5a` is no version here.
 */
const VERSION = new RegExp(
  [
    /^(?<series>.*?)(?<!\d\.?)(?<numbers>\d+(?:\.\d+){1,3})/,
    /(?:-(?<pre>[\da-z._-]+)|[._]?(?<glued>(?:alpha|beta|rc|cr|preview|pre|dev|snapshot)(?:[._-]?\d[\da-z._-]*)?|(?:milestone[._-]?|[abcm])\d[\da-z._-]*))?/,
    /(?<suffix>\.(?:final|release|ga))?(?:\+[\da-z.-]+)?$/,
  ]
    .map(({ source }) => source)
    .join(''),
  'is',
);
/** rc10 comes after rc9, though not as text. */
const GLUED = /(?<=[a-z])[._]?(?=\d)|_/gi;
const LONGEST = 256;

interface Version {
  readonly name: string;
  /** What the names of its series begin with. */
  readonly series: string;
  /** Its numbers as they are written. */
  readonly numbers: readonly string[];
  readonly semver: SemVer;
  readonly fourth: number;
  readonly suffix: string;
}

function versionIn(name: string): Version | undefined {
  const { series = '', numbers = '', pre, glued = pre, suffix = '' } = (name.length <= LONGEST && VERSION.exec(name)?.groups) || {};
  const written = numbers.split('.');
  const [major, minor, patch = '0', fourth = '0'] = written;
  const semver = parse(`${major}.${minor}.${patch}${glued ? `-${glued.replace(GLUED, '.')}` : ''}`, { loose: true });
  return semver ? { name, series, numbers: written, semver, fourth: Number(fourth), suffix } : undefined;
}

const isStable = ({ semver }: Version): boolean => semver.prerelease.length === 0;

const precedence = (a: Version, b: Version): number =>
  a.semver.compareMain(b.semver) || a.fourth - b.fourth || a.semver.comparePre(b.semver);
const compare = (a: Version, b: Version): number => precedence(a, b) || compareVersions(a.name, b.name);

/** A version that Semantic Versioning calls a prerelease, in whatever series. */
export function isPrerelease(name: string): boolean {
  const version = versionIn(name);
  return version !== undefined && !isStable(version);
}

/**
 * Of these names of tags, what `head` may be compared with, the highest first: where it is one of them, and a version, those below it,
 * of its series, and stable where it is; else every version.
 */
export function versionsBelow(head: string, names: readonly string[]): string[] {
  const top = names.includes(head) ? versionIn(head) : undefined;
  const isBelow = (one: Version) => !top || (one.series === top.series && precedence(one, top) < 0 && (isStable(one) || !isStable(top)));
  return names
    .flatMap((name) => versionIn(name) ?? [])
    .filter(isBelow)
    .sort((a, b) => compare(b, a))
    .map(({ name }) => name);
}

export type Level = 'patch' | 'minor' | 'major';

/** The versions that may come after one, in its own spelling. */
export interface Next extends Record<Level, string> {
  /** Before 1.0.0 nothing is promised. */
  readonly isInitial: boolean;
}

/** Undefined where it is no version, or the last there can be. */
export function versionsAfter(name: string): Next | undefined {
  const version = versionIn(name);
  if (!version) return undefined;
  const after = (level: Level) => spelled(version, parse(inc(version.semver, level)));
  const [patch, minor, major] = [after('patch'), after('minor'), after('major')];
  return patch && minor && major ? { patch, minor, major, isInitial: version.semver.major === 0 } : undefined;
}

/** As many numbers as it has, and as wide as they are written there; a third one only where it says something. */
function spelled({ series, numbers, semver, fourth, suffix }: Version, next: SemVer | null): string | undefined {
  if (!next) return undefined;
  // Of a prerelease, the next one may be what it leads to.
  const values = [next.major, next.minor, next.patch, next.compareMain(semver) === 0 ? fourth : 0];
  const count = numbers.length === 2 && next.patch ? 3 : numbers.length;
  return `${series}${values
    .slice(0, count)
    .map((value, index) => widened(value, numbers[index]))
    .join('.')}${suffix}`;
}

const widened = (value: number, like = ''): string => String(value).padStart(like.startsWith('0') ? like.length : 0, '0');

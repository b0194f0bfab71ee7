/** Slips in what bounds the server: told, and never a way out. Loaded where anything of ours is set. */
import { ours, textOf, told } from '../core/told.ts';
import { isLeftover, oddityIn, slipIn } from './patterns.ts';
import type { Settings } from './settings.ts';
import { misspelling, type Vocabulary } from './strangers.ts';
import { isPlaceholder, OWN, plainName, type Values } from './words.ts';

/** What a bound is when nobody knows what was meant, and what that does. */
const STRICTEST: Readonly<Record<string, readonly [setting: Partial<Settings>, effect: string]>> = {
  TAGWRIGHT_READ_ONLY: [{ TAGWRIGHT_READ_ONLY: true }, 'the server only reads'],
  TAGWRIGHT_REPOSITORIES: [{ TAGWRIGHT_REPOSITORIES: [] }, 'no repository is allowed'],
  TAGWRIGHT_PROTECTED_TAGS: [{ TAGWRIGHT_PROTECTED_TAGS: ['*'] }, 'every tag is protected'],
  TAGWRIGHT_PROVIDERS: [{ TAGWRIGHT_PROVIDERS: [] }, 'no system is used'],
  TAGWRIGHT_AUDIT_LOG: [{ TAGWRIGHT_READ_ONLY: true }, 'only reading tools are offered'],
  TAGWRIGHT_CONFIRM: [{ TAGWRIGHT_CONFIRM: 'always' }, 'a person is always asked'],
};

/** The settings with every slip taken for the strictest. `values`: as they are set, placeholders too. */
export function bounded(settings: Settings, values: Values, vocabulary: Vocabulary, problems: string[]): Settings {
  const { TAGWRIGHT_PROTECTED_TAGS: entries } = settings;
  return {
    ...settings,
    ...(entries && { TAGWRIGHT_PROTECTED_TAGS: protecting(entries, problems) }),
    ...misnamed(values, vocabulary, problems),
    ...unfilled(values, vocabulary, problems),
  };
}

/** What a client should have filled in: of the settings what bounds, and all that steers one system. */
function unfilled(values: Values, { settings, families }: Vocabulary, problems: string[]): Partial<Settings> {
  const steering = [...settings.filter(({ restricts }) => restricts), ...families.flat().filter(({ name }) => name.startsWith(OWN))];
  const names = new Set(steering.map(({ name }) => name));
  const set = Object.entries(values).flatMap(([name, value = '']) => {
    const isUnfilled = isPlaceholder(value) || (name === 'TAGWRIGHT_AUDIT_LOG' && isLeftover(value));
    if (!isUnfilled || !names.has(plainName(name))) return [];
    // A form that asks for a system's options need not be filled in.
    if (!STRICTEST[name] && value.includes('{user_config.')) return [];
    const [setting = {}, effect = 'it counts as unset'] = STRICTEST[name] ?? [];
    problems.push(textOf(told`${ours(name)} is the placeholder ${value}, which nobody filled in: ${ours(effect)}.`));
    return [setting];
  });
  return Object.assign({}, ...set);
}

/** Names that nobody knows, one of which may be a bound by another name. */
function misnamed(values: Values, vocabulary: Vocabulary, problems: string[]): Partial<Settings> {
  const odd = Object.keys(values).flatMap((name) => {
    const found = values[name]?.trim() ? misspelling(name, vocabulary) : undefined;
    return found ? [{ name, ...found }] : [];
  });
  for (const { name, meant, restricts } of odd) {
    const effect = restricts ? ' It looks like a restriction: the server only reads until it is mended.' : '';
    problems.push(`${name} is not known here.${meant ? ` Did you mean ${meant}?` : ''}${effect}`);
  }
  return odd.some(({ restricts }) => restricts) ? { TAGWRIGHT_READ_ONLY: true } : {};
}

/** A pattern that no tag can have was meant for some: it protects all. */
function protecting(entries: readonly string[], problems: string[]): string[] {
  const meant = entries.map((entry) => {
    const [, system = '', glob = ''] = /^([^:]*:)?(.*)$/s.exec(entry) ?? [];
    // One without its glob is told with those whose system is unknown.
    const slip = glob.trim() && slipIn(glob.trim());
    if (!slip) return entry;
    problems.push(
      `TAGWRIGHT_PROTECTED_TAGS: ${entry} would protect nothing (${slip}), so every tag is protected. Write globs of names, as v*,rc-*.`,
    );
    return `${system}*`;
  });
  if (meant.length === 0) problems.push('TAGWRIGHT_PROTECTED_TAGS holds no pattern: every tag is protected.');
  return meant.length > 0 ? [...new Set(meant)] : ['*'];
}

const systemIn = (entry: string) => /^([^:]*):/.exec(entry)?.[1]?.trim();

/** The settings with every protection of a system that is not among `names` taken for one of everything. */
export function keptFor(settings: Settings, names: readonly string[]): Settings {
  const { TAGWRIGHT_PROTECTED_TAGS: entries } = settings;
  const meant = entries?.map((entry) => (names.includes(systemIn(entry) ?? names[0] ?? '') ? entry : '*'));
  return meant ? { ...settings, TAGWRIGHT_PROTECTED_TAGS: [...new Set(meant)] } : settings;
}

/** What is said of rules whose system is not among `names`, or that lack their glob: they restrict, but not what was meant. */
export function misspeltRules(
  { TAGWRIGHT_REPOSITORIES: allowed, TAGWRIGHT_PROTECTED_TAGS: kept = [] }: Settings,
  names: readonly string[],
): string[] {
  const isRule = (entry: string) => {
    const [, system = '', glob] = /^([^:]*):(.*)$/s.exec(entry) ?? [];
    return names.includes(system.trim()) && glob?.trim();
  };
  const form = `Write system:glob, the system being one of ${names.join(', ')}.`;
  return [
    ...(allowed?.length === 0 ? ['TAGWRIGHT_REPOSITORIES allows nothing.'] : []),
    ...(allowed ?? [])
      .filter((entry) => !isRule(entry) || oddityIn(entry))
      .map((entry) => `TAGWRIGHT_REPOSITORIES: ${entry} allows nothing. ${form}`),
    ...kept
      .filter((entry) => entry.includes(':') && !isRule(entry))
      .map(
        (entry) =>
          `TAGWRIGHT_PROTECTED_TAGS: ${entry} protects every tag${names.includes(systemIn(entry) ?? '') ? ' of that system' : ' of every system'}. ${form}`,
      ),
  ];
}

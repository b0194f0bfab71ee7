/** Variables that look meant for us but are not ours: a misspelt restriction restricts nothing. */
import type { ExplainedConfig } from '../config/config.ts';
import { Settings } from '../config/settings.ts';
import { plainName } from '../config/sources.ts';
import type { ProviderDefinition } from '../core/provider.ts';
import { type VariableMeta, variablesOf } from '../core/variable.ts';
import { nearest } from '../core/nearest.ts';

export interface Stranger {
  readonly name: string;
  readonly source: string;
  readonly why: string;
  readonly did_you_mean?: string;
}

interface Known {
  readonly name: string;
  readonly role?: VariableMeta['role'];
}

const OWN = 'TAGWRIGHT_';
/** Set by whatever runs jobs, never by hand. */
const FOREIGN = 'CI_';

/** What the last word of a name says it is for. */
const WORDS: readonly [RegExp, VariableMeta['role']][] = [
  [/^(URL|URI|HOST|HOSTNAME|ENDPOINT|SERVER|ADDRESS|BASE)$/, 'address'],
  [/^(TOKEN|KEY|APIKEY|SECRET|PAT)$/, 'credential'],
  [/^(REPO|REPOSITORY|PROJECT)$/, 'repository'],
];

const familyOf = (name: string) => /^[^_]+_/.exec(name.toUpperCase())?.[0] ?? '';
const restOf = (name: string) => name.slice(familyOf(name).length).toUpperCase();
const wordsOf = (name: string) => restOf(name).split('_').filter(Boolean);

export function strangersAmong(names: ExplainedConfig['names'], definitions: readonly ProviderDefinition[]): Stranger[] {
  const settings: Known[] = variablesOf(Settings).map(([name]) => ({ name }));
  const families = definitions.map(({ env, file }): Known[] => [
    ...variablesOf(env).map(([name, { role }]) => ({ name, role })),
    ...(file?.variable ? [{ name: file.variable }] : []),
  ]);
  const isSet = new Set(names.map(({ name }) => name));
  const isKnown = (name: string) =>
    settings.some((one) => one.name === name) || families.flat().some((one) => one.name === plainName(name));

  return names.flatMap(({ name, from: source }): Stranger[] => {
    const family = familyOf(name);
    if (family === FOREIGN) return [];
    if (isKnown(name))
      return source === '.env' && family === OWN
        ? [{ name, source, why: 'is not taken from .env, which a repository may have brought along; set it in the environment' }]
        : [];
    const kin = [settings, ...families].filter((group) => group.some((one) => familyOf(one.name) === family)).flat();
    const meant = meantBy(
      plainName(name),
      kin.filter((one) => familyOf(one.name) !== FOREIGN),
    );
    // Settings have no instances.
    const suggestion = meant && (settings.some((one) => one.name === meant) ? meant : meant + name.slice(plainName(name).length));
    const why = 'is not known here';
    if (family === OWN) return [{ name, source, why, ...(suggestion && { did_you_mean: suggestion }) }];
    // Where the right one is set, this one is for somebody else.
    return suggestion && !isSet.has(suggestion) ? [{ name, source, why, did_you_mean: suggestion }] : [];
  });
}

/** By spelling, then by the words that both have, then by what the last word says it is for. */
function meantBy(name: string, known: readonly Known[]): string | undefined {
  const spelled = nearest(restOf(name), [...new Set(known.map((one) => restOf(one.name)))]);
  if (spelled !== undefined) return known.find((one) => restOf(one.name) === spelled)?.name;
  const words = wordsOf(name);
  const alike = known
    .map((one) => ({ one, likeness: likeness(words, wordsOf(one.name)) }))
    .filter((candidate) => candidate.likeness > 0)
    .sort((a, b) => b.likeness - a.likeness)[0];
  if (alike) return alike.one.name;
  const role = words.length <= 2 ? WORDS.find(([word]) => word.test(words.at(-1) ?? ''))?.[1] : undefined;
  return role && known.find((one) => one.role === role)?.name;
}

/** From 0 to 1: one name says what the other does, with more words, or with one too many. */
function likeness(words: readonly string[], known: readonly string[]): number {
  const common = words.filter((word) => known.includes(word)).length;
  const isMeant = common === words.length || (common === known.length && words.length === known.length + 1);
  return isMeant ? (2 * common) / (words.length + known.length) : 0;
}

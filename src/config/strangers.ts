/** Variables that look meant for us but are not ours: a misspelt restriction was meant to restrict. Loaded where there is one. */
import { distance, nearest } from '../core/nearest.ts';
import type { VariableMeta } from '../core/variable.ts';
import { DOTENV } from './sources.ts';
import { aroundOurs, OWN, plainName } from './words.ts';

export interface Stranger {
  readonly name: string;
  readonly source: string;
  readonly why: string;
  readonly did_you_mean?: string;
}

interface Known {
  readonly name: string;
  readonly role?: VariableMeta['role'];
  readonly restricts?: boolean | undefined;
}

/** Every variable there is: those of the server, and those of each system. */
export interface Vocabulary {
  readonly settings: readonly Known[];
  readonly families: readonly (readonly Known[])[];
}

/** Set by whatever runs jobs, never by hand. */
const FOREIGN = 'CI_';

/** What the last word of a name says it is for. */
const WORDS: readonly [RegExp, VariableMeta['role']][] = [
  [/^(URL|URI|HOST|HOSTNAME|ENDPOINT|SERVER|ADDRESS|BASE)$/, 'address'],
  [/^(TOKEN|KEY|APIKEY|SECRET|PAT)$/, 'credential'],
  [/^(REPO|REPOSITORY|PROJECT)$/, 'repository'],
];
/** What a later version may know, or Kubernetes sets for a service of our name: it bounds nothing, unless it speaks of a bound. */
const UNBOUND = /^(HTTP|GIT|PORT|SERVICE)(_|$)/;
const BOUNDS =
  /READ|WRIT|ONLY|REPO|PROJECT|PROTE|CONFIRM|APPROV|HUMAN|ASK|AUDIT|ALLOW|DENY|DENIE|FORBID|RESTRICT|POLICY|SCOPE|LIST|SAFE|DRY|LOCK|IMMUTABLE|DELET|MOV|FORCE|PROVIDER|SYSTEM|(^|_)(NO|RO)(_|$)/;
/** Another spelling would not help. */
const NEVER = `is not known here, and nothing that begins with ${OWN} is taken from ${DOTENV}`;
/** A name so near to one that bounds nothing is that one, whatever separates its words. */
const SLIP = 2;

const familyOf = (name: string) => /^[^_]+_/.exec(name.toUpperCase())?.[0] ?? '';
const restOf = (name: string) => name.slice(familyOf(name).length).toUpperCase();
const wordsOf = (name: string) => restOf(name).split('_').filter(Boolean);

/** Settings have no instances. */
const isKnown = (name: string, { settings, families }: Vocabulary) =>
  settings.some((one) => one.name === name) || families.flat().some((one) => one.name === plainName(name));

export function strangersAmong(names: readonly { readonly name: string; readonly from: string }[], vocabulary: Vocabulary): Stranger[] {
  const { settings, families } = vocabulary;
  const isSet = new Set(names.map(({ name }) => name));
  return names.flatMap(({ name, from: source }): Stranger[] => {
    const family = familyOf(name);
    if (family === FOREIGN || (family === OWN && !aroundOurs(name))) return [];
    if (isKnown(name, vocabulary)) return []; // one of ours in .env is told by the configuration
    if (family === OWN && source === DOTENV) return [{ name, source, why: NEVER }];
    const kin = [settings, ...families].filter((group) => group.some((one) => familyOf(one.name) === family)).flat();
    const meant = meantBy(
      plainName(name),
      kin.filter((one) => familyOf(one.name) !== FOREIGN),
    )?.name;
    const suggestion = meant && (settings.some((one) => one.name === meant) ? meant : meant + name.slice(plainName(name).length));
    const why = 'is not known here';
    if (family === OWN) return [{ name, source, why, ...(suggestion && { did_you_mean: suggestion }) }];
    // Where the right one is set, this one is for somebody else.
    return suggestion && !isSet.has(suggestion) ? [{ name, source, why, did_you_mean: suggestion }] : [];
  });
}

/** What a name like ours was meant for, and whether as a bound; undefined where it is known, or nobody's business. */
export function misspelling(
  name: string,
  vocabulary: Vocabulary,
): { readonly meant: string | undefined; readonly restricts: boolean } | undefined {
  const around = isKnown(name, vocabulary) ? undefined : (aroundOurs(plainName(name)) ?? aroundOurs(name));
  if (!around) return undefined;
  const [before, after] = around.map((part) =>
    part
      .toUpperCase()
      .replace(/[^A-Z0-9]+/g, '_')
      .replace(/^_|_$/g, ''),
  );
  const ours = [vocabulary.settings, ...vocabulary.families].flat().filter((one) => familyOf(one.name) === OWN);
  const steps = (one: Known) => distance(lettersOf(rest), lettersOf(restOf(one.name)));
  const rest = after || before || '';
  const [next] = ours.toSorted((a, b) => steps(a) - steps(b));
  const near = next && steps(next) <= SLIP ? next : undefined;
  // What stands before our name is most often whose it is: GITHUB_TOKEN_TAGWRIGHT.
  if (!after && before && !near?.restricts) return undefined;
  const meant = near ?? meantBy(OWN + rest, ours) ?? ours.find((one) => rest.startsWith(restOf(one.name)));
  return { meant: meant?.name, restricts: near ? near.restricts === true : !UNBOUND.test(rest) || BOUNDS.test(rest) };
}

const lettersOf = (words: string) => words.replaceAll('_', '');

/** By spelling, then by the words that both have, then by what the last word says it is for. */
function meantBy(name: string, known: readonly Known[]): Known | undefined {
  const spelled = nearest(restOf(name), [...new Set(known.map((one) => restOf(one.name)))]);
  if (spelled !== undefined) return known.find((one) => restOf(one.name) === spelled);
  const words = wordsOf(name);
  const alike = known
    .map((one) => ({ one, likeness: likeness(words, wordsOf(one.name)) }))
    .filter((candidate) => candidate.likeness > 0)
    .sort((a, b) => b.likeness - a.likeness)[0];
  if (alike) return alike.one;
  const role = words.length <= 2 ? WORDS.find(([word]) => word.test(words.at(-1) ?? ''))?.[1] : undefined;
  return role && known.find((one) => one.role === role);
}

/** From 0 to 1: one name says what the other does, with more words, or with one too many. */
function likeness(words: readonly string[], known: readonly string[]): number {
  const common = words.filter((word) => known.includes(word)).length;
  const isMeant = common === words.length || (common === known.length && words.length === known.length + 1);
  return isMeant ? (2 * common) / (words.length + known.length) : 0;
}

/** What a variable's name, or its value, says by itself. */

export type Values = Readonly<Record<string, string | undefined>>;

/** What begins so steers this server. */
export const OWN = 'TAGWRIGHT_';

const WORD = 'TAGWRIGHT';
/** The word itself, with one letter too many, missing, wrong or swapped with its neighbour, and another word for the same. */
const LIKE = new RegExp(
  [
    WORD,
    ...[...WORD].flatMap((letter, at) => {
      const [before, after] = [WORD.slice(0, at), WORD.slice(at + 1)];
      return [
        `${before}.?${after}`,
        `${before}${after[0] ?? ''}${letter}${after.slice(1)}`,
        ...(at > 0 ? [`${before}.${letter}${after}`] : []),
      ];
    }),
    '(?<![A-Z])TAGWR[A-Z]*',
  ].join('|'),
  'i',
);
/** What npm says of a package, and what the tests of this one are told. */
const OTHERS = /^npm_|^TAGWRIGHT_(LIVE_|TEST_(GIT|NODE)$|FUZZ$)/i;

/** What a name that is spelled nearly as ours are has before and after the word, whoever meant what. */
export function aroundOurs(name: string): readonly [before: string, after: string] | undefined {
  const found = OTHERS.test(name) ? null : LIKE.exec(name);
  return found ? [name.slice(0, found.index), name.slice(found.index + found[0].length)] : undefined;
}

/** The suffix that makes a variable another instance's. */
export const INSTANCE = /__[A-Za-z0-9]+$/;

/** The name without its instance. */
export const plainName = (name: string): string => name.replace(INSTANCE, '');

/** The name with it. */
export const spell = (name: string, suffix: string): string => (suffix ? `${name}__${suffix}` : name);

/** What clients, shells and templates leave of a variable that they do not know: `${X}`, `${user_config.x}`, `{env:X}`, `$X`, `%X%`, `{{x}}`. */
const PLACEHOLDER =
  /^(?:\$\{.*\}|\$\(.*\)|\$(?:env:)?[A-Z_][A-Z0-9_]*|%[A-Z_][A-Z0-9_]*%|\{\{.*\}\}|\{(?:env|input|file):.*\}|#\{.*\}#?)$/s;

export const isPlaceholder = (value: string): boolean => PLACEHOLDER.test(value.trim());

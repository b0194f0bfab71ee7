/** What a variable's name, or its value, says by itself. */

export type Values = Readonly<Record<string, string | undefined>>;

/** What begins so steers this server. */
export const OWN = 'TAGWRIGHT_';

/** Spelled nearly as ours are, whoever meant what. */
export const isLikeOurs = (name: string): boolean => /^tag[-_. ]?w/i.test(name);

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

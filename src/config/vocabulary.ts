import type { ProviderDefinition } from '../core/provider.ts';
import { variablesOf } from '../core/variable.ts';
import { Settings } from './settings.ts';
import type { Vocabulary } from './strangers.ts';

/** The names of all variables, and what is to be known of them where one is misspelt. */
export const vocabularyOf = (definitions: readonly ProviderDefinition[]): Vocabulary => ({
  settings: variablesOf(Settings).map(([name, { restricts }]) => ({ name, restricts })),
  families: definitions.map(({ env, file }) => [
    ...variablesOf(env).map(([name, { role }]) => ({ name, role })),
    ...(file?.variable ? [{ name: file.variable }] : []),
  ]),
});

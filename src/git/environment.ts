/** What a git gets to know of the environment: what is the operator's word, and nothing that leads it elsewhere. */
import { delimiter } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;
/** A setting as `git -c` has it; the key may hold anything. */
export type Setting = readonly [key: string, value: string];

const OURS = {
  LC_ALL: 'C', // messages are told apart by their words
  GIT_TERMINAL_PROMPT: '0',
  GIT_EDITOR: ':',
  GIT_PAGER: 'cat',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_NO_LAZY_FETCH: '1',
  GIT_ALLOW_PROTOCOL: 'none', // older git fetches for a partial clone all the same, by any command its config names
  GIT_NO_REPLACE_OBJECTS: '1',
  NoDefaultCurrentDirectoryInExePath: '1', // Windows looks in the working directory first
};

/** The others lead git to another repository, to other refs or objects, to other programs, or hand it settings of a calling git. */
const KEPT =
  /^GIT_(?:CONFIG_(?:GLOBAL|SYSTEM|NOSYSTEM)|CEILING_DIRECTORIES|DISCOVERY_ACROSS_FILESYSTEM|(?:AUTHOR|COMMITTER)_(?:NAME|EMAIL|DATE)|TEST_ASSUME_DIFFERENT_OWNER)$/i;

/** Said by the operator in GIT_CONFIG_COUNT, KEY_n and VALUE_n, as containers and CI do: whom to trust, and who tags. */
const OPERATORS = /^(?:safe|user|author|committer)\./i;

export function environmentFor(given: Environment, folders: readonly string[]): NodeJS.ProcessEnv {
  const kept = Object.entries(given).filter(([name]) => !/^PATH$/i.test(name) && (!/^GIT_/i.test(name) || KEPT.test(name)));
  return { ...Object.fromEntries(kept), PATH: folders.join(delimiter), ...OURS };
}

/** What the operator has set for every git in this environment, as far as it counts. */
export function settingsIn(given: Environment): Setting[] {
  const count = Number(given.GIT_CONFIG_COUNT);
  if (!Number.isInteger(count) || count > 1_000) return [];
  return Array.from(
    { length: count },
    (_, index): Setting => [given[`GIT_CONFIG_KEY_${index}`] ?? '', given[`GIT_CONFIG_VALUE_${index}`] ?? ''],
  ).filter(([key]) => OPERATORS.test(key));
}

/** Settings as an environment: in a key there, unlike after -c, an equals sign is one. */
export const settingAs = (settings: readonly Setting[]): NodeJS.ProcessEnv => ({
  GIT_CONFIG_COUNT: String(settings.length),
  ...Object.fromEntries(
    settings.flatMap(([key, value], index) => [
      [`GIT_CONFIG_KEY_${index}`, key],
      [`GIT_CONFIG_VALUE_${index}`, value],
    ]),
  ),
});

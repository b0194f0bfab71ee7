/** What a git gets to know of the environment: what is the operator's word, and nothing that leads it elsewhere. */
import { delimiter } from 'node:path';
import type { GitAddress } from './address.ts';

type Environment = Readonly<Record<string, string | undefined>>;
/** A setting as `git -c` has it; the key may hold anything. */
export type Setting = readonly [key: string, value: string];

const OURS = {
  LC_ALL: 'C', // messages are told apart by their words
  GIT_TERMINAL_PROMPT: '0',
  GIT_EDITOR: ':',
  GIT_PAGER: 'cat',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_FLUSH: '0', // or a list goes into a pipe line by line
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

/** Besides, where a git host is spoken to: by which way, and with which credentials. */
const OPERATORS_WAY = /^(?:credential|http|url|ssh)\.|^core\.sshcommand$/i;
const WAY = /^GIT_(?:SSH|SSH_COMMAND|SSH_VARIANT|SSL_(?:CAINFO|CAPATH|CERT|KEY|CERT_TYPE|KEY_TYPE)|HTTP_PROXY_AUTHMETHOD|PROXY_SSL_\w+)$/;

/** What the operator has set for every git in this environment, as far as it counts. */
export function settingsIn(given: Environment, counts = OPERATORS): Setting[] {
  const count = Number(given.GIT_CONFIG_COUNT);
  if (!Number.isInteger(count) || count > 1_000) return [];
  return Array.from(
    { length: count },
    (_, index): Setting => [given[`GIT_CONFIG_KEY_${index}`] ?? '', given[`GIT_CONFIG_VALUE_${index}`] ?? ''],
  ).filter(([key]) => counts.test(key));
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

/** Of a git host: sent with every request to that address, and nowhere else. */
export interface Token {
  readonly user: string;
  readonly password: string;
}

/** For a git that speaks to these hosts. Nobody is asked for anything, in a terminal or in a window. */
export function networkEnvironment(given: Environment, to: readonly GitAddress[], hasSshCommand: boolean): NodeJS.ProcessEnv {
  const protocols = new Set(to.map(({ protocol }) => protocol));
  const kept = Object.fromEntries(Object.entries(given).filter(([name]) => WAY.test(name)));
  const isOurs = !hasSshCommand && !kept.GIT_SSH && !kept.GIT_SSH_COMMAND;
  return {
    ...kept,
    ...(isOurs && { GIT_SSH_COMMAND: 'ssh -oBatchMode=yes' }),
    // A person may have https addresses rewritten to ssh, or the other way round.
    GIT_ALLOW_PROTOCOL: protocols.has('file') ? 'file' : ['https', 'ssh', ...(protocols.has('http') ? ['http'] : [])].join(':'),
    GIT_PROTOCOL_FROM_USER: '0',
    GIT_NO_LAZY_FETCH: '0', // a push may need more than was fetched
    GIT_ASKPASS: '',
    SSH_ASKPASS: '',
    SSH_ASKPASS_REQUIRE: 'never',
    GCM_INTERACTIVE: 'never',
  };
}

/** With the person's own settings but for those that would send more, or wait for somebody. */
export function networkSettings(given: Environment, to: readonly GitAddress[], token: Token | undefined): Setting[] {
  const header = token && `Authorization: Basic ${Buffer.from(`${token.user}:${token.password}`).toString('base64')}`;
  const own = to.flatMap(({ url, origin }): Setting[] => (header && origin ? [[`http.${url}.extraHeader`, header]] : []));
  return [
    ...settingsIn(given, OPERATORS_WAY),
    ['protocol.version', '2'],
    ['safe.bareRepository', 'all'],
    ['gc.auto', '0'],
    ['maintenance.auto', 'false'],
    ['push.gpgSign', 'false'],
    ['push.negotiate', 'false'],
    ['credential.interactive', 'false'],
    ['advice.graftFileDeprecated', 'false'],
    // A credential that was named is not followed by another one, and does not go along to where the host leads.
    ...(own.length > 0 ? [...own, ['credential.helper', ''] as const, ['http.followRedirects', 'false'] as const] : []),
  ];
}

/** Credentials for a git host: the operator's, and those that CI systems write into the address of a clone. */
import { TagError } from '../../core/errors.ts';
import type { Host } from '../../core/host.ts';
import { ours, told } from '../../core/told.ts';
import { addressOf, type GitAddress } from '../../git/address.ts';
import type { Token } from '../../git/environment.ts';
import { isLoopback } from '../../http/base-url.ts';

/** The repository that GIT_REMOTE_URL names, and the token for its host. */
export interface Configured {
  readonly address: GitAddress;
  readonly token: Token | undefined;
}

/** Whom hosts expect beside a token, as their documentation has it. */
const USERS: readonly [hostname: RegExp, user: string][] = [
  [/(^|\.)github\.|\.ghe\.com$/, 'x-access-token'],
  [/(^|\.)gitlab\./, 'oauth2'],
  [/(^|\.)bitbucket\./, 'x-token-auth'],
];
const ANYBODY = 'git';

/** What stands for a password where the user is the token, as GitHub takes it. */
const NO_PASSWORD = ['', 'x-oauth-basic'];
/** Undefined where it would be the token itself. */
export const userOf = ({ user, password }: Token): string | undefined => (NO_PASSWORD.includes(password) ? undefined : user);

const hidden = (token: Token, host: Host): Token => {
  host.hide(userOf(token) === undefined ? token.user : token.password);
  host.hide(Buffer.from(`${token.user}:${token.password}`).toString('base64'));
  return token;
};

/** Throws `not_configured`, which repeats no value. */
export function configured(url: string, password: string | undefined, user: string | undefined, host: Host): Configured {
  const refuse = (why: string, hint: string) => new TagError('not_configured', told`GIT_REMOTE_URL ${ours(why)}.`, { hint });
  const address = addressOf(url, host.cwd);
  if (!address || address.protocol === 'other')
    throw refuse('is no address of a git repository that can be used here', 'Write https://host/path, or user@host:path for ssh.');
  if (address.credential)
    throw refuse('holds a user or a password', 'Put the password into GIT_REMOTE_TOKEN, and the user into GIT_REMOTE_USER.');
  if (!password) return { address, token: undefined };
  if (!address.origin)
    throw refuse('is reached without a token (ssh, or a directory)', 'Leave GIT_REMOTE_TOKEN out, or write the address as https://.');
  return { address, token: hidden({ user: user ?? userAt(address), password }, host) };
}

const userAt = ({ hostname }: GitAddress) => USERS.find(([at]) => at.test(hostname))?.[1] ?? ANYBODY;

/** What stands in the address of a clone, for that address alone. */
export function tokenIn(address: GitAddress, host: Host): Token | undefined {
  const { credential } = address;
  return credential && hidden(credential, host);
}

/** Not sent anywhere without TLS, but to this machine. Throws `policy_denied`. */
export function refuseUnlessSafe({ protocol, hostname, canonical }: GitAddress, { allowHttp }: Host): void {
  if (protocol === 'other')
    throw new TagError('policy_denied', told`${canonical} is reached by a protocol that is not spoken here.`, {
      hint: 'Use https or ssh.',
    });
  if (protocol === 'http' && !isLoopback({ hostname }) && !allowHttp.some((entry) => entry.trim().toLowerCase() === hostname))
    throw new TagError('policy_denied', told`${canonical} is reached without TLS, where a credential could be overheard.`, {
      hint: told`Use https, or have the operator list ${hostname} in TAGWRIGHT_ALLOW_HTTP.`,
    });
}

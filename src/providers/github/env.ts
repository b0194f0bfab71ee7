/** The variables: who we are to GitHub, and where it is. Of each kind the first one found wins. */
import { isAbsolute } from 'node:path';
import * as z from 'zod';
import { isTagError, TagError } from '../../core/errors.ts';
import type { Host, Remote } from '../../core/host.ts';
import { ours, told } from '../../core/told.ts';
import { secret, variable } from '../../core/variable.ts';
import { checkBaseUrl, isLoopback } from '../../http/base-url.ts';
import { locateRepository } from './locate.ts';

export const env = z.object({
  GITHUB_TOKEN: secret('Token: classic with the scope repo, or fine-grained with Contents read and write', 'ghp-xxxxxxxxxxxxxxxxxxxx'),
  GH_TOKEN: secret('The same, as gh has it'),
  GITHUB_PERSONAL_ACCESS_TOKEN: secret('The same, by another name'),
  GITHUB_API_URL: variable(
    'address',
    'Address of the API (default https://api.github.com; of an Enterprise Server https://HOST/api/v3)',
    'https://github.example.com/api/v3',
  ),
  GITHUB_GRAPHQL_URL: variable('address', 'The same of its GraphQL, where that does not follow from it'),
  GITHUB_REPOSITORY: variable('repository', 'Default repository', 'acme/app'),
  GH_REPO: variable('repository', 'The same, as gh has it', 'acme/app'),
});
export type Env = z.output<typeof env>;

export const tokenOf = ({ GITHUB_TOKEN, GH_TOKEN, GITHUB_PERSONAL_ACCESS_TOKEN }: Env): string | undefined =>
  GITHUB_TOKEN ?? GH_TOKEN ?? GITHUB_PERSONAL_ACCESS_TOKEN;

const DEFAULT = 'https://api.github.com';
/** Where an Enterprise Server has its API. */
const ON_SERVER = '/api/v3';

export interface Site {
  readonly rest: string;
  readonly graphql: URL;
  /** Host of the web pages, and of git. */
  readonly host: string;
}

/** Throws `not_configured` naming the variable. */
export function siteOf({ GITHUB_API_URL: api, GITHUB_GRAPHQL_URL: given }: Env, host: Host): Site {
  const rest = checkBaseUrl(api?.trim() || DEFAULT, 'GITHUB_API_URL', host);
  if (rest.hostname === 'github.com') rest.hostname = 'api.github.com';
  const isApi = rest.hostname.startsWith('api.') || isLoopback(rest);
  if (rest.pathname === '/' && !isApi) rest.pathname = ON_SERVER;
  const graphql = given ? checkBaseUrl(given.trim(), 'GITHUB_GRAPHQL_URL', host) : new URL(rest);
  if (!given) graphql.pathname = rest.pathname.endsWith(ON_SERVER) ? rest.pathname.replace(/v3$/, 'graphql') : '/graphql';
  // The token goes to both.
  if (graphql.origin !== rest.origin)
    throw new TagError('not_configured', told`${ours('GITHUB_GRAPHQL_URL')} names another host than ${ours('GITHUB_API_URL')}.`, {
      hint: 'Both have to be of one GitHub; leave GITHUB_GRAPHQL_URL out where it follows from the other.',
    });
  return { rest: rest.href.replace(/\/$/, ''), graphql, host: rest.host.replace(/^api\./, '') };
}

/** The default repository: the one that is named, else the one that a remote of the repository at hand leads to. Throws `not_configured` naming the variable. */
export function repositoryOf({ GITHUB_REPOSITORY, GH_REPO }: Env, host: string, remotes: readonly Remote[]): string | undefined {
  const spelling = GITHUB_REPOSITORY ?? GH_REPO;
  if (spelling === undefined) return firstRepository(remotes, host);
  try {
    return locateRepository(spelling, host);
  } catch (cause) {
    const variable = GITHUB_REPOSITORY ? 'GITHUB_REPOSITORY' : 'GH_REPO';
    throw isTagError(cause)
      ? new TagError('not_configured', told`${ours(variable)}: ${cause.said.message}`, { hint: cause.said.hint, cause })
      : cause;
  }
}

/** Remotes of other hosts are none of ours, and those on this disk are on none. */
function firstRepository(remotes: readonly Remote[], host: string): string | undefined {
  for (const { address } of remotes.filter((one) => !isAbsolute(one.address)))
    try {
      return locateRepository(address, host);
    } catch (error) {
      if (!isTagError(error)) throw error;
    }
  return undefined;
}

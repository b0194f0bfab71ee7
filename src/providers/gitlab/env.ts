/** The variables: who we are to GitLab, and where it is. Of each kind the first one found wins. */
import { isAbsolute } from 'node:path';
import * as z from 'zod';
import { isTagError, TagError } from '../../core/errors.ts';
import type { Host, Remote } from '../../core/host.ts';
import { ours, told } from '../../core/told.ts';
import { secret, variable } from '../../core/variable.ts';
import { checkBaseUrl } from '../../http/base-url.ts';
import { locateProject } from './locate.ts';

export const env = z.object({
  GITLAB_TOKEN: secret('Personal, project or group access token; scope api, or read_api to read only', 'glpat-xxxxxxxxxxxxxxxxxxxx'),
  GITLAB_PERSONAL_ACCESS_TOKEN: secret('The same, by another name'),
  GITLAB_OAUTH_TOKEN: secret('OAuth token'),
  CI_JOB_TOKEN: secret('Token of a CI job: it reads tags, and makes one only with release notes'),
  GITLAB_URL: variable('address', 'Address, with or without /api/v4 (default https://gitlab.com)', 'https://gitlab.example.com'),
  GITLAB_API_URL: variable('address', 'The same, by another name', 'https://gitlab.example.com/api/v4'),
  GITLAB_HOST: variable('address', 'The same, or a bare host name', 'gitlab.example.com'),
  CI_API_V4_URL: variable('address', 'The same, as CI jobs have it', 'https://gitlab.example.com/api/v4'),
  GITLAB_PROJECT: variable('repository', 'Default project', 'group/project'),
  CI_PROJECT_PATH: variable('repository', 'The same, as CI jobs have it', 'group/project'),
});
export type Env = z.output<typeof env>;

export interface Credential {
  readonly headers: Record<string, string>;
  /** A job token reaches little: the list of tags and single commits. */
  readonly isJob: boolean;
}

export function credentialOf({
  GITLAB_TOKEN,
  GITLAB_PERSONAL_ACCESS_TOKEN,
  GITLAB_OAUTH_TOKEN,
  CI_JOB_TOKEN,
}: Env): Credential | undefined {
  const token = GITLAB_TOKEN ?? GITLAB_PERSONAL_ACCESS_TOKEN;
  if (token) return { headers: { 'private-token': token }, isJob: false };
  if (GITLAB_OAUTH_TOKEN) return { headers: { authorization: `Bearer ${GITLAB_OAUTH_TOKEN}` }, isJob: false };
  return CI_JOB_TOKEN ? { headers: { 'job-token': CI_JOB_TOKEN }, isJob: true } : undefined;
}

export interface Site {
  /** Where the web pages begin: the address without /api/v4, but with a relative root. */
  readonly root: URL;
  readonly api: string;
  /** The variable that says so; undefined for the default. */
  readonly variable: string | undefined;
}

/** What is copied along with an address: its API, of whatever version, and a path below it. */
const API = /\/api(\/v\d+(\/.*)?|\/graphql)?$/;
const ADDRESSES = ['GITLAB_URL', 'GITLAB_API_URL', 'GITLAB_HOST', 'CI_API_V4_URL'] as const;

/** Throws `not_configured` naming the variable. */
export function siteOf(env: Env, host: Host): Site {
  const variable = ADDRESSES.find((name) => env[name]);
  const value = ((variable && env[variable]) || 'https://gitlab.com').trim();
  const root = checkBaseUrl(/^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `https://${value}`, variable ?? 'The address', host);
  root.pathname = root.pathname.replace(API, '');
  return { root, api: `${root.href.replace(/\/$/, '')}/api/v4`, variable };
}

/** The default project: the one that is named, else the one that a remote of the repository at hand leads to. Throws `not_configured` naming the variable. */
export function projectOf({ GITLAB_PROJECT, CI_PROJECT_PATH }: Env, root: URL, remotes: readonly Remote[]): string | undefined {
  const spelling = GITLAB_PROJECT ?? CI_PROJECT_PATH;
  if (spelling === undefined) return firstProject(remotes, root);
  try {
    return locateProject(spelling, root);
  } catch (cause) {
    const variable = GITLAB_PROJECT ? 'GITLAB_PROJECT' : 'CI_PROJECT_PATH';
    throw isTagError(cause)
      ? new TagError('not_configured', told`${ours(variable)}: ${cause.said.message}`, { hint: cause.said.hint, cause })
      : cause;
  }
}

/** Remotes of other hosts are none of ours, and those on this disk are on none. */
function firstProject(remotes: readonly Remote[], root: URL): string | undefined {
  for (const { address } of remotes.filter((one) => !isAbsolute(one.address)))
    try {
      return locateProject(address, root);
    } catch (error) {
      if (!isTagError(error)) throw error;
    }
  return undefined;
}

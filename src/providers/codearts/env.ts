/** The variables: three ways in, and where CodeArts Repo is. */
import * as z from 'zod';
import { TagError } from '../../core/errors.ts';
import { ours, told } from '../../core/told.ts';
import { secret, variable } from '../../core/variable.ts';
import type { AccessKey } from './sign.ts';

export const env = z.object({
  CODEARTS_TOKEN: secret('IAM token of the region; it is good for 24 hours'),
  HUAWEICLOUD_SDK_AK: secret('Access key: every request is signed with it'),
  HUAWEICLOUD_SDK_SK: secret('Its secret'),
  HUAWEICLOUD_SDK_SECURITY_TOKEN: secret('Of a temporary access key'),
  CODEARTS_IAM_DOMAIN: variable('credential', 'Account name: tokens are fetched from IAM, and renewed', 'acme'),
  CODEARTS_IAM_USER: variable('credential', 'IAM user of that account (a HUAWEI ID cannot get tokens)', 'release-bot'),
  CODEARTS_IAM_PASSWORD: secret('Password of that user'),
  CODEARTS_IAM_URL: variable('address', 'Address of IAM (default the one of the region)', 'https://iam.cn-north-4.myhuaweicloud.com'),
  CODEARTS_REGION: variable('address', 'Region', 'cn-north-4'),
  CODEARTS_URL: variable(
    'address',
    'Address of CodeArts Repo, for a region that is not known',
    'https://codehub-ext.cn-north-4.myhuaweicloud.com',
  ),
  CODEARTS_REPOSITORY: variable('repository', 'Default repository, its numeric id', '2112015538'),
});
export type Env = z.output<typeof env>;

export interface Login {
  readonly domain: string;
  readonly user: string;
  readonly password: string;
}

export type Credential = { kind: 'token'; token: string } | ({ kind: 'key' } & AccessKey) | ({ kind: 'login' } & Login);

const PARTS = [
  ['HUAWEICLOUD_SDK_AK', 'HUAWEICLOUD_SDK_SK'],
  ['CODEARTS_IAM_DOMAIN', 'CODEARTS_IAM_USER', 'CODEARTS_IAM_PASSWORD'],
] as const;

/** The first that is complete; undefined where there is nothing of any. Throws `not_configured` naming what is missing of one. */
export function credentialOf(values: Env): Credential | undefined {
  const {
    CODEARTS_TOKEN: token,
    HUAWEICLOUD_SDK_AK: id,
    HUAWEICLOUD_SDK_SK: secret,
    HUAWEICLOUD_SDK_SECURITY_TOKEN: securityToken,
  } = values;
  if (token) return { kind: 'token', token };
  if (id && secret) return { kind: 'key', id, secret, securityToken };
  const { CODEARTS_IAM_DOMAIN: domain, CODEARTS_IAM_USER: user, CODEARTS_IAM_PASSWORD: password } = values;
  if (domain && user && password) return { kind: 'login', domain, user, password };

  const begun = PARTS.find((names) => names.some((name) => values[name]));
  if (!begun) return undefined;
  const missing = begun.filter((name) => !values[name]);
  throw new TagError(
    'not_configured',
    told`${ours(missing.join(' and '))} is missing beside ${ours(begun.filter((name) => values[name]).join(' and '))}.`,
  );
}

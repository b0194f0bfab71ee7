/** Where lakeFS is and who we are to it: lakectl's variables, and the session token's as the Python client has it. */
import * as z from 'zod';
import { TagError } from '../../core/errors.ts';
import type { Host } from '../../core/host.ts';
import { ours, told } from '../../core/told.ts';
import { declare, secret, variable } from '../../core/variable.ts';
import { checkBaseUrl } from '../../http/base-url.ts';
import type { HttpOptions } from '../../http/http.ts';

export const env = z.object({
  LAKECTL_SERVER_ENDPOINT_URL: variable('address', 'Address; /api/v1 is added where it has no path', 'https://lakefs.example.com'),
  LAKECTL_CREDENTIALS_SESSION_TOKEN: secret('Session token; wins over a key'),
  LAKECTL_CREDENTIALS_ACCESS_KEY_ID: variable('credential', 'Access key id', 'AKIAIOSFODNN7EXAMPLE'),
  LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY: secret('Secret access key'),
  LAKECTL_CREDENTIALS_PROVIDER_TYPE: declare(z.string().optional(), {
    role: 'option',
    description: 'How lakectl signs in without a key, as by aws_iam; read to say that it is not supported',
    unasked: true,
  }),
  LAKEFS_REPOSITORY: variable('repository', 'Default repository', 'datalake'),
});

const ADDRESS = 'LAKECTL_SERVER_ENDPOINT_URL';

/** Undefined where nothing is set. Throws `not_configured` naming what is missing. */
export function accessTo(
  {
    LAKECTL_SERVER_ENDPOINT_URL: address,
    LAKECTL_CREDENTIALS_SESSION_TOKEN: token,
    LAKECTL_CREDENTIALS_ACCESS_KEY_ID: id,
    LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY: secret,
    LAKECTL_CREDENTIALS_PROVIDER_TYPE: type,
  }: z.output<typeof env>,
  host: Host,
): Pick<HttpOptions, 'base' | 'variable' | 'authorize'> | undefined {
  if (!address && !token && !id && !secret) return undefined;
  if (type && !token && !id && !secret)
    throw new TagError(
      'not_configured',
      told`lakectl's sign-in by ${type} is not supported here; set LAKECTL_CREDENTIALS_SESSION_TOKEN, or an access key.`,
    );
  const missing = [
    !address && ADDRESS,
    !token && !id && 'LAKECTL_CREDENTIALS_ACCESS_KEY_ID',
    !token && !secret && 'LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY',
  ].filter(Boolean);
  if (!address || missing.length > 0)
    throw new TagError('not_configured', told`${ours(missing.join(' and '))} ${ours(missing.length > 1 ? 'are' : 'is')} missing.`);

  const base = checkBaseUrl(address, ADDRESS, host);
  // As lakectl does: an address with a path is taken as it is.
  if (base.pathname === '/') base.pathname = '/api/v1';
  const authorization = token ? `Bearer ${token}` : `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
  return { base, variable: ADDRESS, authorize: () => ({ authorization }) };
}

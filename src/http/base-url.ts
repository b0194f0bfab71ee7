import { TagError, type Wording } from '../core/errors.ts';
import type { Host } from '../core/host.ts';
import { ours, type Told, told } from '../core/told.ts';

/** Whether requests to this address stay on the machine. The URL parser has already normalised other spellings of 127/8. */
export const isLoopback = ({ hostname }: Pick<URL, 'hostname'>): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);

/**
 * The address of an API as configured → a URL without trailing slash, query and hash.
 * Throws `not_configured` naming the variable, never its value: it may hold a credential.
 */
export function checkBaseUrl(value: string, variable: string, host: Pick<Host, 'allowHttp'>): URL {
  const refuse = (why: Told, hint: Wording) => new TagError('not_configured', told`${ours(variable)} ${why}.`, { hint });
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (!url || !['https:', 'http:'].includes(url.protocol))
    throw refuse(ours('is not an address that begins with https://'), 'Write it as https://host or https://host/path.');
  if (url.username || url.password)
    throw refuse(ours('holds a user name or password'), 'Take it out of the address; credentials have variables of their own.');
  const allowed = host.allowHttp.some((entry) => [url.hostname, url.host].includes(entry.trim().toLowerCase()));
  if (url.protocol === 'http:' && !allowed && !isLoopback(url))
    throw refuse(
      told`names ${url.host} without TLS, where a credential could be overheard`,
      told`Write https://, or list ${url.hostname} in TAGWRIGHT_ALLOW_HTTP.`,
    );
  url.pathname = url.pathname.replace(/(?<!\/)\/+$/, '');
  url.search = '';
  url.hash = '';
  return url;
}

/** The address of a repository on a git host, as people write it and clones keep it. */
import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export type Protocol = 'https' | 'http' | 'ssh' | 'file' | 'other';

export interface GitAddress {
  /** What names it: without user, password and `.git`, the host in lower case. */
  readonly canonical: string;
  /** For git: never with a password, over HTTP without any user. */
  readonly url: string;
  readonly protocol: Protocol;
  readonly hostname: string;
  /** Host and path, without case: the same by whatever way it is reached. Empty for a directory. */
  readonly onHost: string;
  /** Scheme, host and port, to which a token belongs; only over HTTP. */
  readonly origin: string | undefined;
  /** As CI systems write it into the address of a clone. */
  readonly credential: { readonly user: string; readonly password: string } | undefined;
}

const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i;
const PROTOCOLS: Readonly<Record<string, Protocol>> = {
  'https:': 'https',
  'http:': 'http',
  'ssh:': 'ssh',
  'git+ssh:': 'ssh',
  'ssh+git:': 'ssh',
};
/** user@host:path; of Windows a letter is a drive. */
const SCP = /^(?:([^@/\\:\s]+)@)?(\[[0-9a-f:.]+\]|[a-z0-9_.-]{2,}):(?!\/\/)(.+)$/i;
/** No address holds it, and git would take what begins so for an option. */
const ODD = /[\0-\x20\x7f]|^-/;

/** Undefined where it is none. `base`: from where a relative path leads. */
export function addressOf(text: string, base: string): GitAddress | undefined {
  if (text === '' || ODD.test(text)) return undefined;
  if (SCHEME.test(text)) return fromUrl(text);
  const [, user, host = '', path = ''] = SCP.exec(text) ?? [];
  if (host) return fromScp(user, host.toLowerCase(), path);
  return /:(?::|\/\/)/.test(text) ? undefined : directory(resolve(base || '/', text));
}

/** Is it spelled as an address, whatever else it might be? */
export const isSpelledAsAddress = (text: string): boolean => SCHEME.test(text) || SCP.test(text) || isAbsolute(text);

const bare = (path: string) => path.replace(/(?<!\/)\/+$/, '').replace(/\.git$/i, '');

function fromUrl(text: string): GitAddress | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.protocol === 'file:') return directory(fileURLToPath(url));
  if (url.search || url.hash || !/^[^-]/.test(url.hostname) || url.pathname.startsWith('/-')) return undefined;
  const [user, password] = [url.username, url.password].map(decoded);
  const protocol = PROTOCOLS[url.protocol] ?? 'other';
  const overHttp = protocol === 'https' || protocol === 'http';
  const host = url.host.toLowerCase();
  const path = bare(url.pathname);
  if (path === '' || path === '/') return undefined;
  // A user alone is a token in many places.
  const credential = overHttp && (user || password) ? { user: user ?? '', password: password ?? '' } : undefined;
  const account = !overHttp && user ? `${encodeURIComponent(user)}@` : '';
  const origin = `${url.protocol}//${host}`;
  return {
    canonical: origin + path,
    url: `${url.protocol}//${account}${host}${url.pathname}`,
    protocol,
    hostname: url.hostname.toLowerCase(),
    onHost: (url.hostname + path).toLowerCase(),
    origin: overHttp ? origin : undefined,
    credential,
  };
}

function fromScp(user: string | undefined, host: string, path: string): GitAddress | undefined {
  if (host.startsWith('-') || path.startsWith('-') || path.startsWith(':')) return undefined;
  return {
    canonical: `${host}:${bare(path)}`,
    url: `${user ? `${user}@` : ''}${host}:${path}`,
    protocol: 'ssh',
    hostname: host,
    onHost: `${host}/${bare(path).replace(/^\/+/, '')}`.toLowerCase(),
    origin: undefined,
    credential: undefined,
  };
}

/** A directory is named by its whole path. */
const directory = (path: string): GitAddress => ({
  canonical: path,
  url: path,
  protocol: 'file',
  hostname: '',
  onHost: '',
  origin: undefined,
  credential: undefined,
});

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

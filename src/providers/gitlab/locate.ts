/** A project, however people spell it: path, id, encoded path, web page, git remote. */
import { TagError, type Wording } from '../../core/errors.ts';
import { told } from '../../core/told.ts';

/** GitLab.com's ssh behind firewalls that let port 443 alone through. */
const ALIASES: Readonly<Record<string, string>> = { 'altssh.gitlab.com': 'gitlab.com' };

/** One part of a full path (GitLab's Gitlab::PathRegex). */
const PART = /^[A-Za-z0-9_.][A-Za-z0-9_.-]*$/;

const refusal = (what: Wording) => new TagError('invalid_input', what, { hint: 'Write group/project, its numeric id, or its URL.' });

/** The full path, or the id. `root` is where GitLab's web pages begin. Throws `invalid_input`, which repeats no credential. */
export function locateProject(spelling: string, root: URL): string {
  const text = spelling.trim();
  if (/^\d+$/.test(text)) return text;
  const path = decode(pathIn(text, root))
    .replace(/\/-(\/.*)?$/s, '') // a page of the project
    .replace(/^\/+|(?<!\/)\/+$/g, '')
    .replace(/\.git$/, '');
  const parts = path.split('/');
  if (parts.length < 2 || !parts.every((part) => PART.test(part) && part !== '.' && part !== '..'))
    throw refusal('That does not name a GitLab project.');
  return path;
}

function pathIn(text: string, root: URL): string {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return pathOf(text, root);
  const [, host, path] = /^(?:[^@/:]+@)?([^@/:]+):(.*)$/s.exec(text) ?? [];
  if (host === undefined || path === undefined) return text;
  requireSame(host, root.hostname);
  return path;
}

function pathOf(text: string, root: URL): string {
  if (!URL.canParse(text)) throw refusal('That is not a proper URL.');
  const url = new URL(text);
  const isWeb = ['http:', 'https:'].includes(url.protocol);
  requireSame(isWeb ? url.host : url.hostname, isWeb ? root.host : root.hostname);
  // Remotes over ssh know nothing of a relative root.
  if (!isWeb) return url.pathname;
  const prefix = `${root.pathname.replace(/\/$/, '')}/`;
  if (!url.pathname.startsWith(prefix)) throw refusal(told`That is not below ${root.host + prefix}.`);
  return url.pathname.slice(prefix.length);
}

function requireSame(host: string, own: string): void {
  if ((ALIASES[host.toLowerCase()] ?? host.toLowerCase()) !== own) throw refusal(told`That is on another host than this GitLab, ${own}.`);
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw refusal('That is not properly percent-encoded.');
  }
}

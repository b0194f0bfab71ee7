/** A project, however people spell it: path, id, encoded path, web page, address in the API, git remote. */
import { TagError, type Wording } from '../../core/errors.ts';
import { told } from '../../core/told.ts';

/** GitLab.com's ssh behind firewalls that let port 443 alone through. */
const ALIASES: Readonly<Record<string, string>> = { 'altssh.gitlab.com': 'gitlab.com' };

/** One part of a full path (GitLab's Gitlab::PathRegex, as are the words below). */
const PART = /^[A-Za-z0-9_.][A-Za-z0-9_.-]*$/;
/** Pages of a project: no subgroup and no project may be called so. */
const PAGES = words('badges blame blob builds commits create create_dir edit files find_file new preview raw refs tree update wikis');
/** Pages too, without `/-/` before GitLab 12; but projects may be called so, and groups of them by the second row. */
const PERHAPS = words('branches commit compare merge_requests tags');
const PERHAPS_LAST = words('activity graphs issues jobs labels milestones network pipelines releases settings');
/** No group may be called so. */
const RESERVED = words(
  'admin api assets dashboard explore files groups health_check help import jwt login oauth profile projects public s search snippets uploads users v2',
);
/** A project as the API and GitLab's permanent links name it: by its id, or by its path in one part or in many. */
const BY_API = /^(?:api\/v\d+\/projects|projects|-\/p)\/([^/]+)(.*)$/s;
const BELOW_API = /\/(?:repository|releases|protected_tags)(?:\/.*)?$/s;

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(' '));
}

const HINT = 'Write group/project, its numeric id, or its URL.';
const refusal = (what: Wording, hint: Wording = HINT) => new TagError('invalid_input', what, { hint });

/** The full path, or the id. `root` is where GitLab's web pages begin. Throws `invalid_input`, which repeats no credential. */
export function locateProject(spelling: string, root: URL): string {
  const text = spelling.trim();
  const { isPage, ...found } = pathIn(text, root);
  const path = found.path.replace(/^\/+/, '');
  const [, first, more = ''] = BY_API.exec(path) ?? [];
  if (/^\d+$/.test(first ?? text)) return first ?? text;
  const named = first === undefined ? path : /%2f/i.test(first) ? first : (first + more).replace(BELOW_API, '');

  const all = decode(named)
    .replace(/\.git(\/.*)?$/s, '')
    .split('/');
  const parts = all.slice(all.findIndex(Boolean), all.findLastIndex(Boolean) + 1);
  const end = parts.findIndex((part, at) => at > 0 && (part === '-' || (at > 1 && PAGES.has(part))));
  const project = end < 0 ? parts : parts.slice(0, end);
  if (project.length < 2 || RESERVED.has(project[0] ?? '') || !project.every((part) => PART.test(part) && part !== '.' && part !== '..'))
    throw refusal('That does not name a GitLab project.');
  const page = isPage ? project.findIndex((_, at) => at > 1 && mayBePage(project, at)) : -1;
  if (page >= 0) throw ambiguous(project, page);
  return project.join('/');
}

const mayBePage = (parts: readonly string[], at: number): boolean =>
  PERHAPS.has(parts[at] ?? '') || (PERHAPS_LAST.has(parts[at] ?? '') && /^\d*$/.test(parts[at + 1] ?? ''));

/** Told apart only by asking, and then perhaps wrongly. */
function ambiguous(parts: readonly string[], page: number): TagError {
  const [whole, before] = [parts.join('/'), parts.slice(0, page).join('/')];
  return refusal(
    told`That is a page of ${before}, or a project of its own.`,
    told`Write ${before} for the project whose page that is; write ${whole}, without the host, for a project that is called so.`,
  );
}

interface Found {
  /** Still encoded. */
  readonly path: string;
  /** It may be a page of a project. */
  readonly isPage: boolean;
}

function pathIn(text: string, root: URL): Found {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return pathOf(text, root);
  if (text.toLowerCase().startsWith(`${root.host}/`)) return pathOf(`${root.protocol}//${text}`, root);
  const scp = /^\[(?:[^@\]]+@)?([^@/:\]]+)(?::\d+)?\]:(.*)$/s.exec(text) ?? /^(?:[^@/:]+@)?([^@/:]+):(.*)$/s.exec(text);
  const [, host, path] = scp ?? [];
  if (host === undefined || path === undefined) return { path: text, isPage: false };
  requireSame(ALIASES[host.toLowerCase()] ?? host, root.hostname);
  return { path, isPage: false };
}

function pathOf(text: string, root: URL): Found {
  if (!URL.canParse(text)) throw refusal('That is not a proper URL.');
  const url = new URL(text);
  if (!['http:', 'https:'].includes(url.protocol)) {
    requireSame(ALIASES[url.hostname.toLowerCase()] ?? url.hostname, root.hostname);
    // Remotes over ssh know nothing of a relative root.
    return { path: url.pathname, isPage: false };
  }
  requireSame(url.host, root.host);
  const prefix = `${root.pathname.replace(/\/$/, '')}/`;
  const pathname = url.pathname.replace(/\/{2,}/g, '/');
  if (!pathname.startsWith(prefix)) throw refusal(told`That is not below ${root.host + prefix}.`);
  return { path: pathname.slice(prefix.length), isPage: true };
}

function requireSame(host: string, own: string): void {
  if (host.toLowerCase() !== own) throw refusal(told`That is on another host than this GitLab, ${own}.`);
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw refusal('That is not properly percent-encoded.');
  }
}

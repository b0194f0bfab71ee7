/** A repository, however people spell it: owner/name, web page, address in the API, git remote. */
import { TagError, type Wording } from '../../core/errors.ts';
import { told } from '../../core/told.ts';

/** Users and organisations; those that an enterprise manages end in _shortcode. */
const OWNER = /^[A-Za-z0-9][A-Za-z0-9-]*(?:_[A-Za-z0-9]+)?$/;
const NAME = /^[A-Za-z0-9._-]{1,100}$/;
/** Pages of GitHub itself: nobody may be called so. */
const RESERVED: ReadonlySet<string> = new Set(
  'about apps collections contact enterprise explore features issues join login marketplace new notifications orgs pricing pulls search security sessions settings signup sponsors stars topics trending users'.split(
    ' ',
  ),
);

const HINT = 'Write owner/name, or the URL of the repository.';
const refusal = (what: Wording) => new TagError('invalid_input', what, { hint: HINT });

/** `owner/name`. `host` is the one of the web pages. Throws `invalid_input`, which repeats no credential. */
export function locateRepository(spelling: string, host: string): string {
  const [owner = '', name = ''] = partsIn(spelling.trim(), host);
  const bare = name.replace(/\.git$/, '');
  if (!OWNER.test(owner) || !NAME.test(bare) || bare === '.' || bare === '..' || RESERVED.has(owner.toLowerCase()))
    throw refusal('That does not name a GitHub repository.');
  return `${owner}/${bare}`;
}

/** The parts of its path; only of a page there may be more than two that count. */
function partsIn(text: string, host: string): string[] {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return partsOfUrl(text, host);
  const scp = /^(?:[^@/:]+@)?([^@/:]+):(?!\d+\/)(.*)$/s.exec(text);
  if (scp) {
    requireSame(scp[1] ?? '', host);
    return exactly(scp[2] ?? '');
  }
  // As gh has it: HOST/OWNER/REPO.
  return text.toLowerCase().startsWith(`${host}/`) ? partsOfUrl(`https://${text}`, host) : exactly(text);
}

function exactly(path: string): string[] {
  const parts = path.split('/').filter(Boolean);
  if (parts.length !== 2) throw refusal('That does not name a GitHub repository.');
  return parts;
}

function partsOfUrl(text: string, host: string): string[] {
  if (!URL.canParse(text)) throw refusal('That is not a proper URL.');
  const url = new URL(text);
  const isWeb = ['http:', 'https:'].includes(url.protocol);
  requireSame(isWeb ? url.host : url.hostname, host);
  const parts = url.pathname.split('/').filter(Boolean);
  const below = parts.indexOf('repos');
  const isApi = below === 0 || (below === 2 && parts[0] === 'api');
  return isApi ? parts.slice(below + 1) : parts;
}

/** ssh.github.com is its ssh behind firewalls that let port 443 alone through. */
function requireSame(host: string, own: string): void {
  const bare = host.toLowerCase().replace(/^(?:api|www|ssh)\./, '');
  if (bare !== own && bare !== own.replace(/:\d+$/, '')) throw refusal(told`That is on another host than this GitHub, ${own}.`);
}

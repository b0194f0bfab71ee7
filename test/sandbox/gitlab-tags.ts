/** GitLab's tags: listing with all its pagers, creating with all its refusals. */
import { atLeast, checkPresent, checkWrite, isMaintainer, type ProjectCall, parameters, text } from './gitlab-access.ts';
import { type Commit, type CreateLevel, type Project, resolve, type StoredTag } from './gitlab-store.ts';
import { Refusal, refuse } from './router.ts';
import type { Answer } from './sandbox.ts';

export const PROTECTED = 'You are not allowed to create this tag as it is protected.';

const NAME_REFUSED = [
  /^$|^@$|^HEAD$|^-|^refs\/(heads|remotes)\//,
  /\.\.|@\{|[~^:?*[\\\u007f]/,
  /^\/|\/\/|\/$/,
  /(^|\/)\.|\.lock(\/|$)|\.$/,
];

const literal = (value: string) => value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const sortBytewise = (names: Iterable<string>) =>
  Array.from(names, (name) => Buffer.from(name))
    .sort(Buffer.compare)
    .map(String);

/** As `git --sort=version:refname`: glibc's strverscmp. */
export function byVersion(one: string, other: string): number {
  const [l, r] = [Buffer.from(one), Buffer.from(other)];
  const isDigit = (byte = 0) => byte >= 48 && byte <= 57;
  const isPositive = (byte = 0) => byte >= 49 && byte <= 57;
  let at = 0;
  let start = 0; // of the digits the common prefix ends in
  let zeros = true; // nothing but zeros in them so far
  for (; l[at] === r[at]; at++) {
    if (l[at] === undefined) return 0;
    if (!isDigit(l[at])) [start, zeros] = [at + 1, true];
    else if (l[at] !== 48) zeros = false;
  }
  const [a = 0, b = 0] = [l[at], r[at]];
  if (isPositive(l[start]) && isPositive(r[start])) {
    let end = at;
    while (isDigit(l[end]) && isDigit(r[end])) end++;
    if (isDigit(l[end]) !== isDigit(r[end])) return isDigit(l[end]) ? 1 : -1;
  } else if (zeros && start < at && (isDigit(a) || isDigit(b))) {
    return ((a - 48) & 255) - ((b - 48) & 255);
  }
  return a - b;
}

const rulesFor = ({ protectedTags }: Project, name: string): string[] =>
  protectedTags.filter((glob) => new RegExp(`^${glob.split('*').map(literal).join('.*')}$`).test(name));

export const isProtected = (project: Project, name: string): boolean => rulesFor(project, name).length > 0;

export const createLevels = ({ createLevels }: Project, glob: string): CreateLevel[] => createLevels.get(glob) ?? [{ access_level: 40 }];

/** One level of one rule is enough; nobody here is the user, in the group or the owner of the key that a level names. */
export function mayCreate({ project, level }: ProjectCall, name: string): boolean {
  const rules = rulesFor(project, name);
  const suffices = ({ access_level, user_id, group_id, deploy_key_id }: CreateLevel) =>
    access_level !== null && access_level > 0 && level >= access_level && !user_id && !group_id && !deploy_key_id;
  return rules.length === 0 || rules.some((glob) => createLevels(project, glob).some(suffices));
}

const isTagName = (name: string): boolean => !NAME_REFUSED.some((shape) => shape.test(name)) && ![...name].some((letter) => letter <= ' ');

export function findTag({ project }: ProjectCall, name: string): StoredTag {
  const tag = project.tags.get(name);
  if (!tag) throw refuse(404, '404 Tag Not Found');
  return tag;
}

export function findCommit({ project }: ProjectCall, ref: string): Commit {
  const commit = project.commits.get(resolve(project, ref) ?? '');
  if (!commit) throw refuse(404, '404 Commit Not Found');
  return commit;
}

export function commitJson({ world, project }: ProjectCall, { id, parents, title, message = title, date }: Commit) {
  const [name, email] = ['Sandbox Author', 'author@example.com'];
  return {
    id,
    short_id: id.slice(0, 8),
    created_at: date,
    parent_ids: parents,
    title,
    message,
    author_name: name,
    author_email: email,
    authored_date: date,
    committer_name: name,
    committer_email: email,
    committed_date: date,
    trailers: {},
    extended_trailers: {},
    web_url: `${world.origin}${world.root}/${project.path}/-/commit/${id}`,
  };
}

export function tagJson(call: ProjectCall, name: string) {
  const { project, token, world } = call;
  const { commit, annotation } = findTag(call, name);
  const release = project.releases.get(name);
  return {
    name,
    message: annotation?.message ?? null,
    target: annotation?.id ?? commit,
    commit: commitJson(call, findCommit(call, commit)),
    // a caller without the right to read Releases does not even see the key
    ...(token?.canReadReleases === false ? {} : { release: release ? { tag_name: name, description: release.description } : null }),
    protected: isProtected(project, name),
    ...(atLeast(world, 16, 11) ? { created_at: annotation?.date ?? null } : {}),
  };
}

/** Before 14: names as versions, dates of commits, and the wrong way round is all of it the wrong way round. */
function sortedOnce({ tags, commits }: Project, order: string, sort: string): string[] {
  const date = (name: string) => Date.parse(commits.get(tags.get(name)?.commit ?? '')?.date ?? '');
  const names = sortBytewise(tags.keys()).sort(order === 'name' ? byVersion : (one, other) => date(one) - date(other));
  return sort === 'asc' ? names : names.reverse();
}

function sortedNames({ project, world }: ProjectCall, order: string, sort: string): string[] {
  const { tags, commits } = project;
  if (world.pager === 'offset' && order !== 'version') return sortedOnce(project, order, sort);
  const direction = sort === 'asc' ? 1 : -1;
  const names = sortBytewise(tags.keys());
  if (order === 'version') return names.sort((one, other) => direction * byVersion(one, other));
  if (order === 'name') return direction === 1 ? names : names.reverse();
  // git's creatordate: the tagger's date, or for a lightweight tag its commit's
  const dates = new Map(
    [...tags].map(([name, { commit, annotation }]) => [name, Date.parse(annotation?.date ?? commits.get(commit)?.date ?? '')]),
  );
  return names.sort((one, other) => direction * ((dates.get(one) ?? 0) - (dates.get(other) ?? 0)));
}

/** `^`, `$` and `*` are operators; without any of them an exact match jumps the queue. */
function searched(names: string[], term: string): string[] {
  const operators = /[\^$*]/.test(term);
  const pattern = new RegExp(literal(term.toLowerCase()).replace('\\^', '^').replaceAll('\\*', '.*').replace(/\\\$/, '$'));
  const matches = names.filter((name) => pattern.test(name.toLowerCase()));
  const exact = operators ? -1 : matches.findIndex((name) => name.toLowerCase() === term.toLowerCase());
  return exact < 0 ? matches : [...matches.splice(exact, 1), ...matches];
}

export function oneOf(query: URLSearchParams, name: string, allowed: string[]): string {
  const value = query.get(name) ?? allowed[0] ?? '';
  if (!allowed.includes(value)) throw new Refusal(400, { error: `${name} does not have a valid value` });
  return value;
}

export function wholeNumber(query: URLSearchParams, name: string, absent: number): number {
  const value = query.get(name) || String(absent);
  if (!/^-?\d+$/.test(value)) throw new Refusal(400, { error: `${name} is invalid` });
  return Number(value);
}

/** A `Link` value: the request's own address on the host the server believes in. */
function link({ world, request }: ProjectCall, pages: Record<string, Record<string, string | number>>): { link?: string } {
  const links = Object.entries(pages).map(([rel, changes]) => {
    const query = new URLSearchParams(request.query);
    for (const [name, value] of Object.entries(changes)) query.set(name, String(value));
    return `<${world.origin}${request.path}?${query}>; rel="${rel}"`;
  });
  return links.length ? { link: links.join(', ') } : {};
}

export function listTags(call: ProjectCall): Answer {
  const { query } = call.request;
  const { pager } = call.world;
  const old = pager !== 'new';
  const order = oneOf(query, 'order_by', ['updated', 'name', ...(atLeast(call.world, 15, 4) ? ['version'] : [])]);
  const all = sortedNames(call, order, oneOf(query, 'sort', ['desc', 'asc']));
  const search = query.get('search');
  const matches = search ? searched(all, search) : all;
  const size = Math.min(wholeNumber(query, 'per_page', 20), 100);
  if (size < 1) throw new Refusal(400, { error: 'per_page has a value not allowed' });
  const page = Math.max(wholeNumber(query, 'page', 1), 1);
  const show = (names: string[], headers: Record<string, string>) => ({
    status: 200,
    headers,
    body: names.map((name) => tagJson(call, name)),
  });

  if (query.get('pagination') === 'keyset' && pager !== 'offset') {
    if (search) return show(matches, {}); // never sliced, never a cursor
    const token = query.get('page_token');
    const start = token ? all.indexOf(token) + 1 : 0;
    if (token && !start) throw refuse(422, `Invalid page token: refs/tags/${token}`);
    const names = all.slice(start, start + size);
    const more = old ? names.length === size : start + size < all.length;
    return show(names, more ? link(call, { next: { page_token: names.at(-1) ?? '', per_page: size } }) : {});
  }

  // Gitaly serves page 1 and counts the repository's tags; it is not asked to slice when there is a search
  const first = page === 1;
  const names = first && search ? matches : matches.slice((page - 1) * size, page * size);
  const total = first ? all.length : matches.length;
  const pages = first && old ? Math.floor(total / size) + 1 : Math.max(Math.ceil(total / size), 1);
  const next = first && old ? 2 : page < pages && page + 1;
  const at = (number: number) => ({ page: number, per_page: size });
  return show(names, {
    'x-page': String(page),
    'x-per-page': String(size),
    'x-next-page': String(next || ''),
    'x-prev-page': first ? '' : String(page - 1),
    'x-total': String(total),
    'x-total-pages': String(pages),
    ...link(call, { ...(first ? {} : { prev: at(page - 1) }), ...(next ? { next: at(next) } : {}), first: at(1), last: at(pages) }),
  });
}

/** Creates in the order GitLab refuses: blank ref, name, unknown ref, existing tag, then what pre-receive says. */
export function cutTag(call: ProjectCall, name: string, ref: string, message: string): void {
  const { project, world } = call;
  const refusals: [is: boolean, text: string][] = [
    [!ref.trim(), 'Target is empty'],
    [!isTagName(name), 'Tag name invalid'],
    [!resolve(project, ref), `Target ${ref} is invalid`],
    [project.tags.has(name), `Tag ${name} already exists`],
    [name.startsWith('refs/tags/'), 'You cannot create a tag with a prohibited pattern.'],
    [/^[0-9a-f]{40}/i.test(name), 'You cannot create a tag with a SHA-1 or SHA-256 tag name.'],
    [name === project.default_branch, 'You cannot use default branch name to create a tag'],
    [!mayCreate(call, name), PROTECTED],
    [!!project.hook, project.hook ?? ''],
    // a and a/b exclude each other; all that comes through is that git did not update the ref
    [[...project.tags.keys()].some((tag) => tag.startsWith(`${name}/`) || name.startsWith(`${tag}/`)), `Target ${ref} is invalid`],
  ];
  const refusal = refusals.find(([is]) => is);
  if (refusal) throw refuse(400, refusal[1]);
  world.store.tag(project, name, ref, message);
}

export function createTag(call: ProjectCall): Answer {
  const given = parameters(call.request);
  checkPresent(given, 'tag_name', 'ref');
  const name = text(given, 'tag_name');
  checkWrite(call);
  cutTag(call, name, text(given, 'ref'), text(given, 'message'));
  // presented without the caller: where strangers may not read Releases, the key is absent
  const { release, ...tag } = tagJson(call, name);
  return { status: 201, body: call.project.visibility === 'public' ? { ...tag, release } : tag };
}

export function deleteTag(call: ProjectCall, name: string): Answer {
  const { project, request } = call;
  const { date } = findCommit(call, findTag(call, name).commit);
  checkWrite(call);
  if (isProtected(project, name) && !isMaintainer(call)) throw refuse(403, '403 Forbidden');
  if (Date.parse(date) > Date.parse(request.headers['if-unmodified-since'] ?? '')) throw refuse(412, '412 Precondition Failed');
  if (project.hook) throw refuse(400, project.hook);
  project.tags.delete(name);
  project.releases.delete(name);
  return { status: 204 };
}

/** Huawei Cloud CodeArts Repo v4 behind its API gateway: repositories, tags, and the two ways in. */
import { type Gate, openGate } from './codearts-signature.ts';
import {
  addTag,
  type CodeartsCommit,
  type CodeartsRepository,
  type CodeartsTag,
  graft,
  history,
  order,
  resolve,
  sha1,
} from './codearts-store.ts';
import { type Answer, type Sandbox, type Seen, startSandbox } from './sandbox.ts';

export { CODEARTS_KEY, CODEARTS_TEMPORARY_KEY } from './codearts-signature.ts';
export type { CodeartsRepository } from './codearts-store.ts';

export interface CodeartsOptions {
  language?: 'en' | 'zh';
  now?: () => Date;
  /** The other reading of `target`: always the commit, never the tag object. */
  targetIsCommit?: boolean;
}

export interface CodeartsSandbox extends Sandbox, Omit<Gate, 'refuse'> {
  repositories: Map<number, CodeartsRepository>;
  now(): Date;
  /** Without `branches` the default branch starts with one commit. */
  addRepository(id: number, init?: Partial<Omit<CodeartsRepository, 'id'>>): CodeartsRepository;
  commit(repo: number, branch: string, title: string): CodeartsCommit;
  /** A commit with these parents, on no branch. */
  graft(repo: number, parents: string[], message: string): CodeartsCommit;
  /** Past every rule: also makes protected tags, also in archived repositories. */
  tag(repo: number, name: string, ref: string, message?: string): CodeartsTag;
}

// What upstream does not document is spread over statuses and codes, so that no client can lean on one of them.
const REFUSALS = {
  noRepository: [404, 'CH.00402000', 'The repository does not exist', '仓库不存在'],
  noTag: [404, 'CH.00402013', 'The tag does not exist', '标签不存在'],
  noTagToDelete: [400, 'CH.00401999', 'Failed to delete the tag: it does not exist', '删除标签失败：标签不存在'],
  noRef: [400, 'CH.00401999', 'Failed to create the tag: the ref does not exist', '创建标签失败：分支或提交不存在'],
  noRevision: [404, 'CH.00402007', 'The branch, tag or commit does not exist', '分支、标签或提交不存在'],
  tagExists: [400, 'CH.00401999', 'Failed to create the tag: it already exists', '创建标签失败：标签已存在'],
  badName: [400, 'CH.010001', 'The tag name is invalid', '标签名称不合法'],
  badParameter: [400, 'CH.00401015', 'Parameter error', '参数错误'],
  guarded: [403, 'CH.00401008', 'No permission for the protected tag', '没有受保护标签的操作权限'],
  archived: [403, 'CH.00401001', 'The repository is archived and read-only, no permission to write', '仓库已归档，没有写权限'],
} as const;

class Refusal extends Error {
  readonly reason: keyof typeof REFUSALS;
  constructor(reason: keyof typeof REFUSALS, detail?: string) {
    super(detail);
    this.reason = reason;
  }
}

const PROJECT_ID = '0123456789abcdef0123456789abcdef';
const matches = (name: string, pattern: string): boolean =>
  new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`).test(name);

const BAD_NAME = /[\p{Cc} ~^:?*[\\]|\.\.|@\{|\/\/|^[-/]|[/.]$|(^|\/)\.|\.lock(\/|$)|^@$|^HEAD$/u;

const TEXT = /^.{1,2000}$/su;

function read(query: URLSearchParams, name: string, allowed: RegExp, fallback?: string): string {
  const value = query.get(name) ?? fallback ?? '';
  if (!allowed.test(value)) throw new Refusal('badParameter', name);
  return value;
}

function slice<Item>(query: URLSearchParams, items: Item[]): Item[] {
  const offset = Number(read(query, 'offset', /^\d{1,9}$/, '0'));
  return items.slice(offset, offset + Number(read(query, 'limit', /^([1-9]\d?|100)$/, '20')));
}

function search(query: URLSearchParams, repo: CodeartsRepository): CodeartsTag[] {
  const wanted = query.has('search') ? read(query, 'search', TEXT).toLowerCase() : '';
  return [...repo.tags.values()].filter(({ name }) => name.toLowerCase().includes(wanted));
}

function readDraft({ headers, body }: Seen): { tag_name: string; ref: string; message?: string } {
  if (!/^application\/json\s*(;|$)/.test(headers['content-type'] ?? '')) throw new Refusal('badParameter', 'content-type');
  let draft: { tag_name: string; ref: string; message?: string };
  try {
    draft = { ...JSON.parse(body) };
  } catch {
    throw new Refusal('badParameter', 'body');
  }
  const strange = ([name, value]: [string, unknown]) => !['tag_name', 'ref', 'message'].includes(name) || typeof value !== 'string';
  const wrong = Object.entries(draft).find(strange)?.[0] ?? (['tag_name', 'ref'] as const).find((name) => !draft[name]);
  if (wrong !== undefined) throw new Refusal('badParameter', wrong);
  return draft;
}

const wireCommit = ({ id, title, message = title, parent_ids, created_at }: CodeartsCommit) => {
  const by = (role: string) => ({ [`${role}_name`]: 'Li Wei', [`${role}_email`]: 'li.wei@example.com', [`${role}_avatar_url`]: '' });
  const dates = { authored_date: created_at, committed_date: created_at, created_at };
  const signature = { open_gpg_verified: false, verification_status: 0, gpg_primary_key_id: null };
  const words = { title, message: `${message}\n`, parent_ids };
  return { id, short_id: id.slice(0, 8), ...words, ...dates, ...by('author'), ...by('committer'), ...signature };
};

const wireRepository = ({ id, name, archived, default_branch, tags, branches }: CodeartsRepository) => {
  const path_with_namespace = `acme/${name}`;
  const urls = { http_url_to_repo: `https://codehub.test/acme/${name}.git`, ssh_url_to_repo: `git@codehub.test:acme/${name}.git` };
  const totals = { tag_count: tags.size, branch_count: branches.size };
  return { id, name, path_with_namespace, project_id: PROJECT_ID, archived, default_branch, visibility: 'private', ...totals, ...urls };
};

const ORDERS: Record<string, (a: CodeartsTag, b: CodeartsTag) => number> = {
  updated: (a, b) => order(a.commit.created_at, b.commit.created_at) || a.serial - b.serial,
  created: (a, b) => a.serial - b.serial,
  name: (a, b) => order(a.name, b.name),
};

type Reply = (repo: CodeartsRepository, query: URLSearchParams, request: Seen) => Answer;

/** `METHOD path-after-the-id?every&query&name`, and what it answers. */
const routes = (targetIsCommit: boolean): Record<string, Reply> => {
  const row = ({ name, message, commit, object }: CodeartsTag) => ({ name, message, target: targetIsCommit ? commit.id : object });
  const whole = (tag: CodeartsTag) => ({ ...row(tag), commit: wireCommit(tag.commit) });
  const writable = (repo: CodeartsRepository, name: string): boolean => !repo.protected.some((pattern) => matches(name, pattern));

  return {
    'GET ': (repo) => ({ status: 200, body: wireRepository(repo) }),

    'GET /repository/tags?offset&limit&sort&order_by&search&view': (repo, query) => {
      read(query, 'view', /^(detail|basic|simple)$/, 'detail');
      const found = search(query, repo).sort(ORDERS[read(query, 'order_by', /^(name|updated|created)$/, 'updated')]);
      if (read(query, 'sort', /^(asc|desc)$/, 'desc') === 'desc') found.reverse();
      const can = (tag: CodeartsTag) => ({ can_delete: writable(repo, tag.name), can_read: true, can_download: true });
      const body = slice(query, found).map((tag) => ({ ...row(tag), ...can(tag) }));
      return { status: 200, headers: { 'x-total': String(found.length) }, body };
    },

    'POST /repository/tags': (repo, _query, request) => {
      const { tag_name, ref, message } = readDraft(request);
      if (repo.archived) throw new Refusal('archived');
      if (tag_name.length > 2000 || BAD_NAME.test(tag_name)) throw new Refusal('badName', tag_name);
      if (!writable(repo, tag_name)) throw new Refusal('guarded', tag_name);
      if (repo.tags.has(tag_name)) throw new Refusal('tagExists', tag_name);
      const commit = resolve(repo, ref);
      if (!commit) throw new Refusal('noRef', ref);
      return { status: 201, body: whole(addTag(repo, tag_name, commit, message)) };
    },

    'GET /repository/tag?tag_name': (repo, query) => {
      const tag = repo.tags.get(read(query, 'tag_name', TEXT));
      if (!tag) throw new Refusal('noTag');
      return { status: 200, headers: { 'x-total': '1' }, body: whole(tag) };
    },

    'DELETE /repository/tag?tag_name': (repo, query) => {
      const name = read(query, 'tag_name', TEXT);
      if (repo.archived) throw new Refusal('archived');
      if (!repo.tags.has(name)) throw new Refusal('noTagToDelete');
      if (!writable(repo, name)) throw new Refusal('guarded', name);
      repo.tags.delete(name);
      return { status: 204 };
    },

    'GET /repository/branch?branch_name': (repo, query) => {
      const name = read(query, 'branch_name', TEXT);
      const commit = repo.commits.get(repo.branches.get(name) ?? '');
      if (!commit) throw new Refusal('noRevision');
      return { status: 200, body: { name, default: name === repo.default_branch, protected: false, commit: wireCommit(commit) } };
    },

    'GET /repository/commits?ref_name&offset&limit': (repo, query) => {
      const from = resolve(repo, read(query, 'ref_name', TEXT, repo.default_branch), 'tags');
      if (!from) throw new Refusal('noRevision');
      return { status: 200, body: slice(query, history(repo, from)).map(wireCommit) };
    },

    // Of the commits alone; what the pages hold is told by commits_count
    'GET /compare?from&to&compare_type&straight&view&offset&limit': (repo, query) => {
      read(query, 'compare_type', /^(branch|tag|commit)$/);
      read(query, 'straight', /^false$/, 'false');
      read(query, 'view', /^commits$/);
      const [from, to] = ['from', 'to'].map((name) => resolve(repo, read(query, name, TEXT), 'tags'));
      if (!from || !to) throw new Refusal('noRevision');
      const known = new Set(history(repo, from));
      const commits = history(repo, to)
        .filter((one) => !known.has(one))
        .reverse();
      const told = { commits_count: commits.length, compare_timeout: false, compare_same_ref: from === to, diffs: [] };
      return { status: 200, body: { ...told, commits: slice(query, commits).map(wireCommit) } };
    },

    'GET /repository/refs?type&search&offset&limit': (repo, query) => {
      read(query, 'type', /^tag$/);
      const names = search(query, repo).map(({ name }) => name);
      return { status: 200, body: slice(query, names.sort(order)) };
    },
  };
};

export async function startCodearts(options: CodeartsOptions = {}): Promise<CodeartsSandbox> {
  const { language = 'en', now = () => new Date(), targetIsCommit = false } = options;
  const repositories = new Map<number, CodeartsRepository>();
  const { refuse, ...gate } = openGate(now);
  const table = Object.entries(routes(targetIsCommit)).map(([route, reply]) => {
    const [line, names = ''] = route.split('?');
    return { line, names: names.split('&'), reply };
  });

  const known = (id: number): CodeartsRepository => {
    const repo = repositories.get(id);
    if (!repo) throw new Error(`the sandbox has no repository ${id}`);
    return repo;
  };

  const explain = ({ reason, message: detail }: Refusal): Answer => {
    const [status, error_code, en, zh] = REFUSALS[reason];
    const error_msg = [language === 'zh' ? zh : en, detail].filter(Boolean).join(': ');
    return { status, body: { error_code, error_msg } };
  };

  const base = await startSandbox((request) => {
    if (request.method === 'GET' && request.path === '/v4/user/repositories')
      return refuse(request) ?? { status: 200, body: slice(request.query, [...repositories.values()]).map(wireRepository) };
    const [, id = '', tail = ''] = /^\/v4\/repositories\/([^/]+)(\/.*)?$/.exec(request.path) ?? [];
    const route = table.find(({ line }) => id && line === `${request.method} ${tail}`);
    if (!route) return undefined;
    const refused = refuse(request);
    if (refused) return refused;
    try {
      const stray = [...request.query.keys()].find((name) => !route.names.includes(name));
      if (stray !== undefined) throw new Refusal('badParameter', stray);
      if (request.method !== 'POST' && request.body !== '') throw new Refusal('badParameter', 'body');
      if (!/^[1-9]\d{0,9}$/.test(id) || Number(id) >= 2 ** 31) throw new Refusal('badParameter', 'repository_id');
      const repo = repositories.get(Number(id));
      if (!repo) throw new Refusal('noRepository');
      return route.reply(repo, request.query, request);
    } catch (error) {
      if (error instanceof Refusal) return explain(error);
      throw error;
    }
  });

  const sandbox: CodeartsSandbox = Object.assign(base, {
    ...gate,
    repositories,
    now,
    addRepository: (id: number, init: Partial<Omit<CodeartsRepository, 'id'>> = {}) => {
      const empty = { branches: new Map(), commits: new Map(), tags: new Map(), archived: false, protected: [] };
      const repo: CodeartsRepository = { id, name: `repository-${id}`, default_branch: 'master', ...empty, ...init };
      repositories.set(id, repo);
      if (!init.branches) sandbox.commit(id, repo.default_branch, 'Initial commit');
      return repo;
    },
    commit: (repository: number, branch: string, title: string) => {
      const repo = known(repository);
      const parent = repo.branches.get(branch) ?? repo.branches.get(repo.default_branch);
      const id = sha1(`commit ${repository} ${repo.commits.size} ${title}`);
      const commit = { id, title, parent_ids: parent ? [parent] : [], created_at: now().toISOString() };
      repo.commits.set(commit.id, commit);
      repo.branches.set(branch, commit.id);
      return commit;
    },
    graft: (repository: number, parents: string[], message: string) => graft(known(repository), parents, message),
    tag: (id: number, name: string, ref: string, message = '') => {
      const commit = resolve(known(id), ref, 'tags');
      if (!commit) throw new Error(`the sandbox has no ref ${ref}`);
      return addTag(known(id), name, commit, message);
    },
  });
  return sandbox;
}

/** What a lakeFS server remembers, its name rules, and what a ref expression means. */
import { createHash } from 'node:crypto';
import { refuse } from './router.ts';

export interface LakefsCommit {
  id: string;
  parents: string[];
  message: string;
  committer: string;
  metadata: Record<string, string>;
  /** Unix seconds. */
  creation_date: number;
  /** Path → what is in it, as far as a test wants any. */
  objects?: Record<string, string>;
}

export interface Repository {
  id: string;
  default_branch: string;
  creation_date: number;
  read_only: boolean;
  /** Being deleted: 410 for everything in it. */
  inDeletion: boolean;
  /** Branch → commit id, empty for a branch without a commit. */
  branches: Map<string, string>;
  commits: Map<string, LakefsCommit>;
  tags: Map<string, string>;
  /** A hook with a text fails with it. */
  hooks: { 'pre-create-tag'?: string; 'pre-delete-tag'?: string };
  /** What is wrong with the file that describes the hooks: then none is run, and every tag is refused. */
  brokenActions?: string;
}

export interface LakefsStore {
  repositories: Map<string, Repository>;
  /** Without `branches` the default branch starts with one commit, as it does upstream. */
  addRepository(id: string, init?: Partial<Repository>): Repository;
  /** A new commit on the branch; `mergeParents` come after the branch's own head. Returns its id. */
  commit(repository: Repository, branch: string, message?: string, ...mergeParents: string[]): string;
  /** A new commit with these parents, on no branch. */
  graft(repository: Repository, parents: string[], message: string, objects?: Record<string, string>): string;
  /** Puts a tag there, no questions asked; returns the commit id. */
  tag(repository: Repository, name: string, ref: string): string;
}

const START = Date.UTC(2024, 0, 1) / 1000;
const MINUTE = 60;

export function createStore(): LakefsStore {
  let serial = 0;
  const store: LakefsStore = {
    repositories: new Map(),
    addRepository(id, init = {}) {
      const repository: Repository = {
        id,
        default_branch: 'main',
        creation_date: START,
        read_only: false,
        inDeletion: false,
        branches: new Map(),
        commits: new Map(),
        tags: new Map(),
        hooks: {},
        ...init,
      };
      store.repositories.set(id, repository);
      if (!init.branches) store.commit(repository, repository.default_branch, 'Repository created');
      return repository;
    },
    commit({ branches, commits, default_branch }, branch, message = 'a commit', ...mergeParents) {
      const id = createHash('sha256').update(`commit ${++serial}`).digest('hex');
      const head = branches.get(branch) || branches.get(default_branch);
      const parents = [...(head ? [head] : []), ...mergeParents];
      commits.set(id, { id, parents, message, committer: 'sandbox', metadata: {}, creation_date: START + serial * MINUTE });
      branches.set(branch, id);
      return id;
    },
    graft({ commits }, parents, message, objects = {}) {
      const id = createHash('sha256').update(`commit ${++serial}`).digest('hex');
      commits.set(id, { id, parents, message, committer: 'sandbox', metadata: {}, creation_date: START + serial * MINUTE, objects });
      return id;
    },
    tag(repository, name, ref) {
      const commit = resolve(repository, ref);
      repository.tags.set(name, commit);
      return commit;
    },
  };
  return store;
}

/** Looser than git's: `~`, a leading `.` or `-`, and DEL pass. */
export function checkTagName(name: string): void {
  // the one class of error the server forgot to map to 400
  if (name === '') throw refuse(500, 'argument tagID: required value: validation error');
  const refused = /^@$|\.$|\.lock$|\.\.|@\{|[/^:?*[\\]/.test(name) || [...name].some((letter) => letter <= ' ');
  if (refused) throw refuse(400, 'argument tagID: tag id: invalid value: validation error');
}

/** A bare name: full commit id, branch, tag, then unique prefix of a commit id. */
function lookUp({ branches, commits, tags }: Repository, name: string): string | undefined {
  if (commits.has(name)) return name;
  const named = branches.get(name) ?? tags.get(name);
  if (named !== undefined || !/^[0-9a-f]{1,64}$/i.test(name)) return named;
  const [only, ...others] = [...commits.keys()].filter((id) => id.startsWith(name));
  return others.length ? undefined : only;
}

/** How an operation says that a ref is malformed or leads nowhere. */
export interface Complaint {
  malformed?: number;
  missing?: string;
  prefix?: string;
}

/**
 * The commit id behind a ref expression such as `main~2`. The first `~`, `^`, `@` or `$` ends the name, so a tag whose
 * name has one cannot be a ref. A number may have a sign, as Go's Atoi takes it: `~-1` goes nowhere, `^-1` ends the request in a panic.
 */
export function resolve(
  repository: Repository,
  ref: string,
  { malformed = 400, missing = 'not found', prefix = '' }: Complaint = {},
): string {
  const invalid = (before = '', after = '') => refuse(malformed, `${prefix}${before}ref: invalid value: validation error${after}`);
  const [, unreadable] = /^[^~^@$]+(?:[~^][-+]?\d*)*([~^][^~^@$]+)/.exec(ref) ?? [];
  const [, name = '', modifiers = ''] = /^([^~^@$]+)((?:[~^](?:[-+]?\d+)?|[@$])*)$/.exec(ref) ?? [];
  if (!name) throw invalid(unreadable && `could not parse modifier ${unreadable}: `);
  const parentsOf = (id: string) => repository.commits.get(id)?.parents ?? [];
  let id = lookUp(repository, name);
  if (id === undefined) throw refuse(404, prefix + missing);
  // `branch@` is its head without uncommitted changes; `branch$` is those changes, which are no commit
  const head = modifiers === '@' && repository.branches.has(name);
  if (modifiers === '$' && repository.branches.has(name)) throw invalid('', ': should point to a commit');
  if (id === '' || (/[@$]/.test(modifiers) && !head)) throw invalid();
  for (const [, kind, digits] of modifiers.matchAll(/([~^])([-+]?\d*)/g)) {
    const count = digits ? Number(digits) : 1;
    if (kind === '^' && count < 0) throw refuse(500, 'runtime error: index out of range');
    if (kind === '^') {
      const parent: string | undefined = count === 0 ? id : parentsOf(id)[count - 1];
      if (!parent) throw invalid();
      id = parent;
    } else {
      for (let step = 0; step < count; step++) {
        const parent: string | undefined = parentsOf(id)[0];
        if (!parent) throw refuse(404, prefix + missing);
        id = parent;
      }
    }
  }
  return id;
}

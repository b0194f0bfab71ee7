/** What GitHub remembers: repositories, their commits, tag objects, refs and Releases. */
import { createHash } from 'node:crypto';

export interface Commit {
  oid: string;
  parents: string[];
  message: string;
  /** Authored and committed, ISO 8601. */
  date: string;
}
export interface TagObject {
  oid: string;
  name: string;
  message: string;
  date: string;
  /** A commit, or another tag object. */
  target: string;
}
export interface Release {
  id: number;
  tag_name: string;
  target_commitish: string;
  name: string;
  body: string | null;
  draft: boolean;
  prerelease: boolean;
  immutable: boolean;
  make_latest: string;
  created_at: string;
  published_at: string | null;
  assets: { name: string }[];
}
/** A ruleset's rule on tags; `*` in its pattern is a wildcard. */
export interface Rule {
  type: 'creation' | 'update' | 'deletion';
  pattern: string;
}
export interface Repository {
  id: number;
  node_id: string;
  path: string;
  default_branch: string;
  private: boolean;
  archived: boolean;
  branches: Map<string, string>;
  commits: Map<string, Commit>;
  objects: Map<string, TagObject>;
  /** Name → what the ref itself stands on: a tag object, where it is annotated. */
  tags: Map<string, string>;
  releases: Map<number, Release>;
  rules: Rule[];
  immutableReleases: boolean;
  /** Names that an immutable release was published under. */
  spent: Set<string>;
  /** Commits that change files in .github/workflows. */
  workflows: Set<string>;
  /** Writes that reads do not show yet. */
  recent: { at: number; name: string; before: string | undefined }[];
}

export interface Store {
  /** Keyed by the path in lower case; the old path of a renamed one leads to it too. */
  repositories: Map<string, Repository>;
  addRepository(path: string, init?: Partial<Repository>): Repository;
  renameRepository(repository: Repository, path: string): void;
  /** A new commit on the branch, a minute younger than the last; returns its id. */
  commit(repository: Repository, branch: string, message: string): string;
  /** A new commit with these parents, on no branch. */
  graft(repository: Repository, parents: string[], message: string): string;
  /** Puts a tag there, no questions asked; a message makes it annotated. Returns what the ref stands on. */
  tag(repository: Repository, name: string, ref: string, message?: string): string;
  /** Publishes a Release, no questions asked. */
  release(repository: Repository, tag_name: string, body: string | null, init?: Partial<Release>): Release;
  tick(): string;
}

const MINUTE = 60_000;

export const peel = (repository: Repository, oid: string | undefined): Commit | undefined => {
  const object = oid === undefined ? undefined : repository.objects.get(oid);
  return object ? peel(repository, object.target) : repository.commits.get(oid ?? '');
};

/** As `git rev-parse` reads it → a commit or a tag object. */
export function resolve(repository: Repository, tags: ReadonlyMap<string, string>, expression: string): string | undefined {
  const [, base = '', steps = ''] = /^(.*?)((?:\^\{commit\}|[~^]\d*)*)$/s.exec(expression) ?? [];
  const { branches, commits, objects, default_branch } = repository;
  const [, kind, name = ''] = /^refs\/(heads|tags)\/(.+)$/.exec(base) ?? [];
  let found = kind ? (kind === 'heads' ? branches : tags).get(name) : undefined;
  if (!kind && (commits.has(base) || objects.has(base))) found = base;
  if (!kind) found ??= tags.get(base) ?? branches.get(base === 'HEAD' ? default_branch : base);
  if (!kind && !found && /^[0-9a-f]{4,39}$/.test(base)) {
    const [only, ...others] = [...commits.keys()].filter((oid) => oid.startsWith(base));
    found = others.length > 0 ? undefined : only;
  }
  for (const [step, count] of steps.matchAll(/\^\{commit\}|~(\d*)|\^(\d*)/g)) {
    const commit = peel(repository, found);
    found = commit?.oid;
    const times = step.startsWith('~') ? Number(count || 1) : step === '^{commit}' ? 0 : 1;
    for (let time = 0; time < times; time += 1) found = peel(repository, found)?.parents[0];
  }
  return found;
}

/** A commit and all that it grew from, newest first: a child before its parents. */
export function history(repository: Repository, oid: string): Commit[] {
  const order = [...repository.commits.keys()];
  const reached = new Set<string>();
  const open = [oid];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (reached.has(next)) continue;
    reached.add(next);
    open.push(...(repository.commits.get(next)?.parents ?? []));
  }
  return order
    .filter((one) => reached.has(one))
    .reverse()
    .flatMap((one) => repository.commits.get(one) ?? []);
}

/** git check-ref-format, and GH002. */
export const isLegal = (ref: string): boolean =>
  /^refs\/tags\/[^/]/.test(ref) &&
  !/[\s~^:?*[\\\x7f]|\.\.|@\{|\/\/|\/\.|\.$|\/$|\.lock(\/|$)/.test(ref) &&
  !/^refs\/tags\/[0-9a-f]{40}$/i.test(ref);

export const covers = (pattern: string, name: string): boolean =>
  new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*')}$`).test(name);

export function createStore(): Store {
  let serial = 0;
  const oidOf = () => createHash('sha1').update(`github object ${++serial}`).digest('hex');
  const store: Store = {
    repositories: new Map(),
    tick: () => new Date(Date.UTC(2024, 0, 1) + ++serial * MINUTE).toISOString().replace('.000Z', 'Z'),
    addRepository(path, init = {}) {
      const id = 70_000 + ++serial;
      const repository: Repository = {
        id,
        node_id: `R_${Buffer.from(String(id)).toString('base64url')}`,
        path,
        default_branch: 'main',
        private: true,
        archived: false,
        branches: new Map(),
        commits: new Map(),
        objects: new Map(),
        tags: new Map(),
        releases: new Map(),
        rules: [],
        immutableReleases: false,
        spent: new Set(),
        workflows: new Set(),
        recent: [],
        ...init,
      };
      store.repositories.set(path.toLowerCase(), repository);
      return repository;
    },
    renameRepository(repository, path) {
      repository.path = path;
      store.repositories.set(path.toLowerCase(), repository);
    },
    commit(repository, branch, message) {
      const parent = repository.branches.get(branch) ?? repository.branches.get(repository.default_branch);
      const oid = store.graft(repository, parent ? [parent] : [], message);
      repository.branches.set(branch, oid);
      return oid;
    },
    graft(repository, parents, message) {
      const oid = oidOf();
      repository.commits.set(oid, { oid, parents, message, date: store.tick() });
      return oid;
    },
    tag(repository, name, ref, message) {
      const at = resolve(repository, repository.tags, ref);
      if (!at) throw new Error(`the sandbox has no ${ref} in ${repository.path}`);
      let oid = at;
      if (message) {
        oid = oidOf();
        repository.objects.set(oid, { oid, name, message, date: store.tick(), target: at });
      }
      repository.tags.set(name, oid);
      return oid;
    },
    release(repository, tag_name, body, init = {}) {
      const release: Release = {
        id: ++serial,
        tag_name,
        target_commitish: repository.default_branch,
        name: tag_name,
        body,
        draft: false,
        prerelease: false,
        immutable: false,
        make_latest: 'true',
        created_at: store.tick(),
        published_at: null,
        assets: [],
        ...init,
      };
      release.published_at ??= release.draft ? null : release.created_at;
      repository.releases.set(release.id, release);
      return release;
    },
  };
  return store;
}

/** What a GitLab instance remembers: projects, their commits, branches, tags and Releases. */
import { createHash } from 'node:crypto';

export interface Commit {
  id: string;
  parents: string[];
  title: string;
  /** The whole of it, where that is more than the title. */
  message?: string;
  /** Authored and committed, ISO 8601. */
  date: string;
}

export interface StoredTag {
  commit: string;
  /** The tag object; a lightweight tag has none. */
  annotation?: { id: string; message: string; date: string };
}

export interface Release {
  tag_name: string;
  name: string;
  description: string | null;
  created_at: string;
  /** What else people attach to one. */
  assets?: { links: { name: string; url: string }[] };
  milestones?: { title: string }[];
  evidences?: { sha: string }[];
}

export interface CreateLevel {
  /** Null where a deploy key is meant. */
  access_level: number | null;
  user_id?: number;
  group_id?: number;
  deploy_key_id?: number;
}

export interface Project {
  id: number;
  path: string;
  default_branch: string;
  visibility: 'private' | 'internal' | 'public';
  archived: boolean;
  /** False: the repository was never created, every repository route is 404. */
  initialised: boolean;
  branches: Map<string, string>;
  commits: Map<string, Commit>;
  tags: Map<string, StoredTag>;
  releases: Map<string, Release>;
  /** Names only Maintainers may create or delete; `*` is a wildcard. */
  protectedTags: string[];
  /** Who else, or who instead, may create under one of those patterns; 40 is a Maintainer, 0 is nobody. */
  createLevels: Map<string, CreateLevel[]>;
  /** A pre-receive hook that rejects every tag creation and deletion with this text. */
  hook?: string | undefined;
  /** This path is a leftover: the project now lives under that id. */
  movedTo?: number | undefined;
}

const MINUTE = 60_000;

/** GitLab writes an offset, never `Z`. */
const timestamp = (ms: number) => new Date(ms).toISOString().replace('Z', '+00:00');

/** Sha, branch, tag or unique sha prefix. A tag hides a branch of its name, as in git. */
export function resolve({ branches, commits, tags, default_branch }: Project, ref: string): string | undefined {
  if (commits.has(ref)) return ref;
  const [, kind, name = ''] = /^refs\/(heads|tags)\/(.+)$/.exec(ref) ?? [];
  if (kind) return kind === 'heads' ? branches.get(name) : tags.get(name)?.commit;
  const named = tags.get(ref)?.commit ?? branches.get(ref === 'HEAD' ? default_branch : ref);
  if (named || !/^[0-9a-f]{4,39}$/i.test(ref)) return named;
  const [only, ...others] = [...commits.keys()].filter((id) => id.startsWith(ref.toLowerCase()));
  return others.length ? undefined : only;
}

export interface Store {
  /** Keyed by full path. */
  projects: Map<string, Project>;
  addProject(path: string, init?: Partial<Project>): Project;
  /** The project gets another path; the old one redirects, until another project takes it (addProject). */
  moveProject(project: Project, path: string): void;
  /** A new commit on the branch, a minute younger than the last; returns its id. */
  commit(project: Project, branch: string, title: string, date?: string): string;
  /** A new commit with these parents, on no branch; returns its id. */
  graft(project: Project, parents: string[], message: string): string;
  /** Puts a tag there, no questions asked; a message makes it annotated. */
  tag(project: Project, name: string, ref: string, message?: string): StoredTag;
  /** The instance's clock: a minute later at every look. */
  tick(): string;
}

export function createStore(): Store {
  let serial = 0;
  let projectIds = 0;
  const newId = () => createHash('sha1').update(`object ${++serial}`).digest('hex');

  const store: Store = {
    projects: new Map(),
    tick: () => timestamp(Date.UTC(2024, 0, 1) + ++serial * MINUTE),
    addProject(path, init = {}) {
      const project: Project = {
        id: 1000 + projectIds++,
        path,
        default_branch: 'main',
        visibility: 'private',
        archived: false,
        initialised: true,
        branches: new Map(),
        commits: new Map(),
        tags: new Map(),
        releases: new Map(),
        protectedTags: [],
        createLevels: new Map(),
        ...init,
      };
      store.projects.set(path, project);
      return project;
    },
    moveProject(project, path) {
      const old = project.path;
      store.projects.delete(old);
      project.path = path;
      store.projects.set(path, project);
      store.addProject(old, { id: 0, movedTo: project.id });
    },
    commit(project, branch, title, date = store.tick()) {
      const parent = project.branches.get(branch) ?? project.branches.get(project.default_branch);
      const id = newId();
      project.commits.set(id, { id, parents: parent ? [parent] : [], title, date });
      project.branches.set(branch, id);
      return id;
    },
    graft(project, parents, message) {
      const id = newId();
      const [title = ''] = message.split('\n', 1);
      project.commits.set(id, { id, parents, title, message, date: store.tick() });
      return id;
    },
    tag(project, name, ref, message = '') {
      const commit = resolve(project, ref);
      if (!commit) throw new Error(`the sandbox has no ${ref} in ${project.path}`);
      const text = message.trim();
      const tag: StoredTag = { commit, ...(text && { annotation: { id: newId(), message: text, date: store.tick() } }) };
      project.tags.set(name, tag);
      return tag;
    },
  };
  return store;
}

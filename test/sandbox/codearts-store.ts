/** What CodeArts Repo remembers: repositories, their commits, branches and tags. */
import { createHash } from 'node:crypto';

export interface CodeartsCommit {
  id: string;
  title: string;
  /** The whole of it, where that is more than the title. */
  message?: string;
  parent_ids: string[];
  created_at: string;
}

export interface CodeartsTag {
  name: string;
  message: string;
  commit: CodeartsCommit;
  /** Id of the tag object; the commit's id for a lightweight tag. */
  object: string;
  /** Order of creation. */
  serial: number;
}

export interface CodeartsRepository {
  id: number;
  name: string;
  default_branch: string;
  /** Branch → commit id. */
  branches: Map<string, string>;
  commits: Map<string, CodeartsCommit>;
  tags: Map<string, CodeartsTag>;
  archived: boolean;
  /** Names nobody may create or delete; `*` is a wildcard. */
  protected: string[];
}

export const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex');
export const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Branch or commit id, as CreateTag takes it; `also` adds the tags that other routes know too. */
export function resolve(repo: CodeartsRepository, ref: string, also?: 'tags'): CodeartsCommit | undefined {
  const tagged = also && repo.tags.get(ref)?.commit;
  return tagged ?? repo.commits.get(repo.branches.get(ref) ?? ref);
}

let serial = 0;
export function addTag(repo: CodeartsRepository, name: string, commit: CodeartsCommit, message = ''): CodeartsTag {
  serial += 1;
  const object = message ? sha1(`tag ${serial} ${name} ${commit.id} ${message}`) : commit.id;
  const tag = { name, message, commit, object, serial };
  repo.tags.set(name, tag);
  return tag;
}

/** A commit and all it comes from, newest first. */
export function history({ commits }: CodeartsRepository, from: CodeartsCommit): CodeartsCommit[] {
  const walked = new Set([from]);
  for (const { parent_ids } of walked) for (const id of parent_ids) for (const parent of [commits.get(id) ?? []].flat()) walked.add(parent);
  return [...walked].sort((one, other) => order(other.created_at, one.created_at));
}

/** A commit with these parents, on no branch, a minute younger than the last. */
export function graft(repo: CodeartsRepository, parent_ids: string[], message: string): CodeartsCommit {
  const [title = ''] = message.split('\n', 1);
  const created_at = new Date(Date.UTC(2024, 0, 1) + repo.commits.size * 60_000).toISOString();
  const commit = { id: sha1(`graft ${repo.id} ${repo.commits.size} ${title}`), title, message, parent_ids, created_at };
  repo.commits.set(commit.id, commit);
  return commit;
}

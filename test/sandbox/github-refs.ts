/** Changing refs, over GraphQL and REST alike: what GitHub refuses, and what reads show of it when. */
import { lacking, mayWrite, type Token } from './github-access.ts';
import { covers, isLegal, peel, type Repository, type Rule } from './github-store.ts';

export const ZERO = '0'.repeat(40);

export interface RefUpdate {
  name: string;
  beforeOid?: string | null;
  afterOid: string;
  force?: boolean | null;
}

/** `type` is GraphQL's, `status` REST's. */
export class RefRefusal extends Error {
  readonly type: string;
  readonly status: number;
  constructor(message: string, type = 'UNPROCESSABLE', status = 422) {
    super(message);
    this.type = type;
    this.status = status;
  }
}

const DEEDS = { creation: 'create ref due to creations', update: 'update ref due to updates', deletion: 'delete ref due to deletions' };

/** All of them or none; each is checked against the state before. */
export function updateRefs(repository: Repository, updates: readonly RefUpdate[], token: Token): void {
  if (repository.archived) throw new RefRefusal('Repository was archived so is read-only.', 'UNPROCESSABLE', 403);
  if (!mayWrite(token)) throw new RefRefusal(lacking(token), 'FORBIDDEN', 403);
  for (const update of updates) check(repository, update, token);
  for (const { name, afterOid } of updates) {
    const tag = name.replace(/^refs\/tags\//, '');
    const before = repository.tags.get(tag);
    repository.recent.push({ at: performance.now(), name: tag, before });
    if (afterOid === ZERO) repository.tags.delete(tag);
    else repository.tags.set(tag, afterOid);
    // Without its tag a published Release is a draft.
    if (afterOid === ZERO)
      for (const release of repository.releases.values()) if (release.tag_name === tag) Object.assign(release, { draft: true });
  }
}

function check(repository: Repository, { name, beforeOid, afterOid, force }: RefUpdate, token: Token): void {
  const { tags, objects, commits, releases, spent, rules } = repository;
  if (!isLegal(name)) throw new RefRefusal(`${name} is not a valid ref name.`);
  const tag = name.replace(/^refs\/tags\//, '');
  const now = tags.get(tag);
  if (beforeOid === ZERO && now) throw new RefRefusal('Reference already exists');
  if (beforeOid && beforeOid !== ZERO && now !== beforeOid) throw new RefRefusal(`Reference update failed: ${name} is not at ${beforeOid}`);
  if (afterOid === ZERO && !now) throw new RefRefusal('Reference does not exist');
  const deed = afterOid === ZERO ? 'deletion' : now ? 'update' : 'creation';
  if (afterOid !== ZERO && !objects.has(afterOid) && !commits.has(afterOid)) throw new RefRefusal('Object does not exist');
  if (deed === 'update' && !force && !isForward(repository, now, afterOid)) throw new RefRefusal('Update is not a fast forward');
  if (rules.some((rule: Rule) => rule.type === deed && covers(rule.pattern, tag)))
    throw new RefRefusal(`Repository rule violations found\n\nCannot ${DEEDS[deed]} being restricted.\n\n`);
  if (deed === 'creation' && spent.has(tag)) throw new RefRefusal('tag_name was used by an immutable release');
  if (deed !== 'creation' && [...releases.values()].some((one) => one.immutable && !one.draft && one.tag_name === tag))
    throw new RefRefusal('Cannot change the tag of an immutable release');
  if (deed === 'creation' && [...tags.keys()].some((one) => one.startsWith(`${tag}/`) || tag.startsWith(`${one}/`)))
    throw new RefRefusal('Reference update failed');
  const commit = peel(repository, afterOid);
  if (token.kind !== 'classic' && commit && repository.workflows.has(commit.oid)) throw new RefRefusal(lacking(token), 'FORBIDDEN', 403);
}

function isForward(repository: Repository, from: string | undefined, to: string): boolean {
  const [old, open] = [peel(repository, from)?.oid, [peel(repository, to)?.oid]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === old) return true;
    open.push(...(repository.commits.get(next)?.parents ?? []));
  }
  return false;
}

/** The tags as reads show them: what was written less than `lagMs` ago is not there yet. */
export function visible(repository: Repository, lagMs: number): ReadonlyMap<string, string> {
  const since = performance.now() - lagMs;
  const late = repository.recent.filter(({ at }) => at > since);
  if (lagMs === 0 || late.length === 0) return repository.tags;
  const tags = new Map(repository.tags);
  for (const { name, before } of late.reverse()) {
    if (before === undefined) tags.delete(name);
    else tags.set(name, before);
  }
  return tags;
}

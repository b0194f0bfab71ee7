/** What is found by looking: the repository itself, the commit behind a ref, and why something was refused. */
import { isTagError, TagError, type TagErrorOptions } from '../../core/errors.ts';
import type { Call } from '../../core/provider.ts';
import { told } from '../../core/told.ts';
import type { Http } from '../../http/http.ts';
import { path } from '../../http/path.ts';
import { isUnclear, saysProtected } from './failures.ts';
import { WireBranch, WireCommits, WireRepository } from './wire.ts';

export const isCommitId = (ref: string): boolean => /^([0-9a-f]{40}|[0-9a-f]{64})$/i.test(ref);

/** Undefined where the answer is an unclear refusal. */
const ifFound = <T>(answer: Promise<T>): Promise<T | undefined> =>
  answer.catch((error: unknown) => {
    if (isUnclear(error)) return undefined;
    throw error;
  });

/** Throws `repository_not_found`. */
export async function readRepository(http: Http, repository: string, call: Call): Promise<WireRepository> {
  const reply = await ifFound(http.send('GET', path`/v4/repositories/${repository}`, { call, schema: WireRepository }));
  if (!reply) throw new TagError('repository_not_found', told`There is no repository ${repository}.`);
  return reply.body;
}

/** A branch, a commit id, or a tag; left out, the default branch. In this order: CreateTag takes a name for a branch's. */
export async function resolveRef(http: Http, repository: string, ref: string | undefined, call: Call): Promise<string> {
  const name = ref ?? (await readRepository(http, repository, call)).default_branch;
  if (!name) throw new TagError('ref_not_found', told`Repository ${repository} has no default branch yet.`);
  const isId = isCommitId(name);
  const head = isId ? undefined : await branchHead(http, repository, name, call);
  const commit = head ?? (await newestCommit(http, repository, name, call));
  if (!commit || (isId && commit !== name.toLowerCase()))
    throw new TagError('ref_not_found', told`${name} is no branch, tag or commit of repository ${repository}.`);
  return commit;
}

async function branchHead(http: Http, repository: string, branch_name: string, call: Call): Promise<string | undefined> {
  const at = path`/v4/repositories/${repository}/repository/branch`;
  return (await ifFound(http.send('GET', at, { call, query: { branch_name }, schema: WireBranch })))?.body.commit.id;
}

async function newestCommit(http: Http, repository: string, ref_name: string, call: Call): Promise<string | undefined> {
  const at = path`/v4/repositories/${repository}/repository/commits`;
  return (await ifFound(http.send('GET', at, { call, query: { ref_name, limit: 1 }, schema: WireCommits })))?.body[0]?.id;
}

export const archivedNow = (repository: string, known: TagErrorOptions = {}): TagError =>
  new TagError('read_only', told`Repository ${repository} is archived; nothing was written.`, known);

/** Why a write on a tag was refused, as far as the repository and the words tell; else the error as it came. */
export async function reasonFor(error: unknown, http: Http, repository: string, name: string, call: Call): Promise<unknown> {
  if (!isUnclear(error) && !isTagError(error, 'permission_denied')) return error;
  const known = { upstream: error.upstream, cause: error };
  const { archived } = await readRepository(http, repository, call).catch((): WireRepository => ({}));
  if (archived) return archivedNow(repository, known);
  return saysProtected(error, name)
    ? new TagError('protected', told`${name} is protected, and the credential may not touch it.`, known)
    : error;
}

/** lakeFS's history: the log of a ref, what two have in common, and the objects that differ (pkg/graveler/ref/commit_iterator.go, pkg/catalog). */
import { MAX_AMOUNT } from './lakefs-body.ts';
import { type LakefsCommit, type Repository, resolve } from './lakefs-store.ts';
import { refuse } from './router.ts';
import type { Answer, Seen } from './sandbox.ts';

const ok = (body: unknown): Answer => ({ status: 200, body });

export const record = ({ commits }: Repository, id: string) => {
  const { objects: _, ...told } = commits.get(id) ?? {};
  return { ...told, meta_range_id: '', generation: 1, version: 1 };
};

/** From what was reached the newest next, the greater id first where dates agree; each commit once. */
function* walk({ commits }: Repository, start: string, firstParent: boolean): Generator<LakefsCommit> {
  const seen = new Set<string>();
  const reached = [start];
  const isNewer = (one: LakefsCommit, other: LakefsCommit) =>
    other.creation_date - one.creation_date || (other.id > one.id ? 1 : other.id < one.id ? -1 : 0);
  while (reached.length > 0) {
    const next = reached.flatMap((id) => commits.get(id) ?? []).sort(isNewer)[0];
    if (!next) return;
    reached.splice(reached.indexOf(next.id), 1);
    yield next;
    for (const parent of firstParent ? next.parents.slice(0, 1) : next.parents)
      if (!seen.has(parent) && seen.add(parent)) reached.push(parent);
  }
}

const amountOf = (query: URLSearchParams) => Math.max(Number(query.get('amount')), 0) || 100;
const pagination = (has_more: boolean, last: string | undefined, results: number) => ({
  has_more,
  next_offset: has_more ? (last ?? '') : '',
  results,
  max_per_page: MAX_AMOUNT,
});

/** `stop_at` is the last commit of the list, where the walk comes upon it; what is older and not yet reached is missing then. */
export function logCommits(repository: Repository, { query }: Seen, ref: string): Answer {
  if (/\s/.test(ref)) throw refuse(400, 'argument ref: ref: invalid value: validation error');
  const amount = amountOf(query);
  const stop = query.get('stop_at');
  const [end, after] = [stop && resolve(repository, stop, { prefix: 'stop_at: ' }), query.get('after')];
  let begun = !after;
  const found: string[] = [];
  for (const { id } of walk(repository, resolve(repository, ref, { prefix: 'ref: ' }), query.get('first_parent') === 'true')) {
    if (begun) found.push(id);
    if (begun && (found.length > amount || id === end)) break;
    begun ||= id === after;
  }
  const shown = found.slice(0, amount);
  return ok({
    pagination: pagination(found.length > amount, shown.at(-1), shown.length),
    results: shown.map((id) => record(repository, id)),
  });
}

const historyOf = (repository: Repository, id: string) => new Set(Array.from(walk(repository, id, false), (commit) => commit.id));

export function findMergeBase(repository: Repository, source: string, destination: string): Answer {
  const [source_commit_id, destination_commit_id] = [resolve(repository, source), resolve(repository, destination)];
  const ours = historyOf(repository, source_commit_id);
  const common = [...historyOf(repository, destination_commit_id)].filter((id) => ours.has(id));
  const base_commit_id = common.find((id) => !common.some((other) => other !== id && historyOf(repository, other).has(id)));
  if (!base_commit_id) throw refuse(404, 'not found');
  return ok({ source_commit_id, destination_commit_id, base_commit_id });
}

/** From left to right; `two_dot` compares the two, anything else the right with what both come from, which nobody asks for here. */
export function diffRefs(repository: Repository, { query }: Seen, left: string, right: string): Answer {
  if (query.get('type') !== 'two_dot') throw refuse(501, 'the sandbox compares two_dot alone');
  const [before, now] = [left, right].map((ref) => repository.commits.get(resolve(repository, ref))?.objects ?? {}) as Record<
    string,
    string
  >[];
  const paths = [...new Set([...Object.keys(before ?? {}), ...Object.keys(now ?? {})])].sort();
  const differing = paths.flatMap((path) => {
    const [old, one] = [before?.[path], now?.[path]];
    if (old === one) return [];
    return { path, path_type: 'object', type: old === undefined ? 'added' : one === undefined ? 'removed' : 'changed', size_bytes: 1 };
  });
  const amount = amountOf(query);
  const shown = differing.slice(0, amount);
  return ok({ pagination: pagination(differing.length > amount, shown.at(-1)?.path, shown.length), results: shown });
}

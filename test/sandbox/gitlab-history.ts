/** GitLab's history: lists of commits, what two of them have in common, and the tags that hold one. */
import type { ProjectCall } from './gitlab-access.ts';
import { type Commit, type Project, resolve } from './gitlab-store.ts';
import { commitJson, findCommit, oneOf, wholeNumber } from './gitlab-tags.ts';
import { Refusal, refuse } from './router.ts';
import type { Answer } from './sandbox.ts';

/** A commit and all it comes from. */
function historyOf({ commits }: Project, ...ids: string[]): Set<string> {
  const found = new Set(ids);
  for (const id of found) for (const parent of commits.get(id)?.parents ?? []) found.add(parent);
  return found;
}

/** As git walks: from what was reached the newest next. */
function inOrder({ commits }: Project, from: string, without: Set<string>): Commit[] {
  const walked: Commit[] = [];
  const seen = new Set([from]);
  const reached = [from];
  while (reached.length > 0) {
    const at = reached.flatMap((id) => commits.get(id) ?? []).sort((one, other) => Date.parse(other.date) - Date.parse(one.date))[0];
    if (!at) break;
    reached.splice(reached.indexOf(at.id), 1);
    if (without.has(at.id)) continue;
    walked.push(at);
    for (const parent of at.parents) if (!seen.has(parent) && seen.add(parent)) reached.push(parent);
  }
  return walked;
}

function paged<T>({ query }: ProjectCall['request'], all: readonly T[]): T[] {
  const size = Math.min(wholeNumber(query, 'per_page', 20), 100);
  const page = Math.max(wholeNumber(query, 'page', 1), 1);
  if (size < 1) throw new Refusal(400, { error: 'per_page has a value not allowed' });
  return all.slice((page - 1) * size, page * size);
}

/** `ref_name` may be a range, and is the default branch where it is left out. No total is told. */
export function listCommits(call: ProjectCall): Answer {
  const { project, request } = call;
  const [, base, head = ''] = /^(?:(.*?)\.\.)?(.*)$/s.exec(request.query.get('ref_name') ?? project.default_branch) ?? [];
  const [from, to] = [base === undefined ? undefined : resolve(project, base), resolve(project, head)];
  if (!to || (base !== undefined && !from)) throw refuse(404, '404 Commit Not Found');
  const commits = inOrder(project, to, from ? historyOf(project, from) : new Set());
  return { status: 200, body: paged(request, commits).map((one) => commitJson(call, one)) };
}

export function mergeBase(call: ProjectCall): Answer {
  const { project, request } = call;
  const refs = request.query.getAll('refs[]');
  if (refs.length < 2) throw new Refusal(400, { error: 'refs is invalid' });
  const ids = refs.map((ref) => {
    const id = resolve(project, ref);
    if (!id) throw refuse(400, `Could not find ref: ${ref}`);
    return id;
  });
  const [first, ...others] = ids.map((id) => historyOf(project, id));
  const common = [...(first ?? [])].filter((id) => others.every((other) => other.has(id)));
  const best = common.find((id) => !common.some((other) => other !== id && historyOf(project, other).has(id)));
  if (!best) throw refuse(404, '404 Merge Base Not Found');
  return { status: 200, body: commitJson(call, findCommit(call, best)) };
}

export function refsHolding(call: ProjectCall, sha: string): Answer {
  const { project, request } = call;
  const { id } = findCommit(call, sha);
  const type = oneOf(request.query, 'type', ['all', 'branch', 'tag']);
  const holds = (commit: string) => historyOf(project, commit).has(id);
  const branches = [...project.branches].flatMap(([name, commit]) => (holds(commit) ? { type: 'branch', name } : []));
  const tags = [...project.tags].flatMap(([name, { commit }]) => (holds(commit) ? { type: 'tag', name } : []));
  const shown = [...(type === 'tag' ? [] : branches), ...(type === 'branch' ? [] : tags)];
  return { status: 200, body: paged(request, shown) };
}

/** What lies between two commits: a range of GitLab's history, page by page. */
import { type Comparison, HIGHER, MOST_REQUESTS, nameTheBase, type Point, type Range } from '../../core/changes.ts';
import { isTagError } from '../../core/errors.ts';
import type { Call } from '../../core/provider.ts';
import type { Tag } from '../../core/tag.ts';
import { plainName } from '../../core/tag-name.ts';
import { versionsBelow } from '../../core/versions.ts';
import { path } from '../../http/path.ts';
import { searching } from './list.ts';
import type { Below, Projects } from './project.ts';
import { resolveRef } from './read.ts';
import { toChange, WireCommit, WireHistory } from './wire.ts';

const MOST = 100;
/** Every version has one in its name. */
const DOT = '.';
/** So many pages of tags, of which one holds every match as a rule. */
const TAG_PAGES = 3;
/** What is kept for the range itself, and for the newest commits of head. */
const KEPT = 3;

export const createComparing = (projects: Projects) => async (repository: string, range: Range, call: Call) => {
  const { head = 'HEAD', base } = range;
  const history = createHistory(projects, repository, call);
  if (base === undefined) return withVersion(history, await history.pointAt(head));
  const [to, from] = await Promise.all([history.pointAt(head), history.pointAt(base)]);
  return history.finish(await history.begin(to, from));
};

type History = ReturnType<typeof createHistory>;

/** With the highest version that head contains. GitLab cannot be asked which that is: they are tried, the highest first. */
async function withVersion(history: History, head: Point): Promise<Comparison> {
  const found = await history.versions();
  if (!found) throw nameTheBase(head.name);
  const tags = new Map(found.map(({ name, commit_id }) => [name, commit_id]));
  const bases = versionsBelow(head.name, [...tags.keys()]).flatMap((name): Point[] => {
    const commit_id = tags.get(name);
    return commit_id ? [{ name, commit_id }] : [];
  });
  let tried = 0;
  for (const base of bases) {
    if (history.left() < KEPT + 2) break;
    const begun = await history.begin(head, base);
    if (begun.relation !== 'diverged') return history.finish(begun);
    tried += 1;
  }
  const untried = bases.slice(tried);
  // Of the others it is told which stand in what head contains of late, if not which do further back.
  const recent = untried.length > 0 ? await history.page(head.commit_id) : [];
  const known = new Set(recent.map(({ id }) => id));
  const base = untried.find(({ commit_id }) => known.has(commit_id));
  const isSure = recent.length < MOST || base === untried[0];
  if (!base && !isSure) throw nameTheBase(head.name);
  const told = await history.finish(await history.begin(head, base));
  return isSure ? told : { ...told, note: HIGHER };
}

/** What is known after a first page. */
interface Begun extends Pick<Comparison, 'base' | 'head' | 'relation'> {
  readonly first: WireHistory;
}

/** Of one project, for one comparison: it takes no more than MOST_REQUESTS. */
function createHistory(projects: Projects, repository: string, call: Call) {
  let left = MOST_REQUESTS;

  async function page(ref_name: string, number = 1): Promise<WireHistory> {
    left -= 1;
    const query = { ref_name, per_page: MOST, page: number };
    const below: Below = (project) => path`/projects/${project}/repository/commits`;
    return (await projects.send('GET', repository, below, { call, schema: WireHistory, query })).body;
  }

  /** By the best commit that both have, if they have one. */
  async function contains(head: Point, base: Point): Promise<boolean> {
    left -= 1;
    const query = { 'refs[]': [head.commit_id, base.commit_id] };
    const below: Below = (project) => path`/projects/${project}/repository/merge_base`;
    const found = await projects.send('GET', repository, below, { call, schema: WireCommit, query }).catch((error: unknown) => {
      if (!isTagError(error) || error.upstream?.status !== 404) throw error;
    });
    return found?.body.id === base.commit_id;
  }

  const rangeOf = (head: Point, base: Point | undefined) => (base ? `${base.commit_id}..${head.commit_id}` : head.commit_id);

  return {
    left: () => left,
    page,
    async pointAt(ref: string): Promise<Point> {
      left -= 1;
      return { name: plainName(ref), commit_id: await resolveRef(projects, repository, ref, call) };
    },
    /** Undefined where they are more than so few requests tell. */
    versions: () =>
      searching(projects, repository, DOT, call, async (batches) => {
        const found: Tag[] = [];
        const end = left - TAG_PAGES;
        for await (const tags of batches) {
          if (left === end) return undefined;
          found.push(...tags);
          left -= 1;
        }
        return found;
      }),
    async begin(head: Point, base: Point | undefined): Promise<Begun> {
      if (base?.commit_id === head.commit_id) return { base, head, relation: 'same', first: [] };
      const first = await page(rangeOf(head, base));
      const isChild = ({ parent_ids }: WireHistory[number]) => parent_ids?.includes(base?.commit_id ?? '');
      // Where head contains base, the range holds a child of it.
      const isTold = first.length < MOST && first.every(({ parent_ids }) => parent_ids);
      const isAhead = !base || first.some(isChild) || (!isTold && (await contains(head, base)));
      return { base, head, relation: isAhead ? 'ahead' : 'diverged', first };
    },
    async finish({ first, ...begun }: Begun): Promise<Comparison> {
      const commits = new Map(first.map((one) => [one.id, one]));
      let isWhole = first.length < MOST;
      for (let number = 2; !isWhole && left > 0; number += 1) {
        const found = await page(rangeOf(begun.head, begun.base), number);
        const before = commits.size;
        for (const one of found) commits.set(one.id, one);
        isWhole = found.length < MOST || commits.size === before;
      }
      return { ...begun, commits: [...commits.values()].map(toChange), total: isWhole ? commits.size : undefined };
    },
  };
}

/** Tags that hold a commit. GitLab tells their names alone; what they are is read from its list, until all were seen. */
import { pageOver } from '../../core/listing.ts';
import type { Call } from '../../core/provider.ts';
import type { Tag, TagPage, TagQuery } from '../../core/tag.ts';
import { path } from '../../http/path.ts';
import { allTags } from './list.ts';
import type { Projects } from './project.ts';
import { resolveRef } from './read.ts';
import { WireNames } from './wire.ts';

const MOST = 100;

export async function listHolding(projects: Projects, repository: string, ref: string, query: TagQuery, call: Call): Promise<TagPage> {
  const commit = await resolveRef(projects, repository, ref, call);
  const names = await namesHolding(projects, repository, commit, call);
  // Not every GitLab has an order by version, and pages are ordered here anyhow.
  const order_by = query.order_by === 'version' ? 'name' : query.order_by;
  return pageOver(repository, among(names, allTags(projects, repository, call, { ...query, order_by })), query);
}

async function namesHolding(projects: Projects, repository: string, commit: string, call: Call): Promise<Set<string>> {
  const names = new Set<string>();
  for (let page = 1; ; page += 1) {
    const { body } = await projects.send('GET', repository, (project) => path`/projects/${project}/repository/commits/${commit}/refs`, {
      call,
      schema: WireNames,
      query: { type: 'tag', per_page: MOST, page },
    });
    const before = names.size;
    for (const { name } of body) names.add(name);
    if (body.length < MOST || names.size === before) return names;
    call.progress(names.size, `${names.size} tags hold the commit`);
  }
}

async function* among(names: ReadonlySet<string>, batches: AsyncIterable<readonly Tag[]>) {
  const left = new Set(names);
  if (left.size === 0) return;
  for await (const tags of batches) {
    yield tags.filter(({ name }) => left.delete(name));
    if (left.size === 0) return;
  }
}

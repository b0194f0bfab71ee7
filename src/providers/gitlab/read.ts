/** One tag, or the commit a ref stands for: one request each. */
import type { Call } from '../../core/provider.ts';
import type { Tag } from '../../core/tag.ts';
import { path } from '../../http/path.ts';
import type { Below, Projects } from './project.ts';
import { toTag, WireCommit, WireTag } from './wire.ts';

export const tagBelow =
  (name: string): Below =>
  (project) =>
    path`/projects/${project}/repository/tags/${name}`;

export async function readTag(projects: Projects, repository: string, name: string, call: Call): Promise<Tag> {
  return toTag((await projects.send('GET', repository, tagBelow(name), { call, schema: WireTag })).body);
}

/** Without a ref, the default branch: HEAD is what GitLab itself asks git for (app/models/project.rb, commit). */
export async function resolveRef(projects: Projects, repository: string, ref = 'HEAD', call: Call): Promise<string> {
  const below: Below = (project) => path`/projects/${project}/repository/commits/${ref}`;
  // It counts changed lines unless told not to.
  return (await projects.send('GET', repository, below, { call, schema: WireCommit, query: { stats: false } })).body.id;
}

/** What a CI job token leaves of GitLab: it reaches the list of tags, single commits and Releases, nothing else that is needed here. */
import { isTagError, TagError } from '../../core/errors.ts';
import type { Call, TagProvider } from '../../core/provider.ts';
import { compact } from '../../core/tag.ts';
import { told } from '../../core/told.ts';
import type { Http } from '../../http/http.ts';
import { path } from '../../http/path.ts';
import { searching } from './list.ts';
import type { Projects } from './project.ts';
import { resolveRef } from './read.ts';
import { createWithRelease } from './release.ts';
import { WireJob } from './wire.ts';

async function refuse(): Promise<never> {
  throw new TagError(
    'unsupported',
    'A CI job token makes a tag with release notes, and can neither make one without nor change one; nothing was done.',
    {
      hint: 'Pass release_notes to create it, or ask the operator to set GITLAB_TOKEN to a token with the scope api.',
    },
  );
}

export function limitedToJob(provider: TagProvider, projects: Projects, http: Http): TagProvider {
  const find = (repository: string, name: string, call: Call) =>
    searching(projects, repository, `^${name}$`, call, async (batches) => {
      for await (const tags of batches) {
        const found = tags.find((one) => one.name === name);
        if (found) return found;
      }
      return undefined;
    });
  return {
    ...provider,
    // It may neither ask for history nor delete a tag.
    traits: { ...provider.traits, compares: false, contains: false, undo: 'never' },
    canonical: async (repository) => repository, // it may not ask, and follows no project that has moved
    async get(repository, name, call) {
      const tag = await find(repository, name, call);
      if (!tag) throw new TagError('tag_not_found', told`There is no tag ${name}.`);
      return tag;
    },
    admit: async (_repository, _name, _call, withNotes) => {
      if (!withNotes) await refuse();
    },
    async create(repository, draft, call) {
      if (draft.release_notes === undefined) return refuse();
      if (await find(repository, draft.name, call)) throw new TagError('already_exists', 'The tag already exists.');
      const commit_id = await resolveRef(projects, repository, draft.ref, call);
      try {
        return await createWithRelease(projects, repository, draft, commit_id, call);
      } catch (error) {
        // GitLab blames the ref, see write.ts; it was found a moment ago.
        if (!isTagError(error, 'ref_not_found')) throw error;
        const known = { upstream: error.upstream, cause: error };
        throw (await find(repository, draft.name, call))
          ? new TagError('already_exists', 'The tag already exists.', known)
          : new TagError('conflict', told`${draft.name} cannot stand beside the tags there are: a/b and a exclude each other.`, known);
      }
    },
    move: refuse,
    delete: refuse,
    async check(call) {
      const { body } = await http.send('GET', path`/job`, { call, schema: WireJob });
      return compact({ user: body.user?.username });
    },
    access: async () => ({ why: 'a CI job token makes tags with release notes, and no others' }),
  };
}

/** What a CI job token leaves of GitLab: it reaches the list of tags and single commits, nothing else that is needed here. */
import { TagError } from '../../core/errors.ts';
import type { TagProvider } from '../../core/provider.ts';
import { compact } from '../../core/tag.ts';
import { told } from '../../core/told.ts';
import type { Http } from '../../http/http.ts';
import { path } from '../../http/path.ts';
import { searching } from './list.ts';
import type { Projects } from './project.ts';
import { WireJob } from './wire.ts';

async function refuse(): Promise<never> {
  throw new TagError('unsupported', 'A CI job token can read tags but not write them; nothing was done.', {
    hint: 'Ask the operator to set GITLAB_TOKEN to a token with the scope api.',
  });
}

export const limitedToJob = (provider: TagProvider, projects: Projects, http: Http): TagProvider => ({
  ...provider,
  traits: { ...provider.traits, compares: false, contains: false }, // it may not ask for history
  canonical: async (repository) => repository, // it may not ask, and follows no project that has moved
  async get(repository, name, call) {
    const tag = await searching(projects, repository, `^${name}$`, call, async (batches) => {
      for await (const tags of batches) {
        const found = tags.find((one) => one.name === name);
        if (found) return found;
      }
      return undefined;
    });
    if (!tag) throw new TagError('tag_not_found', told`There is no tag ${name}.`);
    return tag;
  },
  admit: refuse,
  create: refuse,
  move: refuse,
  delete: refuse,
  async check(call) {
    const { body } = await http.send('GET', path`/job`, { call, schema: WireJob });
    return compact({ user: body.user?.username });
  },
  access: async () => ({ write: false, why: 'a CI job token only reads' }),
});

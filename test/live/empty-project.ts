/** The GitLab project that the environment names, as long as it has no tags of its own. What a law makes is deleted after it. */
import { isTagError } from '../../src/core/errors.ts';
import type { TagProvider } from '../../src/core/provider.ts';
import type { World } from '../contract/world.ts';
import { quietCall, toolsOn } from '../support/target.ts';
import { connect } from './connect.ts';

const AT_ONCE = 10;

export async function namesIn(provider: TagProvider, repository: string, search?: string): Promise<string[]> {
  const names: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await toolsOn(provider, repository).list({ order_by: 'name', limit: 100, search, cursor });
    names.push(...page.tags.map(({ name }) => name));
    cursor = page.next_cursor;
  } while (cursor);
  return names;
}

export async function removeTags(provider: TagProvider, repository: string, names: readonly string[]): Promise<void> {
  for (const name of names)
    await toolsOn(provider, repository)
      .delete({ name, force: true })
      .catch((error: unknown) => {
        if (!isTagError(error, 'tag_not_found')) throw error;
      });
}

/** Only tags that this run has made are ever deleted: `made` holds their names. */
function recording(provider: TagProvider, made: Set<string>): TagProvider {
  return {
    ...provider,
    async create(repository, draft, call) {
      try {
        const tag = await provider.create(repository, draft, call);
        made.add(draft.name);
        return tag;
      } catch (error) {
        if (isTagError(error) && error.inDoubt) made.add(draft.name);
        throw error;
      }
    },
  };
}

export async function openEmptyProject(): Promise<World> {
  const { provider, repository } = await connect('gitlab');
  if ((await namesIn(provider, repository)).length > 0) throw new Error('GITLAB_PROJECT has tags that the contract did not make.');
  const made = new Set<string>();
  const recorded = recording(provider, made);
  const resolve = (ref?: string) => provider.resolve(repository, ref, quietCall());
  const [older, newer] = [await resolve(process.env.TAGWRIGHT_LIVE_GITLAB_OLDER ?? 'HEAD~1'), await resolve()];
  return {
    provider: recorded,
    repository,
    missing: `${await provider.canonical(repository, quietCall())}-missing`,
    older: { commit: older, ref: older },
    newer: { commit: newer, ref: newer },
    unknownRef: 'no-such-branch',
    async seed(names) {
      for (let done = 0; done < names.length; done += AT_ONCE)
        await Promise.all(names.slice(done, done + AT_ONCE).map((name) => recorded.create(repository, { name, ref: older }, quietCall())));
    },
    names: () => namesIn(provider, repository),
    close: () => removeTags(provider, repository, [...made]),
  };
}

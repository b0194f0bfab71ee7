/** A lakeFS repository for one law, made through the API and deleted with it. Everything here goes past the provider. */
import { randomUUID } from 'node:crypto';
import type { World } from '../contract/world.ts';
import { connect } from './connect.ts';
import { ask, commitTo, plantIn, storageFor } from './lake-api.ts';

const PAGE = 1000;
const AT_ONCE = 20;

/** `over` may have it read-only: then only its first commit is there, and the refs of both commits are main. */
export async function openFreshLake(over: { read_only?: boolean } = {}): Promise<World & { readonly name: string }> {
  const { provider } = await connect('lakefs');
  const name = `tagwright-live-${randomUUID().slice(0, 13)}`;
  const at = `/repositories/${name}`;
  const close = () => ask<void>('DELETE', `${at}?force=true`);
  await ask('POST', '/repositories', { name, storage_namespace: await storageFor(name), default_branch: 'main', ...over });
  try {
    const head = { commit: (await ask<{ commit_id: string }>('GET', `${at}/branches/main`)).commit_id, ref: 'main' };
    const older = over.read_only ? head : { commit: await commitTo(name, 'older'), ref: 'main~1' };
    const newer = over.read_only ? head : { commit: await commitTo(name, 'newer'), ref: 'main' };
    return {
      provider,
      name,
      repository: `lakefs://${name}`,
      missing: `${name}-missing`,
      older,
      newer,
      unknownRef: 'no-such-branch',
      async seed(names) {
        for (let done = 0; done < names.length; done += AT_ONCE)
          await Promise.all(
            names.slice(done, done + AT_ONCE).map((id) => ask('POST', `${at}/tags`, { id, ref: older.commit, force: true })),
          );
      },
      async names() {
        const { results } = await ask<{ results: { id: string }[] }>('GET', `${at}/tags?amount=${PAGE}`);
        return results.map(({ id }) => id);
      },
      grow: (history) => plantIn(name, history),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

import { connect } from '../../providers/lakefs/workshop.ts';
import { LAKEFS_KEY, startLakefs } from '../../sandbox/lakefs.ts';
import { plantBy } from '../../support/planted-history.ts';
import type { World } from '../world.ts';

export async function openLakefs(): Promise<World> {
  const sandbox = await startLakefs();
  const lake = sandbox.addRepository('datalake');
  const older = { commit: sandbox.commit(lake, 'main'), ref: 'main~1' };
  const newer = { commit: sandbox.commit(lake, 'main'), ref: 'main' };
  const tags = /\/repositories\/datalake\/tags/;
  return {
    provider: connect(sandbox.url),
    repository: 'lakefs://datalake',
    missing: 'nowhere',
    older,
    newer,
    unknownRef: 'no-such-branch',
    seed: async (names) => {
      for (const name of names) sandbox.tag(lake, name, older.ref);
    },
    grow: async (history) => plantBy((parents, message) => sandbox.graft(lake, parents, message), history),
    names: async () => [...lake.tags.keys()],
    close: () => sandbox.close(),
    wire: {
      sandbox,
      stranger: connect(sandbox.url, { LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY: 'not-the-secret-of-this-key' }),
      secrets: [LAKEFS_KEY.secret, 'not-the-secret-of-this-key', btoa(`${LAKEFS_KEY.id}:not-the-secret-of-this-key`)],
      reads: 2,
      creates: { method: 'POST', path: tags },
      deletes: { method: 'DELETE', path: tags },
    },
  };
}

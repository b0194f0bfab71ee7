import { codeartsTools, type Way } from '../../providers/codearts/workshop.ts';
import type { CodeartsOptions } from '../../sandbox/codearts.ts';
import { plantBy } from '../../support/planted-history.ts';
import type { World } from '../world.ts';

export async function openCodearts(way: Way = 'token', options: CodeartsOptions = {}): Promise<World> {
  const { sandbox, repository, provider, connect, right, wrong, older, newer, close } = await codeartsTools(way, options);
  return {
    provider,
    repository: String(repository.id),
    missing: '404',
    older: { commit: older, ref: 'stable' },
    newer: { commit: newer, ref: 'master' },
    unknownRef: 'no-such-branch',
    seed: async (names) => {
      for (const name of names) sandbox.tag(repository.id, name, sandbox.commit(repository.id, 'side', name).id);
    },
    grow: async (history) => plantBy((parents, message) => sandbox.graft(repository.id, parents, message).id, history),
    names: async () => [...repository.tags.keys()],
    close,
    wire: {
      sandbox,
      stranger: connect(wrong),
      secrets: [right, wrong].flatMap((values) =>
        [values.CODEARTS_TOKEN, values.HUAWEICLOUD_SDK_SK, values.HUAWEICLOUD_SDK_SECURITY_TOKEN, values.CODEARTS_IAM_PASSWORD].filter(
          (secret) => secret !== undefined,
        ),
      ),
      creates: { method: 'POST' },
      deletes: { method: 'DELETE' },
    },
  };
}

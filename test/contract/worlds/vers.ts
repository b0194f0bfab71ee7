import { VERS_KEY } from '../../sandbox/vers.ts';
import { versTools } from '../../support/vers-tools.ts';
import type { World } from '../world.ts';

export async function openVers(): Promise<World> {
  const { sandbox, provider, connect, older, newer } = await versTools();
  return {
    provider,
    repository: 'images',
    missing: 'nowhere',
    older: { commit: older, ref: older },
    newer: { commit: newer, ref: newer.toUpperCase() },
    unknownRef: '00000000-0000-4000-8000-000000000000',
    seed: async (names) => {
      for (const name of names) sandbox.tag('images', name, older);
    },
    names: async () => [...(sandbox.repositories.get('images')?.tags.keys() ?? [])],
    close: sandbox.close,
    wire: {
      sandbox,
      stranger: connect({ VERS_API_KEY: 'vers_key_of_a_stranger' }),
      secrets: [VERS_KEY, 'vers_key_of_a_stranger'],
      creates: { method: 'POST' },
      deletes: { method: 'DELETE' },
    },
  };
}

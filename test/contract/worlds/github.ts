import { githubTools } from '../../providers/github/workshop.ts';
import { GITHUB_TOKENS, type GithubOptions } from '../../sandbox/github.ts';
import { plantBy } from '../../support/planted-history.ts';
import type { World } from '../world.ts';

export async function openGithub(options: GithubOptions = {}): Promise<World> {
  const { sandbox, repository, provider, connect, older, newer } = await githubTools(options);
  return {
    provider,
    repository: repository.path,
    missing: 'acme/nowhere',
    older: { commit: older, ref: 'stable' },
    newer: { commit: newer, ref: 'main' },
    unknownRef: 'no-such-branch',
    seed: async (names) => {
      for (const name of names) sandbox.tag(repository, name, sandbox.commit(repository, 'side', name));
    },
    grow: async (history) => plantBy((parents, message) => sandbox.graft(repository, parents, message), history),
    names: async () => [...repository.tags.keys()],
    close: sandbox.close,
    wire: {
      sandbox,
      stranger: connect({ GITHUB_TOKEN: 'ghp-of-a-stranger' }),
      secrets: [GITHUB_TOKENS.maintainer, 'ghp-of-a-stranger'],
      asks: { body: /^(?!.*(mutation|"tag_name"|"object":"))/s },
      makes: 2,
      creates: { body: /mutation/ },
      deletes: { body: /mutation/ },
    },
  };
}

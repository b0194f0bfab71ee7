import { gitlabTools } from '../../providers/gitlab/workshop.ts';
import { GITLAB_TOKENS, type GitlabOptions } from '../../sandbox/gitlab.ts';
import { plantBy } from '../../support/planted-history.ts';
import type { World } from '../world.ts';

export async function openGitlab(options: GitlabOptions = {}): Promise<World> {
  const { sandbox, project, provider, connect, older, newer } = await gitlabTools(options);
  return {
    provider,
    repository: project.path,
    missing: 'group/sub/nowhere',
    older: { commit: older, ref: 'stable' },
    newer: { commit: newer, ref: 'main' },
    unknownRef: 'no-such-branch',
    seed: async (names) => {
      for (const name of names) sandbox.tag(project, name, sandbox.commit(project, 'side', name));
    },
    grow: async (history) => plantBy((parents, message) => sandbox.graft(project, parents, message), history),
    names: async () => [...project.tags.keys()],
    close: sandbox.close,
    wire: {
      sandbox,
      stranger: connect({ GITLAB_TOKEN: 'glpat-of-a-stranger' }),
      secrets: [GITLAB_TOKENS.maintainer, 'glpat-of-a-stranger'],
      creates: { method: 'POST' },
      deletes: { method: 'DELETE' },
    },
  };
}

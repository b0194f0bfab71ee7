import { git } from '../../src/providers/index.ts';
import { isolated, makeRepository } from '../support/git-repository.ts';
import { plantIn } from '../support/planted-history.ts';
import { testHost } from '../support/target.ts';
import { contract } from './contract.ts';

contract(
  'git',
  async () => {
    const repository = makeRepository();
    const older = { commit: repository.commit('first'), ref: 'main~1' };
    const newer = { commit: repository.commit('second'), ref: 'main' };
    const provider = git.connect(
      { TAGWRIGHT_GIT_ROOTS: undefined },
      testHost({ cwd: repository.path, childEnv: { ...process.env, ...isolated } }),
    );
    if (!provider) throw new Error('git is not enabled in a repository');
    return {
      provider,
      repository: repository.path,
      missing: `${repository.path}/nowhere`,
      older,
      newer,
      unknownRef: 'no-such-branch',
      seed: async (names) =>
        void repository.feed(names.map((name) => `create refs/tags/${name} ${older.commit}\n`).join(''), 'update-ref', '--stdin'),
      grow: async (history) => plantIn(repository, history),
      names: async () => repository.git('tag', '--list').split('\n').filter(Boolean),
      close: async () => repository.remove(),
    };
  },
  { history: true },
);

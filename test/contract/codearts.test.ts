import { codeartsTools, type Way } from '../providers/codearts/workshop.ts';
import type { CodeartsOptions } from '../sandbox/codearts.ts';
import { contract } from './contract.ts';

const WORLDS: [Way, CodeartsOptions][] = [
  ['token', { language: 'en' }],
  ['token', { language: 'zh', targetIsCommit: true }],
  ['key', { language: 'en', targetIsCommit: true }],
  ['temporary key', { language: 'zh' }],
  ['login', { language: 'en' }],
  ['login', { language: 'zh', targetIsCommit: true }],
];

for (const [way, options] of WORLDS)
  contract(
    `CodeArts Repo by ${way}, in ${options.language}, targets are ${options.targetIsCommit ? 'commits' : 'tag objects'}`,
    async () => {
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
    },
    { wire: true },
  );

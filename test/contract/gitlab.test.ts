import { contract } from './contract.ts';
import { openGitlab } from './worlds/gitlab.ts';

for (const pager of ['new', 'old', 'offset'] as const)
  contract(`GitLab with its ${pager} pager`, () => openGitlab({ pager }), { wire: true, history: true });

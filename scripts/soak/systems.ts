/** The two systems of a soak, and what can go wrong with them. */
import { GITLAB_TOKENS, startGitlab } from '../../test/sandbox/gitlab.ts';
import { LAKEFS_KEY, startLakefs } from '../../test/sandbox/lakefs.ts';
import type { Fault, Sandbox } from '../../test/sandbox/sandbox.ts';

export interface System {
  readonly provider: string;
  readonly repository: string;
  readonly sandbox: Sandbox;
  readonly commits: readonly string[];
  /** Where the tag really stands. */
  standing(name: string): string | undefined;
}

/** Of one request. */
export const FAULTS: readonly Fault[] = [
  { kind: 'reset' },
  { kind: 'reset-after' },
  { kind: 'truncate' },
  { kind: 'html' },
  { kind: 'status', status: 500 },
  { kind: 'status', status: 502 },
  { kind: 'status', status: 503 },
  { kind: 'status', status: 429, headers: { 'retry-after': '0' } },
  { kind: 'delay', ms: 20 },
];

/** Of all requests for a while. */
export const OUTAGES: readonly Fault[] = [{ kind: 'reset' }, { kind: 'status', status: 503 }, { kind: 'truncate' }, { kind: 'html' }];

export async function openSystems(): Promise<{ systems: readonly System[]; env: Record<string, string> }> {
  const [gitlab, lakefs] = await Promise.all([startGitlab(), startLakefs()]);
  const project = gitlab.addProject('acme/app');
  const code = ['one', 'two'].map((title) => gitlab.commit(project, 'main', title));
  const lake = lakefs.addRepository('training');
  const data = [lakefs.commit(lake, 'main'), lakefs.commit(lake, 'main')];
  const peeled = (name: string) => project.tags.get(name)?.commit;
  return {
    systems: [
      { provider: 'gitlab', repository: 'acme/app', sandbox: gitlab, commits: code, standing: peeled },
      { provider: 'lakefs', repository: 'training', sandbox: lakefs, commits: data, standing: (name) => lake.tags.get(name) },
    ],
    env: {
      GITLAB_URL: gitlab.url,
      GITLAB_TOKEN: GITLAB_TOKENS.maintainer,
      LAKECTL_SERVER_ENDPOINT_URL: lakefs.url,
      LAKECTL_CREDENTIALS_ACCESS_KEY_ID: LAKEFS_KEY.id,
      LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY: LAKEFS_KEY.secret,
    },
  };
}

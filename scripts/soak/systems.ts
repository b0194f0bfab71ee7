/** The two systems of a soak, and what can go wrong with them. */
import { gitlabAccess, startGitlab } from '../../test/sandbox/gitlab.ts';
import { lakefsAccess, startLakefs } from '../../test/sandbox/lakefs.ts';
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
      ...gitlabAccess(gitlab),
      ...lakefsAccess(lakefs),
    },
  };
}

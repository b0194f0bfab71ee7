/** A sandbox GitLab with one project of two commits, and the provider connected to it. */
import type { Host } from '../../../src/core/host.ts';
import type { TagProvider } from '../../../src/core/provider.ts';
import type { Env } from '../../../src/providers/gitlab/env.ts';
import { gitlab } from '../../../src/providers/index.ts';
import { GITLAB_TOKENS, type GitlabOptions, type GitlabSandbox, type Project, startGitlab } from '../../sandbox/gitlab.ts';
import { closeAfterwards } from '../../support/closing.ts';
import { quietCall, type ToolCalls, testHost, toolsOn } from '../../support/target.ts';

export interface Workshop {
  readonly sandbox: GitlabSandbox;
  readonly project: Project;
  readonly provider: TagProvider;
  /** Another connection; without an address, to the sandbox. */
  connect(values: Env, host?: Partial<Host>): TagProvider;
  /** The tools on the project, as another token or by another spelling. */
  toolsAs(token: keyof typeof GITLAB_TOKENS, spelling?: string): ToolCalls;
  readonly tools: ToolCalls;
  /** On branch stable, and on main. */
  readonly older: string;
  readonly newer: string;
  /** What has been asked since the last time: `GET /projects/1000?query`, below the API. */
  asked(): string[];
}

const VARIABLES = { oauth: 'GITLAB_OAUTH_TOKEN', job: 'CI_JOB_TOKEN' } as const;

export async function gitlabTools(options: GitlabOptions = {}): Promise<Workshop> {
  const sandbox = await startGitlab(options);
  const project = sandbox.addProject('Group/sub/proj');
  const older = sandbox.commit(project, 'main', 'first');
  project.branches.set('stable', older);
  const newer = sandbox.commit(project, 'main', 'second');

  const connect = (values: Env, host: Partial<Host> = {}) => {
    const provider = gitlab.connect({ GITLAB_URL: sandbox.url, ...values }, testHost(host));
    if (!provider) throw new Error('GitLab is not enabled');
    return provider;
  };
  const connectAs = (token: keyof typeof GITLAB_TOKENS) =>
    connect({ [token in VARIABLES ? VARIABLES[token as keyof typeof VARIABLES] : 'GITLAB_TOKEN']: GITLAB_TOKENS[token] });
  const provider = connectAs('maintainer');
  return {
    sandbox,
    project,
    provider,
    connect,
    toolsAs: (token, spelling = project.path) => toolsOn(connectAs(token), spelling),
    tools: toolsOn(provider, project.path),
    older,
    newer,
    asked: () =>
      sandbox.seen.splice(0).map(({ method, path, rawQuery }) => `${method} ${path.split('/api/v4')[1]}${rawQuery && `?${rawQuery}`}`),
  };
}

/** The same, closed when the test is over; it fails where the sandbox was asked for what no GitLab has. */
export async function workshop(options: GitlabOptions = {}): Promise<Workshop> {
  const opened = await gitlabTools(options);
  closeAfterwards(opened.sandbox);
  return opened;
}

export const call = quietCall();

/** A sandbox GitHub with one repository of two commits, and the provider connected to it. */
import type { Host } from '../../../src/core/host.ts';
import type { TagProvider } from '../../../src/core/provider.ts';
import type { Env } from '../../../src/providers/github/env.ts';
import { github } from '../../../src/providers/index.ts';
import { GITHUB_TOKENS, type GithubOptions, type GithubSandbox, githubAccess, type Repository, startGithub } from '../../sandbox/github.ts';
import { closeAfterwards } from '../../support/closing.ts';
import { quietCall, type ToolCalls, testHost, toolsOn } from '../../support/target.ts';

export interface Workshop {
  readonly sandbox: GithubSandbox;
  readonly repository: Repository;
  readonly provider: TagProvider;
  /** Another connection; without an address, to the sandbox. */
  connect(values: Env, host?: Partial<Host>): TagProvider;
  /** The tools on the repository, as another token or by another spelling. */
  toolsAs(token: keyof typeof GITHUB_TOKENS, spelling?: string): ToolCalls;
  readonly tools: ToolCalls;
  /** On branch stable, and on main. */
  readonly older: string;
  readonly newer: string;
  /** What has been asked since the last time: `query`, `mutation`, or `POST /repos/…`. */
  asked(): string[];
}

export async function githubTools(options: GithubOptions = {}): Promise<Workshop> {
  const sandbox = await startGithub(options);
  const repository = sandbox.addRepository('Acme/app');
  const older = sandbox.commit(repository, 'main', 'first');
  repository.branches.set('stable', older);
  const newer = sandbox.commit(repository, 'main', 'second');

  const connect = (values: Env, host: Partial<Host> = {}) => {
    const provider = github.connect({ ...githubAccess(sandbox), ...values }, testHost(host));
    if (!provider) throw new Error('GitHub is not enabled');
    return provider;
  };
  const provider = connect({});
  return {
    sandbox,
    repository,
    provider,
    connect,
    toolsAs: (token, spelling = repository.path) => toolsOn(connect({ GITHUB_TOKEN: GITHUB_TOKENS[token] }), spelling),
    tools: toolsOn(provider, repository.path),
    older,
    newer,
    asked: () =>
      sandbox.seen.splice(0).map(({ method, path, rawQuery, body }) => {
        if (path.endsWith('/graphql')) return body.includes('mutation') ? 'mutation' : 'query';
        return `${method} ${path.replace(/^.*?(?=\/(?:repos|user|rate_limit))/, '')}${rawQuery && `?${rawQuery}`}`;
      }),
  };
}

/** The same, closed when the test is over; it fails where the sandbox was asked for what no GitHub has. */
export async function workshop(options: GithubOptions = {}): Promise<Workshop> {
  const opened = await githubTools(options);
  closeAfterwards(opened.sandbox);
  return opened;
}

export const call = quietCall();

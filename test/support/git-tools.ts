import type { TagProvider } from '../../src/core/provider.ts';
import { git } from '../../src/providers/index.ts';
import { type GitRepository, isolated, makeRepository } from './git-repository.ts';
import { type ToolCalls, testHost, toolsOn } from './target.ts';

export interface GitTools extends GitRepository {
  readonly provider: TagProvider;
  readonly tools: ToolCalls;
  readonly commits: readonly string[];
}

/** The tools on a real repository with two commits. */
export function gitTools(): GitTools {
  const repository = makeRepository();
  const commits = ['first', 'second'].map((title) => repository.commit(title));
  const provider = git.connect(
    { TAGWRIGHT_GIT_ROOTS: undefined },
    testHost({ cwd: repository.path, childEnv: { ...process.env, ...isolated } }),
  );
  if (!provider) throw new Error('git is not enabled in a repository');
  return { ...repository, commits, provider, tools: toolsOn(provider, repository.path) };
}

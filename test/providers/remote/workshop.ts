/** A real git host with one repository, a clone of it, and the provider as the server would connect it in that clone. */
import { readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { readRemotes } from '../../../src/config/remotes.ts';
import type { Host } from '../../../src/core/host.ts';
import type { TagProvider } from '../../../src/core/provider.ts';
import { remote } from '../../../src/providers/index.ts';
import { type GitHost, openGitHost } from '../../support/git-host.ts';
import { type GitRepository, isolated, makeRepository, temporaryDirectory } from '../../support/git-repository.ts';
import { type ToolCalls, testHost, toolsOn } from '../../support/target.ts';

export const ADA = { GIT_COMMITTER_NAME: 'Ada', GIT_COMMITTER_EMAIL: 'ada@example.com' };

export interface Scene {
  readonly root: string;
  readonly host: GitHost;
  readonly url: string;
  /** The repository on the host. */
  readonly bare: GitRepository;
  /** A clone of it, whose origin it is. */
  readonly clone: GitRepository;
  /** Oldest first. */
  readonly commits: readonly string[];
}

interface Options {
  readonly commits?: number;
  readonly credential?: string;
  readonly filters?: boolean;
}

export async function openScene({ commits: count = 3, credential, filters = true }: Options = {}): Promise<Scene> {
  const root = temporaryDirectory();
  const bare = makeRepository({ path: join(root, 'host/acme/app.git'), bare: true });
  const host = await openGitHost({ root: join(root, 'host'), filters, ...(credential && { credential }) });
  const clone = makeRepository({ path: join(root, 'clone') });
  const url = `${host.origin}/acme/app.git`;
  clone.git('remote', 'add', 'origin', url);
  const commits = Array.from({ length: count }, (_, index) => clone.commit(`commit ${index + 1}`));
  clone.git('push', '-q', bare.path, 'main');
  onTestFinished(async () => {
    await host.close();
    rmSync(root, { recursive: true, force: true });
  });
  return { root, host, url, bare, clone, commits };
}

interface Connected extends Partial<Omit<Host, 'childEnv'>> {
  readonly env?: Record<string, string | undefined>;
  /** Variables of the provider. */
  readonly values?: Partial<
    Record<'GIT_REMOTE_URL' | 'GIT_REMOTE_TOKEN' | 'GIT_REMOTE_USER' | 'TAGWRIGHT_GIT_REMOTES' | 'TAGWRIGHT_GIT_ROOTS', string>
  >;
}

/** In a directory; none, and there is no clone. */
export function connect(cwd: string, { values = {}, env = {}, ...over }: Connected = {}): TagProvider {
  const childEnv = { ...process.env, ...isolated, ...ADA, ...env };
  const provider = remote.connect(
    values,
    testHost({ cwd, timeoutMs: 20_000, childEnv, remotesOf: (directory) => readRemotes(directory), ...over }),
  );
  if (!provider) throw new Error('no git remote is enabled here');
  return provider;
}

export const originOf = ({ clone }: Scene, connected: Connected = {}): ToolCalls => toolsOn(connect(clone.path, connected), 'origin');

/** The directories that exchanges have made and not removed. */
export const scratches = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith(`tagwright-scratch-${process.pid}-`));

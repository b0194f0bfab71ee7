import type { TagProvider } from '../../src/core/provider.ts';
import { vers } from '../../src/providers/index.ts';
import { startVers, VERS_KEY, type VersSandbox } from '../sandbox/vers.ts';
import { type ToolCalls, testHost, toolsOn } from './target.ts';

export interface VersTools {
  readonly sandbox: VersSandbox;
  readonly provider: TagProvider;
  readonly tools: ToolCalls;
  /** Another connection; without an address, to the sandbox. */
  connect(values: Parameters<typeof vers.connect>[0]): TagProvider;
  /** Two commits, by UUID. */
  readonly older: string;
  readonly newer: string;
  /** What has been asked since the last time: `GET /repositories/images/tags`, below the API. */
  asked(): string[];
}

/** The tools on a sandbox's repository `images`, with two commits to tag. */
export async function versTools(): Promise<VersTools> {
  const sandbox = await startVers();
  sandbox.addRepository('images');
  const [older, newer] = [sandbox.commit().commit_id, sandbox.commit().commit_id];
  const connect: VersTools['connect'] = (values) => {
    const provider = vers.connect({ VERS_URL: sandbox.url, ...values }, testHost());
    if (!provider) throw new Error('Vers is not enabled');
    return provider;
  };
  const provider = connect({ VERS_API_KEY: VERS_KEY });
  return {
    sandbox,
    provider,
    connect,
    tools: toolsOn(provider, 'images'),
    older,
    newer,
    asked: () => sandbox.seen.splice(0).map(({ method, path }) => `${method} ${path.replace('/api/v1', '')}`),
  };
}

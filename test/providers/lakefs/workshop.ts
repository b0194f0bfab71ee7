/** A sandbox lakeFS with a repository of two commits, and the provider connected to it. */
import type { Call, TagProvider } from '../../../src/core/provider.ts';
import { lakefs } from '../../../src/providers/index.ts';
import { LAKEFS_KEY, type LakefsSandbox, type Repository, startLakefs } from '../../sandbox/lakefs.ts';
import { closeAfterwards } from '../../support/closing.ts';
import { quietCall, type ToolCalls, testHost, toolsOn } from '../../support/target.ts';

export const variables = (url: string, over: Record<string, string | undefined> = {}) => ({
  LAKECTL_SERVER_ENDPOINT_URL: url,
  LAKECTL_CREDENTIALS_SESSION_TOKEN: undefined,
  LAKECTL_CREDENTIALS_ACCESS_KEY_ID: LAKEFS_KEY.id,
  LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY: LAKEFS_KEY.secret,
  LAKEFS_REPOSITORY: undefined,
  ...over,
});

export function connect(url: string, over: Record<string, string | undefined> = {}): TagProvider {
  const provider = lakefs.connect(lakefs.env.parse(variables(url, over)), testHost());
  if (!provider) throw new Error('lakeFS is not enabled by its credential');
  return provider;
}

export interface Lake {
  readonly sandbox: LakefsSandbox;
  readonly repository: Repository;
  /** Commit ids, the second being the head of main. */
  readonly first: string;
  readonly second: string;
  readonly provider: TagProvider;
  readonly tools: ToolCalls;
  readonly call: Call;
  /** `GET /tags?prefix=v` and the like, in order, without the address of the repository. */
  asked(): string[];
}

/** Closed when the test is over; it fails where the sandbox was asked for what no lakeFS has. */
export async function openLake(): Promise<Lake> {
  const sandbox = await startLakefs();
  closeAfterwards(sandbox);
  const repository = sandbox.addRepository('datalake');
  const [first, second] = [sandbox.commit(repository, 'main'), sandbox.commit(repository, 'main')];
  const provider = connect(sandbox.url);
  const asked = () =>
    sandbox.seen.map(({ method, path, query }) => {
      query.delete('amount');
      const rest = decodeURIComponent(String(query));
      return `${method} ${path.replace('/api/v1/repositories/datalake', '')}${rest && `?${rest}`}`;
    });
  return { sandbox, repository, first, second, provider, tools: toolsOn(provider, 'datalake'), call: quietCall(), asked };
}

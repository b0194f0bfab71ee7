import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Agent, request } from 'undici';
import type { Command, Ready } from './upstream-process.ts';

export interface Upstream {
  readonly env: Record<string, string>;
  /** From now on every answer takes so long. */
  delay(milliseconds: number): Promise<void>;
  /** How many requests came since this was last asked. */
  requests(): Promise<number>;
  /** What a program without any server between would do. */
  readonly direct: {
    getTag(): Promise<unknown>;
    listTags(): Promise<unknown>;
    /** All tags of the lakeFS repository, page after page. */
    lakefsTags(): Promise<number>;
  };
  close(): Promise<void>;
}

/** What the server asks GitLab for a list; sdk-alone.ts asks the same. */
const FIRST_PAGE = 'pagination=keyset&order_by=updated&sort=desc&per_page=20';

/** `program` is upstream-process.ts, built. */
export async function startUpstream(program: string, lakefsTags = 0): Promise<Upstream> {
  const child = spawn(process.execPath, [program, String(lakefsTags)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async (): Promise<unknown> => JSON.parse((await lines.next()).value ?? 'null');
  const { gitlab, token, env } = (await line()) as Ready;
  const tell = (message: Command): Promise<unknown> => {
    child.stdin.write(`${JSON.stringify(message)}\n`);
    return line();
  };
  const agent = new Agent();
  const get = async (url: string, headers: Record<string, string>): Promise<unknown> => {
    const { statusCode, body } = await request(url, { dispatcher: agent, headers: { ...headers, accept: 'application/json' } });
    if (statusCode !== 200) throw new Error(`${url} answers ${statusCode}`);
    return body.json();
  };
  const tags = `${gitlab}/api/v4/projects/acme%2Fapp/repository/tags`;
  const basic = `Basic ${btoa(`${env.LAKECTL_CREDENTIALS_ACCESS_KEY_ID}:${env.LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY}`)}`;
  return {
    env,
    async delay(milliseconds) {
      await tell({ latencyMs: milliseconds });
    },
    requests: async () => Number(await tell({})),
    direct: {
      getTag: () => get(`${tags}/v1`, { 'private-token': token }),
      listTags: () => get(`${tags}?${FIRST_PAGE}`, { 'private-token': token }),
      async lakefsTags() {
        const found: unknown[] = [];
        for (let after = '', more = true; more; ) {
          const url = `${env.LAKECTL_SERVER_ENDPOINT_URL}/api/v1/repositories/training/tags?amount=1000&after=${after}`;
          const page = (await get(url, { authorization: basic })) as {
            results: unknown[];
            pagination: { has_more: boolean; next_offset: string };
          };
          found.push(...page.results);
          more = page.pagination.has_more;
          after = page.pagination.next_offset;
        }
        return found.length;
      },
    },
    async close() {
      await agent.destroy();
      child.stdin.end();
    },
  };
}

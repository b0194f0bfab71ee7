import { readFileSync } from 'node:fs';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Agent, request } from 'undici';
import { GITLAB_TOKENS, type GitlabSandbox, startGitlab } from '../../test/sandbox/gitlab.ts';
import { alternate, median, type Row, spread, timed } from './measure.ts';

const LISTS = 2_000;
const AT_ONCE = 64;

const residentMiB = (pid: number | null) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024;

interface Bench {
  readonly client: Client;
  readonly pid: number | null;
  /** The same read, through the server and by a bare request. */
  through(): Promise<void>;
  direct(): Promise<void>;
}

async function open(server: string, cwd: string, gitlab: GitlabSandbox): Promise<Bench> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [server],
    cwd,
    env: { PATH: process.env.PATH ?? '', GITLAB_URL: gitlab.url, GITLAB_TOKEN: GITLAB_TOKENS.maintainer, GITLAB_PROJECT: 'acme/app' },
  });
  const client = new Client({ name: 'bench', version: '1' });
  await client.connect(transport);
  const agent = new Agent();
  const headers = { 'private-token': GITLAB_TOKENS.maintainer, accept: 'application/json' };
  return {
    client,
    pid: transport.pid,
    async through() {
      const { isError } = await client.callTool({ name: 'get_tag', arguments: { provider: 'gitlab', name: 'v1' } });
      if (isError) throw new Error('get_tag failed');
    },
    async direct() {
      const { body } = await request(`${gitlab.url}/api/v4/projects/acme%2Fapp/repository/tags/v1`, { dispatcher: agent, headers });
      await body.json();
    },
  };
}

const together = (count: number, act: () => Promise<void>) => () => Promise.all(Array.from({ length: count }, act));

/** One read beside a direct call, many at once, and what 2 000 lists leave in memory. */
export async function calls(server: string, cwd: string, rounds: number): Promise<Row[]> {
  const gitlab = await startGitlab();
  const project = gitlab.addProject('acme/app');
  gitlab.commit(project, 'main', 'one');
  for (let index = 0; index < 100; index += 1) gitlab.tag(project, `v${index}`, 'main');
  const bench = await open(server, cwd, gitlab);
  await bench.client.listTools();
  const atStart = residentMiB(bench.pid);
  const rows: Row[] = [];

  for (const latency of [0, 25]) {
    gitlab.latencyMs = latency;
    await together(200, bench.through)();
    const { ours, direct } = await alternate(rounds * 8, { ours: bench.through, direct: bench.direct });
    const value = median(ours) / median(direct);
    const budget = latency === 0 ? '≤ 1.6 ×' : '';
    rows.push({
      figure: `get_tag, answer after ${latency} ms`,
      ours: spread(ours),
      beside: `${spread(direct)} direct`,
      value,
      budget,
      holds: !budget || value <= 1.6,
    });
  }
  gitlab.latencyMs = 0;
  const { ours, direct } = await alternate(rounds, { ours: together(AT_ONCE, bench.through), direct: together(AT_ONCE, bench.direct) });
  const share = median(direct) / median(ours);
  rows.push({
    figure: `throughput of ${AT_ONCE} get_tag at once, share of direct`,
    ours: spread(ours),
    beside: `${spread(direct)} direct`,
    value: share,
    budget: '≥ 0.6',
    holds: share >= 0.6,
  });

  const list = async () => void (await bench.client.callTool({ name: 'list_tags', arguments: { provider: 'gitlab' } }));
  const seconds =
    (await timed(async () => {
      for (let done = 0; done < LISTS; done += 8) await together(8, list)();
    })) / 1_000;
  const after = residentMiB(bench.pid);
  rows.push({
    figure: 'memory after start, MiB',
    ours: `${atStart.toFixed(1)} MiB`,
    beside: '',
    value: atStart,
    budget: '≤ 70',
    holds: atStart <= 70,
  });
  rows.push({
    figure: `memory grown by ${LISTS} lists, MiB`,
    ours: `${after.toFixed(1)} MiB in ${seconds.toFixed(1)} s`,
    beside: '',
    value: after - atStart,
    budget: '≤ 20',
    holds: after - atStart <= 20,
  });
  await bench.client.close();
  await gitlab.close();
  return rows;
}

/** Many mixed calls with random faults, every reported outcome compared with what the systems really hold. */
import { readFileSync } from 'node:fs';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { GITLAB_TOKENS, startGitlab } from '../../test/sandbox/gitlab.ts';
import { LAKEFS_KEY, startLakefs } from '../../test/sandbox/lakefs.ts';
import type { Fault, Sandbox } from '../../test/sandbox/sandbox.ts';

export interface SoakOptions {
  readonly calls: number;
  readonly atOnce: number;
  readonly seed: number;
}

export interface SoakReport {
  readonly calls: number;
  readonly faults: number;
  readonly outcomes: Readonly<Record<string, number>>;
  /** Outcomes that were not true. */
  readonly lies: readonly string[];
  /** Resident memory of the server half-way, when the heap has found its size, and at the end, in MiB. */
  readonly memory: readonly [early: number, late: number];
  readonly seconds: number;
}

interface System {
  readonly provider: string;
  readonly repository: string;
  readonly sandbox: Sandbox;
  readonly commits: readonly string[];
  /** Where the tag really stands. */
  standing(name: string): string | undefined;
}

const FAULTS: readonly Fault[] = [
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
const EVERY = 7;

/** A small generator (mulberry32): a run can be repeated by its seed. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

async function openSystems(): Promise<System[]> {
  const [gitlab, lakefs] = await Promise.all([startGitlab(), startLakefs()]);
  const project = gitlab.addProject('acme/app');
  const code = ['one', 'two'].map((title) => gitlab.commit(project, 'main', title));
  const lake = lakefs.addRepository('training');
  const data = [lakefs.commit(lake, 'main'), lakefs.commit(lake, 'main')];
  const peeled = (name: string) => project.tags.get(name)?.commit;
  return [
    { provider: 'gitlab', repository: 'acme/app', sandbox: gitlab, commits: code, standing: peeled },
    { provider: 'lakefs', repository: 'training', sandbox: lakefs, commits: data, standing: (name) => lake.tags.get(name) },
  ];
}

const residentMiB = (pid: number | null) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024;

/** Is what the answer says so? An error that leaves the fate open may be followed by either. */
function isTrue(tool: string, text: string, failed: boolean, before: string | undefined, now: string | undefined, wanted: string): boolean {
  if (failed) return now === before || /may have taken effect|could not be put back/.test(text);
  if (tool === 'delete_tag') return now === undefined;
  if (tool === 'create_tag') return now === wanted;
  return now === before && (tool !== 'get_tag' || text.includes(String(now)));
}

export async function soak(server: string, cwd: string, { calls, atOnce, seed }: SoakOptions): Promise<SoakReport> {
  const started = performance.now();
  const random = generator(seed);
  const pick = <T>(items: readonly [T, ...T[]] | readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const systems = await openSystems();
  const [gitlab, lakefs] = systems.map(({ sandbox }) => sandbox.url);
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [server],
    cwd,
    env: {
      PATH: process.env.PATH ?? '',
      GITLAB_URL: gitlab ?? '',
      GITLAB_TOKEN: GITLAB_TOKENS.maintainer,
      LAKECTL_SERVER_ENDPOINT_URL: lakefs ?? '',
      LAKECTL_CREDENTIALS_ACCESS_KEY_ID: LAKEFS_KEY.id,
      LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY: LAKEFS_KEY.secret,
      TAGWRIGHT_TIMEOUT_MS: '3000',
    },
  });
  const client = new Client({ name: 'soak', version: '1' });
  await client.connect(transport);

  const outcomes: Record<string, number> = {};
  const lies: string[] = [];
  let [done, faults, early] = [0, 0, 0];

  /** Each worker has tags of its own, so that it knows what to expect. */
  async function work(worker: number): Promise<void> {
    while (done < calls) {
      done += 1;
      const { provider, repository, sandbox, commits, standing } = pick(systems);
      const name = `w${worker}-${Math.floor(random() * 3)}`;
      const tool = pick(['create_tag', 'create_tag', 'get_tag', 'list_tags', 'delete_tag']);
      const ref = pick(commits);
      const force = random() < 0.4;
      const before = standing(name);
      if (done % EVERY === 0) {
        faults += 1;
        sandbox.fault(pick(FAULTS));
      }
      const own = tool === 'list_tags' ? { search: `^w${worker}-` } : tool === 'create_tag' ? { name, ref, force } : { name };
      const { isError = false, content } = await client.callTool({ name: tool, arguments: { provider, repository, ...own } });
      const text = content.map((block) => (block.type === 'text' ? block.text : '')).join('\n');
      const outcome = `${tool} ${isError ? text.split(':', 1)[0] : 'ok'}`;
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      if (!isTrue(tool, text, isError, before, standing(name), ref))
        lies.push(`${tool} ${provider} ${name}: ${before} → ${standing(name)}, said ${text.slice(0, 300)}`);
      sandbox.seen.length = 0;
      if (early === 0 && done >= calls / 2) early = residentMiB(transport.pid);
    }
  }
  await Promise.all(Array.from({ length: atOnce }, (_, worker) => work(worker)));
  const late = residentMiB(transport.pid);
  await client.close();
  await Promise.all(systems.map(({ sandbox }) => sandbox.close()));
  return { calls: done, faults, outcomes, lies, memory: [early, late], seconds: (performance.now() - started) / 1_000 };
}

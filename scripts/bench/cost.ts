/** What is exact: tokens, bytes, requests upstream, packages. */
import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import pkg from '../../package.json' with { type: 'json' };
import type { Row } from './measure.ts';
import { openSession, type Session } from './session.ts';
import type { Upstream } from './upstream.ts';

interface Tool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: object;
}

const TAG_TOOLS = ['create_tag', 'get_tag', 'list_tags', 'delete_tag'];
const tokens = (text: string) => encode(text).length;

export async function cost(server: string, upstream: Upstream, cwd: string): Promise<Row[]> {
  const session = await openSession(server, cwd, upstream.env);
  const { tools } = (await session.ask('tools/list', {})) as { tools: Tool[] };
  const told = tools
    .filter(({ name }) => TAG_TOOLS.includes(name))
    .map(({ name, description, inputSchema }) => ({ name, description, inputSchema }));
  const page = await session.call('list_tags', { provider: 'gitlab', limit: 100 });
  const { tags = [] } = page.structuredContent as { tags?: object[] };
  const compared = await session.call('compare_tags', { provider: 'gitlab', limit: 1 });
  const { commits = [] } = compared.structuredContent as { commits?: object[] };
  const one = await session.call('get_tag', { provider: 'gitlab', name: 'v1' });
  const rows: Row[] = [
    { figure: 'the four tag tools as a model reads them', value: tokens(JSON.stringify(told)), unit: 'tokens', budget: { atMost: 850 } },
    {
      figure: `tools/list, all ${tools.length} tools`,
      value: Buffer.byteLength(JSON.stringify({ tools })),
      unit: 'bytes',
      budget: { atMost: 10_500 },
    },
    { figure: 'one listed tag, concise', value: tokens(JSON.stringify(tags[0])), unit: 'tokens', budget: { atMost: 40 } },
    {
      figure: `${tags.length} listed tags, concise`,
      value: tokens(page.content[0]?.text ?? ''),
      unit: 'tokens',
      budget: { atMost: 4_000 },
    },
    { figure: 'one compared commit', value: tokens(JSON.stringify(commits[0])), unit: 'tokens', budget: { atMost: 40 } },
    { figure: 'get_tag, the whole answer', value: tokens(one.content[0]?.text ?? ''), unit: 'tokens' },
    ...(await requests(session, upstream)),
    {
      figure: 'packages that an installation brings',
      value: 1 + Object.keys('dependencies' in pkg ? (pkg.dependencies as object) : {}).length,
      unit: 'packages',
      budget: { atMost: 1 },
    },
  ];
  await session.close();
  return rows;
}

async function requests(session: Session, upstream: Upstream): Promise<Row[]> {
  const steps: [tool: string, args: Record<string, unknown>, atMost: number][] = [
    ['get_tag', { name: 'v1' }, 1],
    ['list_tags', {}, 1],
    ['create_tag', { name: 'bench', ref: 'main' }, 1],
    ['compare_tags', { head: 'bench', base: 'v1' }, 3],
    ['delete_tag', { name: 'bench' }, 2],
  ];
  const rows: Row[] = [];
  for (const [tool, args, atMost] of steps) {
    await upstream.requests();
    await session.call(tool, { provider: 'gitlab', ...args });
    rows.push({ figure: `${tool}, requests upstream`, value: await upstream.requests(), unit: 'requests', budget: { atMost } });
  }
  return rows;
}

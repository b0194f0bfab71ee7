import { alternate, median, type Row, spread } from './measure.ts';
import { openSession } from './session.ts';
import type { Upstream } from './upstream.ts';

/** lakeFS orders by name alone: for any other order all tags are read, a thousand a request. */
export async function lakefsTags(server: string, upstream: Upstream, cwd: string, rounds: number): Promise<Row[]> {
  const session = await openSession(server, cwd, upstream.env);
  const list = () => session.call('list_tags', { provider: 'lakefs', repository: 'training', order_by: 'version' });
  const { structuredContent } = await list();
  const { ours, direct } = await alternate(rounds, { ours: list, direct: upstream.direct.lakefsTags });
  await session.close();
  return [
    {
      figure: `${Number(structuredContent?.total).toLocaleString('en')} lakeFS tags: newest 20 by version`,
      value: median(ours) / median(direct),
      unit: '×',
      ours: spread(ours),
      beside: `${spread(direct)}: reading them all`,
    },
  ];
}

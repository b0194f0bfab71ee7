import { alternate, median, type Row, spread, together } from './measure.ts';
import { openSession } from './session.ts';
import type { Upstream } from './upstream.ts';

const AT_ONCE = [1, 16, 64];
const DELAYS_MS = [0, 25];
/** Code that has run a thousand times is compiled: sessions are long. */
const WARM = 1_000;
const MOST_TIMES_DIRECT = 1.6;
const LEAST_SHARE = 0.6;

/** One read through the server beside the same request without it, alone and many at once. */
export async function calls(server: string, sdkAlone: string, upstream: Upstream, cwd: string, rounds: number): Promise<Row[]> {
  const ours = await openSession(server, cwd, upstream.env);
  // Its transport warns of itself when many answers leave at once.
  const sdk = await openSession(sdkAlone, cwd, { ...upstream.env, NODE_NO_WARNINGS: '1' });
  const kinds = [
    { tool: 'get_tag', args: { name: 'v1' }, direct: upstream.direct.getTag },
    { tool: 'list_tags', args: {}, direct: upstream.direct.listTags },
  ];
  const rows: Row[] = [];
  for (const { tool, args, direct } of kinds) {
    const through = {
      ours: () => ours.call(tool, { provider: 'gitlab', ...args }),
      direct,
      sdk: () => sdk.call(tool, args),
    };
    await upstream.delay(0);
    for (const act of Object.values(through)) for (let done = 0; done < WARM; done += 8) await together(8, act)();
    for (const delay of DELAYS_MS)
      for (const count of AT_ONCE) {
        await upstream.delay(delay);
        const times = await alternate(Math.ceil((rounds * 8) / Math.sqrt(count)), {
          ours: together(count, through.ours),
          direct: together(count, through.direct),
          sdk: together(count, through.sdk),
        });
        const single = count === 1;
        const ratio = (mine: number[]) => (single ? median(mine) / median(times.direct) : median(times.direct) / median(mine));
        const each = (times: number[]) => times.map((ms) => ms / count);
        const judged = tool === 'get_tag' && delay === 0;
        rows.push({
          figure: `${tool}, ${single ? 'times a direct request' : `share of direct throughput at ${count} at once`}, answer after ${delay} ms`,
          value: ratio(times.ours),
          unit: '×',
          ours: spread(each(times.ours)),
          beside: `${spread(each(times.direct))}: direct`,
          sdk: ratio(times.sdk),
          ...(judged && single && { budget: { atMost: MOST_TIMES_DIRECT } }),
          ...(judged && count === 64 && { budget: { atLeast: LEAST_SHARE } }),
        });
      }
  }
  await upstream.delay(0);
  await Promise.all([ours.close(), sdk.close()]);
  return rows;
}

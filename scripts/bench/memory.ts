import { type Row, together } from './measure.ts';
import { openSession } from './session.ts';
import type { Upstream } from './upstream.ts';

const LISTS = 2_000;
const AT_ONCE = 8;

/** Resident memory once tools are listed, and what 2 000 lists of 20 tags leave. */
export async function memory(server: string, sdkAlone: string, upstream: Upstream, cwd: string): Promise<Row[]> {
  const measure = async (program: string) => {
    const session = await openSession(program, cwd, upstream.env);
    await session.ask('tools/list', {});
    const start = session.resident();
    for (let done = 0; done < LISTS; done += AT_ONCE)
      await together(AT_ONCE, () => session.call('list_tags', program === server ? { provider: 'gitlab' } : {}))();
    const grown = session.resident() - start;
    await session.close();
    return { start, grown };
  };
  const ours = await measure(server);
  const sdk = await measure(sdkAlone);
  return [
    { figure: 'memory after start', value: ours.start, unit: 'MiB', sdk: sdk.start, budget: { atMost: 70 } },
    { figure: `memory grown by ${LISTS} lists`, value: ours.grown, unit: 'MiB', sdk: sdk.grown, budget: { atMost: 20 } },
  ];
}

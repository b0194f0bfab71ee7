import { median, type Row, together } from './measure.ts';
import { openSession } from './session.ts';
import type { Upstream } from './upstream.ts';

const LISTS = 2_000;
const AT_ONCE = 8;
const RUNS = 3;

interface Grown {
  readonly start: number;
  readonly grown: number;
}

/** Resident memory once tools are listed, and what 2 000 lists of 20 tags leave. */
export async function memory(server: string, sdkAlone: string, upstream: Upstream, cwd: string): Promise<Row[]> {
  const measure = async (program: string): Promise<Grown> => {
    const session = await openSession(program, cwd, upstream.env);
    await session.ask('tools/list', {});
    const start = session.resident();
    for (let done = 0; done < LISTS; done += AT_ONCE)
      await together(AT_ONCE, () => session.call('list_tags', program === server ? { provider: 'gitlab' } : {}))();
    const grown = session.resident() - start;
    await session.close();
    return { start, grown };
  };
  const [ours, sdk]: [Grown[], Grown[]] = [[], []];
  for (let done = 0; done < RUNS; done += 1) {
    ours.push(await measure(server));
    sdk.push(await measure(sdkAlone));
  }
  const row = (figure: string, part: keyof Grown, atMost: number): Row => ({
    figure,
    value: median(ours.map((one) => one[part])),
    unit: 'MiB',
    sdk: median(sdk.map((one) => one[part])),
    budget: { atMost },
  });
  return [row('memory after start', 'start', 70), row(`memory grown by ${LISTS} lists`, 'grown', 20)];
}

/** A lakeFS that is killed and started again under moves, over and over: no tag is lost. Run where the environment says how to restart it. */
import { spawn } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isTagError } from '../../src/core/errors.ts';
import { quietCall, toolsOn } from '../support/target.ts';
import { openFreshLake } from './fresh-lake.ts';

const RESTART = process.env.TAGWRIGHT_LIVE_LAKEFS_RESTART;
const MOVES = Number(process.env.TAGWRIGHT_LIVE_MOVES ?? 500);
const TAGS = Array.from({ length: 6 }, (_, index) => `v${index}`);
const [SHORTEST_MS, SPREAD_MS, PAUSE_MS] = [300, 900, 200];
const sleep = (ms: number) => new Promise((wake) => setTimeout(wake, ms));

const restart = () =>
  new Promise<void>((ended) => {
    spawn('sh', ['-c', RESTART ?? ''], { stdio: 'ignore' }).on('exit', () => ended());
  });

describe.runIf(RESTART)('a real lakeFS that is killed and comes back', () => {
  let lake: Awaited<ReturnType<typeof openFreshLake>>;
  beforeAll(async () => {
    lake = await openFreshLake();
  });
  afterAll(() => lake.close());

  it(`loses no tag in ${MOVES} moves`, { timeout: 1_800_000 }, async () => {
    const tools = toolsOn(lake.provider, lake.repository);
    await lake.seed(TAGS);
    const ends: Record<string, number> = {};
    const lost: string[] = [];
    let [done, kills, running] = [0, 0, true];

    const killing = (async () => {
      while (running) {
        await sleep(SHORTEST_MS + Math.random() * SPREAD_MS);
        await restart();
        kills += 1;
      }
    })();
    await Promise.all(
      TAGS.map(async (name) => {
        for (let there = lake.newer; done < MOVES; there = there === lake.newer ? lake.older : lake.newer) {
          await sleep(Math.random() * PAUSE_MS);
          const end = await tools.create({ name, ref: there.commit, force: true }).then(
            ({ outcome }) => outcome,
            (error: unknown) =>
              isTagError(error) ? `${error.code}${/could not be put back/.test(error.message) ? ', lost' : ''}` : String(error),
          );
          if (end === 'moved') done += 1;
          ends[end] = (ends[end] ?? 0) + 1;
          if (end.endsWith('lost')) lost.push(name);
        }
      }),
    );
    running = false;
    await killing;
    process.stdout.write(`${JSON.stringify({ kills, ends })}\n`);
    expect(lost).toEqual([]);
    expect((await lake.names()).sort()).toEqual(TAGS);
    for (const name of TAGS)
      expect([lake.older.commit, lake.newer.commit]).toContain((await lake.provider.get(lake.name, name, quietCall())).commit_id);
  });
});

/** The short form of `npm run soak`. */
import { expect, it } from 'vitest';
import { soak } from '../../scripts/soak/soak.ts';
import { temporaryDirectory } from '../support/git-repository.ts';
import { serverPath } from '../support/server.ts';

it('of 1 500 mixed calls through faults, outages and kills, 32 at a time, every outcome reported is true', async () => {
  const options = { calls: 1_500, atOnce: 32, seed: Date.now() % 1e6, outageEvery: 300, killEvery: 150 };
  const report = await soak(serverPath, temporaryDirectory(), options);
  expect(report.lies).toEqual([]);
  expect(report.calls).toBeGreaterThanOrEqual(1_500);
  expect(report.faults).toBeGreaterThan(150);
  expect([report.outages, report.kills]).toEqual([5, 4]);
  expect(Object.keys(report.outcomes)).toEqual(
    expect.arrayContaining(['create_tag ok', 'delete_tag ok', 'tag_release ok', 'get_tag tag_not_found']),
  );
}, 60_000);

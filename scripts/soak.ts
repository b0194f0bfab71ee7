/** `npm run soak [-- --calls 20000 --at-once 32 --seed 1]`: exits 0 only if every outcome was true and memory stayed flat. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { soak } from './soak/soak.ts';

const MOST_GROWTH_MIB = 20;
const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '20000' },
    'at-once': { type: 'string', default: '32' },
    seed: { type: 'string', default: '1' },
    'outage-every': { type: 'string', default: '200' },
    'kill-every': { type: 'string', default: '250' },
  },
});
const directory = mkdtempSync(join(tmpdir(), 'tagwright-soak-'));
try {
  const server = new URL('../dist/server.js', import.meta.url).pathname;
  const report = await soak(server, directory, {
    calls: Number(values.calls),
    atOnce: Number(values['at-once']),
    seed: Number(values.seed),
    outageEvery: Number(values['outage-every']),
    killEvery: Number(values['kill-every']),
  });
  const [early, late] = report.memory;
  const { kills, outages, restored } = report;
  console.log(`${report.calls} calls, ${report.faults} faults, ${outages} outages, ${kills} kills, ${report.seconds.toFixed(1)} s`);
  console.log(`${restored} tags that a killed move had lost came back by the call that the journal tells`);
  for (const [outcome, count] of Object.entries(report.outcomes).sort(([, a], [, b]) => b - a))
    console.log(`  ${String(count).padStart(6)}  ${outcome}`);
  console.log(`memory ${early.toFixed(1)} MiB half-way, ${late.toFixed(1)} MiB at the end (at most + ${MOST_GROWTH_MIB})`);
  for (const lie of report.lies.slice(0, 20)) console.log(`NOT TRUE: ${lie}`);
  if (report.lies.length > 0 || late - early > MOST_GROWTH_MIB) process.exitCode = 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
}

/**
 * Measures what the server costs, beside the least it could cost, in one run. `--quick` for fewer rounds, `--json` for programs,
 * `--write` to put the table into docs/performance.md, `--against 'COMMAND'` for another MCP server beside ours.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { against } from './bench/against.ts';
import { calls } from './bench/calls.ts';
import { cost } from './bench/cost.ts';
import { manyCommits, manyTags } from './bench/git.ts';
import { lakefsTags } from './bench/lakefs.ts';
import { holds, type Row } from './bench/measure.ts';
import { memory } from './bench/memory.ts';
import { releases } from './bench/release.ts';
import { remotes } from './bench/remote.ts';
import { start } from './bench/start.ts';
import { asText, writePage } from './bench/table.ts';
import { startUpstream } from './bench/upstream.ts';

const { values } = parseArgs({
  options: { quick: { type: 'boolean' }, json: { type: 'boolean' }, write: { type: 'boolean' }, against: { type: 'string' } },
});
if (values.write && (values.quick || values.against))
  throw new Error('The page shows a whole run: --write goes with neither --quick nor --against.');
const [rounds, fewRounds] = values.quick ? [5, 3] : [25, 9];
const [gitTags, tagsInLakefs] = values.quick ? [20_000, 2_000] : [100_000, 20_000];
const built = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const server = built('../dist/server.js');
const sdkAlone = built('bench/sdk-alone.cjs');
const directory = mkdtempSync(join(tmpdir(), 'tagwright-bench-'));
const folder = (name: string) => {
  mkdirSync(join(directory, name));
  return join(directory, name);
};

async function everything(): Promise<Row[]> {
  const upstream = await startUpstream(built('bench/upstream-process.js'), tagsInLakefs);
  const empty = folder('empty');
  const rows = [
    ...(await start(server, sdkAlone, empty, rounds)),
    ...(await cost(server, upstream, empty)),
    ...(await calls(server, sdkAlone, upstream, empty, rounds)),
    ...(await memory(server, sdkAlone, upstream, empty)),
    ...(await manyTags(server, folder('git'), gitTags, fewRounds)),
    ...(await manyCommits(server, folder('history'), gitTags, fewRounds)),
    ...(await lakefsTags(server, upstream, empty, fewRounds)),
    ...(await remotes(server, folder('remote'))),
    ...(await releases(server, directory, rounds)),
  ];
  await upstream.close();
  return rows;
}

try {
  const rows = values.against ? await against(server, values.against, directory, rounds) : await everything();
  console.log(values.json ? JSON.stringify(rows, null, 2) : asText(rows));
  if (values.write) writePage(rows, process.argv.slice(2));
  const broken = rows.filter((row) => !holds(row));
  if (broken.length > 0) console.error(`\nNot met: ${broken.map(({ figure }) => figure).join('; ')}`);
} finally {
  rmSync(directory, { recursive: true, force: true });
}

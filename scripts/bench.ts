/**
 * Measures what the server costs, beside the least it could cost, in one run. `--quick` for fewer rounds, `--json` for programs,
 * `--against 'COMMAND'` for another MCP server beside ours.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { against } from './bench/against.ts';
import { calls } from './bench/calls.ts';
import { manyTags } from './bench/git.ts';
import type { Row } from './bench/measure.ts';
import { releases } from './bench/release.ts';
import { start } from './bench/start.ts';

const { values } = parseArgs({ options: { quick: { type: 'boolean' }, json: { type: 'boolean' }, against: { type: 'string' } } });
const rounds = values.quick ? 5 : 25;
const server = new URL('../dist/server.js', import.meta.url).pathname;
const directory = mkdtempSync(join(tmpdir(), 'tagwright-bench-'));
try {
  const all = async (): Promise<Row[]> => [
    ...(await manyTags(server, directory, values.quick ? 20_000 : 100_000, values.quick ? 3 : 9)),
    ...(await calls(server, directory, rounds)),
    ...(await releases(server, directory, rounds)),
    ...(await start(server, directory, rounds)),
  ];
  const rows = values.against ? await against(server, values.against, directory, rounds) : await all();
  if (values.json) console.log(JSON.stringify(rows, null, 2));
  else
    for (const row of rows)
      console.log(
        `${row.value.toFixed(2).padStart(6)}    ${row.figure.padEnd(46)} ${row.ours.padEnd(34)} ${row.beside.padEnd(40)} ${row.budget && `${row.budget} ${row.holds ? 'holds' : 'BROKEN'}`}`,
      );
} finally {
  rmSync(directory, { recursive: true, force: true });
}

/** Runs the end-to-end tests with the built server under every supported version of Node.js, the oldest one first; or under those named (`nodes.mjs 20 24`). */
import { execFileSync, spawnSync } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';
import { MAJORS, nodeBinary } from './node-binary.mjs';

const vitest = new URL('../node_modules/vitest/vitest.mjs', import.meta.url).pathname;
const named = process.argv.slice(2).map(Number);
const failed = MAJORS.filter((major) => named.length === 0 || named.includes(major)).filter((major) => {
  const binary = nodeBinary(major);
  const version = execFileSync(binary, ['--version'], { encoding: 'utf8' }).trim();
  const env = { ...process.env, TAGWRIGHT_TEST_NODE: binary };
  const { status, stdout, stderr } = spawnSync(process.execPath, [vitest, 'run', 'test/e2e'], { encoding: 'utf8', env, maxBuffer: 1e8 });
  const [, count] = /^ *Tests +(.*)$/m.exec(stripVTControlCharacters(stdout ?? '')) ?? [];
  if (status !== 0) console.log(stdout, stderr);
  console.log(`end-to-end tests with the server on Node ${version}: ${count ?? 'did not run'}`);
  return status !== 0;
});
process.exitCode = failed.length > 0 ? 1 : 0;

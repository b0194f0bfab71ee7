/** Runs the end-to-end tests with the built server under every supported version of Node.js, the oldest one first. */
import { execFileSync, spawnSync } from 'node:child_process';
import { MAJORS, nodeBinary } from './node-binary.mjs';

const vitest = new URL('../node_modules/vitest/vitest.mjs', import.meta.url).pathname;
const failed = MAJORS.filter((major) => {
  const binary = nodeBinary(major);
  console.log(`\n── server on Node ${execFileSync(binary, ['--version'], { encoding: 'utf8' }).trim()}`);
  const env = { ...process.env, TAGWRIGHT_TEST_NODE: binary };
  return spawnSync(process.execPath, [vitest, 'run', 'test/e2e'], { stdio: 'inherit', env }).status !== 0;
});
console.log(failed.length > 0 ? `\nfailed on Node ${failed.join(', ')}` : `\npassed on Node ${MAJORS.join(', ')}`);
process.exitCode = failed.length > 0 ? 1 : 0;

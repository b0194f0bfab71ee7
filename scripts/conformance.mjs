/**
 * The official conformance suite, on the scenarios that each revision requires, against the built server. The suite speaks
 * HTTP alone and wants Node 22: a bridge, on a loopback port of its own, starts the server for every session.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { nodeBinary } from './node-binary.mjs';

const input = (name) => `input-required-result-${name}`;
/** The scenarios that ask for no tool of the suite's own and nothing optional: they pass whole, whatever else is excused. */
const REVISIONS = {
  '2025-11-25': ['server-initialize', 'ping', 'tools-list'],
  '2026-07-28': ['tools-list', ...['missing-input-response', 'unsupported-methods', 'ignore-extra-params', 'validate-input'].map(input)],
};
const PATIENCE_MS = 15_000;

const project = (path) => new URL(`../${path}`, import.meta.url).pathname;
const installed = (path) => project(`interop/conformance/node_modules/${path}`);
const expected = project('interop/conformance/expected-failures.yaml');
const node22 = nodeBinary(22);

const entries = readFileSync(expected, 'utf8').match(/^ *-.*$/gm);
const lax = entries.filter((entry) => !/^ {2}- [\w-]+:[\w-]+ # [A-Z]+: \S/.test(entry));
if (lax.length > 0) throw new Error(`each entry names one check and says why:\n${lax.join('\n')}`);

const repository = mkdtempSync(join(tmpdir(), 'tagwright-conformance-'));
const env = { PATH: process.env.PATH, HOME: repository, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };
execFileSync('git', ['init', '-q', repository], { env });
const port = await freePort();
const bridge = spawn(
  node22,
  [
    ...['--import', project('interop/conformance/loopback.mjs'), installed('supergateway/dist/index.js')],
    ...['--stdio', `"${process.execPath}" "${project('dist/server.js')}"`, '--outputTransport', 'streamableHttp', '--stateful'],
    ...['--port', String(port), '--logLevel', 'none'],
  ],
  { cwd: repository, env, stdio: 'ignore' },
);
try {
  const url = `http://127.0.0.1:${port}/mcp`;
  await answering(url);
  for (const [revision, whole] of Object.entries(REVISIONS)) {
    console.log(`\n── required by ${revision}`);
    const args = ['server', '--url', url, '--requirements', revision, '--expected-failures', expected];
    const suite = installed('@modelcontextprotocol/conformance/dist/index.js');
    const { status, stdout, stderr } = spawnSync(node22, [suite, ...args], { cwd: repository, encoding: 'utf8', maxBuffer: 1e8 });
    const short = whole.filter((name) => !stdout.includes(`\u2713 ${name}: `));
    const excused = stdout.match(/^ {2}~ /gm)?.length ?? 0;
    if (status !== 0) console.log(stdout.slice(Math.max(0, stdout.indexOf('=== SUMMARY ==='))) + stderr);
    else console.log(`${/Total: (\d+)/.exec(stdout)?.[1]} checks pass; ${excused} cannot, for the reasons in expected-failures.yaml`);
    if (short.length > 0) console.log(`did not pass whole: ${short.join(', ')}`);
    if (status !== 0 || short.length > 0) process.exitCode = 1;
  }
} finally {
  bridge.kill();
  rmSync(repository, { recursive: true, force: true });
}

function freePort() {
  const server = createServer();
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port: free } = server.address();
      server.close(() => resolve(free));
    });
  });
}

async function answering(url) {
  for (const until = Date.now() + PATIENCE_MS; ; await setTimeout(100)) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer) return;
    if (Date.now() > until || bridge.exitCode !== null) throw new Error('the bridge does not answer');
  }
}

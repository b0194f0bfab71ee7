/** A temporary repository, the built server behind the wire, and what passed on it. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

const WIRE = new URL('wire.mjs', import.meta.url).pathname;
const SERVER = new URL('../dist/server.js', import.meta.url).pathname;
const PATIENCE_MS = 10_000;
const CLOCK = { GIT_AUTHOR_DATE: '1767225600 +0000', GIT_COMMITTER_DATE: '1767225600 +0000' };

export function makeScene() {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'tagwright-interop-')));
  const [path, home] = ['repository', 'home'].map((name) => join(folder, name));
  for (const directory of [path, home]) mkdirSync(directory);
  // Spelled out: every client reduces the environment in its own way.
  const env = {
    PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
    HOME: home,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_SYSTEM: '/dev/null',
  };
  const git = (...args) => execFileSync('git', args, { cwd: path, encoding: 'utf8', env: { ...env, ...CLOCK } }).trim();
  git('init', '-q', '-b', 'main');
  git('config', 'user.name', 'Ada');
  git('config', 'user.email', 'ada@example.com');
  const commits = ['first', 'second'].map((title) => {
    git('commit', '-q', '--allow-empty', '-m', title);
    return git('rev-parse', 'HEAD');
  });
  git('tag', 'v0', 'main~1');

  const log = join(folder, 'wire.ndjson');
  writeFileSync(log, '');
  const passed = () => readFileSync(log, 'utf8').split('\n').filter(Boolean).map(JSON.parse);
  return {
    git,
    commits,
    /** How a client starts the server. */
    server: (extra = {}) => ({ command: process.execPath, args: [WIRE, log, SERVER], cwd: path, env: { ...env, ...extra } }),
    sent: () => passed().flatMap(({ from, message }) => (from === 'client' ? [message] : [])),
    answered: () => passed().flatMap(({ from, message }) => (from === 'server' && message.result ? [message.result] : [])),
    starts: () => passed().filter(({ started }) => started).length,
    /** How every started server ended, once all have. */
    async ends() {
      for (const until = Date.now() + PATIENCE_MS; ; await setTimeout(50)) {
        const entries = passed();
        const ends = entries.filter((entry) => 'ended' in entry).map(({ ended }) => ended);
        if (ends.length === entries.filter(({ started }) => started).length || Date.now() > until) return ends;
      }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Runs a command-line client to its end. */
export async function runProgram(script, args, { cwd, env }) {
  const child = spawn(process.execPath, [script, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const read = async (stream) => (await stream.setEncoding('utf8').toArray()).join('');
  const [code, stdout, stderr] = await Promise.all([
    new Promise((resolve) => child.on('close', resolve)),
    read(child.stdout),
    read(child.stderr),
  ]);
  return { code, stdout, stderr };
}

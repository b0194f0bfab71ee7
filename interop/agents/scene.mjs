/** One client, one conversation: a home and a repository of its own, the entry that `tagwright install` makes, and what passed. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { nodeBinary } from '../../scripts/node-binary.mjs';
import { folderOf } from './clients.mjs';
import { startModel } from './model.mjs';
import { MANY } from './story.mjs';

const at = (path) => new URL(path, import.meta.url).pathname;
const [SERVER, WIRE] = [at('../../dist/server.js'), at('../wire.mjs')];
const NODE = nodeBinary(24);
const PROMPT = 'Cut the release, please.';
const PATIENCE_MS = 120_000;
const ENDS_MS = 3_000;

/** `limits`: what the operator has set in the shell in which `install` and the client are run. */
export async function play(client, steps, limits = {}) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'tagwright-agent-')));
  const [home, repository] = ['home', 'repository'].map((name) => join(folder, name));
  for (const path of [home, repository]) mkdirSync(path);
  const shell = {
    PATH: [dirname(NODE), '/usr/local/bin', '/usr/bin', '/bin'].join(':'),
    HOME: home,
    TERM: 'dumb',
    LANG: 'C.UTF-8',
    ...limits,
  };
  const git = (...args) => execFileSync('git', args, { cwd: repository, encoding: 'utf8', env: { PATH: shell.PATH, HOME: home } }).trim();
  fill(git);

  const model = await startModel(steps);
  const log = join(folder, 'wire.ndjson');
  writeFileSync(log, '');
  if (client.install) execFileSync(process.execPath, [SERVER, 'install', client.install], { cwd: repository, env: shell, stdio: 'ignore' });
  else client.enter(home, model.port, [process.execPath, SERVER]);
  const file = join(home, client.file);
  const words = [WIRE, log, SERVER].map((word) => JSON.stringify(word)).join(', ');
  writeFileSync(file, readFileSync(file, 'utf8').replace(JSON.stringify(SERVER), words));
  client.prepare?.(home, model.port, repository);

  const path = (name) => join(folderOf(client), name);
  const [program, first] = client.program ? [path(client.program), []] : [NODE, [path(client.script)]];
  const child = spawn(program, [...first, ...client.args(PROMPT)], {
    cwd: repository,
    env: { ...shell, ...client.env(model.port) },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const output = Promise.all([child.stdout, child.stderr].map(async (stream) => (await stream.setEncoding('utf8').toArray()).join('')));
  const late = globalThis.setTimeout(() => process.kill(-child.pid, 'SIGKILL'), PATIENCE_MS);
  const code = await new Promise((resolve) => child.on('exit', (status, signal) => resolve(status ?? signal)));
  clearTimeout(late);
  const left = await leftIn(folder);
  const passed = readFileSync(log, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  for (const pid of runningIn(folder)) process.kill(pid, 'SIGKILL');
  const said = await Promise.race([output, setTimeout(1_000, ['', ''])]);
  await model.close();
  return {
    ...heardBy(passed),
    heard: model.heard,
    code,
    said: said.join('\n').slice(-3_000),
    left,
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}

function fill(git) {
  git('init', '-q', '-b', 'main');
  for (const [name, value] of [
    ['name', 'Ada'],
    ['email', 'ada@example.com'],
  ])
    git('config', `user.${name}`, value);
  for (const title of ['first', 'second']) git('commit', '-q', '--allow-empty', '-m', title);
  for (let index = 1; index <= MANY; index += 1)
    git('tag', '-a', '-m', `Notes of number ${index}`, `many-${String(index).padStart(3, '0')}`, 'main~1');
}

/** What the server was asked, and what it answered, in the order of the calls. */
function heardBy(passed) {
  const answers = new Map(
    passed.flatMap(({ id, from, message }) => (from === 'server' && message.result ? [[`${id} ${message.id}`, message.result]] : [])),
  );
  const requests = passed.flatMap(({ id, from, message }) =>
    from === 'client' && message.method ? [{ id, ...message, key: `${id} ${message.id}` }] : [],
  );
  const ofMethod = (...methods) => requests.filter(({ method }) => methods.includes(method));
  return {
    calls: ofMethod('tools/call')
      .map(({ params, key }) => ({ name: params.name, result: answers.get(key) }))
      .filter(({ result }) => result?.content),
    tools:
      ofMethod('tools/list')
        .map(({ key }) => answers.get(key)?.tools)
        .findLast(Boolean) ?? [],
    opens: ofMethod('initialize', 'server/discover')[0],
    instructions: passed.findLast(({ message }) => message?.result?.instructions)?.message.result.instructions ?? '',
  };
}

const cwdOf = (pid) => {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
};
const runningIn = (folder) =>
  readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && cwdOf(pid).startsWith(folder))
    .map(Number);
const isServer = (pid) => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(SERVER);
  } catch {
    return false;
  }
};

/** Processes of ours that are still there a while after the client has gone: some clients leave daemons of their own. */
async function leftIn(folder) {
  for (const until = Date.now() + ENDS_MS; ; await setTimeout(100)) {
    const left = runningIn(folder).filter(isServer);
    if (left.length === 0 || Date.now() > until) return left;
  }
}

/**
 * `node run.mjs`: every bundle before its vendor's own validator, and in its vendor's own client, which installs it, starts
 * the server and lists the tools. A client that has no package for this machine is skipped.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { CLIENTS, NAME } from './clients.mjs';

const PATIENCE_MS = 60_000;
const at = (path) => new URL(path, import.meta.url).pathname;
const manifest = JSON.parse(readFileSync(at('../../manifest.json'), 'utf8'));
const all = manifest.tools.map(({ name }) => name);
const reading = all.filter((name) => /^(compare|get|list|show)_/.test(name));

const directory = realpathSync(mkdtempSync(join(tmpdir(), 'tagwright-bundles-')));
test.after(() => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));
const bundles = join(directory, 'bundles');
execFileSync(process.execPath, [at('../../scripts/bundle.mjs'), bundles], { stdio: 'ignore' });
// The Agent Plugin has no catalogue of its own; with one it is a bundle like the others.
cpSync(join(bundles, 'codex/.agents'), join(bundles, 'agent-plugin/.agents'), { recursive: true });
const project = join(directory, 'project');
mkdirSync(project);
execFileSync('git', ['init', '-q', project]);

/** The client at a home of its own, with nothing of the tester's environment. */
function createClient({ script, env, prepare }) {
  const home = mkdtempSync(join(directory, 'home-'));
  prepare?.(home);
  const path = [dirname(process.execPath), process.env.PATH].join(':');
  const options = (more) => ({ cwd: project, env: { PATH: path, HOME: home, ...env, ...more } });
  const words = (args) => [at(`node_modules/${script}`), ...args];
  return {
    home,
    run: (args) =>
      execFileSync(process.execPath, words(args), {
        ...options({}),
        encoding: 'utf8',
        timeout: PATIENCE_MS,
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    /** What the server was started with, and the tools that it listed. The client is ended as soon as that is known. */
    async start(args, record, shell) {
      rmSync(record, { force: true });
      const child = spawn(process.execPath, words(args), { ...options(shell), stdio: 'ignore', detached: true });
      let isOver = false;
      const ended = new Promise((resolve) => child.on('close', resolve)).then(() => {
        isOver = true;
      });
      for (const until = Date.now() + PATIENCE_MS; !existsSync(record) && !isOver && Date.now() < until; ) await setTimeout(50);
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
      await ended;
      return JSON.parse(readFileSync(record, 'utf8'));
    },
  };
}

/** The server of a bundle with a witness before it, which passes everything on. */
function watch(bundle) {
  const dist = join(bundle, NAME, 'dist');
  const record = join(directory, 'record.json');
  if (existsSync(join(dist, 'real.js'))) return record;
  renameSync(join(dist, 'server.js'), join(dist, 'real.js'));
  const witness = `const { renameSync, writeFileSync } = require('node:fs');
const { spawn } = require('node:child_process');
const server = spawn(process.execPath, [__dirname + '/real.js'], { stdio: ['inherit', 'pipe', 'inherit'] });
let said = '';
server.stdout.on('data', (chunk) => {
  process.stdout.write(chunk);
  said += chunk;
  for (const line of said.split('\\n').slice(0, -1)) {
    const tools = JSON.parse(line).result?.tools?.map(({ name }) => name);
    if (!tools) continue;
    writeFileSync(${JSON.stringify(`${record}.new`)}, JSON.stringify({ tools, cwd: process.cwd(), env: process.env }));
    renameSync(${JSON.stringify(`${record}.new`)}, ${JSON.stringify(record)});
  }
});
server.on('close', (code) => process.exit(code ?? 1));
`;
  writeFileSync(join(dist, 'server.js'), witness);
  return record;
}

for (const [title, client] of Object.entries(CLIENTS)) {
  const bundle = join(bundles, client.bundle);
  const cannotRun = () => {
    try {
      createClient(client).run(['--version']);
      return false;
    } catch {
      return `${title} has no package for this machine`;
    }
  };
  test(title, { skip: cannotRun() }, async (t) => {
    if (client.validate)
      await t.test('its validator finds nothing to complain of', () => {
        for (const args of client.validate(bundle)) createClient(client).run(args);
      });
    const record = watch(bundle);
    const install = (form) => {
      const installed = createClient(client);
      for (const args of client.install(bundle, form)) installed.run(args);
      client.fill?.(installed.home, form);
      return installed;
    };
    const plain = install({});
    if (client.bundle !== 'agent-plugin')
      await t.test('docs/install.md says how it is installed', () => {
        const page = readFileSync(at('../../docs/install.md'), 'utf8').replaceAll('./build/', 'build/');
        for (const args of client.install(`build/bundles/${client.bundle}`, {}))
          assert.ok(page.includes(args.filter((word) => word !== '--consent').join(' ')), args.join(' '));
      });
    await t.test('it starts the server, which lists its tools', async () => {
      const { tools, cwd } = await plain.start(client.start, record, {});
      assert.deepEqual(tools, all);
      if (client.inProject) assert.equal(cwd, project);
    });
    if (client.passesLimits)
      await t.test('a limit and a credential of the shell reach the server', async () => {
        const { tools, env } = await plain.start(client.start, record, { TAGWRIGHT_READ_ONLY: '1', GITLAB_TOKEN: 'glpat-shell' });
        assert.deepEqual([tools, env.GITLAB_TOKEN], [reading, 'glpat-shell']);
      });
    if (client.hasForm)
      await t.test('a limit of the form reaches the server, beside one of the shell', async () => {
        const filled = install({ TAGWRIGHT_READ_ONLY: 'true', TAGWRIGHT_PROTECTED_TAGS: 'v{1,2}*', GITLAB_URL: 'https://gitlab.example' });
        const { tools, env } = await filled.start(client.start, record, { TAGWRIGHT_CONFIRM: 'always' });
        assert.deepEqual(tools, reading);
        assert.deepEqual(
          [env.TAGWRIGHT_PROTECTED_TAGS, env.TAGWRIGHT_CONFIRM, env.GITLAB_URL, env.GITLAB_TOKEN],
          ['v{1,2}*', 'always', 'https://gitlab.example', ''],
        );
      });
    if (client.keeps)
      await t.test('a secret of the form is kept apart from the settings', async () => {
        const filled = install({ GITLAB_TOKEN: 'glpat-form' });
        assert.equal((await filled.start(client.start, record, {})).env.GITLAB_TOKEN, 'glpat-form');
        assert.ok(!readFileSync(join(filled.home, client.keeps), 'utf8').includes('glpat-form'));
      });
    if (client.picture) await t.test('docs/session.svg is what it shows', () => void execFileSync(process.execPath, [at(client.picture)]));
  });
}

test('mcpb', async (t) => {
  const mcpb = (...args) =>
    execFileSync(process.execPath, [at('node_modules/@anthropic-ai/mcpb/dist/cli/cli.js'), ...args], { stdio: 'ignore' });
  await t.test('its validator finds nothing to complain of', () => mcpb('validate', join(bundles, 'mcpb/manifest.json')));
  await t.test('unpacked by it, the archive is what was packed', () => {
    const unpacked = join(directory, 'unpacked');
    mcpb('unpack', join(bundles, `${NAME}-${manifest.version}.mcpb`), unpacked);
    const files = (folder) => readdirSync(folder, { recursive: true }).sort();
    assert.deepEqual(files(unpacked), files(join(bundles, 'mcpb')));
    for (const file of ['manifest.json', 'dist/server.js'])
      assert.deepEqual(readFileSync(join(unpacked, file)), readFileSync(join(bundles, 'mcpb', file)));
  });
});

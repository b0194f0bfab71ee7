/**
 * `node picture.mjs --write`: draws docs/session.svg, a release cut in Claude Code through our plugin, as it was; without
 * the flag it fails where that page is another one. The client, the server and git are real; the other systems are the
 * project's sandboxes, and the model is a script.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startModel } from '../agents/model.mjs';
import { CLIENTS, NAME } from './clients.mjs';
import { draw } from './terminal.mjs';

const PROMPT = 'Look first, then release v1.4.0 of the app and its data: "Spring release"';
const RELEASE = { name: 'v1.4.0', message: 'Spring release\n\nReads the new format.' };

const at = (path) => new URL(path, import.meta.url).pathname;
const page = at('../../docs/session.svg');
const directory = realpathSync(mkdtempSync(join(tmpdir(), 'tagwright-picture-')));
const project = join(directory, 'app');
const git = (...args) =>
  execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...args], {
    cwd: project,
    encoding: 'utf8',
    env: { ...process.env, GIT_AUTHOR_DATE: '2026-01-01T00:00:00Z', GIT_COMMITTER_DATE: '2026-01-01T00:00:00Z' },
  });
mkdirSync(project);
git('init', '-q', '-b', 'main');
git('config', 'user.name', 'Ada');
git('config', 'user.email', 'ada@example.com');
git('commit', '-q', '--allow-empty', '-m', 'Read the new format');

execFileSync(process.execPath, [at('../../scripts/bundle.mjs'), join(directory, 'bundles')], { stdio: 'ignore' });
const sandbox = spawn(process.execPath, [at('../../build/sandbox.js')], { stdio: ['ignore', 'pipe', 'inherit'] });
const model = await startModel([
  { tool: 'tag_release', args: { ...RELEASE, dry_run: true } },
  { tool: 'tag_release', args: RELEASE },
  { tool: 'show_release', args: { name: RELEASE.name } },
  (results) => {
    const { name, complete, targets } = JSON.parse(results.at(-1).text);
    const systems = targets.map(({ provider }) => provider);
    return `${name} ${complete ? 'stands' : 'does not stand'} on all ${systems.length} systems: ${systems.join(', ')}.`;
  },
]);
try {
  const { script, env } = CLIENTS['Claude Code'];
  const options = {
    cwd: project,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 60_000,
    env: {
      ...{ PATH: process.env.PATH, HOME: directory, ...env, ...(await variablesOf(sandbox)) },
      ...{
        ANTHROPIC_BASE_URL: `http://127.0.0.1:${model.port}`,
        ANTHROPIC_API_KEY: 'none',
        ENABLE_TOOL_SEARCH: 'false',
        TAGWRIGHT_PROVIDERS: 'git,gitlab,lakefs',
      },
    },
  };
  const args = [
    ...[at(`node_modules/${script}`), '--plugin-dir', join(directory, 'bundles', 'claude-code', NAME), '-p', PROMPT],
    ...['--allowedTools', `mcp__plugin_${NAME}_${NAME}`, '--output-format', 'stream-json', '--verbose'],
  ];
  const events = (await output(spawn(process.execPath, args, options)))
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  const lines = linesOf(events);
  assert.match(git('tag', '-n1', '--list'), /^v1\.4\.0 +Spring release/);
  assert.match(lines.at(-1).text, /^v1\.4\.0 stands on all 3 systems/);
  const svg = draw(`Claude Code, with ${NAME}`, [
    ...lines,
    { kind: 'blank' },
    { kind: 'shell', text: 'git tag -n1' },
    { kind: 'output', text: git('tag', '-n1').trim() },
  ]);
  assert.ok(svg.length < 30_000);
  if (process.argv.includes('--write')) writeFileSync(page, svg);
  else assert.equal(readFileSync(page, 'utf8'), svg, 'npm run picture draws docs/session.svg anew');
} finally {
  sandbox.kill();
  await model.close();
  rmSync(directory, { recursive: true, force: true });
}

async function variablesOf(program) {
  const values = {};
  for await (const line of createInterface(program.stdout)) {
    const [, name, value] = /^export (\w+)='(.*)'$/.exec(line) ?? [];
    if (name) values[name] = value;
    if (name === 'VERS_REPOSITORY') return values;
  }
  throw new Error('the sandbox did not start');
}

async function output(program) {
  const chunks = [];
  for await (const chunk of program.stdout) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** What was asked, each call with what came back, and what was said. */
function linesOf(events) {
  const lines = [{ kind: 'prompt', text: PROMPT }];
  for (const { type, message } of events)
    for (const part of type === 'assistant' || type === 'user' ? [message.content].flat() : []) {
      if (part.type === 'text') lines.push({ kind: 'blank' }, { kind: 'said', text: part.text });
      if (part.type === 'tool_use') {
        const args = Object.entries(part.input).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
        lines.push({ kind: 'blank' }, { kind: 'call', text: part.name.split('__').at(-1), more: args.join(', ') });
      }
      if (part.type === 'tool_result')
        lines.push(
          ...answerOf(
            JSON.parse(
              [part.content]
                .flat()
                .map(({ text }) => text ?? '')
                .join('') || part.content,
            ),
          ),
        );
    }
  return lines;
}

function answerOf({ outcome, complete, targets }) {
  const first = outcome ?? `complete: ${complete}`;
  const rows = targets.map(({ provider, repository, commit_id, note, outcome: own }) =>
    [provider.padEnd(7), repository.replace(directory, '…').padEnd(10), (commit_id ?? '').slice(0, 12), own ?? '', note ?? '']
      .join('  ')
      .trimEnd(),
  );
  return [first, ...rows].map((text, index) => ({ kind: index === 0 ? 'outcome' : 'row', text }));
}

/**
 * `node run.mjs [CLIENT…]`: every client goes through the story, and is held to the operator's limits; then its row of
 * docs/clients.md is compared with what was seen; `--write` rewrites the table. A client that is not installed is skipped.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { committed, list, table, write } from '../page.mjs';
import { CLIENTS, folderOf } from './clients.mjs';
import { offered, resultsOf } from './model.mjs';
import { play } from './scene.mjs';
import { BOUNDED, check, READING, STORY } from './story.mjs';

const AT_ONCE = 2;
const MOST_TOKENS = 1_600;
const LIMITS = { TAGWRIGHT_PROTECTED_TAGS: 'v*', TAGWRIGHT_CONFIRM: 'never' };
const names = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const HEAD = [
  'agent',
  'version',
  'revision',
  'tools',
  'tokens',
  'instructions',
  'a loss, with nobody there',
  'limits',
  'answers',
  'the story',
];
const rows = [];

test('clients', { concurrency: AT_ONCE }, async (t) => {
  assert.deepEqual(
    names.filter((name) => !(name in CLIENTS)),
    [],
    'no such client',
  );
  const chosen = Object.entries(CLIENTS).filter(([title]) => names.length === 0 || names.includes(title));
  await Promise.all(
    chosen.map(([title, client]) => t.test(title, { skip: !folderOf(client) && 'not installed' }, () => drive(title, client))),
  );
});

async function drive(title, client) {
  const told = await goThrough(client, STORY);
  const shown = told.heard.map(({ tools, found = [] }) =>
    [...tools, ...found].filter(({ name = '' }) => told.tools.some((own) => name.endsWith(own.name))),
  );
  const most = shown.reduce((one, other) => (other.length > one.length ? other : one), []);
  assert.ok(most.length > 0, 'no tool is shown');
  const tokens = encode(JSON.stringify(most.map(({ name, description, schema }) => ({ name, description, parameters: schema })))).length;
  assert.ok(tokens <= MOST_TOKENS, `${tokens} tokens for ${most.length} tools`);
  for (const tool of most) {
    const own = told.tools.find(({ name }) => tool.name.endsWith(name));
    assert.deepEqual(
      Object.keys(tool.schema?.properties ?? {})
        .filter((key) => key !== 'wait_for_previous')
        .sort(),
      Object.keys(own.inputSchema.properties).sort(),
      tool.name,
    );
    assert.ok(plain(tool.description).includes(plain(own.description)), tool.name);
  }
  assert.notEqual(told.instructions, '');
  const isInstructed = told.heard.some((one) => plain(one.told).includes(plain(told.instructions)));
  await goThrough(client, BOUNDED, LIMITS);
  const reading = await goThrough(client, READING, { TAGWRIGHT_READ_ONLY: '1' });
  assert.ok(reading.tools.every(({ annotations }) => annotations.readOnlyHint));
  for (const { tools } of reading.heard) assert.equal(offered(tools, 'create_tag'), undefined);
  rows.push([
    title,
    JSON.parse(readFileSync(join(folderOf(client), 'package.json'), 'utf8')).version,
    told.opens.params?.protocolVersion ?? '2026-07-28',
    `${most.length} of ${told.tools.length}`,
    String(tokens),
    isInstructed ? 'yes' : 'no',
    client.asks ? 'declined' : 'nobody is asked',
    'hold',
    client.cuts ? `cut at ${client.cuts} characters` : 'whole',
    'passes',
  ]);
}

const plain = (text) => text.replace(/[\\\s]+/g, ' ');

async function goThrough(client, steps, limits) {
  const played = await play(client, steps, limits);
  try {
    assert.equal(played.calls.length, steps.length, `${played.calls.map(({ name }) => name)} (${played.code}) ${played.said}`);
    const results = resultsOf(played.heard.findLast((one) => resultsOf(one).length > 0));
    for (const [index, step] of steps.entries()) {
      assert.equal(played.calls[index].name, step.tool, step.title);
      check(step, client, played.calls[index].result, results[index]?.text ?? '');
    }
    assert.deepEqual(played.left, [], 'a server is left running');
    return played;
  } finally {
    played.remove();
  }
}

test('docs/clients.md shows this run', () => {
  assert.ok(rows.length > 0, 'no client was driven');
  const sorted = rows.sort(([a], [b]) => a.localeCompare(b));
  const sections = { agents: table(HEAD, sorted), 'agents-story': list(STORY.map(({ title }) => title)) };
  if (process.argv.includes('--write')) {
    assert.equal(sorted.length, Object.keys(CLIENTS).length, 'a page tells of a whole run that passed');
    for (const [name, text] of Object.entries(sections)) write(name, text);
  }
  const told = [...committed('agents').split('\n'), committed('agents-story')];
  for (const text of [...sections.agents.split('\n'), sections['agents-story']])
    assert.ok(told.includes(text), `out of date (npm run test:agents -- --write): ${text}`);
});

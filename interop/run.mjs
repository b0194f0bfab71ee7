/** `node run.mjs`: the story with every client, then docs/clients.md against it; `--write` rewrites its sections. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { committed, list, table, write } from './page.mjs';
import { makeScene } from './scene.mjs';
import { PERSON, STORY } from './story.mjs';

const PROTOCOL_VERSION = 'io.modelcontextprotocol/protocolVersion';
const TIMEOUT_MS = 120_000;
const at = (path) => new URL(path, import.meta.url);

const clients = await Promise.all(
  readdirSync(at('clients'))
    .sort()
    .map((file) => import(at(`clients/${file}`))),
);
const versionOf = (name) => JSON.parse(readFileSync(at(`node_modules/${name}/package.json`), 'utf8')).version;
const HEAD = ['client', 'version', 'as', 'opens with', 'era', 'starts the server', 'the model is shown', 'a person is asked', 'result'];
const rows = [];

for (const { name, asks = false, variants } of clients)
  for (const [variant, connect] of Object.entries(variants))
    test(`${name}, ${variant}`, { timeout: TIMEOUT_MS }, async (t) => {
      const scene = makeScene();
      t.after(() => scene.remove());
      let failures = 0;
      const step = (title, run) =>
        t.test(title, async () => {
          failures += 1;
          await run();
          failures -= 1;
        });

      const play = async (part, server, person = {}) => {
        const session = await connect(server, person.ask);
        for (const [title, run] of Object.entries(part)) await step(title, () => run({ ...scene, ...person, session }));
        await session.close();
      };
      await play(STORY, scene.server());
      const [opens, era, starts] = [scene.sent()[0].method, eraOf(scene), scene.starts()];
      if (asks) await play(PERSON, scene.server(), createPerson());

      let shown;
      await step('shows which part of an answer it passes on', async () => {
        shown = await shownBy(connect, scene);
      });
      await step('leaves no server behind, and each ended with 0', async () => {
        assert.deepEqual(await scene.ends(), Array(scene.starts()).fill(0));
      });
      rows.push([
        ...[name, versionOf(name), variant, opens, era],
        ...[['once', 'twice'][starts - 1] ?? 'for each call', shown, asks ? 'yes' : 'no'],
        failures === 0 ? 'passes' : 'fails',
      ]);
    });

test('docs/clients.md shows this run', () => {
  const expected = clients.reduce((sum, { variants }) => sum + Object.keys(variants).length, 0);
  assert.equal(rows.filter((row) => row.includes('passes')).length, expected, 'a page tells of a whole run that passed');
  const sections = {
    libraries: table(HEAD, rows.sort()),
    'libraries-story': list(Object.keys(STORY)),
    'libraries-person': list(Object.keys(PERSON)),
  };
  for (const [name, text] of Object.entries(sections)) {
    if (process.argv.includes('--write')) write(name, text);
    assert.equal(committed(name), text, 'out of date: npm run docs:clients');
  }
});

/** One who answers as told, and remembers what was asked. */
function createPerson() {
  const [questions, answers] = [[], []];
  const ask = async (question) => {
    questions.push(question);
    return answers.shift();
  };
  return { questions, answers, ask };
}

/** The revision that calls are made in. */
function eraOf({ sent, answered }) {
  const call = sent().find(({ method }) => method === 'tools/call');
  return call.params._meta?.[PROTOCOL_VERSION] ?? answered().find((result) => result.protocolVersion).protocolVersion;
}

/** Which part of an answer reaches the model. */
async function shownBy(connect, { server }) {
  const session = await connect(server({ MARK: '1' }));
  const { text, structured } = await session.call('list_tags', {});
  await session.close();
  const marks = [text && JSON.parse(text).mark, structured?.mark].filter(Boolean);
  assert.ok(marks.length > 0);
  return marks.length === 2 ? 'both' : `${marks[0]} only`;
}

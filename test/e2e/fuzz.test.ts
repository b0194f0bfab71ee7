/** Whatever comes in, the server goes on answering, and nothing is written that no answer tells of. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HINTS } from '../../src/core/errors.ts';
import { clean } from '../../src/core/text.ts';
import { type GitRepository, makeRepository } from '../support/git-repository.ts';
import { initialize, type RawServer, startRaw } from '../support/raw-server.ts';

const TOOLS = ['create_tag', 'get_tag', 'list_tags', 'delete_tag', 'tag_release', 'show_release', 'compare_tags'];
const SECRET = 'glpat-fuzz-0123456789';
const BATCH = 100;

let repository: GitRepository;
let server: RawServer;
beforeAll(async () => {
  repository = makeRepository();
  for (const title of ['first', 'second']) repository.commit(title);
  repository.feed(Array.from({ length: 20 }, (_, index) => `create refs/tags/v${index} HEAD\n`).join(''), 'update-ref', '--stdin');
  // A credential is configured, but its host is closed: a call can only fail there.
  server = startRaw(repository.path, { GITLAB_TOKEN: SECRET, GITLAB_URL: 'http://127.0.0.1:9', TAGWRIGHT_DEFAULT_PROVIDER: 'git' });
  await initialize(server);
});
afterAll(() => {
  server.stop();
  repository.remove();
});

const refs = () => repository.git('for-each-ref', '--format=%(refname) %(objectname)');

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom(
    'v1',
    'main',
    'HEAD',
    '../../etc',
    '-x',
    'a\u202eb',
    '\u001b[31m',
    SECRET,
    'refs/tags/v1',
    '..',
    '',
    '%2e%2e',
    'v1\u200b',
    '--help',
  ),
);
const value = fc.oneof(
  text,
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.array(text, { maxLength: 3 }),
  fc.jsonValue({ maxDepth: 3 }),
);
const args = fc.dictionary(
  fc.oneof(
    fc.constantFrom(
      'name',
      'ref',
      'message',
      'force',
      'provider',
      'repository',
      'cursor',
      'limit',
      'search',
      'order_by',
      'targets',
      'expected_commit_id',
    ),
    text,
  ),
  value,
  { maxKeys: 6 },
);

const METHODS = [
  'tools/call',
  'tools/list',
  'initialize',
  'ping',
  'notifications/cancelled',
  'notifications/initialized',
  'logging/setLevel',
  'resources/read',
  'completion/complete',
];
const message = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }).map((line) => line.replaceAll('\n', ' ')),
  fc.jsonValue().map((json) => JSON.stringify(json)),
  fc
    .record(
      {
        jsonrpc: fc.constantFrom('2.0', '1.0', 2),
        id: fc.oneof(fc.integer({ min: 1e6 }), text, fc.constant(null)),
        method: fc.oneof(fc.constantFrom(...METHODS), text),
        params: value,
      },
      { requiredKeys: [] },
    )
    .map((json) => JSON.stringify(json)),
  fc.record({ jsonrpc: fc.constant('2.0'), id: fc.string(), result: value }).map((json) => JSON.stringify(json)),
);

describe('fuzzing', () => {
  it('2 000 random protocol messages leave it answering and the repository as it was', async () => {
    const before = refs();
    await fc.assert(
      fc.asyncProperty(fc.array(message, { minLength: BATCH, maxLength: BATCH }), async (lines) => {
        for (const line of lines) server.write(line);
        expect((await server.ask('ping')).result).toEqual({});
      }),
      { numRuns: 2_000 / BATCH },
    );
    expect(refs()).toBe(before);
  }, 60_000);

  it('2 000 random tool calls leave it answering, and write only what an answer tells', async () => {
    const before = new Map(
      refs()
        .split('\n')
        .map((line) => line.split(' ') as [string, string]),
    );
    const told = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.constantFrom(...TOOLS), args), { minLength: BATCH, maxLength: BATCH }), async (calls) => {
        const answers = await Promise.all(calls.map(([name, given]) => server.ask('tools/call', { name, arguments: given })));
        for (const { result } of answers) {
          expect(result).toBeDefined();
          const said = JSON.stringify(result);
          expect(said).not.toContain(SECRET);
          for (const { text: shown } of result?.content ?? []) expect(clean(shown)).toBe(shown);
          if (result?.isError) expect(Object.keys(HINTS)).toContain(result.content?.[0]?.text.split(':', 1)[0]);
          else told.add(said);
        }
      }),
      { numRuns: 2_000 / BATCH },
    );
    const after = new Map(
      refs()
        .split('\n')
        .map((line) => line.split(' ') as [string, string]),
    );
    const changed = [...new Set([...before.keys(), ...after.keys()])].filter((ref) => before.get(ref) !== after.get(ref));
    for (const ref of changed)
      expect(
        [...told].some((said) =>
          said.includes(JSON.stringify(clean(ref.replace('refs/tags/', '')).replaceAll(SECRET, '[secret]')).slice(1, -1)),
        ),
        ref,
      ).toBe(true);
  }, 120_000);
});

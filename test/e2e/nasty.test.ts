/** One argument, however nasty, keeps nobody else waiting: a ping beside it is answered within a second. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCodearts } from '../sandbox/codearts.ts';
import { startGitlab } from '../sandbox/gitlab.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { type GitRepository, makeRepository } from '../support/git-repository.ts';
import { initialize, type RawServer, startRaw } from '../support/raw-server.ts';

const WITHIN_MS = 1_000;
const LONG = 100_000;
const SYSTEMS = ['git', 'gitlab', 'lakefs', 'codearts', 'vers'];

let repository: GitRepository;
let sandboxes: Sandbox[];
let server: RawServer;
beforeAll(async () => {
  repository = makeRepository();
  repository.commit('first');
  const [gitlab, codearts] = [await startGitlab(), await startCodearts()];
  gitlab.addProject('acme/app');
  sandboxes = [gitlab, codearts];
  server = startRaw(repository.path, {
    GITLAB_TOKEN: 'glpat-sandbox-0123456789',
    GITLAB_URL: gitlab.url,
    LAKECTL_SERVER_ENDPOINT_URL: 'http://127.0.0.1:9',
    LAKECTL_CREDENTIALS_SESSION_TOKEN: 'nasty-0123456789',
    CODEARTS_TOKEN: 'nasty-0123456789',
    CODEARTS_URL: codearts.url,
    VERS_API_KEY: 'nasty-0123456789',
    VERS_URL: 'http://127.0.0.1:9',
    TAGWRIGHT_DEFAULT_PROVIDER: 'git',
    TAGWRIGHT_REPOSITORIES: SYSTEMS.flatMap((name) => [`${name}:**`, `${name}:*/*-*-*-*x`]).join(','),
    TAGWRIGHT_PROTECTED_TAGS: 'v*.*.*,*-*-*-*x,{a,b}*[!c]*/**',
    TAGWRIGHT_TIMEOUT_MS: '2000',
  });
  await initialize(server);
});
afterAll(async () => {
  server.stop();
  repository.remove();
  await Promise.all(sandboxes.map((one) => one.close()));
});

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
const letters = [
  '/',
  '.',
  '-',
  ' ',
  '\n',
  '\\',
  '[',
  '{',
  '{a,',
  '*',
  '@',
  ':',
  '%',
  '"',
  '(',
  '#',
  '0',
  'a',
  '\u2028',
  '\u001b[',
  '\ud800',
  '\u{1f600}',
  'é',
];

/** As JSON, since not all of them are values of this language. */
const NASTY: readonly (readonly [string, string])[] = [
  ...letters.flatMap((letter): [string, string][] => {
    const text = letter.repeat(Math.ceil(LONG / letter.length));
    return [
      [`a letter before 100 kB of ${JSON.stringify(letter)}`, JSON.stringify(`a${text}\n`)],
      [`4 000 of ${JSON.stringify(letter)}`, JSON.stringify(`v${letter.repeat(4_000 / letter.length)}\n`)],
    ];
  }),
  ['4 MB', JSON.stringify('a/'.repeat(1_900_000))],
  ['10 000 lists in one another', nested(10_000)],
  ['10 000 lists in one another, as text', JSON.stringify(nested(10_000))],
  ['a deep object', `${'{"a":'.repeat(9_000)}1${'}'.repeat(9_000)}`],
  ['100 000 members', JSON.stringify(Array(100_000).fill(0))],
  ['100 000 empty objects', JSON.stringify(Array(100_000).fill({}))],
  ['100 000 keys', JSON.stringify(Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`k${index}`, index])))],
  ['a huge number', '1e308'],
  ['a number beyond all', '1e999'],
  ['a number of 100 000 digits', '9'.repeat(LONG)],
];

const TOOLS: Readonly<Record<string, readonly string[]>> = {
  create_tag: ['name', 'ref', 'message', 'expected_commit_id', 'repository', 'provider', 'force', 'nonsense'],
  get_tag: ['name', 'repository'],
  delete_tag: ['name', 'expected_commit_id', 'repository'],
  compare_tags: ['head', 'base', 'limit', 'repository'],
  list_tags: ['search', 'contains', 'stable', 'cursor', 'limit', 'order_by', 'repository'],
  tag_release: ['name', 'message', 'targets', 'dry_run'],
  show_release: ['name', 'targets'],
};
const KNOWN: Record<string, unknown> = { name: 'v1', ref: 'HEAD' };
const needed = (tool: string) => Object.fromEntries(Object.entries(KNOWN).filter(([name]) => TOOLS[tool]?.includes(name)));

/** The call, and how long a ping that follows it takes. */
async function pingAfter(tool: string, argument: string, value: string, more: object = {}): Promise<number> {
  const { [argument]: _, ...rest } = { ...needed(tool), ...more } as Record<string, unknown>;
  const given = `{${JSON.stringify(argument)}:${value},${JSON.stringify(rest).slice(1)}`.replace(/,\}$/, '}');
  const id = `nasty-${Math.random()}`;
  server.write(`{"jsonrpc":"2.0","id":"${id}","method":"tools/call","params":{"name":"${tool}","arguments":${given}}}`);
  const started = performance.now();
  expect((await server.ask('ping')).result).toEqual({});
  const took = performance.now() - started;
  await expect.poll(() => server.messages.some((message) => message.id === id), { timeout: 10_000, interval: 5 }).toBe(true);
  server.messages.length = 0;
  return took;
}

describe.each(Object.entries(TOOLS))('%s', (tool, names) => {
  it.each(names)('with a nasty %s', { timeout: 120_000 }, async (argument) => {
    for (const [what, value] of NASTY) expect(await pingAfter(tool, argument, value), what).toBeLessThan(WITHIN_MS);
  });
});

describe.each(SYSTEMS.slice(1))('%s', (provider) => {
  const repositories: Record<string, string> = { gitlab: 'acme/app', lakefs: 'data-lake', codearts: '7', vers: 'images' };
  it.each(['name', 'ref', 'repository', 'search', 'cursor'])('with a nasty %s', { timeout: 120_000 }, async (argument) => {
    const tools = { name: 'delete_tag', ref: 'create_tag', repository: 'get_tag', search: 'list_tags', cursor: 'list_tags' };
    const tool = tools[argument as keyof typeof tools];
    for (const [what, value] of NASTY.filter(([name]) => name.startsWith('4') || !tool.startsWith('list')))
      expect(await pingAfter(tool, argument, value, { provider, repository: repositories[provider] }), what).toBeLessThan(WITHIN_MS);
  });
});

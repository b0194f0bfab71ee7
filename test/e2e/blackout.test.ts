/** A stranger's .env calls our own words secret: nothing of ours is blacked out, and what comes from its own system is. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { type GitRepository, makeRepository } from '../support/git-repository.ts';
import { initialize, modernMeta, type RawServer, startRaw } from '../support/raw-server.ts';

let repository: GitRepository;
let stranger: Sandbox;
let server: RawServer;

/** What this server says, and whom it says it of. */
const WORDS = ['created', 'already_exists', 'unchanged', 'Delete tag', 'There is no tag'];
const KEY = 'key-of-the-stranger';
const MESSAGE = `Made with ${KEY}, created by git`;
const SETTINGS = { TAGWRIGHT_DEFAULT_PROVIDER: 'git' };
const ID = '6f1c9a7e-0b0d-4b7e-9c1e-0123456789ab';

beforeEach(async () => {
  repository = makeRepository();
  for (const title of ['first', 'second']) repository.commit(title);
  stranger = await startSandbox(({ path }) =>
    path.endsWith('/v1')
      ? { status: 200, body: { tag_id: ID, tag_name: 'v1', commit_id: ID, description: MESSAGE } }
      : { status: 418, body: { error: `Not with key%2dof%2Dthe-stranger; already_exists` } },
  );
});
afterEach(async () => {
  server?.stop();
  await stranger.close();
  repository.remove();
});

async function startWith(values: Record<string, string>): Promise<void> {
  const lines = Object.entries(values).map(([name, value]) => `${name}='${value}'\n`);
  writeFileSync(join(repository.path, '.env'), lines.join(''));
  server = startRaw(repository.path, SETTINGS);
  await initialize(server);
}
const call = async (name: string, args: object) => (await server.ask('tools/call', { name, arguments: args })).result;
const textOf = (result: Awaited<ReturnType<typeof call>>) => result?.content?.[0]?.text ?? '';

it.each(['words', 'places'])('%s: results, errors, questions and progress of other systems read as ever', async (kind) => {
  const secrets = kind === 'words' ? WORDS : [repository.path, join(repository.path, '.git'), 'v1.0.0', 'commit_id', 'main'];
  await startWith(Object.fromEntries(secrets.map((secret, index) => [`VERS_API_KEY__S${index}`, secret])));

  expect((await call('create_tag', { name: 'v1.0.0', ref: 'main~1' }))?.structuredContent).toMatchObject({
    provider: 'git',
    repository: repository.path,
    outcome: 'created',
    tag: { name: 'v1.0.0' },
  });
  expect((await call('create_tag', { name: 'v1.0.0', ref: 'main~1' }))?.structuredContent).toMatchObject({ outcome: 'unchanged' });
  expect(textOf(await call('create_tag', { name: 'v1.0.0', ref: 'main' }))).toMatch(
    /^already_exists: "v1\.0\.0" already stands at [0-9a-f]{40}; "main" is /,
  );
  expect(textOf(await call('get_tag', { name: 'v2' }))).toBe(
    `tag_not_found: There is no tag "v2" in ${JSON.stringify(repository.path)}. Call list_tags to see which tags exist.`,
  );
  expect((await call('list_tags', {}))?.structuredContent).toMatchObject({
    provider: 'git',
    order_by: 'updated',
    tags: [{ name: 'v1.0.0' }],
  });

  // One that is asked a question speaks the newer protocol.
  const before = server.messages;
  server.stop();
  server = startRaw(repository.path, SETTINGS);
  const asked = await server.ask('tools/call', { ...modernMeta({ elicitation: {} }), name: 'delete_tag', arguments: { name: 'v1.0.0' } });
  const question = JSON.stringify(asked.result?.inputRequests);
  expect(question).toContain('v1.0.0');
  expect(question).toContain(JSON.stringify(repository.path).slice(1, -1));
  expect(JSON.stringify([...before, ...server.messages])).not.toContain('[secret]');
});

it('its own system’s answers and errors are redacted, and the same words elsewhere are not', async () => {
  await startWith({ VERS_API_KEY__X: KEY, VERS_URL__X: stranger.url });
  repository.feed(MESSAGE, 'tag', '-a', '-F', '-', 'v1', 'main');
  const of = (provider: string, repository?: string) => ({ provider, ...(repository && { repository }), name: 'v1' });

  expect((await call('get_tag', of('git')))?.structuredContent).toMatchObject({ tag: { message: MESSAGE } });
  expect((await call('get_tag', of('vers-x', 'app')))?.structuredContent).toMatchObject({
    tag: { message: 'Made with [secret], created by git' },
  });
  const refused = textOf(await call('list_tags', { provider: 'vers-x', repository: 'app' }));
  expect(refused).toMatch(/^unexpected_response: /);
  expect(refused).toContain('upstream: 418 "Not with [secret]; already_exists"');

  const shown = await call('show_release', { name: 'v1', targets: [{ provider: 'git' }, { provider: 'vers-x', repository: 'app' }] });
  expect(shown?.structuredContent).toMatchObject({ name: 'v1', complete: true });
  expect(stranger.seen.every(({ headers }) => headers.authorization === `Bearer ${KEY}`)).toBe(true);
});

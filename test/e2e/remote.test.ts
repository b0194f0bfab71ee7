/** Git remotes by the built server: what is the default, what the operator bounds, and what is written down. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { ADA } from '../providers/remote/workshop.ts';
import { gitlabAccess, startGitlab } from '../sandbox/gitlab.ts';
import { lakefsAccess, startLakefs } from '../sandbox/lakefs.ts';
import { openGitHost } from '../support/git-host.ts';
import { makeRepository, temporaryDirectory } from '../support/git-repository.ts';
import { spawnServer } from '../support/server.ts';

const TOKEN = 'token-of-the-host-1';

async function open(env: (origin: string) => Record<string, string> = () => ({}), credential = true) {
  const root = temporaryDirectory();
  const bare = makeRepository({ path: join(root, 'host/acme/app.git'), bare: true });
  const host = await openGitHost({ root: join(root, 'host'), ...(credential && { credential: `git:${TOKEN}` }) });
  const clone = makeRepository({ path: join(root, 'clone') });
  const commit = clone.commit('first');
  clone.git('push', '-q', bare.path, 'main');
  clone.git('remote', 'add', 'origin', `${host.origin}/acme/app.git`);
  const { client, close } = await spawnServer({ cwd: clone.path, env: { ...ADA, ...env(host.origin) } });
  onTestFinished(async () => {
    await close();
    await host.close();
    rmSync(root, { recursive: true, force: true });
  });
  const call = async (name: string, args: Record<string, unknown>) => {
    const { content, structuredContent } = await client.callTool({ name, arguments: args });
    return {
      text: content.map((block) => (block.type === 'text' ? block.text : '')).join('\n'),
      result: structuredContent as Record<string, unknown> | undefined,
    };
  };
  return { root, host, bare, clone, commit, client, call };
}

const asClone = (origin: string) => ({ GIT_REMOTE_URL: `${origin}/acme/app.git`, GIT_REMOTE_TOKEN: TOKEN });

it('neither the clone nor its remote is the silent default; the operator may say which', async () => {
  const { client, call } = await open();
  const tool = (await client.listTools()).tools.find(({ name }) => name === 'get_tag');
  expect(tool?.inputSchema.required).toContain('provider');
  expect((await call('get_tag', { name: 'v1' })).text).toMatch(/^invalid_input: provider/);
  const said = await open(() => ({ TAGWRIGHT_DEFAULT_PROVIDER: 'remote' }), false);
  expect((await said.call('create_tag', { name: 'v1', ref: 'main' })).result).toMatchObject({
    provider: 'remote',
    repository: `${said.host.origin}/acme/app`,
    outcome: 'created',
  });
});

it('a release without targets goes to the clone and to its host, as one object', async () => {
  const { call, clone, bare, host } = await open(asClone);
  const { result } = await call('tag_release', { name: 'v1', message: 'Notes' });
  expect(result).toMatchObject({
    outcome: 'created',
    targets: [{ provider: 'git' }, { provider: 'remote', repository: `${host.origin}/acme/app` }],
  });
  expect(clone.git('rev-parse', 'v1')).toBe(bare.git('rev-parse', 'v1'));
  expect((await call('show_release', { name: 'v1' })).result).toMatchObject({ complete: true });
});

it('where GitLab is set up for the same repository, it is that target; named twice it is an obstacle', async () => {
  const gitlab = await startGitlab();
  onTestFinished(() => gitlab.close());
  gitlab.commit(gitlab.addProject('acme/app'), 'main', 'first');
  const { call, bare } = await open((origin) => ({ ...asClone(origin), ...gitlabAccess(gitlab), GITLAB_PROJECT: 'acme/app' }));
  const { result } = await call('tag_release', { name: 'v1', dry_run: true });
  expect(result?.targets).toMatchObject([{ provider: 'git' }, { provider: 'gitlab' }]);
  expect(result?.targets).toHaveLength(2);
  const twice = await call('tag_release', { name: 'v1', targets: [{ provider: 'gitlab' }, { provider: 'remote' }] });
  expect(twice.text).toMatch(/^release_failed: .*is the same repository as/);
  expect(bare.git('tag')).toBe('');
});

it('a release that fails takes back what it made on the host, and leaves the tag that the clone had before', async () => {
  const lakefs = await startLakefs();
  onTestFinished(() => lakefs.close());
  lakefs.commit(lakefs.addRepository('training'), 'main');
  const { call, bare, clone } = await open((origin) => ({ ...asClone(origin), ...lakefsAccess(lakefs), LAKEFS_REPOSITORY: 'training' }));
  const refuse = () => lakefs.fault({ kind: 'status', status: 403 }, { method: 'POST' });
  clone.git('tag', '-m', 'Notes', 'v1', 'main');
  for (const name of ['v1', 'v2']) {
    refuse();
    expect((await call('tag_release', { name, message: 'Notes' })).text).toMatch(/^release_failed: /);
    expect(bare.git('tag')).toBe('');
    expect(clone.git('tag')).toBe('v1');
  }
});

it('what the operator allows is compared with the canonical address, by every spelling', async () => {
  const { call, host, bare } = await open((origin) => ({ ...asClone(origin), TAGWRIGHT_REPOSITORIES: `remote:${origin}/other/*` }));
  for (const repository of ['origin', `${host.origin}/acme/app.git`, undefined])
    expect((await call('create_tag', { provider: 'remote', repository, name: 'v1', ref: 'main' })).text).toMatch(
      /^policy_denied: .*TAGWRIGHT_REPOSITORIES/,
    );
  expect(bare.git('tag')).toBe('');
  const allowing = await open((origin) => ({
    ...asClone(origin),
    TAGWRIGHT_REPOSITORIES: `remote:${origin}/acme/*`,
    TAGWRIGHT_PROTECTED_TAGS: 'v*',
  }));
  expect((await allowing.call('create_tag', { provider: 'remote', name: 'v1', ref: 'main' })).result).toMatchObject({ outcome: 'created' });
  expect((await allowing.call('delete_tag', { provider: 'remote', name: 'v1' })).text).toMatch(
    /^policy_denied: .*TAGWRIGHT_PROTECTED_TAGS/,
  );
});

it('every write is written down, and the token stands nowhere', async () => {
  const log = join(temporaryDirectory(), 'audit.jsonl');
  const { call, host, clone } = await open((origin) => ({ ...asClone(origin), TAGWRIGHT_AUDIT_LOG: log }));
  const texts = [
    (await call('create_tag', { provider: 'remote', name: 'v1', ref: 'main', message: `with ${TOKEN} in it` })).text,
    (await call('get_tag', { provider: 'remote', name: 'v1' })).text,
    (await call('create_tag', { provider: 'remote', name: 'v1', ref: 'nowhere' })).text,
    (await call('delete_tag', { provider: 'remote', name: 'v1' })).text,
    (await call('get_tag', { provider: 'remote', repository: `${host.origin.replace('//', `//git:${TOKEN}@`)}/acme/none`, name: 'v1' }))
      .text,
  ];
  const written = readFileSync(log, 'utf8');
  const lines = written
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines[0]).toMatchObject({ provider: 'remote', repository: `${host.origin}/acme/app`, tag: 'v1' });
  expect(lines.length).toBeGreaterThanOrEqual(4);
  for (const secret of [TOKEN, Buffer.from(`git:${TOKEN}`).toString('base64')])
    expect([...texts, written].join('\n')).not.toContain(secret);
  expect(clone.git('config', '--list')).not.toContain(TOKEN);
});

it('a .env that names an address without a credential of its own is not followed', async () => {
  const { host, call, clone } = await open();
  writeFileSync(join(clone.path, '.env'), `GIT_REMOTE_URL=${host.origin}/acme/other.git\nTAGWRIGHT_GIT_REMOTES=**\n`);
  const second = await spawnServer({ cwd: clone.path, env: ADA });
  onTestFinished(second.close);
  const { content } = await second.client.callTool({
    name: 'get_tag',
    arguments: { provider: 'remote', repository: `${host.origin}/acme/other`, name: 'v1' },
  });
  expect(JSON.stringify(content)).toContain('policy_denied');
  expect((await call('get_tag', { provider: 'remote', name: 'v1' })).text).toMatch(/^unauthenticated/);
  expect(host.seen.filter(({ url }) => url.includes('other'))).toEqual([]);
});

/** What only a real lakeFS can prove: its refs, its names, its locks, its hooks, its rights. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { codeOf, failureOf, quietCall, toolsOn } from '../support/target.ts';
import { connect } from './connect.ts';
import { consented } from './consent.ts';
import { openFreshLake } from './fresh-lake.ts';
import { ask, commitTo, hookUp, isNear, plantIn, putOn } from './lake-api.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function open(over: Parameters<typeof openFreshLake>[0] = {}) {
  const lake = await openFreshLake(over);
  closing.push(lake.close);
  const resolve = (ref: string) => lake.provider.resolve(lake.name, ref, quietCall());
  return { ...lake, resolve, tools: toolsOn(lake.provider, lake.repository) };
}

const hooks = (event: string, type: string, property: string) =>
  `name: tags of the test\non:\n  ${event}:\nhooks:\n  - id: one\n    type: ${type}\n    properties:\n      ${property}\n`;

/** A server of ours that the hooks of the repository ask from now on. */
async function webhook(name: string, event: string) {
  const hook = { status: 200 };
  const server = createServer((_, answer) => answer.writeHead(hook.status).end());
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  closing.push(() => server.close());
  await hookUp(name, hooks(event, 'webhook', `url: http://127.0.0.1:${(server.address() as AddressInfo).port}/`));
  return hook;
}

describe.runIf(consented.lakefs)('a real lakeFS', () => {
  it('tells the commit of a tag, its labels too', async () => {
    const { tools, name } = await open();
    const id = await commitTo(name, 'Retrained\n\nby airflow', { run: '42', source: 'airflow' });
    await tools.create({ name: 'v1', ref: 'main' });
    const { tag } = await tools.get('v1');
    expect(tag).toMatchObject({ commit_id: id, commit: { title: 'Retrained', metadata: { run: '42', source: 'airflow' } } });
    expect(Math.abs(Date.parse(tag.commit?.committed_date ?? '') - Date.now())).toBeLessThan(300_000);
    expect((await tools.delete({ name: 'v1' })).deleted).toMatchObject({ commit: { title: 'Retrained' } });
  });

  it('has for every spelling of a ref the commit that is meant, or the same code from both ways', async () => {
    const { tools, resolve, name, older, newer } = await open();
    const good = ['main', 'main@', 'main^0', newer.commit, newer.commit.slice(0, 9), `lakefs://${name}/main`];
    for (const ref of good) expect(await resolve(ref), ref).toBe(newer.commit);
    for (const ref of ['main~1', 'main^', `lakefs://${name}/main~1`]) expect(await resolve(ref), ref).toBe(older.commit);
    const bad = [
      'nope',
      'main~99',
      'main^^^^',
      'main~x',
      'main~-1',
      'main^-1',
      'a@b',
      '~1',
      'a b',
      'a/b',
      '0'.repeat(64),
      newer.commit.slice(0, 2),
    ];
    for (const ref of bad) {
      expect(await codeOf(resolve(ref)), ref).toBe('ref_not_found');
      expect(await codeOf(tools.create({ name: 'v1', ref })), ref).toBe('ref_not_found');
    }
    for (const ref of ['main$', 'lakefs://other/main', `lakefs://${name}/main/a.csv`])
      expect(await codeOf(resolve(ref)), ref).toBe('invalid_input');
    expect(await tools.list()).toMatchObject({ tags: [] });
  });

  it('has no tag of a name that none can have', async () => {
    const { tools } = await open();
    for (const name of ['a/b', 'a b', 'a..b', 'a:b', 'a?b', 'a\\b', 'x.lock', 'x.', '@', 'a@{b', '..']) {
      expect(await codeOf(tools.get(name)), name).toBe('tag_not_found');
      expect(await codeOf(tools.delete({ name })), name).toBe('tag_not_found');
    }
  });

  it('locked takes nothing, whatever is forced', async () => {
    const { tools, provider, name, names, seed } = await open({ read_only: true });
    await seed(['v1']);
    expect((await tools.create({ name: 'v1', ref: 'main' })).outcome).toBe('unchanged');
    expect(await codeOf(tools.create({ name: 'v2', ref: 'main', force: true }))).toBe('read_only');
    expect(await codeOf(tools.delete({ name: 'v1', force: true }))).toBe('read_only');
    expect(await codeOf(Promise.resolve(provider.admit?.(name, 'v2', quietCall())))).toBe('read_only');
    expect(await names()).toEqual(['v1']);
  });

  it('refuses by a hook in its own words, and nothing is made', async () => {
    const { tools, name, names } = await open();
    const script = 'if string.sub(action.tag_id, 1, 1) ~= "v" then error("tag names begin with v, got " .. action.tag_id) end';
    await hookUp(name, hooks('pre-create-tag', 'lua', `script: '${script}'`));
    const refused = await failureOf(tools.create({ name: 'bad', ref: 'main' }));
    expect([refused.code, refused.upstream?.text]).toEqual(['rejected', expect.stringContaining('tag names begin with v, got bad')]);
    expect(refused.upstream?.text).not.toMatch(/run id|traceback/);
    await tools.create({ name: 'v1', ref: 'main' });
    expect(await names()).toEqual(['v1']);
  });

  it.runIf(isNear)('whose hook has closed meanwhile loses a moved tag, and says what has to be opened and how it comes back', async () => {
    const { tools, name, names } = await open();
    const hook = await webhook(name, 'pre-create-tag');
    await tools.create({ name: 'v1', ref: 'main' });
    await commitTo(name, 'later'); // the hooks that count are those of the commit that is tagged
    hook.status = 403;
    const lost = await failureOf(tools.create({ name: 'v1', ref: 'main', force: true }));
    expect(lost).toMatchObject({ code: 'rejected', hint: expect.stringMatching(/opened first.*create_tag/) });
    hook.status = 200;
    const [, restore = ''] = /create_tag (\{.*\})/.exec(lost.hint) ?? [];
    const { provider: _, repository: __, ...args } = JSON.parse(restore);
    expect((await tools.create(args)).outcome).toBe('created');
    expect(await names()).toEqual(['v1']);
  });

  it('whose hook goes on after the call was given up has the tag moved in the end', async () => {
    const { name, repository, older } = await open();
    // A webhook ends with the request that it was asked for; a loop in Lua does not.
    const script = 'for i = 1, 30000000 do local x = i end';
    await hookUp(name, hooks('pre-delete-tag', 'lua', `script: ${script}`));
    const { provider } = await connect('lakefs', { TAGWRIGHT_TIMEOUT_MS: '1000' });
    const tools = toolsOn(provider, repository);
    await tools.create({ name: 'v1', ref: 'main' });
    const moved = await tools.create({ name: 'v1', ref: older.commit, force: true });
    expect(moved).toMatchObject({ outcome: 'moved', tag: { commit_id: older.commit } });
    expect((await tools.get('v1')).tag.commit_id).toBe(older.commit);
  });

  it('ends a log at stop_at, which is in it, and leaves out what it has not come to by then', async () => {
    const { name, tools } = await open();
    const [root = '', side = '', base = '', merge = ''] = await plantIn(name, [
      { parents: [], message: 'root' },
      { parents: [0], message: 'side' },
      { parents: [0], message: 'base' },
      { parents: [2, 1], message: 'merge' },
    ]);
    const { results } = await ask<{ results: { id: string }[] }>('GET', `/repositories/${name}/refs/${merge}/commits?stop_at=${base}`);
    expect(results.map(({ id }) => id)).toEqual([merge, base]);
    const { commits } = await tools.compare({ head: merge, base });
    expect(commits.map(({ short_id }) => short_id)).toEqual([merge.slice(0, 12), side.slice(0, 12)]);
    expect(await tools.compare({ head: root, base: merge })).toMatchObject({ relation: 'diverged', total: 0 });
  });

  it('counts the objects that were added, changed and removed', async () => {
    const { name, tools } = await open();
    const before = await putOn(name, ['kept', 'changed', 'removed'], 'before');
    await ask<void>('DELETE', `/repositories/${name}/branches/main/objects?path=removed`);
    await putOn(name, ['changed', 'added', 'too'], 'now');
    expect(await tools.compare({ base: before })).toMatchObject({
      relation: 'ahead',
      total: 1,
      changes: { added: 2, changed: 1, removed: 1 },
    });
    await putOn(
      name,
      Array.from({ length: 1_005 }, (_, index) => `many/${index}`),
      'many',
    );
    expect((await tools.compare({ base: 'main~1' })).changes).toEqual({ added: 1_000, changed: 0, removed: 0, more: true });
  });

  it('where the address is not its API, is not said to have done anything', async () => {
    const { origin } = new URL(process.env.LAKECTL_SERVER_ENDPOINT_URL ?? '');
    for (const end of ['/api/v2', '/api', '/repositories', '/api/v1/api/v1']) {
      const { provider, repository } = await connect('lakefs', { LAKECTL_SERVER_ENDPOINT_URL: origin + end });
      const astray = await failureOf(toolsOn(provider, repository).create({ name: 'tagwright-live-astray', ref: 'main' }));
      expect([astray.code, astray.message]).toEqual(['unexpected_response', expect.not.stringContaining('may have taken effect')]);
    }
  });

  const [id = '', secret = ''] = (process.env.TAGWRIGHT_LIVE_LAKEFS_TAGGER ?? '').split(':');
  it.runIf(id)('repeats and moves for a credential that reads commits, and of branches main alone', async () => {
    const { repository, name, older, newer } = await open();
    const own = {
      LAKECTL_CREDENTIALS_SESSION_TOKEN: '',
      LAKECTL_CREDENTIALS_ACCESS_KEY_ID: id,
      LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY: secret,
    };
    const { provider } = await connect('lakefs', own);
    const tools = toolsOn(provider, repository);
    expect(await codeOf(Promise.resolve(provider.admit?.(name, 'main', quietCall())))).toBe('conflict');
    for (const ref of [newer.commit, 'main', newer.commit.slice(0, 9), 'main~0']) {
      expect((await tools.create({ name: 'v1', ref })).outcome, ref).toBe('created');
      expect((await tools.create({ name: 'v1', ref })).outcome, ref).toBe('unchanged');
      expect((await tools.create({ name: 'v1', ref: older.ref, force: true })).outcome, ref).toBe('moved');
      await tools.delete({ name: 'v1' });
    }
  });
});

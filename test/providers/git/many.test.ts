import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { toCursor } from '../../../src/core/listing.ts';
import { compareNames, compareVersions } from '../../../src/core/order.ts';
import { type GitRepository, makeRepository } from '../../support/git-repository.ts';
import { codeOf } from '../../support/target.ts';
import { directory, toolsIn, wrapped } from './workshop.ts';

const COUNT = 100_000;
const name = (index: number) => `rel/1.${index}`;

let repository: GitRepository;
beforeAll(() => {
  repository = makeRepository();
  const [older, newer] = [repository.commit('older'), repository.commit('newer')];
  const refs = Array.from({ length: COUNT }, (_, index) => `${index % 1_000 ? older : newer} refs/tags/${name(index)}\n`);
  refs.sort((a, b) => compareNames(a.slice(older.length), b.slice(older.length)));
  writeFileSync(join(repository.path, '.git/packed-refs'), `# pack-refs with: peeled fully-peeled sorted \n${refs.join('')}`);
});
afterAll(() => rmSync(dirname(repository.path), { recursive: true, force: true }));

/** A git that notes in `log` when it has said all it had to say. */
function watched() {
  const log = join(directory(), 'log');
  return { log, env: { PATH: wrapped(`case "$*" in *--sort=*) git "$@" && echo complete >> ${log}; exit;; esac`) } };
}

it('the first page of every order comes without the rest being read', async () => {
  for (const [order_by, first] of Object.entries({ name: 'rel/1.0', version: 'rel/1.0', updated: 'rel/1.1' })) {
    const { log, env } = watched();
    const { tags, next_cursor } = await toolsIn(repository, { env }).list({ order_by, sort: 'asc', limit: 20 });
    expect(tags).toHaveLength(20);
    expect(tags[0]?.name).toBe(first);
    expect(next_cursor).toBeDefined();
    await new Promise((wake) => setTimeout(wake, 100));
    expect(existsSync(log), order_by).toBe(false);
  }
});

it('a page in the middle and the last page are found', async () => {
  const query = { order_by: 'version', sort: 'asc', limit: 50 } as const;
  const after = (index: number) => toCursor(repository.path, query, { name: name(index) });
  const middle = await toolsIn(repository).list({ ...query, cursor: after(49_999) });
  expect(middle.tags.map((tag) => tag.name)).toEqual(Array.from({ length: 50 }, (_, index) => name(50_000 + index)));

  const { log, env } = watched();
  const last = await toolsIn(repository, { env }).list({ ...query, cursor: after(COUNT - 11) });
  expect(last.tags.map((tag) => tag.name)).toEqual(Array.from({ length: 10 }, (_, index) => name(COUNT - 10 + index)));
  expect(last).not.toHaveProperty('next_cursor');
  expect(readFileSync(log, 'utf8'), 'the watch works').toBe('complete\n');
});

it('a search goes through them all', async () => {
  for (const order_by of ['name', 'updated']) {
    const { tags, next_cursor } = await toolsIn(repository).list({ search: '9999$', order_by, sort: 'desc', limit: 100 });
    const expected = Array.from({ length: 10 }, (_, index) => name(index * 10_000 + 9_999));
    expect(tags.map((tag) => tag.name).sort(compareVersions)).toEqual(expected);
    expect(next_cursor).toBeUndefined();
  }
});

it('a name that is a directory of all of them is no tag, and they are not all told', async () => {
  const size = join(directory(), 'size');
  const env = { PATH: wrapped(`case "$*" in *for-each-ref*) git "$@" | tee ${size}; exit;; esac`) };
  expect(await codeOf(toolsIn(repository, { env }).get('rel'))).toBe('tag_not_found');
  expect(readFileSync(size).length).toBeLessThan(1_000);
});

it('one is read, created, moved and deleted among them', async () => {
  const tools = toolsIn(repository);
  expect((await tools.get(name(77_777))).tag.commit?.title).toBe('older');
  expect((await tools.create({ name: name(77_777), ref: 'main', force: true })).outcome).toBe('moved');
  await tools.delete({ name: name(77_777) });
  expect((await tools.create({ name: name(77_777), ref: 'main~1' })).outcome).toBe('created');
});

it('a cancelled call leaves no git behind', async () => {
  const pids = join(directory(), 'pids');
  const env = { PATH: wrapped(`echo $$ >> ${pids}`) };
  const controller = new AbortController();
  const listing = toolsIn(repository, { env }, controller.signal).list({ order_by: 'updated' });
  setTimeout(() => controller.abort(), 150);
  expect(await codeOf(listing)).toBe('cancelled');
  const started = readFileSync(pids, 'utf8').trim().split('\n').map(Number);
  expect(started.length).toBeGreaterThan(1);
  for (const pid of started) expect(() => process.kill(pid, 0), String(pid)).toThrow('ESRCH');
});

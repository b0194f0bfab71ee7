import { expect, it } from 'vitest';
import { comparePlaces } from '../../../src/core/order.ts';
import type { OrderBy, Sort } from '../../../src/core/tag.ts';
import type { GitRepository } from '../../support/git-repository.ts';
import { codeOf } from '../../support/target.ts';
import { repositoryWith, toolsIn } from './workshop.ts';

const ORDERS: OrderBy[] = ['name', 'updated', 'version'];
const SORTS: Sort[] = ['asc', 'desc'];

/** All names, page by page, each page after `between` had its way. */
async function walk(repository: GitRepository, args: object, limit = 3, between: (page: number) => unknown = () => {}): Promise<string[]> {
  const names: string[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < 50; page += 1) {
    const { tags, next_cursor } = await toolsIn(repository).list({ ...args, limit, cursor });
    names.push(...tags.map(({ name }) => name));
    if (!next_cursor) return names;
    cursor = next_cursor;
    await between(page);
  }
  throw new Error('the walk does not end');
}

const tag = (repository: GitRepository, names: string[], at = 'main') =>
  repository.feed(names.map((name) => `create refs/tags/${name} ${repository.git('rev-parse', at)}\n`).join(''), 'update-ref', '--stdin');

it('equal dates fall back to the name, in both directions and across pages', async () => {
  const repository = repositoryWith(3);
  tag(repository, ['b', 'd', 'a', 'c'], 'main~1');
  tag(repository, ['z', 'y'], 'main~2');
  tag(repository, ['n', 'm'], 'main');
  expect(await walk(repository, { order_by: 'updated', sort: 'asc' })).toEqual(['y', 'z', 'a', 'b', 'c', 'd', 'm', 'n']);
  expect(await walk(repository, { order_by: 'updated' })).toEqual(['m', 'n', 'a', 'b', 'c', 'd', 'y', 'z']);
  expect(await walk(repository, {})).toEqual(['m', 'n', 'a', 'b', 'c', 'd', 'y', 'z']);
});

it('the date of an annotated tag is its own, and tags without one come as the oldest', async () => {
  const repository = repositoryWith(2);
  tag(repository, ['young']);
  repository.git('tag', 'tree', 'main^{tree}');
  repository.git('tag', '-m', 'late', 'annotated', 'main~1');
  repository.commit('later');
  repository.git('tag', '-m', 'latest', 'newest', 'main~2');
  expect(await walk(repository, { order_by: 'updated' }, 1)).toEqual(['newest', 'annotated', 'young', 'tree']);
  expect(await walk(repository, { order_by: 'updated', sort: 'asc' }, 1)).toEqual(['tree', 'annotated', 'young', 'newest']);
});

const VERSIONS = [
  'v1.0',
  'v1.0-rc1',
  'v1.0-rc2',
  'v1.0-beta',
  'v1.10',
  'v1.9',
  'v1.9-rc1',
  'v2',
  'v10',
  'V1',
  '1.2.3',
  'rel/1.0',
  'é1',
  'v01',
  'v1.0.0',
];

it('names and versions are ordered as git does, and as we say', async () => {
  const repository = repositoryWith();
  tag(repository, VERSIONS);
  for (const sort of SORTS) {
    const direction = sort === 'desc' ? '-' : '';
    const git = (key: string) =>
      repository.git('for-each-ref', `--sort=${direction}${key}`, '--format=%(refname:strip=2)', 'refs/tags').split('\n');
    const ours = (order_by: OrderBy) =>
      VERSIONS.map((name) => ({ name }))
        .sort(comparePlaces(order_by, sort))
        .map(({ name }) => name);
    for (const [order_by, key] of [
      ['name', 'refname'],
      ['version', 'version:refname'],
    ] as const) {
      expect(await walk(repository, { order_by, sort }), `${order_by} ${sort}`).toEqual(git(key));
      expect(git(key)).toEqual(ours(order_by));
    }
  }
});

it('versionsort.suffix puts the tags in another order and loses none', async () => {
  const repository = repositoryWith();
  tag(repository, VERSIONS);
  for (const suffix of ['-rc', '-beta', '']) repository.git('config', '--add', 'versionsort.suffix', suffix);
  for (const sort of SORTS)
    for (const limit of [1, 4]) {
      const names = await walk(repository, { order_by: 'version', sort }, limit);
      expect([...names].sort()).toEqual([...VERSIONS].sort());
    }
  const names = await walk(repository, { order_by: 'version', sort: 'asc' });
  expect(names.indexOf('v1.0-rc1')).toBeLessThan(names.indexOf('v1.0'));
});

it('tags that come and go meanwhile cost no other tag its place', async () => {
  for (const order_by of ORDERS)
    for (const sort of SORTS) {
      const repository = repositoryWith();
      const names = Array.from({ length: 12 }, (_, index) => `v${index + 10}`);
      tag(repository, names);
      const walked = await walk(repository, { order_by, sort }, 4, (page) => {
        if (page > 0) return;
        repository.git('tag', '-d', ...(sort === 'asc' || order_by === 'updated' ? ['v12', 'v13'] : ['v19', 'v18']));
        tag(repository, ['u', 'w']);
      });
      const expected = names.filter((name) => walked.slice(0, 4).includes(name) || repository.git('tag', '-l', name));
      expect(walked.filter((name) => names.includes(name)).sort(), `${order_by} ${sort}`).toEqual(expected);
      expect(new Set(walked).size).toBe(walked.length);
    }
});

it('characters of patterns are only characters in a search', async () => {
  const repository = repositoryWith();
  const names = ['a.b', 'axb', 'a+b', 'a(b', 'a|b', 'a$b', 'b$', '{a}', '-a', '%(refname)', 'ÄB'];
  tag(repository, names);
  const found = async (search: string) => (await walk(repository, { search, order_by: 'name' })).sort();
  expect(await found('a.b')).toEqual(['a.b']);
  expect(await found('.')).toEqual(['a.b']);
  expect(await found('a+')).toEqual(['a+b']);
  expect(await found('(')).toEqual(['%(refname)', 'a(b']);
  expect(await found('%(refname)')).toEqual(['%(refname)']);
  expect(await found('b$$')).toEqual(['b$']);
  expect(await found('$')).toEqual(['a$b', 'b$']);
  expect(await found('-a')).toEqual(['-a']);
  expect(await found('äb')).toEqual(['ÄB']);
  for (const search of ['\\', 'a\\.b', 'refs/tags', '--format=x']) expect(await found(search), search).toEqual([]);
  for (const search of ['*', '?', '[a-z]', '.*']) expect(await codeOf(found(search)), search).toBe('invalid_input');
});

it('branches, notes and remote tags are not among the tags', async () => {
  const repository = repositoryWith();
  for (const ref of ['refs/heads/b', 'refs/notes/n', 'refs/remotes/o/r', 'refs/tagsy/t', 'refs/tags/t'])
    repository.git('update-ref', ref, 'main');
  expect(await walk(repository, {})).toEqual(['t']);
});

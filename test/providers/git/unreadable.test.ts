/** Tags that git makes and then cannot show: what is said agrees with what stands. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tagsOf } from '../../../src/core/provider.ts';
import { makeRelease } from '../../../src/core/release.ts';
import { planRelease } from '../../../src/core/release-plan.ts';
import type { GitRepository } from '../../support/git-repository.ts';
import { codeOf, quietCall } from '../../support/target.ts';
import { connect, repositoryWith, toolsIn, wrapped } from './workshop.ts';

/** A commit with these dates, on a branch of its own. */
function datedCommit({ git, feed }: GitRepository, date: string, name = 'A'): string {
  const body = `tree ${git('rev-parse', 'main^{tree}')}\nparent ${git('rev-parse', 'main')}\nauthor ${name} <a@b> ${date}\ncommitter ${name} <a@b> ${date}\n\nodd\n`;
  const id = feed(body, 'hash-object', '-t', 'commit', '-w', '--literally', '--stdin');
  git('update-ref', 'refs/heads/odd', id);
  return id;
}

const DATES = [
  '18446744073709548016 +0100',
  '99999999999999999 +0000',
  '253402300800 +0000',
  '1767225600 +9999',
  '-5 +0000',
  '0 +0100',
  'x y',
  '',
];

describe.each(DATES)('a commit dated %j', (date) => {
  it('is tagged, moved to, released, listed beside others, and its tags are deleted', async () => {
    const repository = repositoryWith();
    const commit = datedCommit(repository, date);
    const tools = toolsIn(repository);
    repository.git('tag', 'good');
    for (const [name, message] of [['light'], ['heavy', 'm']] as const) {
      expect(await tools.create({ name, ref: 'odd', message })).toMatchObject({ outcome: 'created', tag: { name, commit_id: commit } });
      expect((await tools.create({ name, ref: 'odd', message })).outcome).toBe('unchanged');
    }
    expect(await tools.create({ name: 'good', ref: 'odd', force: true })).toMatchObject({ outcome: 'moved', tag: { commit_id: commit } });
    repository.git('tag', 'theirs', 'main');
    for (const order_by of ['updated', 'name', 'version']) {
      const { tags } = await tools.list({ order_by });
      expect(tags.map(({ name }) => name).sort()).toEqual(['good', 'heavy', 'light', 'theirs']);
      for (const { date: told } of tags) if (told !== undefined) expect(Date.parse(String(told))).not.toBeNaN();
    }
    expect((await tools.get('light')).tag).toMatchObject({ commit_id: commit, annotated: false });
    for (const name of ['light', 'heavy', 'good']) await tools.delete({ name });
    expect(repository.git('tag')).toBe('theirs');
  });
});

it('a date that cannot be written down is left out, and no other fact with it', async () => {
  const repository = repositoryWith();
  const commit = datedCommit(repository, '18446744073709548016 +0100');
  const { tag } = await toolsIn(repository).create({ name: 'v1', ref: 'odd' });
  expect(tag).toEqual({ name: 'v1', commit_id: commit, annotated: false, commit: { title: 'odd', author_name: 'A' } });
});

it.each(['-5 +0100', '18446744073709548016 +0100', 'nonsense'])('a tagger date of %j hides nothing', async (date) => {
  const repository = repositoryWith();
  const id = repository.git('rev-parse', 'main');
  const body = `object ${id}\ntype commit\ntag old\ntagger Eve <e@x> ${date}\n\nm\n`;
  repository.git('update-ref', 'refs/tags/old', repository.feed(body, 'hash-object', '-t', 'tag', '-w', '--literally', '--stdin'));
  repository.git('tag', 'new');
  const tools = toolsIn(repository);
  expect((await tools.list()).tags.map(({ name }) => name).sort()).toEqual(['new', 'old']);
  const { tag } = await tools.get('old');
  expect(tag).toMatchObject({ message: 'm', commit_id: id });
  if (date !== 'nonsense') expect(tag).not.toHaveProperty('created_at'); // which git takes for the beginning of its time
  await tools.delete({ name: 'old' });
});

it('a name that is not UTF-8 in a commit hides nothing', async () => {
  const repository = repositoryWith();
  const object = Buffer.concat([
    Buffer.from(`tree ${repository.git('rev-parse', 'main^{tree}')}\nauthor `),
    Buffer.from([0xe9, 0xff]),
    Buffer.from(' <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n\nx\n'),
  ]);
  writeFileSync(join(repository.path, 'object'), object);
  const id = repository.git('hash-object', '-t', 'commit', '-w', '--literally', 'object');
  expect((await toolsIn(repository).create({ name: 'v1', ref: id, message: 'm' })).tag.commit_id).toBe(id);
  expect((await toolsIn(repository).list()).tags).toHaveLength(1);
});

/** A git that fails, or does something else first, when it is asked to read the tags after they were written. */
const readingWith = (...lines: string[]) => ({ PATH: wrapped(`case "$*" in *for-each-ref*) ${lines.join('; ')};; esac`) });
const NAMES = ['v1', 'v2', 'there'];
const FATES: [what: string, lines: string[]][] = [
  ['refuses', ['echo "fatal: Timestamp too large for this system: 18446744073709548016" >&2', 'exit 128']],
  ['says more than can be held', ['exec head -c 80000000 /dev/zero']],
  ['is killed', ['kill -9 $$']],
  ['hangs', ['exec sleep 9']],
  ['finds it removed in the same moment', NAMES.map((name) => `git -C "$2" update-ref -d refs/tags/${name}`)],
  [
    'finds it moved in the same moment',
    NAMES.map((name) => `git -C "$2" rev-parse -q --verify refs/tags/${name} && git -C "$2" update-ref refs/tags/${name} main~1`),
  ],
];

describe.each(FATES)('where the git that reads the tag afterwards %s', (_, lines) => {
  it('a creation is a creation, and a move a move', async () => {
    const repository = repositoryWith(2);
    const [id, older] = [repository.git('rev-parse', 'main'), repository.git('rev-parse', 'main~1')];
    const provider = connect(repository.path, { env: readingWith(...lines), timeoutMs: 1_500 });
    const made = await provider.create(repository.path, { name: 'v1', ref: 'main' }, quietCall());
    expect(made).toEqual({ name: 'v1', commit_id: id, annotated: false });
    const draft = { name: 'v2', ref: 'main', message: 'm' };
    const heavy = await provider.create(repository.path, draft, quietCall());
    expect(heavy).toMatchObject({ name: 'v2', commit_id: id, annotated: true, message: 'm' });
    repository.git('update-ref', 'refs/tags/there', older);
    const from = { name: 'there', commit_id: older, annotated: false };
    expect(await provider.move(repository.path, { name: 'there', ref: 'main' }, from, quietCall())).toMatchObject({ commit_id: id });
  });
});

it('a release that failed elsewhere takes such a tag back, and never calls it never made', async () => {
  const repository = repositoryWith();
  datedCommit(repository, '18446744073709548016 +0100');
  const open = (provider: ReturnType<typeof connect>) => async () => ({
    address: { provider: 'git', repository: repository.path },
    canonical: async () => String(Math.random()),
    tags: () => tagsOf(provider, repository.path, quietCall()),
  });
  const provider = connect(repository.path);
  const failing = { ...provider, create: () => Promise.reject(new Error('out of order')) };
  const named = { provider: 'git', ref: 'odd' };
  const planned = await planRelease(
    { name: 'v2', message: 'm' },
    [
      { named, open: open(provider) },
      { named, open: open(failing) },
    ],
    quietCall(),
  );
  const error = await makeRelease('v2', planned, quietCall()).catch((failure: Error) => failure);
  expect(String(error)).toContain('created and removed again');
  expect(repository.git('tag')).toBe('');
});

describe('a tag that is too long to be read', () => {
  it('is told without its message, hides no other, and is deleted with a word about the loss', async () => {
    const repository = repositoryWith();
    const id = repository.git('rev-parse', 'main');
    writeFileSync(
      join(repository.path, 'object'),
      `object ${id}\ntype commit\ntag big\ntagger E <e@x> 1767225600 +0000\n\n${'x'.repeat(70_000_000)}\n`,
    );
    repository.git('update-ref', 'refs/tags/big', repository.git('hash-object', '-t', 'tag', '-w', '--literally', 'object'));
    rmSync(join(repository.path, 'object'));
    repository.git('tag', 'small');
    const tools = toolsIn(repository);
    expect((await tools.list()).tags.map(({ name, short_id }) => [name, short_id])).toContainEqual(['big', id.slice(0, 12)]);
    const { tag } = await tools.get('big');
    expect(tag).toMatchObject({ commit_id: id, annotated: true });
    expect(tag).not.toHaveProperty('message');
    expect((await tools.delete({ name: 'big' })).note).toContain('message');
    expect(repository.git('tag')).toBe('small');
  });

  it('a lightweight one on a large blob is none of them', async () => {
    const repository = repositoryWith();
    writeFileSync(join(repository.path, 'blob'), 'x'.repeat(70_000_000));
    const id = repository.git('hash-object', '-w', 'blob');
    const tools = toolsIn(repository);
    expect((await tools.create({ name: 'v1', ref: id })).tag.target_id).toBe(id);
    await tools.delete({ name: 'v1' });
  });
});

describe('refs that git leaves out', () => {
  const crlf = (repository: GitRepository) => {
    repository.git('pack-refs', '--all');
    const packed = join(repository.path, '.git/packed-refs');
    writeFileSync(packed, readFileSync(packed, 'utf8').replaceAll('\n', '\r\n'));
  };
  it.each<[string, (repository: GitRepository) => void, string]>([
    ['packed with CRLF', crlf, 'broken name'],
    ['empty', ({ path }) => writeFileSync(join(path, '.git/refs/tags/v1'), ''), 'broken ref'],
    ['nonsense', ({ path }) => writeFileSync(join(path, '.git/refs/tags/v1'), 'nonsense\n'), 'broken ref'],
    ['of another length', ({ path }) => writeFileSync(join(path, '.git/refs/tags/v1'), 'abc\n'), 'broken ref'],
  ])('%s: told in a list, and an error where they are asked for', async (_, spoil, words) => {
    const repository = repositoryWith();
    repository.git('tag', 'v1');
    spoil(repository);
    const tools = toolsIn(repository);
    for (const order_by of ['updated', 'name']) {
      const { tags, note } = await tools.list({ order_by });
      expect(tags).toEqual([]);
      expect(note).toMatch(/^git warns: ".*"( \(and \d+ more\))?\.$/);
      expect(note).toContain(words);
    }
    expect(await codeOf(tools.get('v1'))).toBe('rejected');
    expect(await codeOf(tools.delete({ name: 'v1' }))).toBe('rejected');
    expect(await codeOf(tools.get('v2'))).toBe('tag_not_found');
  });

  it('are told of on every page, and nothing is told where all is well', async () => {
    const repository = repositoryWith();
    for (const name of ['a', 'b', 'c']) repository.git('tag', name);
    expect(await toolsIn(repository).list()).not.toHaveProperty('note');
    for (const name of ['x', 'y']) writeFileSync(join(repository.path, '.git/refs/tags', name), '');
    const first = await toolsIn(repository).list({ limit: 2, order_by: 'name' });
    expect(first.note).toContain('(and 1 more)');
    expect((await toolsIn(repository).list({ limit: 2, order_by: 'name', cursor: first.next_cursor })).note).toContain('broken');
  });
});

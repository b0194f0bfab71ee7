import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { tagsOf } from '../../../src/core/provider.ts';
import { planRelease } from '../../../src/core/release-plan.ts';
import { type GitRepository, makeRepository } from '../../support/git-repository.ts';
import { codeOf, failureOf, quietCall } from '../../support/target.ts';
import { connect, directory, repositoryWith, toolsIn, wrapped } from './workshop.ts';

const resolverOf = (repository: GitRepository, env = {}) => {
  const provider = connect(repository.path, { env });
  return (ref: string) => provider.resolve(repository.path, ref, quietCall());
};

describe('a ref is one commit', () => {
  const repository = makeRepository();
  afterAll(() => rmSync(dirname(repository.path), { recursive: true }));
  for (const title of ['one', 'two', 'three', 'four']) repository.commit(title);
  repository.git('branch', 'feature/ü');
  repository.git('tag', '-m', 'm', 'v1', 'main~1');
  repository.git('update-ref', 'refs/remotes/origin/main', 'main~2');
  repository.git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/main');
  repository.git('config', 'remote.origin.url', '/nowhere');
  repository.git('config', 'remote.origin.fetch', '+refs/heads/*:refs/remotes/origin/*');
  repository.git('config', 'branch.main.remote', 'origin');
  repository.git('config', 'branch.main.merge', 'refs/heads/main');
  const main = repository.git('rev-parse', 'main');
  const resolve = resolverOf(repository);

  it.each([
    'HEAD',
    '@',
    'main',
    'refs/heads/main',
    'heads/main',
    'feature/ü',
    main,
    main.slice(0, 8),
    'main~0',
    'main^0',
    'main@{0}',
    '@{0}',
    'main^{commit}',
    'main^{}',
    'HEAD@{now}',
    `v1-1-g${main.slice(0, 9)}`,
    main.toUpperCase(),
  ])('%s', async (ref) => {
    expect(await resolve(ref)).toBe(main);
  });
  it.each(['v1', 'tags/v1', 'refs/tags/v1', 'v1^{}', 'v1~0', 'main~', 'main~1', 'main^', 'HEAD~1^0', 'main@{1}', '@{1}'])(
    '%s is the one before',
    async (ref) => {
      expect(await resolve(ref)).toBe(repository.git('rev-parse', 'main~1'));
    },
  );
  it.each([
    '@{u}',
    '@{upstream}',
    'main@{upstream}',
    'main@{push}',
    'origin',
    'origin/main',
    'refs/remotes/origin/HEAD',
    'main~1^',
    'main^^',
    'main~2',
  ])('%s is two before', async (ref) => {
    expect(await resolve(ref)).toBe(repository.git('rev-parse', 'main~2'));
  });

  it.each([
    '^main',
    'main~1..main',
    'main...v1',
    '--all',
    '-h',
    '--git-dir',
    'main^@',
    'main^!',
    'main^-',
    'main:',
    'main:a',
    ':a',
    ':0:a',
    'main main',
    'main^{tree}',
    'main^{blob}',
    'main^{/commit 1}',
    ':/commit 1',
    ':/',
    'HEAD^{/((((a{1,255}){1,255}){1,255}){1,255})}',
    '*',
    'v?',
    '[m]ain',
    'a\\b',
    '0'.repeat(40),
    'main\n',
    'main\t',
    '~1',
    '^',
    '',
    'nope',
    'nope~1',
    'refs/heads/nope',
    'main@{99}',
    'main@{$(x)}',
    '{main}',
    '@{',
    'main@{',
    'main~1000',
  ])('%j is none', async (ref) => {
    expect(await codeOf(resolve(ref))).toBe('ref_not_found');
  });

  it.each([':/((((a{1,255}){1,255}){1,255}){1,255})', 'main^{/x}', 'main..v1', 'main:README.md', '--all'])(
    '%j is never handed to git',
    async (ref) => {
      const log = join(directory(), 'log');
      const error = await failureOf(resolverOf(repository, { PATH: wrapped(`echo "$*" >> ${log}; cat >> ${log} < /dev/stdin`) })(ref));
      expect(error).toMatchObject({ code: 'ref_not_found', hint: expect.stringContaining('branch') });
      expect(() => readFileSync(log)).toThrow();
    },
  );

  it.each(['~1'.repeat(50_000), '^'.repeat(200_000), `main${'~1'.repeat(1_900)}`, `main${'@{0'.repeat(1_000)}`, `${'-'.repeat(4_000)}x`])(
    'that is long is answered at once',
    async (ref) => {
      const started = Date.now();
      expect(['invalid_input', 'ref_not_found']).toContain(await codeOf(resolve(ref)));
      expect(Date.now() - started).toBeLessThan(2_000);
    },
  );
});

describe('a ref of two meanings is refused, and both are named', () => {
  /** With another ref or two beside main; the ref that is asked for, and what is named. */
  const cases: [string, Record<string, string>, string, string[]][] = [
    ['branch and tag', { 'refs/tags/main': 'main~1' }, 'main', ['refs/heads/main', 'refs/tags/main']],
    ['with steps behind it', { 'refs/tags/main': 'main~1' }, 'main~1', ['refs/heads/main', 'refs/tags/main']],
    ['branch and tag on a tag', { 'refs/tags/main': 'annotated' }, 'main', ['refs/heads/main', 'refs/tags/main']],
    ['branch and remote branch', { 'refs/remotes/main': 'main~1' }, 'main', ['refs/heads/main', 'refs/remotes/main']],
    ['branch and remote', { 'refs/heads/up': 'main', 'refs/remotes/up/HEAD': 'main~1' }, 'up', ['refs/heads/up', 'refs/remotes/up/HEAD']],
    ['branch and ref', { 'refs/main': 'main~1' }, 'main', ['refs/heads/main', 'refs/main']],
    ['a tag named as a branch', { 'refs/tags/heads/main': 'main~1' }, 'heads/main', ['refs/heads/main', 'refs/tags/heads/main']],
    ['a branch named as a commit', { 'refs/heads/ID': 'main~1' }, 'ID', ['refs/heads/', 'the commit']],
    ['a tag named as a commit in short', { 'refs/tags/SHORT': 'main~1' }, 'SHORT', ['refs/tags/', 'the commit']],
  ];

  it.each(cases)('%s', async (_, refs, asked, names) => {
    const repository = repositoryWith(3);
    repository.git('tag', '-m', 'm', 'annotated', 'main~1');
    const id = repository.git('rev-parse', 'main');
    const spelt = (name: string) => name.replace('ID', id).replace('SHORT', id.slice(0, 8));
    for (const [name, target] of Object.entries(refs)) repository.git('update-ref', spelt(name), target);
    const ref = spelt(asked);
    repository.git('config', 'core.warnAmbiguousRefs', 'false');
    const error = await failureOf(toolsIn(repository).create({ name: 'v1.0.0', ref }));
    expect(error).toMatchObject({ code: 'invalid_input', hint: expect.stringContaining('in full') });
    for (const name of names) expect(error.message).toContain(name);
    expect(repository.git('tag', '--list', 'v1.0.0')).toBe('');
    const provider = connect(repository.path);
    const open = async () => ({
      address: { provider: 'git', repository: repository.path },
      canonical: () => provider.canonical(repository.path, quietCall()),
      tags: () => tagsOf(provider, repository.path, quietCall()),
    });
    const plan = await failureOf(planRelease({ name: 'v1.0.0' }, [{ named: { provider: 'git', ref }, open }], quietCall()));
    expect(plan.message).toContain('invalid_input');
  });

  it('but not where both stand at one commit, so that a call can be repeated', async () => {
    const repository = repositoryWith(2);
    repository.git('branch', 'v1.0.0');
    const tools = toolsIn(repository);
    expect((await tools.create({ name: 'v1.0.0', ref: 'v1.0.0' })).outcome).toBe('created');
    expect((await tools.create({ name: 'v1.0.0', ref: 'v1.0.0' })).outcome).toBe('unchanged');
  });

  it.each(['refs/heads/main', 'HEAD', '@'])('and %s is always one', async (ref) => {
    const repository = repositoryWith(2);
    const older = repository.git('rev-parse', 'main~1');
    for (const stray of ['refs/tags/main', 'refs/heads/HEAD', 'refs/tags/refs/heads/main']) repository.git('update-ref', stray, older);
    expect(await resolverOf(repository)(ref)).toBe(repository.git('rev-parse', 'refs/heads/main'));
  });

  it('and a short id that begins several asks for more of it', async () => {
    const repository = repositoryWith();
    const blobs = Array.from({ length: 2_000 }, (_, count) => `blob\ndata <<E\n${count}\nE\n`);
    repository.feed(blobs.join(''), 'fast-import', '--quiet');
    const ids = repository.git('cat-file', '--batch-all-objects', '--batch-check=%(objectname)').split('\n');
    const prefix = ids.map((id) => id.slice(0, 4));
    const twice = prefix.find((one, index) => prefix.indexOf(one) !== index);
    expect(await failureOf(resolverOf(repository)(twice ?? ''))).toMatchObject({
      code: 'invalid_input',
      hint: expect.stringContaining('digits'),
    });
  });
});

describe('damage is told as damage, in the words of git', () => {
  const objectOf = ({ path, git }: GitRepository, revision: string) => {
    const id = git('rev-parse', revision);
    return join(path, '.git/objects', id.slice(0, 2), id.slice(2));
  };
  const spoil = (path: string, how: (path: string) => void) => {
    chmodSync(path, 0o644);
    how(path);
  };
  const WAYS = {
    emptied: (path: string) => writeFileSync(path, ''),
    'cut off': (path: string) => writeFileSync(path, readFileSync(path).subarray(0, 12)),
    'filled with nonsense': (path: string) => writeFileSync(path, 'nonsense'),
    gone: (path: string) => rmSync(path),
  };
  describe.each(Object.entries(WAYS))('a commit that is %s', (_, how) => {
    it.each(['main', 'HEAD', 'refs/heads/main', 'v1', 'short', 'full'])('by %s', async (ref) => {
      const repository = repositoryWith(2);
      repository.git('tag', '-m', 'm', 'v1');
      const id = repository.git('rev-parse', 'main');
      spoil(objectOf(repository, 'main'), how);
      const error = await failureOf(resolverOf(repository)(ref === 'short' ? id.slice(0, 9) : ref === 'full' ? id : ref));
      const isNowhere = how === WAYS.gone && ['short', 'full'].includes(ref);
      expect(error.code).toBe(isNowhere ? 'ref_not_found' : 'rejected');
    });
  });

  it.each<[string, (repository: GitRepository) => void]>([
    ['an empty branch', ({ path }) => writeFileSync(join(path, '.git/refs/heads/main'), '')],
    ['a branch of nonsense', ({ path }) => writeFileSync(join(path, '.git/refs/heads/main'), 'nonsense\n')],
    [
      'packed refs with CRLF',
      ({ path, git }) => {
        git('tag', '-m', 'm', 'v1');
        git('pack-refs', '--all');
        const packed = join(path, '.git/packed-refs');
        writeFileSync(packed, readFileSync(packed, 'utf8').replaceAll('\n', '\r\n'));
      },
    ],
  ])('%s', async (_, prepare) => {
    const repository = repositoryWith(2);
    prepare(repository);
    for (const ref of ['main', 'HEAD', 'refs/heads/main']) {
      const error = await failureOf(toolsIn(repository).create({ name: 'v2', ref }));
      expect(error.code, ref).toBe('rejected');
      expect(error.upstream?.text, ref).toMatch(/\w/);
    }
  });
});

import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { GitRepository } from '../../support/git-repository.ts';
import { codeOf, quietCall, toolsOn } from '../../support/target.ts';
import { connect, directory, repositoryWith, tagObject, toolsIn, wrapped } from './workshop.ts';

const HOOKS = [
  'reference-transaction',
  'post-checkout',
  'post-index-change',
  'pre-auto-gc',
  'post-rewrite',
  'update',
  'fsmonitor-watchman',
];

/** Settings by which a repository would run `command`, were they obeyed. */
const settings = (command: string) => `
[core]
  fsmonitor = ${command}
  editor = ${command}
  pager = ${command}
  sshCommand = ${command}
  askPass = ${command}
  gitProxy = ${command}
  alternateRefsCommand = ${command}
  hooksPath = .git/hooks
[pager]
  for-each-ref = ${command}
  update-ref = ${command}
[alias]
  for-each-ref = !${command}
  update-ref = !${command}
  rev-parse = !${command}
  mktag = !${command}
[gpg]
  program = ${command}
[gpg "ssh"]
  program = ${command}
  defaultKeyCommand = ${command}
[tag]
  gpgSign = true
[log]
  showSignature = true
[credential]
  helper = !${command}
[sequence]
  editor = ${command}
[diff]
  external = ${command}
[uploadpack]
  packObjectsHook = ${command}
`;

const LOST = '1234567890123456789012345678901234567890';

/** Fetches what is missing from `remote`, by a command of its own. */
const partialClone = (url: string, command: string) => `
[extensions]
  partialClone = x
[remote "x"]
  promisor = true
  partialCloneFilter = blob:none
  url = ${url}
  uploadpack = ${command}
[protocol]
  allow = always
[protocol "ext"]
  allow = always
[protocol "file"]
  allow = always
`;

/** A repository that tries to run a program whenever git gives it a chance, and whether it ever did. */
function hostile(extra: (command: string) => string = () => '', prepare: (repository: GitRepository) => void = () => {}) {
  const repository = repositoryWith(2);
  prepare(repository);
  const outside = directory();
  const [marker, command, included] = ['marker', 'command', 'included'].map((name) => join(outside, name)) as [string, string, string];
  writeFileSync(command, `#!/bin/sh\necho "$0 $*" >> ${marker}\n`, { mode: 0o755 });
  for (const hook of HOOKS) writeFileSync(join(repository.path, '.git/hooks', hook), `#!/bin/sh\n${command}\n`, { mode: 0o755 });
  const config = join(repository.path, '.git/config');
  const evil = settings(command) + extra(command);
  const arm = (text: string) =>
    writeFileSync(config, `[core]\n  repositoryformatversion = 1\n[user]\n  name = Ada\n  email = ada@example.com\n${text}`);
  return {
    repository,
    marker,
    arm: () => arm(evil),
    armByInclude: (path = join(repository.path, 'included')) => {
      writeFileSync(path, evil);
      arm(`[include]\n  path = ${path}\n[includeIf "gitdir:/"]\n  path = ${path}\n`);
    },
    included,
  };
}

/** Everything the tools do, on a repository with signed tags. */
async function wholeLife(repository: GitRepository): Promise<void> {
  const tools = toolsIn(repository);
  await tools.create({ name: 'light', ref: 'main' });
  await tools.create({ name: 'heavy', ref: 'main~1', message: 'm' });
  await tools.create({ name: 'heavy', ref: 'main', force: true });
  for (const order_by of ['name', 'updated', 'version']) await tools.list({ order_by, format: 'detailed' });
  expect((await tools.get('signed')).tag.message).toBe('m');
  await tools.delete({ name: 'light' });
  await connect(repository.path).check(quietCall());
}

const sign = (repository: GitRepository) => {
  const body = 'm\n-----BEGIN PGP SIGNATURE-----\n\nabc=\n-----END PGP SIGNATURE-----\n';
  repository.git('update-ref', 'refs/tags/signed', tagObject(repository, repository.git('rev-parse', 'main'), 'commit', body));
};

describe('a hostile repository runs nothing', () => {
  it('though the trap works: git itself would spring it', () => {
    const { repository, marker, arm } = hostile();
    arm();
    repository.git('update-ref', 'refs/tags/v1', 'main');
    expect(existsSync(marker)).toBe(true);
  });

  it('by hooks or by its own settings', async () => {
    const { repository, marker, arm } = hostile(undefined, sign);
    arm();
    await wholeLife(repository);
    expect(existsSync(marker)).toBe(false);
  });

  it('by settings it includes, and from elsewhere it includes none', async () => {
    const { repository, marker, armByInclude, included } = hostile(undefined, sign);
    armByInclude();
    await wholeLife(repository);
    armByInclude(included);
    expect(await codeOf(wholeLife(repository))).toBe('policy_denied');
    expect(existsSync(marker)).toBe(false);
  });

  it('by the settings of one worktree', async () => {
    const { repository, marker, arm } = hostile(undefined, sign);
    arm();
    const config = join(repository.path, '.git/config');
    repository.git('config', 'extensions.worktreeConfig', 'true');
    writeFileSync(
      join(repository.path, '.git/config.worktree'),
      `[include]\n  path = ${config}\n[core]\n  bare = false\n  fsmonitor = true\n`,
    );
    rmSync(marker, { force: true });
    await wholeLife(repository);
    expect(existsSync(marker)).toBe(false);
  });

  for (const [kind, url] of Object.entries({
    'a local path': '/no/such/path',
    'a file URL': 'file:///no/such/path',
    ssh: 'ssh://localhost/x',
    'a command': 'ext::COMMAND %S x',
  }))
    it(`by fetching the objects that a partial clone lacks, from ${kind}, however old git is`, async () => {
      const { repository, marker, arm } = hostile((command) => partialClone(url.replace('COMMAND', command), command), sign);
      writeFileSync(join(repository.path, '.git/refs/tags/lost'), `${LOST}\n`);
      arm();
      for (const PATH of [process.env.PATH, wrapped('unset GIT_NO_LAZY_FETCH')]) {
        const tools = toolsIn(repository, { env: { PATH } });
        expect((await tools.list({ order_by: 'name' })).tags.map(({ name }) => name)).toEqual(['lost', 'signed']);
        for (const attempt of [() => tools.get('lost'), () => tools.list(), () => tools.create({ name: 'v1', ref: LOST })])
          expect(['rejected', 'ref_not_found']).toContain(await codeOf(attempt()));
      }
      expect(existsSync(marker)).toBe(false);
      expect(() => repository.git('cat-file', '-p', LOST)).toThrow();
      expect(existsSync(marker), 'the trap works').toBe(true);
    });

  it('and a program named git beside it is not the git that runs', async () => {
    const { repository, marker, arm } = hostile(undefined, sign);
    arm();
    writeFileSync(join(repository.path, 'git'), `#!/bin/sh\necho >> ${marker}\n`);
    chmodSync(join(repository.path, 'git'), 0o755);
    await wholeLife(repository);
    expect(existsSync(marker)).toBe(false);
  });
});

describe('the environment does not mislead', () => {
  it('to another repository, other objects or other settings', async () => {
    const [repository, other] = [repositoryWith(), repositoryWith()];
    other.git('tag', 'elsewhere');
    const away = join(other.path, '.git');
    const marker = join(directory(), 'marker');
    const env = {
      GIT_DIR: away,
      GIT_COMMON_DIR: away,
      GIT_WORK_TREE: other.path,
      GIT_INDEX_FILE: join(away, 'index'),
      GIT_OBJECT_DIRECTORY: join(away, 'objects'),
      GIT_ALTERNATE_OBJECT_DIRECTORIES: join(away, 'objects'),
      GIT_NAMESPACE: 'other',
      GIT_QUARANTINE_PATH: away,
      GIT_SHALLOW_FILE: join(away, 'shallow'),
      GIT_PREFIX: 'x/',
      GIT_CONFIG: '/dev/null',
      GIT_CONFIG_COUNT: '2',
      GIT_CONFIG_KEY_0: 'core.hooksPath',
      GIT_CONFIG_VALUE_0: '/',
      GIT_CONFIG_KEY_1: 'user.name',
      GIT_CONFIG_VALUE_1: 'Mallory',
      GIT_CONFIG_PARAMETERS: "'user.email=mallory@example.com'",
      GIT_REFERENCE_BACKEND: `files://${away}`,
      GIT_TRACE: '1',
      GIT_TRACE2_EVENT: marker,
      GIT_TRACE_SETUP: '2',
      LC_ALL: 'de_DE.UTF-8',
      LANGUAGE: 'de',
    };
    const tools = toolsIn(repository, { env });
    const { tag } = await tools.create({ name: 'v1', ref: 'main', message: 'm' });
    // By GIT_CONFIG_COUNT an operator says who tags; GIT_CONFIG_PARAMETERS is what a calling git was told.
    expect(tag.tagger).toEqual({ name: 'Mallory', email: 'ada@example.com' });
    expect((await tools.list()).tags.map(({ name }) => name)).toEqual(['v1']);
    expect(other.git('tag')).toBe('elsewhere');
    expect(existsSync(marker)).toBe(false);
  });

  it('by replaced objects', async () => {
    const repository = repositoryWith(2);
    repository.git('tag', '-m', 'true', 'v1', 'main');
    const other = repository.git('rev-parse', 'main~1');
    repository.git('replace', repository.git('rev-parse', 'v1'), tagObject(repository, other, 'commit', 'false\n'));
    repository.git('replace', 'main', other);
    const { tag } = await toolsIn(repository).get('v1');
    expect(tag).toMatchObject({ message: 'true', commit_id: repository.git('rev-parse', 'main'), commit: { title: 'commit 2' } });
  });

  it('away from a work tree that the settings put elsewhere', async () => {
    const repository = repositoryWith();
    mkdirSync(join(repository.path, 'a'));
    for (const elsewhere of ['/', '../..']) {
      repository.git('config', 'core.worktree', elsewhere);
      for (const spelling of ['.', 'a', '.git']) expect((await toolsOn(connect(repository.path), spelling).list()).tags).toEqual([]);
    }
  });
});

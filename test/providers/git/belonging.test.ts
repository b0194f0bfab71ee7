/** What is laid out in more than one place, and belongs together all the same. */
import { mkdirSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { failureOf, toolsOn } from '../../support/target.ts';
import { connect, directory, repositoryWith } from './workshop.ts';

/** One life of a tag in the repository at `path`. */
async function lives(path: string, roots: string[] = []): Promise<void> {
  const tools = toolsOn(connect(roots.length > 0 ? '/' : path, { roots }), path);
  expect((await tools.create({ name: 'made', ref: 'HEAD', message: 'm' })).outcome).toBe('created');
  expect((await tools.create({ name: 'made', ref: 'HEAD~1', force: true })).outcome).toBe('moved');
  expect((await tools.list({ search: '^made$' })).tags).toHaveLength(1);
  await tools.delete({ name: 'made' });
}

/** Why it is refused. */
const refusal = async (path: string, roots: string[] = []) => {
  const provider = connect(roots.length > 0 ? '/' : path, { roots });
  const error = await failureOf(toolsOn(provider, path).create({ name: 'made', ref: 'HEAD' }));
  expect(error.code).toBe('policy_denied');
  return error.message;
};

/** Layouts, and the directory to work in. */
const LAYOUTS: [what: string, lay: () => string][] = [
  [
    'a linked worktree beside its repository',
    () => {
      const { git, path } = repositoryWith(2);
      git('worktree', 'add', '-q', '--detach', '../tree');
      return join(path, '../tree');
    },
  ],
  [
    'a linked worktree inside its repository',
    () => {
      const { git, path } = repositoryWith(2);
      git('worktree', 'add', '-q', '--detach', 'tree');
      return join(path, 'tree');
    },
  ],
  [
    'a linked worktree that was moved and repaired',
    () => {
      const { git, path } = repositoryWith(2);
      git('worktree', 'add', '-q', '--detach', '../tree');
      renameSync(join(path, '../tree'), join(path, '../moved'));
      git('worktree', 'repair', '../moved');
      return join(path, '../moved');
    },
  ],
  [
    'a linked worktree with settings of its own',
    () => {
      const { git, path } = repositoryWith(2);
      git('config', 'extensions.worktreeConfig', 'true');
      git('worktree', 'add', '-q', '--detach', '../tree');
      git('-C', '../tree', 'config', '--worktree', 'core.sparseCheckout', 'true');
      return join(path, '../tree');
    },
  ],
  [
    'a worktree of a bare repository beside it',
    () => {
      const { git, path } = repositoryWith(2);
      git('clone', '-q', '--bare', '.', '../all/.bare');
      writeFileSync(join(path, '../all/.git'), 'gitdir: ./.bare\n');
      git('-C', '../all', 'worktree', 'add', '-q', 'tree', 'main');
      git('-C', '../all', 'config', 'user.name', 'Ada');
      git('-C', '../all', 'config', 'user.email', 'a@b');
      return join(path, '../all/tree');
    },
  ],
  [
    'the top of such worktrees, whose .git is a file that names a directory beside it',
    () => {
      const { git, path } = repositoryWith(2);
      git('clone', '-q', '--bare', '.', '../all/.bare');
      writeFileSync(join(path, '../all/.git'), 'gitdir: ./.bare\n');
      git('-C', '../all', 'config', 'user.name', 'Ada');
      git('-C', '../all', 'config', 'user.email', 'a@b');
      return join(path, '../all');
    },
  ],
  ['a submodule', () => submodule().path],
  [
    'a submodule whose .git was made a link (git-annex)',
    () => {
      const { path } = submodule();
      rmSync(join(path, '.git'));
      symlinkSync('../.git/modules/sub', join(path, '.git'));
      return path;
    },
  ],
  [
    'a submodule with settings of its own',
    () => {
      const { path, git } = submodule();
      git('-C', 'sub', 'config', 'extensions.worktreeConfig', 'true');
      git('-C', 'sub', 'config', '--worktree', 'core.worktree', '../../../sub');
      git('-C', 'sub', 'config', '--unset', 'core.worktree');
      return path;
    },
  ],
  ['the directory of refs', () => join(repositoryWith(2).path, '.git/refs')],
  [
    'the git directory of a worktree',
    () => {
      const { git, path } = repositoryWith(2);
      git('worktree', 'add', '-q', '--detach', '../tree');
      return join(path, '.git/worktrees/tree');
    },
  ],
  [
    'HEAD as a link to its branch',
    () => {
      const { path } = repositoryWith(2);
      rmSync(join(path, '.git/HEAD'));
      symlinkSync('refs/heads/main', join(path, '.git/HEAD'));
      return path;
    },
  ],
  [
    'links among what git does not touch',
    () => {
      const { path } = repositoryWith(2);
      for (const part of ['hooks', 'lfs', 'annex', 'info/exclude', 'description']) {
        rmSync(join(path, '.git', part), { recursive: true, force: true });
        symlinkSync(directory(), join(path, '.git', part));
      }
      return path;
    },
  ],
  [
    'settings included from the work tree',
    () => {
      const { git, path } = repositoryWith(2);
      writeFileSync(join(path, '.gitconfig'), '[user]\n name = Shared\n');
      git('config', '--add', 'include.path', '../.gitconfig');
      git('config', '--add', 'include.path', '../.absent');
      return path;
    },
  ],
];

function submodule() {
  const outer = repositoryWith(2);
  const inner = repositoryWith(2);
  outer.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner.path, 'sub');
  const path = join(outer.path, 'sub');
  for (const [key, value] of Object.entries({ 'user.name': 'Ada', 'user.email': 'a@b' })) outer.git('-C', 'sub', 'config', key, value);
  return { ...outer, path };
}

describe('goes on working, with roots and without', () => {
  it.each(LAYOUTS)('%s', async (_, lay) => {
    const path = realpathSync(lay());
    await lives(path);
    await lives(path, [join(path, '/')].map(() => '/tmp').concat(realpathSync('/tmp')));
  });

  it('a root reached by a link, and a repository whose parents are links', async () => {
    const { path } = repositoryWith(2);
    const alias = join(directory(), 'alias');
    symlinkSync(join(path, '..'), alias);
    await lives(join(alias, 'repo'), [alias]);
    await lives(join(alias, 'repo'), [join(path, '..')]);
    await lives(join(alias, 'repo'));
  });

  it.each([['--shared'], ['--reference', 'SOURCE', '--dissociate'], ['--reference', 'SOURCE']])(
    'a clone with %s inside the roots',
    async (...args) => {
      const root = directory();
      const source = repositoryWith(2, { path: join(root, 'source') });
      source.git('clone', '-q', ...args.map((arg) => arg.replace('SOURCE', source.path)), pathTo(source.path, args), join(root, 'clone'));
      for (const [key, value] of Object.entries({ 'user.name': 'Ada', 'user.email': 'a@b' }))
        source.git('-C', join(root, 'clone'), 'config', key, value);
      await lives(join(root, 'clone'), [root]);
      if (args.includes('--dissociate')) await lives(join(root, 'clone'));
      else expect(await refusal(join(root, 'clone'))).toContain('alternates');
    },
  );
});

const pathTo = (path: string, args: string[]) => (args[0] === '--shared' ? path : pathToFileURL(path).href);

describe('is refused, and told which file claims it', () => {
  it.each<[string, (at: { stray: string; own: string; closed: string }) => void, RegExp]>([
    [
      'a .git file that names another repository',
      ({ stray, closed }) => writeFileSync(join(stray, '.git'), `gitdir: ${closed}\n`),
      /core\.worktree/,
    ],
    [
      'one that names its worktree',
      ({ stray, closed }) => writeFileSync(join(stray, '.git'), `gitdir: ${closed}/worktrees/tree`),
      /no such worktree/,
    ],
    ['a .git that is a link to it', ({ stray, closed }) => symlinkSync(closed, join(stray, '.git')), /core\.worktree/],
    [
      'a made-up worktree',
      ({ stray, own, closed }) => {
        mkdirSync(own);
        for (const [name, text] of Object.entries({ HEAD: 'ref: refs/heads/main\n', commondir: `${closed}\n`, gitdir: `${stray}/.git\n` }))
          writeFileSync(join(own, name), text);
        writeFileSync(join(stray, '.git'), 'gitdir: own\n');
      },
      /commondir/,
    ],
    [
      'a git directory that shares one elsewhere',
      ({ stray, closed }) => {
        mkdirSync(join(stray, '.git/objects'), { recursive: true });
        mkdirSync(join(stray, '.git/refs'));
        writeFileSync(join(stray, '.git/HEAD'), 'ref: refs/heads/main\n');
        writeFileSync(join(stray, '.git/commondir'), closed);
      },
      /commondir/,
    ],
  ])('%s', async (_, claim, why) => {
    const root = directory();
    const other = repositoryWith(2, { path: join(root, 'closed') });
    other.git('worktree', 'add', '-q', '--detach', join(root, 'tree'));
    const stray = join(root, 'stray');
    mkdirSync(stray);
    claim({ stray, own: join(stray, 'own'), closed: join(other.path, '.git') });
    for (const roots of [[], [root]]) expect(await refusal(stray, roots)).toMatch(why);
    expect(other.git('tag')).toBe('');
  });

  it('a submodule that another directory claims', async () => {
    const { path } = submodule();
    const stray = join(path, '../../stray');
    mkdirSync(stray);
    writeFileSync(join(stray, '.git'), `gitdir: ${path}/../.git/modules/sub\n`);
    expect(await refusal(realpathSync(stray))).toContain('core.worktree');
  });
});

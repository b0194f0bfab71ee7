import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codeOf, failureOf, quietCall } from '../../support/target.ts';
import { connect, directory, repositoryWith } from './workshop.ts';

const call = () => quietCall();

describe.each([true, false])('what is exchanged after it was named, with roots: %s', (withRoots) => {
  it.each<[string, (at: { repo: string; closed: string }) => void]>([
    [
      'the repository, for a link',
      ({ repo, closed }) => {
        renameSync(repo, `${repo}.old`);
        symlinkSync(closed, repo);
      },
    ],
    [
      'its tags, for a link',
      ({ repo, closed }) => {
        rmSync(join(repo, '.git/refs/tags'), { recursive: true });
        symlinkSync(join(closed, '.git/refs/tags'), join(repo, '.git/refs/tags'));
      },
    ],
    [
      'its .git, for a file that names another',
      ({ repo, closed }) => {
        renameSync(join(repo, '.git'), join(repo, 'old'));
        writeFileSync(join(repo, '.git'), `gitdir: ${closed}/.git\n`);
      },
    ],
    [
      'a log, laid down as a link',
      ({ repo, closed }) => {
        mkdirSync(join(repo, '.git/logs/refs/tags'), { recursive: true });
        symlinkSync(join(closed, 'file'), join(repo, '.git/logs/refs/tags/v1'));
      },
    ],
  ])('%s: nothing is written', async (_, exchange) => {
    const root = directory();
    const open = repositoryWith(2, { path: join(root, 'open') });
    const closed = repositoryWith(2, { path: join(root, 'closed') });
    for (const { git } of [open, closed]) git('tag', 'v1', 'main~1');
    const id = closed.git('rev-parse', 'v1');
    const provider = withRoots ? connect('/', { roots: [open.path, closed.path] }) : connect(open.path);
    const repository = await provider.locate(open.path, call());
    const tag = { ...(await provider.get(repository, 'v1', call())), commit_id: id };
    exchange({ repo: open.path, closed: closed.path });
    for (const attempt of [
      () => provider.delete(repository, tag, false, call()),
      () => provider.move(repository, { name: 'v1', ref: 'main' }, tag, call()),
    ])
      expect(await codeOf(attempt())).toBe('policy_denied');
    expect(closed.git('rev-parse', 'v1')).toBe(id);
    expect(existsSync(join(closed.path, 'file'))).toBe(false);
  });
});

it('its settings: they are read again', async () => {
  const repository = repositoryWith();
  const provider = connect(repository.path);
  await provider.resolve(repository.path, 'main', call());
  repository.git('config', 'include.path', '/nowhere/settings');
  expect((await failureOf(provider.resolve(repository.path, 'main', call()))).message).toContain('include.path');
  repository.git('config', '--unset', 'include.path');
  await provider.resolve(repository.path, 'main', call());
});

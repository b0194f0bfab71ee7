/** What a repository may set: read from outside, by git itself, and let stand only where it was looked at. */
import { mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGit, type Git } from '../../src/git/command.ts';
import { entriesOf } from '../../src/git/look.ts';
import { createSettings } from '../../src/git/settings.ts';
import type { Site } from '../../src/git/site.ts';
import { isolated, temporaryDirectory } from '../support/git-repository.ts';
import { failureOf, quietCall, testHost } from '../support/target.ts';

let root: string;
let own: string;
let asked: string[][];
let git: Git;
const write = (name: string, text: string) => writeFileSync(join(own, name), text);
beforeEach(() => {
  root = temporaryDirectory();
  own = join(root, 'repo/.git');
  mkdirSync(own, { recursive: true });
  const real = createGit(testHost({ cwd: root, childEnv: { ...process.env, ...isolated } }));
  asked = [];
  git = {
    ...real,
    run: (at, args, ...rest) => {
      asked.push([at.path, ...args]);
      return real.run(at, args, ...rest);
    },
  };
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const site = async (): Promise<Site> => ({ path: join(root, 'repo'), own, common: own, parts: await entriesOf(own), pointer: undefined });
/** Of a fresh look, with what lies in the repository permitted. */
const settings = async (config: string, settingsOf = createSettings(git, join(root, 'home'))) => {
  write('config', config);
  return settingsOf(await site(), [join(root, 'repo')], quietCall());
};
const why = async (config: string) => {
  const { code, message, hint } = await failureOf(settings(config));
  expect(code).toBe('policy_denied');
  expect(hint).toBe('A person must look at the configuration of that repository; do not try another way.');
  return message;
};

describe('settings', () => {
  it('that were looked at are let stand, and git asks from outside, without what they include', async () => {
    expect(
      await settings(
        '[core]\n\tbare = false\n\tworktree = ../x\n[user]\n\tname = Ada\n[remote "a.b"]\n\turl = x\n[branch "main"]\n\tanything = 1\n',
      ),
    ).toEqual({
      overruled: [],
      worktree: '../x',
      remotes: [{ name: 'a.b', url: 'x', pushUrl: undefined }],
    });
    expect(asked).toEqual([['/', 'config', '--file', join(own, 'config'), '--no-includes', '--list', '-z']]);
  });
  it('of remotes are the first address of each, and where it is pushed to', async () => {
    const config =
      '[remote]\n\tpushDefault = x\n[remote "origin"]\n\turl = one\n\turl = two\n\tfetch = +refs/*:refs/*\n[remote "p"]\n\tpushurl = three\n[remote "q"]\n\turl = four\n\tpushurl = five\n';
    expect((await settings(config)).remotes).toEqual([
      { name: 'origin', url: 'one', pushUrl: undefined },
      { name: 'q', url: 'four', pushUrl: 'five' },
    ]);
  });
  it('that git does not know are none of its business; that it knows, and we do not, are refused by name', async () => {
    expect(await settings('[nosuch]\n\tthing = 1\n[no "such"]\n\tthing = 1\n')).toMatchObject({ overruled: [] });
    expect(asked.filter(([, command]) => command === 'help')).toHaveLength(1);
    expect(await why('[core]\n\tdeltaBaseCacheLimit = 1\n\tnotesRef = x\n[extensions]\n\trefStorage = ../elsewhere\n')).toBe(
      'The repository sets "extensions.refstorage", which puts its refs elsewhere; nothing was done.',
    );
    for (const storage of ['files', 'reftable']) await settings(`[extensions]\n\trefStorage = ${storage}\n`);
  });
  it('that only a newer git knows are refused by that git’s own list, and read from it once', async () => {
    const { run } = git;
    let lists = 0;
    git = {
      ...git,
      run: (at, args, ...rest) => {
        if (args[0] !== 'help') return run(at, args, ...rest);
        lists += 1;
        return Promise.resolve('New.Thing\nwild.*\nsub.<name>.Key\n');
      },
    };
    for (const config of ['[new]\n\tthing = 1\n', '[wild]\n\tanything = 1\n', '[wild "x"]\n\tanything = 1\n', '[sub "a.b"]\n\tkey = 1\n'])
      expect(await why(config), config).toMatch(/which this server does not know to be harmless; nothing was done\.$/);
    const settingsOf = createSettings(git, root);
    lists = 0;
    await settings('[new]\n\tother = 1\n[sub "x"]\n\tother = 1\n[newer]\n\tthing = 1\n', settingsOf);
    await settings('[new]\n\tother = 2\n', settingsOf);
    expect(lists).toBe(1);
    await settings('[user]\n\tnosuch = 1\n[core]\n\tbare = true\n', createSettings(git, root));
    expect(lists).toBe(1);
  });
  it('that configure hooks are overruled, each hook once', async () => {
    const config = '[hook "a.b"]\n\tcommand = x\n\tevent = y\n[hook "c"]\n\tevent = z\n[hook "d"]\n\tenabled = true\n[hook]\n\tjobs = 2\n';
    expect((await settings(config)).overruled).toEqual([
      ['hook.a.b.event', ''],
      ['hook.c.event', ''],
    ]);
  });
  it('without a value, and with one of several lines, are read as they are', async () => {
    expect((await settings('[core]\n\tbare\n\tworktree = "a\\nb"\n')).worktree).toBe('a\nb');
    expect(await settings('')).toEqual({ overruled: [], worktree: undefined, remotes: [] });
  });
});

describe('a file that is included', () => {
  it('counts, on any condition, where it is in the repository', async () => {
    write('more', '[core]\n\tworktree = y\n');
    for (const section of ['include', 'includeIf "onbranch:x"'])
      expect((await settings(`[${section}]\n\tpath = more\n`)).worktree).toBe('y');
    for (const config of ['[include]\n\tother = more\n', '[difftool "x"]\n\tpath = more\n', '[difftool "x"]\n\tpath = /etc/passwd\n'])
      expect((await settings(config)).worktree).toBeUndefined();
    write('a~b', '[core]\n\tworktree = y\n');
    expect((await settings('[include]\n\tpath = a~b\n')).worktree).toBe('y');
    expect(await why('[include]\n\tpath\n')).toContain('which is no file');
    write('config', '[include]\n\tpath = more\n');
    const permitted = [join(root, 'elsewhere'), join(root, 'repo')];
    expect((await createSettings(git, root)(await site(), permitted, quietCall())).worktree).toBe('y');
  });
  it('is refused elsewhere, where it is no file, and where it includes more', async () => {
    writeFileSync(join(root, 'outside'), '');
    mkdirSync(join(own, 'directory'));
    mkdirSync(join(root, 'home'));
    for (const path of ['../../outside', join(root, 'outside'), '~/x', '~somebody/x', '%(prefix)/x'])
      expect(await why(`[include]\n\tpath = ${path}\n`), path).toBe(
        'The repository sets "include.path", which leads out of it; nothing was done.',
      );
    expect(await why('[include]\n\tpath = directory\n')).toContain('which is no file');
    write('more', '[include]\n\tpath = most\n');
    expect(await why('[include]\n\tpath = more\n')).toContain('in a file that is itself included');
    expect(await settings('[include]\n\tpath = none\n')).toMatchObject({ overruled: [] });
    symlinkSync(join(root, 'outside'), join(own, 'link'));
    expect(await why('[include]\n\tpath = link\n')).toContain('which leads out of it');
  });
  it('is where a home is, where that is permitted', async () => {
    const home = join(root, 'repo/home');
    mkdirSync(home);
    writeFileSync(join(home, 'x'), '[core]\n\tworktree = z\n');
    expect((await settings('[include]\n\tpath = ~/x\n', createSettings(git, home))).worktree).toBe('z');
  });
  it('is what a check of tags reads, too', async () => {
    expect(await why('[fsck]\n\tskipList = /etc/passwd\n')).toContain('fsck.skiplist');
    write('skip', '');
    await settings('[fsck]\n\tskipList = skip\n');
  });
});

it('a worktree’s own are read where the repository says so', async () => {
  write('config.worktree', '[core]\n\tworktree = w\n');
  expect((await settings('')).worktree).toBeUndefined();
  expect((await settings('[extensions]\n\tworktreeConfig = true\n')).worktree).toBe('w');
});

describe('what was read', () => {
  const old = () => {
    for (const name of ['config', 'config.worktree', 'more'])
      try {
        utimesSync(join(own, name), 1, 1);
      } catch {
        // it is not there
      }
  };
  const settled = () => new Promise((wake) => setTimeout(wake, 150));
  it('is kept until a file changes, however its time is set', async () => {
    const settingsOf = createSettings(git, root);
    const read = async () => (await settingsOf(await site(), [join(root, 'repo')], quietCall())).worktree;
    write('config', '[core]\n\tworktree = a\n');
    old();
    await settled();
    expect([await read(), await read()]).toEqual(['a', 'a']);
    expect(asked).toHaveLength(1);
    write('config', '[core]\n\tworktree = b\n');
    old();
    expect(await read()).toBe('b');
    await settled();
    expect([await read(), await read()]).toEqual(['b', 'b']);
    expect(asked).toHaveLength(3);
  });
  it('is read anew where the worktree’s own changes', async () => {
    const settingsOf = createSettings(git, root);
    const read = async () => (await settingsOf(await site(), [join(root, 'repo')], quietCall())).worktree;
    write('config', '[extensions]\n\tworktreeConfig = true\n');
    write('config.worktree', '[core]\n\tworktree = a\n');
    await settled();
    expect([await read(), await read()]).toEqual(['a', 'a']);
    expect(asked).toHaveLength(2);
    write('config.worktree', '[core]\n\tworktree = b\n');
    expect(await read()).toBe('b');
  });
  it('is read anew where another file has its say', async () => {
    const settingsOf = createSettings(git, root);
    write('more', '');
    write('config', '[include]\n\tpath = more\n');
    await settled();
    for (let count = 0; count < 2; count += 1) await settingsOf(await site(), [join(root, 'repo')], quietCall());
    expect(asked).toHaveLength(4);
  });
  it('is read anew where it is too young to tell', async () => {
    const settingsOf = createSettings(git, root);
    write('config', '');
    for (let count = 0; count < 2; count += 1) await settingsOf(await site(), [join(root, 'repo')], quietCall());
    expect(asked).toHaveLength(2);
  });
});

/** Remotes as git understands them, and those of others, which are left alone. */
import { execFileSync } from 'node:child_process';
import { chownSync, lchownSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readRemotes } from '../../src/config/remotes.ts';
import { isolated, makeRepository, temporaryDirectory } from '../support/git-repository.ts';

let root: string;
let gitconfig: string;
beforeEach(() => {
  root = temporaryDirectory();
  gitconfig = join(root, 'gitconfig');
});
afterEach(() => rmSync(root, { recursive: true }));

const write = (file: string, text: string) => writeFileSync(join(root, file), text);
/** Ours, and what git itself says. */
function both(config: string, general = '') {
  const { path } = makeRepository({ path: join(root, 'repo') });
  writeFileSync(join(path, '.git/config'), config, { flag: 'a' });
  writeFileSync(gitconfig, general);
  const git = execFileSync('git', ['remote', 'get-url', 'origin'], {
    cwd: path,
    env: { ...process.env, ...isolated, GIT_CONFIG_GLOBAL: gitconfig },
    encoding: 'utf8',
  }).trim();
  const problems: string[] = [];
  return { ours: readRemotes(path, { gitconfig }, problems)[0]?.address, git, problems };
}
const WANTED = 'git@gitlab.example.com:group/app.git';

describe('an address is what git makes of it', () => {
  it.each([
    ['an alias', '[remote "origin"]\nurl = gl:group/app.git\n[url "git@gitlab.example.com:"]\ninsteadOf = gl:\n', ''],
    ['an alias of the person', '[remote "origin"]\nurl = gl:group/app.git\n', '[url "git@gitlab.example.com:"]\n\tinsteadOf = gl:\n'],
    [
      'the longest alias',
      '[remote "origin"]\nurl = gl:a/app.git\n',
      '[url "https://x.example/"]\ninsteadof=gl:\n[url "git@gitlab.example.com:group/"]\nINSTEADOF=gl:a/',
    ],
    ['a continued line', '[remote "origin"]\nurl = git@gitlab.example.com:\\\ngroup/app.git\n', ''],
    ['a continued line, as Windows ends it', '[remote "origin"]\r\nurl = git@gitlab.example.com:\\\r\ngroup/app.git\r\n', ''],
    ['a comment that ends in a backslash', '[remote "origin"]\n# why \\\nurl = git@gitlab.example.com:group/app.git\n', ''],
    ['quotes in the middle', '[remote "origin"]\nurl = git@"gitlab.example.com":group/app.git  ; why\n', ''],
    [
      'an escaped quote in the name of another',
      '[remote "a\\"b"]\nurl = x.example:y\n[remote "origin"]\nurl = git@gitlab.example.com:group/app.git\n',
      '',
    ],
    ['blanks at the end', '[remote "origin"]\nurl = git@gitlab.example.com:group/app.git \t # why\n', ''],
  ])('%s', (_, config, general) => {
    expect(both(config, general)).toEqual({ ours: WANTED, git: WANTED, problems: [] });
  });

  it.each(['.git/more', 'more', '.git/sub/../more'])('a file of the repository that it includes: %s', (file) => {
    mkdirSync(join(root, 'repo/.git/sub'), { recursive: true });
    write('repo/more', '');
    write(`repo/${file}`, '[remote "origin"]\nurl = git@gitlab.example.com:group/app.git\n');
    const { ours, git } = both(`[include]\npath = ${file.startsWith('.git/') ? file.slice(5) : `../${file}`}\n`);
    expect([ours, git]).toEqual([WANTED, WANTED]);
  });
});

describe('a file that is included', () => {
  const from = (config: string) => {
    mkdirSync(join(root, 'repo/.git'), { recursive: true });
    write('repo/.git/config', config);
    const problems: string[] = [];
    return { remotes: readRemotes(join(root, 'repo'), { gitconfig: '' }, problems).map(({ address }) => address), problems };
  };
  const ELSEWHERE = '[remote "origin"]\nurl = git@evil.example:a/b\n';

  it('from outside the repository is not read, nor through a link', () => {
    write('outside', ELSEWHERE);
    mkdirSync(join(root, 'repo/.git'), { recursive: true });
    symlinkSync(join(root, 'outside'), join(root, 'repo/.git/link'));
    for (const path of ['../../outside', join(root, 'outside'), 'link', '/dev/zero', '/dev/stdin', '~/x'])
      expect(from(`[include]\npath = ${path}\n`)).toEqual({ remotes: [], problems: [] });
  });
  it('by itself, or by many, ends', () => {
    mkdirSync(join(root, 'repo/.git'), { recursive: true });
    write('repo/.git/a', '[include]\npath = a\npath = a\npath = a\n');
    const started = performance.now();
    expect(from(`${'[include]\npath = a\n'.repeat(1_000)}${ELSEWHERE}`).remotes).toEqual(['git@evil.example:a/b']);
    expect(performance.now() - started).toBeLessThan(500);
  });
});

it.each([
  ['sections that never end', `[remote "${' '.repeat(500_000)}\n[a${' '.repeat(400_000)}`],
  [
    'aliases for many remotes',
    `${'[url "https://x.example/"]\ninsteadOf=aa\n'.repeat(12_000)}${'[remote "r"]\nurl=ssh://h.example/x\n'.repeat(12_000)}`,
  ],
  ['backslashes', `[remote "r"]\nurl = ${'\\'.repeat(500_000)}\n${'\\\n'.repeat(200_000)}`],
  ['quotes', `[remote "r"]\nurl = ${'"'.repeat(900_000)}`],
])('a configuration of %s takes no time to speak of', (_, config) => {
  mkdirSync(join(root, '.git'));
  write('.git/config', config);
  const started = performance.now();
  readRemotes(root);
  expect(performance.now() - started).toBeLessThan(1_000);
});

/** Only root can give a file away. */
describe.runIf(process.geteuid?.() === 0)('a repository of another user', () => {
  const STRANGER = 12_345;
  const made = () => {
    const repository = makeRepository({ path: join(root, 'repo') });
    repository.git('remote', 'add', 'origin', WANTED);
    return repository.path;
  };
  const read = (path: string, person = {}) => {
    const problems: string[] = [];
    return { remotes: readRemotes(path, { gitconfig: '', ...person }, problems).map(({ address }) => address), problems };
  };
  const refused = (path: string) => ({
    remotes: [],
    problems: [`The repository at ${JSON.stringify(path)} belongs to somebody else: where it was cloned from is not looked at.`],
  });

  it.each(['', '.git'])('is not looked at, nor from below: %j is theirs', (part) => {
    const path = made();
    mkdirSync(join(path, 'below'));
    chownSync(join(path, part), STRANGER, STRANGER);
    for (const directory of [path, join(path, 'below')]) expect(read(directory)).toEqual(refused(path));
  });
  it('is not looked at where a file of theirs leads to one of ours', () => {
    const path = made();
    mkdirSync(join(root, 'tree'));
    write('tree/.git', `gitdir: ${join(path, '.git')}\n`);
    expect(read(join(root, 'tree')).remotes).toEqual([WANTED]);
    lchownSync(join(root, 'tree/.git'), STRANGER, STRANGER);
    expect(read(join(root, 'tree'))).toEqual(refused(join(root, 'tree')));
  });
  it('is, where root acts for them, or the person told git that it is safe', () => {
    const path = made();
    for (const part of ['', '.git']) chownSync(join(path, part), STRANGER, STRANGER);
    expect(read(path, { sudoUid: String(STRANGER) }).remotes).toEqual([WANTED]);
    expect(read(path, { sudoUid: '1' }).remotes).toEqual([]);
    for (const safe of ['*', path, `${root}/*`]) {
      writeFileSync(gitconfig, `[safe]\n\tdirectory = /other\n\tdirectory = ${safe}\n`);
      expect(read(path, { gitconfig }).remotes).toEqual([WANTED]);
    }
  });
});

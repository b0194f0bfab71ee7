/** The ways that git takes for a deed: plain ones are let pass, others refused before git is asked. No git is. */
import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type Deed,
  headOf,
  namesOf,
  readingRefs,
  readingTag,
  readingTags,
  refuseOddParts,
  refuseOddWays,
  writingTag,
} from '../../src/git/footprint.ts';
import { entriesOf } from '../../src/git/look.ts';
import type { Site } from '../../src/git/site.ts';
import { temporaryDirectory } from '../support/git-repository.ts';
import { openBelow } from '../support/open-files.ts';
import { failureOf } from '../support/target.ts';

let root: string;
let git: string;
const at = (path: string) => join(git, path);
const put = (path: string, make: (path: string) => void) => {
  mkdirSync(dirname(at(path)), { recursive: true });
  rmSync(at(path), { recursive: true, force: true });
  make(at(path));
};
const file =
  (text = '') =>
  (path: string) =>
    writeFileSync(path, text);
const link =
  (to = '/etc/passwd') =>
  (path: string) =>
    symlinkSync(to, path);
const pipe = (path: string) => void execFileSync('mkfifo', [path]);
const folder = (path: string) => void mkdirSync(path);

beforeEach(() => {
  root = temporaryDirectory();
  git = join(root, 'git');
  for (const path of ['refs/heads', 'refs/tags', 'objects', 'info', 'logs/refs']) mkdirSync(at(path), { recursive: true });
  put('HEAD', file('ref: refs/heads/main\n'));
  put('refs/heads/main', file('a'.repeat(40)));
  put('refs/tags/v1', file('b'.repeat(40)));
  put('config', file());
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const site = async (): Promise<Site> => ({ path: git, own: git, common: git, parts: await entriesOf(git), pointer: undefined });
const parts = async () => refuseOddParts(await site());
const ways = async (deed: Deed) => refuseOddWays(await site(), deed);
const why = async (promise: Promise<unknown>) => {
  const { code, message } = await failureOf(promise);
  expect(code).toBe('policy_denied');
  return message;
};

describe('the parts of a git directory', () => {
  it('are plain, whatever else lies about', async () => {
    for (const path of ['hooks', 'index', 'other', 'gc.log', 'HEADx']) put(path, link());
    put('ORIG_HEAD', file());
    await parts();
  });
  it.each([
    'config',
    'config.worktree',
    'packed-refs',
    'packed-refs.lock',
    'shallow',
    'commondir',
    'gitdir',
    'refs',
    'logs',
    'objects',
    'info',
    'worktrees',
    'ORIG_HEAD',
    'FETCH_HEAD',
    'reftable',
  ])('are refused where %s is a link, or a pipe', async (path) => {
    put(path, link());
    expect(await why(parts())).toContain('is a link');
    put(path, pipe);
    expect(await why(parts())).toContain('is neither a file nor a directory');
  });
  it.each(['refs/heads', 'refs/x', 'info/grafts'])('are refused where %s is a link', async (path) => {
    put(path, link());
    expect(await why(parts())).toContain('is a link');
  });
  it('may have a HEAD that is a link to a branch, and to nothing else', async () => {
    for (const ref of ['refs/heads/main', 'refs/heads/a/b.c']) {
      put('HEAD', link(ref));
      await parts();
      expect(await headOf(git)).toBe(ref);
    }
    for (const to of [
      'config',
      '../elsewhere',
      'refs',
      'refs/../x',
      'refs/.hidden',
      'refs/a.lock',
      'refs/a b',
      'refs/a..b',
      'xrefs/heads/main',
      'refs/heads/main/',
    ]) {
      put('HEAD', link(to));
      expect(await why(parts()), to).toContain('is a link');
    }
  });
  it('name tables in their own directory alone', async () => {
    put('reftable/tables.list', file('0x01-0x02.ref\n'));
    await parts();
    for (const line of ['../../x.ref', 'a\\b.ref']) {
      put('reftable/tables.list', file(`${line}\n`));
      expect(await why(parts())).toContain('names tables elsewhere');
    }
    put('reftable/tables.list', file());
    put('reftable/x.ref', link());
    expect(await why(parts())).toContain('is a link');
  });
  it('are looked at in both directories of a worktree', async () => {
    const common = join(root, 'common');
    mkdirSync(join(common, 'refs'), { recursive: true });
    const worktree = { ...(await site()), common };
    await refuseOddParts(worktree);
    symlinkSync('/etc/passwd', join(common, 'packed-refs'));
    expect(await why(refuseOddParts(worktree))).toContain('is a link');
    symlinkSync('/etc/passwd', join(common, 'refs/heads'));
    expect(await why(refuseOddWays(worktree, { refs: ['refs/heads/main'] }))).toContain('is a link');
    put('refs/own', link());
    expect(await why(refuseOddWays(worktree, { refs: ['refs/own'] }))).toContain('is a link');
  });
});

describe('the way to a ref', () => {
  it('is plain, or ends early', async () => {
    for (const deed of [
      readingTag('v1'),
      readingTag('none/at/all'),
      readingTags,
      writingTag('v1'),
      writingTag('new/one'),
      { refs: ['HEAD'] },
      {},
    ])
      await ways(deed);
  });
  it('is refused where a step of it is a link or a pipe, or leads out', async () => {
    put('refs/tags/a', link('/etc'));
    expect(await why(ways(readingTag('a/b')))).toContain('is a link');
    put('refs/tags/a', pipe);
    expect(await why(ways(readingTag('a')))).toContain('is neither a file nor a directory');
    expect(await why(ways({ files: ['refs/../../x'] }))).toContain('leads out of its directory');
    put('info/x', link());
    expect(await why(ways({ files: ['info/x'] }))).toContain('is a link');
  });
  it('goes on where a ref names another, and ends where git gives up', async () => {
    put('refs/tags/s', file('ref: refs/x/t\n'));
    put('refs/x/t', link());
    expect(await why(ways(readingTag('s')))).toContain('is a link');
    put('refs/x/t', file('ref: refs/tags/s\n')); // for ever
    await ways(readingTag('s'));
    put('refs/tags/s', file('ref: main-worktree/refs/x/u'));
    put('refs/x/u', pipe);
    expect(await why(ways(readingTag('s')))).toContain('is neither');
    for (const text of ['not a ref: refs/x/u', 'xref: refs/x/u', 'a'.repeat(2 * 1024 * 1024)]) {
      put('refs/tags/s', file(text));
      await ways(readingTag('s'));
      await ways(readingTags);
      await ways(readingTag('beside'));
    }
    put('refs/tags/s', file('ref: refs/x/main-worktree/u'));
    put('refs/x/main-worktree/u', file());
    await ways(readingTag('s'));
    for (let step = 0; step < 7; step += 1) put(`refs/x/step-${step}`, file(`ref: refs/x/step-${step + 1}`));
    put('refs/x/step-5', pipe);
    expect(await why(ways({ refs: ['refs/x/step-0'] }))).toContain('is neither');
    expect(await why(ways({ refs: ['refs/x/step-1'] }))).toContain('is neither');
  });
  it('is followed from HEAD, which may be a link', async () => {
    put('refs/heads/main', link());
    expect(await why(ways({ refs: ['HEAD'] }))).toContain('is a link');
    put('HEAD', link('refs/heads/main'));
    expect(await why(ways({ refs: ['HEAD'] }))).toContain('is a link');
    put('HEAD', link('refs/heads/plain'));
    await ways({ refs: ['HEAD'] });
    put('HEAD', pipe);
    expect(await why(ways({ refs: ['HEAD'] }))).toContain('is neither');
    put('HEAD', file('ref: refs/heads/none'));
    await ways({ refs: ['HEAD'] });
    put('refs/heads/HEAD', link('refs/heads/main'));
    expect(await why(ways({ refs: ['refs/heads/HEAD'] }))).toContain('is a link');
  });
  it('goes through the log, only where that is read', async () => {
    put('logs/HEAD', link());
    await ways({ refs: ['HEAD'] });
    expect(await why(ways({ refs: ['HEAD'], logged: true }))).toContain('is a link');
  });
});

describe('what lies beside a ref', () => {
  it('is opened by git: a pipe is refused, a link but to a directory, and a ref that names one', async () => {
    put('refs/tags/beside', link('/etc'));
    await ways(readingTag('v2'));
    put('refs/tags/beside', link('/nowhere'));
    await ways(readingTag('v2'));
    put('refs/tags/beside', link());
    expect(await why(ways(readingTag('v2')))).toContain('is a link');
    put('refs/tags/beside', pipe);
    expect(await why(ways(readingTag('v2')))).toContain('is neither');
    put('refs/tags/beside', file('ref: refs/x/y'));
    await ways(readingTag('v2'));
    put('refs/x/y', pipe);
    expect(await why(ways(readingTag('v2')))).toContain('is neither');
  });
  it('has a log that nobody reads', async () => {
    put('refs/tags/beside', file('ref: refs/heads/main'));
    put('logs/refs/tags/beside', link());
    for (const deed of [readingTag('v2'), readingTags]) await ways(deed);
  });
  it('is not held open', async () => {
    for (const deed of [readingTag('v2'), readingTags]) await ways(deed);
    expect(openBelow(git)).toEqual([]);
  });
  it('is looked at to its depths where all are read', async () => {
    for (const make of [link(), link('/etc'), pipe]) {
      put('refs/tags/a/b/c', make);
      expect(await why(ways(readingTags))).toMatch(/is a link|is neither/);
    }
    put('refs/tags/a/b/c', file('ref: refs/x/y'));
    await ways(readingTags);
    put('refs/x/y', link());
    expect(await why(ways(readingTags))).toContain('is a link');
    expect(await why(ways({ whole: '' }))).toContain('is a link');
    put('refs/tags/a/b/c', file());
    await ways(readingTags);
  });
});

describe('a log that is written to', () => {
  it('has no other name elsewhere', async () => {
    put('logs/refs/tags/v1', file());
    await ways(writingTag('v1'));
    linkSync(at('logs/refs/tags/v1'), join(root, 'other'));
    expect(await why(ways(writingTag('v1')))).toContain('has another name elsewhere');
    await ways(writingTag('v2'));
  });
  it('is HEAD’s too, where HEAD is on that ref or may be', async () => {
    put('logs/HEAD', file());
    linkSync(at('logs/HEAD'), join(root, 'other'));
    await ways(writingTag('v1'));
    put('HEAD', file('ref: refs/tags/v1'));
    expect(await why(ways(writingTag('v1')))).toContain('has another name elsewhere');
    put('HEAD', file('ref: refs/heads/main'));
    put('refs/heads/main', file('ref: refs/tags/v1'));
    expect(await why(ways(writingTag('v1')))).toContain('has another name elsewhere');
    put('HEAD', file('a'.repeat(40)));
    await ways(writingTag('v1'));
    put('logs/refs/tags/v1', link());
    expect(await why(ways(writingTag('v1')))).toContain('is a link');
    put('logs/refs/tags/v1', folder);
    await ways(writingTag('v1'));
  });
});

it('names are looked for where git looks, and what is above them is listed', () => {
  expect(namesOf('a$&b')).toEqual(['refs/a$&b', 'refs/tags/a$&b', 'refs/heads/a$&b', 'refs/remotes/a$&b', 'refs/remotes/a$&b/HEAD']);
  expect(readingTag('a/b')).toEqual({ refs: ['refs/tags/a/b'], listed: ['refs', 'refs/tags', 'refs/tags/a'] });
  expect(writingTag('v')).toEqual({ refs: ['HEAD', 'refs/tags/v'], listed: ['refs', 'refs/tags'], written: 'refs/tags/v' });
  expect(readingTags).toEqual({ whole: 'refs/tags' });
  expect(readingRefs(['refs/heads/x'], { logged: true, elsewhere: false })).toEqual({
    refs: ['HEAD', 'refs/heads/x', ...namesOf('refs/heads/x')],
    listed: ['refs', 'refs/heads'],
    logged: true,
  });
  expect(readingRefs([], { logged: false, elsewhere: true })).toEqual({ refs: ['HEAD'], listed: [], logged: false, whole: '' });
});

/** Looking at what lies on the disk: what is no plain file is refused, and never waited for. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { storesFrom } from '../../src/git/alternates.ts';
import { isInside, reality, refuseAmong, textAt } from '../../src/git/look.ts';
import { enclosing, siteOf } from '../../src/git/site.ts';
import { temporaryDirectory } from '../support/git-repository.ts';
import { openBelow } from '../support/open-files.ts';
import { failureOf } from '../support/target.ts';

let root: string;
const at = (...parts: string[]) => join(root, ...parts);
const write = (path: string, text = '') => writeFileSync(at(path), text);
beforeEach(() => {
  root = temporaryDirectory();
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('a small file', () => {
  it('is read, up to a mebibyte, and closed again', async () => {
    write('small', 'words');
    write('largest', 'x'.repeat(1024 * 1024));
    write('larger', 'x'.repeat(1024 * 1024 + 1));
    for (let count = 0; count < 20; count += 1) expect(await textAt(at('small'))).toBe('words');
    expect((await textAt(at('largest')))?.length).toBe(1024 * 1024);
    expect(await failureOf(textAt(at('larger')))).toMatchObject({
      code: 'policy_denied',
      message: expect.stringMatching(/larger" is too large\.$/),
      hint: 'git would follow it; nothing was done. A person must look at that repository; do not try another way.',
    });
    expect(openBelow(root)).toEqual([]);
  });
  it('that is not there is none, nor is a directory', async () => {
    mkdirSync(at('directory'));
    expect(await textAt(at('none'))).toBeUndefined();
    expect(await textAt(at('directory'))).toBeUndefined();
  });
  it('that is a link or a pipe is refused', async () => {
    symlinkSync(at('else'), at('link'));
    execFileSync('mkfifo', [at('pipe')]);
    expect((await failureOf(textAt(at('link')))).message).toContain('is a link');
    expect((await failureOf(textAt(at('pipe')))).message).toContain('is neither a file nor a directory');
    expect((await failureOf(refuseAmong(root))).code).toBe('policy_denied');
    expect([...(await refuseAmong(root, /^x/)).keys()].sort()).toEqual(['link', 'pipe']);
  });
});

it('a path is inside its root, and beside it not', () => {
  expect([isInside('/a/b', '/a'), isInside('/a', '/a'), isInside('/ab', '/a'), isInside('/', '/a'), isInside('/a/..b', '/a')]).toEqual([
    true,
    true,
    false,
    false,
    true,
  ]);
});

it('a path is where it really is, though its end does not exist; a link that leads nowhere is nowhere', async () => {
  mkdirSync(at('real'));
  symlinkSync(at('real'), at('way'));
  symlinkSync(at('nowhere'), at('lost'));
  expect(await reality(at('way/x/y'))).toBe(at('real/x/y'));
  expect(await reality(at('lost/x'))).toBeUndefined();
});

describe('borrowed objects', () => {
  const store = (name: string, alternates?: string) => {
    mkdirSync(at(name, 'info'), { recursive: true });
    if (alternates !== undefined) write(`${name}/info/alternates`, alternates);
    return at(name);
  };
  const from = (first: string) => storesFrom(first, [root]);

  it('are followed once each, comments and empty lines left out', async () => {
    const [b, c] = [store('b', `\n# ${at('x')}\n../c\n`), store('c', `${at('a')}\n#${at('c')}`)];
    const a = store('a', `# first\n${b}\n\n${b}\n../c\n`);
    expect(await from(a)).toEqual([a, b, c]);
    mkdirSync(at('bare'));
    expect(await from(at('bare'))).toEqual([at('bare')]);
    expect(await from(store('none'))).toEqual([at('none')]);
    expect(await from(store('empty', ''))).toEqual([at('empty')]);
  });
  it.each(['/elsewhere/objects', '"quoted"', '../../outside'])('from %s are refused', async (line) => {
    expect(await failureOf(from(store('a', `${line}\n`)))).toMatchObject({
      code: 'policy_denied',
      message: expect.stringContaining('borrows objects from elsewhere'),
      hint: expect.stringContaining('--git-root'),
    });
  });
  it('are refused where the list of commits, or what else is read there, leads away', async () => {
    const a = store('a');
    mkdirSync(at('a/info/commit-graphs'));
    symlinkSync('/etc/passwd', at('a/info/commit-graphs/chain'));
    expect((await failureOf(from(a))).message).toContain('is a link');
    rmSync(at('a/info/commit-graphs'), { recursive: true });
    for (const part of ['pack', '0a']) {
      symlinkSync('/etc', at('a', part));
      expect((await failureOf(from(a))).message, part).toContain('is a link');
      rmSync(at('a', part));
    }
    symlinkSync('/etc', at('a/unread'));
    expect(await from(a)).toEqual([a]);
  });
});

describe('the repository of a directory', () => {
  const bare = (name: string, parts = ['HEAD', 'objects', 'refs']) => {
    for (const part of parts) mkdirSync(at(name, part), { recursive: true });
    return at(name);
  };
  it('is around it, whole or not at all', () => {
    expect(enclosing(bare('whole'))).toBe(at('whole'));
    for (const missing of ['HEAD', 'objects', 'refs']) {
      const parts = ['HEAD', 'objects', 'refs'].filter((part) => part !== missing);
      expect(enclosing(bare(`without-${missing}`, parts)), missing).toBeUndefined();
    }
    mkdirSync(at('work/.git'), { recursive: true });
    mkdirSync(at('work/deep/er'), { recursive: true });
    expect(enclosing(at('work/deep/er'))).toBe(at('work'));
  });
  it('is told by a .git that names it, to the letter', async () => {
    const own = bare('store');
    rmSync(at('store/HEAD'), { recursive: true });
    write('store/HEAD', 'ref: refs/heads/main\n');
    mkdirSync(at('work'));
    for (const end of ['', '\n', '\r\n', '\n\n']) {
      write('work/.git', `gitdir: ${own}${end}`);
      expect(await siteOf(at('work'))).toMatchObject({ own, common: own, pointer: at('work/.git') });
    }
    for (const text of ['', 'gitdir:', `x gitdir: ${own}`, `gitdir: ${own}x`]) {
      write('work/.git', text);
      expect(await siteOf(at('work')), text).toBeUndefined();
    }
  });
});

/** What stands where a small file is expected. */
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAtEnd, readText, whyNot } from '../../src/config/files.ts';
import { temporaryDirectory } from '../support/git-repository.ts';

let root: string;
let path: string;
beforeEach(() => {
  root = temporaryDirectory();
  path = join(root, 'file');
});
afterEach(() => rmSync(root, { recursive: true }));

function read(at = path) {
  const problems: string[] = [];
  const started = performance.now();
  const text = readText(at, problems);
  return { text, problems, ms: performance.now() - started };
}
const leftOut = (why: string, at = path) => ({ text: undefined, problems: [`${JSON.stringify(at)} is left out: ${why}.`] });
const MIB = 1024 * 1024;

describe('a file', () => {
  it.each([
    ['as it is', Buffer.from('A=é\n')],
    ['with a byte order mark', Buffer.from('\ufeffA=é\n')],
    ['in UTF-16, as PowerShell writes it', Buffer.from('\ufeffA=é\n', 'utf16le')],
    ['in UTF-16, the other way round', Buffer.from('\ufeffA=é\n', 'utf16le').swap16()],
  ])('is read %s', (_, bytes) => {
    writeFileSync(path, bytes);
    expect(read()).toMatchObject({ text: 'A=é\n', problems: [] });
  });
  it('is read through links to it, and up to 1 MiB', () => {
    writeFileSync(join(root, 'real'), 'x'.repeat(MIB));
    symlinkSync('real', join(root, 'first'));
    symlinkSync(join(root, 'first'), path);
    expect(read()).toMatchObject({ text: 'x'.repeat(MIB), problems: [] });
  });
  it('may be empty, or absent, and then nothing is said', () => {
    expect(read()).toMatchObject({ text: undefined, problems: [] });
    expect(read(join(root, 'no/such'))).toMatchObject({ text: undefined, problems: [] });
    writeFileSync(path, '');
    expect(read()).toMatchObject({ text: '', problems: [] });
    expect(read(join(path, 'below'))).toMatchObject({ text: undefined, problems: [] });
  });
  it('in another encoding is left out, or told where most of it can be read', () => {
    const other = leftOut('it is neither UTF-8 nor UTF-16 with a byte order mark');
    for (const bytes of [Buffer.from('A=b', 'utf16le'), Buffer.from([0xff, 0xfe, 0, 0, 65, 0, 0, 0]), Buffer.from('A=\0')]) {
      writeFileSync(path, bytes);
      expect(read()).toMatchObject(other);
    }
    writeFileSync(path, Buffer.from('# für\nA=b', 'latin1'));
    expect(read()).toMatchObject({ text: '# f\ufffdr\nA=b', problems: [expect.stringContaining('is not UTF-8 throughout')] });
  });
  it('that is too large is left out', () => {
    writeFileSync(path, 'x'.repeat(MIB + 1));
    expect(read()).toMatchObject(leftOut('it is larger than 1 MiB'));
  });
  it.runIf(process.geteuid?.() !== 0)('that may not be read is named', () => {
    writeFileSync(path, '');
    chmodSync(path, 0);
    expect(read()).toMatchObject(leftOut('it cannot be read (EACCES)'));
  });
});

describe('what is no file is left out at once', () => {
  const other = 'it is no regular file';
  const link = 'it is a link to no regular file';
  it.each(['/dev/zero', '/dev/stdin', '/dev/fd/0', '/dev/null', '/proc/self/environ', '/proc/self/fd/0', '/sys/kernel/mm', '/nonexistent'])(
    'a link to %s',
    (target) => {
      symlinkSync(target, path);
      const found = read();
      expect(found).toMatchObject(leftOut(link));
      expect(found.ms).toBeLessThan(50);
    },
  );
  it('a link to a link to a device, and a circle of links', () => {
    symlinkSync('/dev/zero', join(root, 'device'));
    symlinkSync('device', path);
    expect(read()).toMatchObject(leftOut(link));
    symlinkSync('circle', join(root, 'circle'));
    expect(read(join(root, 'circle'))).toMatchObject(leftOut(link, join(root, 'circle')));
  });
  it.each(['/dev/zero', '/dev/stdin', '/proc/self/environ'])('%s itself', (device) => {
    expect(read(device)).toMatchObject(leftOut(other, device));
  });
  it('a directory, and a link to one', () => {
    mkdirSync(path);
    symlinkSync(path, join(root, 'link'));
    expect(read()).toMatchObject(leftOut(other));
    expect(read(join(root, 'link'))).toMatchObject(leftOut(other, join(root, 'link')));
  });
  it('a socket', async () => {
    const server = createServer().listen(path);
    await new Promise((listening) => server.once('listening', listening));
    expect(read()).toMatchObject(leftOut(other));
    await new Promise((closed) => server.close(closed));
  });
});

describe('a pipe', () => {
  beforeEach(() => execFileSync('mkfifo', [path]));
  const feed = (command: string) => spawn('sh', ['-c', command], { cwd: root, stdio: 'ignore' });

  it.each(['printf A=b > file', 'exec 3> file; sleep 0.2; printf A= >&3; sleep 0.1; printf b >&3', 'sleep 0.05; printf A=b > file'])(
    'that somebody feeds is read: %s',
    (command) => {
      const feeding = feed(command);
      expect(read()).toMatchObject({ text: 'A=b', problems: [] });
      feeding.kill();
    },
  );
  it('through a link to it, too', () => {
    symlinkSync('file', join(root, 'link'));
    feed('printf A=b > file');
    expect(read(join(root, 'link'))).toMatchObject({ text: 'A=b', problems: [] });
  });
  it('that nobody feeds is left out, soon', () => {
    const found = read();
    expect(found).toMatchObject(leftOut('it is a pipe that nobody feeds'));
    expect(found.ms).toBeLessThan(500);
  });
  it.each(['exec 3> file; sleep 9', 'exec 3> file; printf A=b >&3; sleep 9'])(
    'that does not end is left out after a second: %s',
    (command) => {
      const feeding = feed(command);
      const found = read();
      expect(found).toMatchObject(leftOut('it is a pipe that does not end within a second'));
      expect(found.ms).toBeLessThan(1_500);
      feeding.kill();
    },
  );
  it('that never stops is left out', () => {
    const feeding = feed('yes > file');
    expect(read()).toMatchObject(leftOut('it is larger than 1 MiB'));
    feeding.kill();
  });
});

describe('a log', () => {
  const refusal = async (at: string) => whyNot(await openAtEnd(at).catch((error: unknown) => error));
  it('is a regular file, for its owner alone, or one that a link leads to', async () => {
    symlinkSync('file', join(root, 'link'));
    for (const at of [path, join(root, 'link')]) {
      const file = await openAtEnd(at);
      expect((await file.stat()).mode & 0o777).toBe(0o600);
      await file.appendFile('x');
      await file.close();
    }
    expect(read().text).toBe('xx');
  });
  it('is nothing else, and nobody waits for a reader', async () => {
    execFileSync('mkfifo', [path]);
    expect(await refusal(path)).toBe('it is no regular file');
    const reader = spawn('cat', [path], { stdio: 'ignore' });
    await expect.poll(() => refusal(path)).toBe('it is no regular file');
    reader.kill();
    expect(await refusal(root)).toBe('it is no regular file');
    for (const device of ['/dev/null', '/dev/full', '/dev/stdout', '/dev/stderr', '/dev/fd/1'])
      expect(await refusal(device)).toBe('it is no regular file');
    expect(await refusal(join(root, 'no/such'))).toBe('ENOENT');
  });
});

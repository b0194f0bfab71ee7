/** A line at the end of a file, whole or not at all, whatever state the file is in and whoever else writes to it. */
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import { appendTo, inTurn } from '../../src/guard/append.ts';
import { temporaryDirectory } from '../support/git-repository.ts';
import { fileHandles, openBelow } from '../support/open-files.ts';

const fresh = (content?: string): string => {
  const path = join(temporaryDirectory(), 'log.jsonl');
  if (content !== undefined) writeFileSync(path, content);
  return path;
};
const text = (path: string) => readFileSync(path, 'utf8');

it.each([
  [undefined, '{"a":1}\n'],
  ['', '{"a":1}\n'],
  ['{"b":1}\n', '{"b":1}\n{"a":1}\n'],
  ['{"b":', '{"b":\n{"a":1}\n'],
  ['{"b":1}', '{"b":1}\n{"a":1}\n'],
  ['{"b":1}\r\n', '{"b":1}\r\n{"a":1}\n'],
  ['\n', '\n{"a":1}\n'],
  ['\u{1f680}', '\u{1f680}\n{"a":1}\n'],
])('after %j it stands on a line of its own', async (before, after) => {
  const path = fresh(before);
  await appendTo(path)('{"a":1}');
  expect(text(path)).toBe(after);
});

it('lines of one process come in the order in which they were given, each whole', async () => {
  const path = fresh();
  const append = appendTo(path);
  const lines = Array.from({ length: 200 }, (_, index) => `${index} ${'x'.repeat((index * 97) % 5_000)}`);
  await Promise.all(lines.map((line) => append(line)));
  expect(text(path)).toBe(`${lines.join('\n')}\n`);
});

it('one that fails takes no other with it', async () => {
  const directory = join(temporaryDirectory(), 'later');
  const append = appendTo(join(directory, 'log.jsonl'));
  await expect(append('one')).rejects.toThrow('ENOENT');
  mkdirSync(directory);
  await Promise.all([append('two'), append('three')]);
  expect(text(join(directory, 'log.jsonl'))).toBe('two\nthree\n');
});

it('what others append meanwhile stays, whole', async () => {
  const path = fresh();
  const append = appendTo(path);
  for (let index = 0; index < 50; index += 1) {
    const mine = append(`mine ${index}`);
    appendFileSync(path, `other ${index}\n`);
    await mine;
  }
  expect(text(path).trim().split('\n').sort()).toEqual(
    Array.from({ length: 50 }, (_, index) => [`mine ${index}`, `other ${index}`])
      .flat()
      .sort(),
  );
});

it('a link to a file is that file; a file that may only be written to is written to', async () => {
  const path = fresh('{"b":');
  const link = join(temporaryDirectory(), 'link');
  symlinkSync(path, link);
  chmodSync(path, 0o200);
  await appendTo(link)('{"a":1}');
  chmodSync(path, 0o600);
  expect(text(path)).toBe('{"b":\n{"a":1}\n');
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

const pipe = () => {
  const path = join(temporaryDirectory(), 'pipe');
  execFileSync('mkfifo', [path]);
  return path;
};
it.each([
  ['a pipe that nobody reads', pipe],
  ['a directory', () => temporaryDirectory()],
  ['a device', () => '/dev/null'],
  ['a full device', () => '/dev/full'],
  ['no path at all', () => '/nonexistent/log.jsonl'],
  ['a path below a file', () => join(fresh('x'), 'log.jsonl')],
])('%s is refused at once', async (_, make) => {
  const started = performance.now();
  await expect(appendTo(make())('{}')).rejects.toThrow(/regular file|EISDIR|ENOENT|ENOTDIR|ENXIO/);
  expect(performance.now() - started).toBeLessThan(2_000);
});

it('a pipe that somebody holds open and does not read keeps nobody waiting', async () => {
  const path = pipe();
  const reader = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  try {
    const append = appendTo(path);
    for (let index = 0; index < 3; index += 1) await expect(append('x'.repeat(100_000))).rejects.toThrow('no regular file');
  } finally {
    closeSync(reader);
  }
});

it('lines that come while one is being written go together: a slow disk is waited for twice, not a hundred times', async () => {
  const writes: string[] = [];
  const append = inTurn(async (lines) => {
    writes.push(lines);
    await setTimeout(20);
  });
  const first = append('first');
  await setTimeout(5);
  await Promise.all([first, ...Array.from({ length: 100 }, (_, index) => append(`line ${index}`))]);
  expect(writes.map((lines) => lines.split('\n').length)).toEqual([1, 100]);
});

it('a disk that does not answer keeps nobody for ever, and gets no second line before the first', async () => {
  const begun: string[] = [];
  const append = inTurn((lines) => {
    begun.push(lines);
    return new Promise(() => {});
  }, 50);
  await expect(append('one')).rejects.toThrow('takes too long');
  await expect(append('two')).rejects.toThrow('takes too long');
  expect(begun).toEqual(['one']);
});

it('a line that is still being written is waited for', async () => {
  const path = fresh('{"b":');
  const prototype = await fileHandles(path);
  const { read } = prototype;
  const rest = ['1', '}\n'];
  prototype.read = async function growing(...wanted: unknown[]) {
    const done = await read.apply(this, wanted);
    appendFileSync(path, rest.shift() ?? '');
    return done;
  };
  try {
    await appendTo(path)('{"a":1}');
    expect(text(path)).toBe('{"b":1}\n{"a":1}\n');
  } finally {
    prototype.read = read;
  }
});

it('an end that cannot be read is taken for half a line', async () => {
  const path = fresh('{"b":1}\n');
  const read = vi.spyOn(await fileHandles(path), 'read').mockRejectedValue(new Error('unreadable'));
  try {
    await appendTo(path)('{"a":1}');
  } finally {
    read.mockRestore();
  }
  expect(text(path)).toBe('{"b":1}\n\n{"a":1}\n');
});

it('neither a file nor a timer is left behind', async () => {
  const [path, refused] = [fresh(), temporaryDirectory()];
  const open = () => [path, refused].flatMap(openBelow);
  const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  const before = timers();
  await appendTo(path)('{}');
  for (const target of ['/dev/null', refused]) await expect(appendTo(target)('{}')).rejects.toThrow();
  expect(open()).toEqual([]);
  // Those of the test runner come and go.
  await vi.waitFor(() => expect(timers()).toBeLessThanOrEqual(before));
});

it('a line that was taken only in part is taken back, unless somebody has written behind it', async () => {
  const path = fresh('{"b":1}\n');
  const prototype = await fileHandles(path);
  const { write } = prototype;
  let behind = '';
  prototype.write = async function half(bytes: Buffer) {
    const done = await write.call(this, bytes, 0, 4);
    appendFileSync(path, behind);
    return done;
  };
  try {
    await expect(appendTo(path)('{"a":1}')).rejects.toThrow('no room');
    expect(text(path)).toBe('{"b":1}\n');
    behind = '\n{"c":1}\n';
    await expect(appendTo(path)('{"a":1}')).rejects.toThrow('no room');
    expect(text(path)).toBe('{"b":1}\n{"a"\n{"c":1}\n');
  } finally {
    prototype.write = write;
  }
});

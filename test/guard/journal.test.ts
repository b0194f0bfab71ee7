import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { build } from 'esbuild';
import { describe, expect, it, vi } from 'vitest';
import { createJournal, type Journal, type Kept } from '../../src/guard/journal.ts';
import { temporaryDirectory } from '../support/git-repository.ts';
import { fileHandles, openBelow } from '../support/open-files.ts';

const kept: Kept = {
  provider: 'lab',
  address: 'https://lab.example',
  repository: 'acme/app',
  name: 'v1',
  ref: 'a'.repeat(40),
  message: 'Notes\nin two lines',
};
const quiet = () => {};
const inFile = (path = join(temporaryDirectory(), 'state', 'journal.jsonl')) => ({ path, journal: createJournal(path, quiet) });
const text = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : '');
const begin = async (journal: Journal, over: Partial<Kept> = {}) => {
  const keeping = await journal.keep({ ...kept, ...over });
  if (!keeping) throw new Error('not kept');
  return keeping;
};
/** As a process leaves it that ended in the middle of a move. */
const leftBy = (path: string, over: object = {}) => {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, `${JSON.stringify({ id: 'x', time: '2026-01-01T00:00:00.000Z', host: 'elsewhere', pid: 1, ...kept, ...over })}\n`);
};

const removeCopies = (directory: string) => {
  for (const name of readdirSync(directory)) if (name.startsWith('.')) rmSync(join(directory, name));
};

describe('an entry', () => {
  it('is on disk while its move is under way, for its owner alone, and is no gap', async () => {
    const { path, journal } = inFile();
    const keeping = await begin(journal);
    expect(JSON.parse(text(path))).toMatchObject(kept);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await journal.gaps()).toEqual([]);
    await keeping.end(true);
    expect(text(path)).toBe('');
    expect(readdirSync(join(path, '..'))).toEqual(['journal.jsonl']);
  });
  it('is a gap where its move has ended and the tag does not stand, until it is dropped', async () => {
    const { path, journal } = inFile();
    await (await begin(journal)).end(false);
    const [gap] = await journal.gaps();
    expect(gap).toMatchObject(kept);
    if (gap) await journal.drop(gap);
    expect(text(path)).toBe('');
  });
  it('of another process is a gap once that has died, and never before', async () => {
    const { path, journal } = inFile();
    const here = hostname();
    const now = new Date().toISOString();
    leftBy(path, { host: here, pid: process.ppid, time: now });
    expect(await journal.gaps()).toEqual([]);
    leftBy(path, { host: here, pid: 2 ** 22 + 1, time: now });
    expect(await journal.gaps()).toHaveLength(1);
    // Numbers of processes mean something on one machine alone.
    for (const pid of [1, process.pid, 2 ** 22 + 1]) {
      leftBy(path, { host: 'elsewhere', pid, time: now });
      expect(await journal.gaps()).toEqual([]);
    }
    leftBy(path, { host: here, pid: process.ppid });
    expect(await journal.gaps(), 'no move takes so long: the number is somebody else’s by now').toHaveLength(1);
  });
  it.each(['id', 'time', 'host', 'pid', 'provider', 'address', 'repository', 'name', 'ref', 'message'])(
    'whose %s is of another kind is none, and stays',
    async (field) => {
      for (const odd of [null, true, ['x'], { x: 1 }]) {
        const { path, journal } = inFile();
        leftBy(path, { [field]: odd });
        expect(await journal.gaps()).toEqual([]);
        await (await begin(journal)).end(true);
        expect(JSON.parse(text(path))).toMatchObject({ [field]: odd });
      }
    },
  );
  it.each(['null', '5', '"text"', '[]'])('is not what is no object: %s', async (line) => {
    const { path, journal } = inFile();
    leftBy(path);
    writeFileSync(path, `${line}\n${text(path)}`);
    const gaps = await journal.gaps();
    expect(gaps).toHaveLength(1);
    for (const gap of gaps) await journal.drop(gap);
    expect(text(path)).toBe(`${line}\n`);
  });
  it('needs neither an address nor a message', async () => {
    const { path, journal } = inFile();
    leftBy(path, { address: undefined, message: undefined });
    expect(await journal.gaps()).toHaveLength(1);
  });
  it.each([
    ['EPERM', 0],
    ['ESRCH', 1],
  ])('of a process that answers %s makes %i gaps', async (code, gaps) => {
    const { path, journal } = inFile();
    leftBy(path, { host: hostname(), pid: 77, time: new Date().toISOString() });
    const kill = vi.spyOn(process, 'kill').mockImplementation(() => {
      throw Object.assign(new Error('no'), { code });
    });
    try {
      expect(await journal.gaps()).toHaveLength(gaps);
      expect(kill).toHaveBeenCalledWith(77, 0);
    } finally {
      kill.mockRestore();
    }
  });
  it('of a newer version stays as it is', async () => {
    const { path, journal } = inFile();
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, '{"version":2}\nnot JSON\n');
    await (await begin(journal)).end(true);
    expect(text(path)).toBe('{"version":2}\nnot JSON\n');
    expect(await journal.gaps()).toEqual([]);
  });
});

describe('where it is', () => {
  it.each([
    ['a directory that is there', ''],
    ['one that ends in a slash', 'new/'],
  ])('in a file of its own in %s', async (_, below) => {
    const directory = join(temporaryDirectory(), below);
    const journal = createJournal(directory, quiet);
    await begin(journal);
    expect(text(join(directory, 'journal.jsonl'))).toContain('Notes');
  });
  it.each([
    [
      'below a file',
      (root: string) => {
        writeFileSync(join(root, 'file'), '');
        return join(root, 'file', 'journal');
      },
    ],
    [
      'a pipe',
      (root: string) => {
        execFileSync('mkfifo', [join(root, 'pipe')]);
        return join(root, 'pipe');
      },
    ],
    [
      'a file that is too large',
      (root: string) => {
        writeFileSync(join(root, 'large'), 'x'.repeat(2 ** 20 + 1));
        return join(root, 'large');
      },
    ],
    [
      'a link that leads to itself',
      (root: string) => {
        symlinkSync('loop', join(root, 'loop'));
        return join(root, 'loop');
      },
    ],
    ['a name too long for its lock', (root: string) => join(root, 'j'.repeat(252))],
  ])('%s: the move goes ahead, told once', async (_, make) => {
    const warnings: string[] = [];
    const journal = createJournal(make(temporaryDirectory()), (message) => warnings.push(message));
    expect(await journal.keep(kept)).toBeUndefined();
    expect(await journal.keep(kept)).toBeUndefined();
    expect(await journal.gaps()).toEqual([]);
    expect(warnings).toEqual([expect.stringMatching(/^The journal of moves cannot be written/)]);
  });
  it.each([
    ['x'.repeat(2 ** 20 + 1), false],
    [`${'x'.repeat(2 ** 20 - 1)}\n`, true],
  ])('of a mebibyte at most (%#)', async (content, isKept) => {
    const warnings: string[] = [];
    const path = join(temporaryDirectory(), 'journal');
    writeFileSync(path, content);
    expect(Boolean(await createJournal(path, (message) => warnings.push(message)).keep(kept))).toBe(isKept);
    expect(warnings).toEqual(isKept ? [] : [expect.stringContaining('(not a small file)')]);
  });
  /** What happens while a change is being written, before it is on disk. */
  const whileWriting = async (path: string, act: () => void) =>
    vi.spyOn(await fileHandles(path), 'sync').mockImplementation(async () => act());
  it.each([
    ['', () => {}],
    [', nor a word of its own where somebody has taken that away', (directory: string) => removeCopies(directory)],
  ])('a disk that takes no more leaves what stood there, and neither a copy nor an open file beside it%s', async (_, meanwhile) => {
    const path = join(temporaryDirectory(), 'journal.jsonl');
    const warnings: string[] = [];
    leftBy(path);
    const before = text(path);
    const full = await whileWriting(path, () => {
      meanwhile(join(path, '..'));
      throw Object.assign(new Error('full'), { code: 'ENOSPC' });
    });
    try {
      expect(await createJournal(path, (message) => warnings.push(message)).keep(kept)).toBeUndefined();
    } finally {
      full.mockRestore();
    }
    expect(warnings).toEqual([expect.stringContaining('(ENOSPC)')]);
    expect([text(path), readdirSync(join(path, '..'))]).toEqual([before, ['journal.jsonl']]);
    expect(openBelow(join(path, '..'))).toEqual([]);
  });
  it('a lock that was taken away meanwhile is no failure', async () => {
    const { path, journal } = inFile();
    leftBy(path);
    const slow = await whileWriting(path, () => rmSync(`${path}.lock`, { force: true }));
    try {
      await begin(journal);
    } finally {
      slow.mockRestore();
    }
    expect(text(path)).toContain('Notes');
  });
  it('a lock that a dead process left is taken over', async () => {
    const { path, journal } = inFile();
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(`${path}.lock`, '');
    utimesSync(`${path}.lock`, new Date(0), new Date(0));
    await begin(journal);
    expect(text(path)).toContain('Notes');
    expect(readdirSync(join(path, '..'))).toEqual(['journal.jsonl']);
  });
  it('a directory that may not be looked into holds one all the same', async () => {
    const directory = join(temporaryDirectory(), 'state');
    mkdirSync(directory, { mode: 0o300 });
    const { path, journal } = inFile(join(directory, 'journal.jsonl'));
    await begin(journal);
    expect(text(path)).toContain('Notes');
  });
  it('a lock that another process holds is waited for', async () => {
    const { path, journal } = inFile();
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(`${path}.lock`, '');
    const keeping = begin(journal);
    await setTimeout(100);
    expect(text(path)).toBe('');
    rmSync(`${path}.lock`);
    await keeping;
    expect(text(path)).toContain('Notes');
  });
  it('of anybody is readable by its owner alone, whatever stood there', async () => {
    const { path, journal } = inFile();
    leftBy(path);
    chmodSync(path, 0o644);
    await begin(journal);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });
});

const SCRIPT = `
const { createJournal } = await import(process.argv[1]);
const journal = createJournal(process.argv[2], (text) => { console.error(text); process.exitCode = 1; });
const kept = (name) => ({ provider: 'lab', repository: 'r', name, ref: 'a'.repeat(40) });
for (let round = 0; round < 15; round += 1) {
  const name = process.argv[3] + '-' + round;
  const keeping = await journal.keep(kept(name));
  await keeping.end(round % 3 !== 0);
}
`;

it('many processes at once lose no entry and keep none that went', async () => {
  const { path, journal } = inFile();
  const outfile = join(temporaryDirectory(), 'journal.mjs');
  const entry = new URL('../../src/guard/journal.ts', import.meta.url).pathname;
  await build({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'esm' });
  const children = ['a', 'b', 'c', 'd'].map(
    (name) =>
      new Promise<string>((resolve) => {
        const child = spawn(process.execPath, ['--input-type=module', '-e', SCRIPT, outfile, path, name]);
        let said = '';
        child.stderr.on('data', (chunk) => {
          said += chunk;
        });
        child.on('close', (code) => resolve(`${code} ${said}`));
      }),
  );
  expect(await Promise.all(children)).toEqual(Array(4).fill('0 '));
  const names = (await journal.gaps()).map(({ name }) => name).sort();
  expect(names).toEqual(['a', 'b', 'c', 'd'].flatMap((name) => [0, 12, 3, 6, 9].map((round) => `${name}-${round}`)).sort());
}, 60_000);

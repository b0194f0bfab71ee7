/**
 * The installed program's first step: runs the bundle beside it, with the code that an earlier start compiled where that fits.
 * The cache lies where the bundle lies and belongs to whom the bundle belongs: who could write one could write the other.
 */
import { closeSync, constants, fstatSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, type Stats, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Script } from 'node:vm';

/** Of the bundle, set by the build: V8 itself compares no more of the source than its length. */
declare const BUNDLE_HASH: string;

/** When the first answers are out: what they needed is compiled by then, and kept with the rest. */
const SETTLED_MS = 2_000;
const WRITABLE_BY_OTHERS = 0o022;
const PARAMETERS = ['exports', 'require', 'module', '__filename', '__dirname'];

const bundle = join(__dirname, 'main.js');
/** What else decides whether V8 takes it: its version and its flags. */
const flavour = [process.version, process.arch, ...process.execArgv].join('_').replace(/[^\w.-]+/g, '-');
const cache = join(__dirname, `main.${BUNDLE_HASH}.${flavour.slice(0, 100)}.cache`);

function read(path: string): { content: Buffer; stats: Stats } {
  const file = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  try {
    const stats = fstatSync(file);
    if (!stats.isFile()) throw new Error('not a file');
    return { content: readFileSync(file), stats };
  } finally {
    closeSync(file);
  }
}

/** Undefined where there is none, or another could have written it. */
function compiled(owner: Stats): Buffer | undefined {
  try {
    const { content, stats } = read(cache);
    const isTheirs = stats.uid === owner.uid && (stats.mode & WRITABLE_BY_OTHERS & ~owner.mode) === 0;
    return isTheirs ? content : undefined;
  } catch {
    return undefined;
  }
}

/** Whole or not at all; where it cannot be kept, the next start compiles again. */
function keep(script: Script, owner: Stats): void {
  if (process.getuid && process.getuid() !== owner.uid) return;
  const draft = `${cache}.${process.pid}`;
  try {
    const file = openSync(draft, 'wx', owner.mode & 0o666);
    try {
      writeFileSync(file, script.createCachedData());
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, cache);
  } catch {
    rmSync(draft, { force: true });
  }
}

const { content, stats } = read(bundle);
const head = `(function (${PARAMETERS.join(', ')}) {`;
const cachedData = compiled(stats);
const script = new Script(`${head}${content.toString()}\n})`, {
  filename: bundle,
  columnOffset: -head.length,
  ...(cachedData && { cachedData }),
});
const run = script.runInThisContext() as (...values: unknown[]) => void;
run(module.exports, require, module, bundle, __dirname);
if (!cachedData || script.cachedDataRejected) setTimeout(keep, SETTLED_MS, script, stats).unref();

/**
 * The installed program's first step: runs the bundle beside it, with the code that an earlier start compiled where that fits.
 * The cache lies where the bundle lies and belongs to whom the bundle belongs: who could write one could write the other.
 */
import { closeSync, constants, fstatSync, openSync, readFileSync, rmSync, type Stats, statSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
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

/** Undefined where there is none, or another could have written it. */
function compiled(owner: Stats): Buffer | undefined {
  try {
    const file = openSync(cache, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    try {
      const stats = fstatSync(file);
      const isTheirs = stats.isFile() && stats.uid === owner.uid && (stats.mode & WRITABLE_BY_OTHERS & ~owner.mode) === 0;
      return isTheirs ? readFileSync(file) : undefined;
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
}

/** Whole or not at all, while calls go on; where it cannot be kept, the next start compiles again. */
async function keep(script: Script, owner: Stats): Promise<void> {
  if (process.getuid && process.getuid() !== owner.uid) return;
  const draft = `${cache}.${process.pid}`;
  const tidy = () => {
    try {
      rmSync(draft, { force: true });
    } catch {
      // It stays, and is in nobody's way.
    }
  };
  process.once('exit', tidy); // a session may end in the middle of it
  try {
    const file = await open(draft, 'wx', owner.mode & 0o666);
    try {
      await file.writeFile(script.createCachedData());
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, cache);
  } catch {
    // It is not kept.
  } finally {
    process.off('exit', tidy);
    tidy();
  }
}

const owner = statSync(bundle);
const head = `(function (${PARAMETERS.join(', ')}) {`;
const cachedData = compiled(owner);
const script = new Script(`${head}${readFileSync(bundle, 'utf8')}\n})`, {
  filename: bundle,
  columnOffset: -head.length,
  ...(cachedData && { cachedData }),
});
const run = script.runInThisContext() as (...values: unknown[]) => void;
run(module.exports, require, module, bundle, __dirname);
if (!cachedData || script.cachedDataRejected) setTimeout(keep, SETTLED_MS, script, owner).unref();

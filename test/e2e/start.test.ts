/** The cache of compiled code beside the bundle: used where it fits and could be written by nobody else, and never in the way. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { beforeAll, describe, expect, it } from 'vitest';
import pkg from '../../package.json' with { type: 'json' };
import { temporaryDirectory } from '../support/git-repository.ts';
import { bareEnvironment, serverPath } from '../support/server.ts';

const FORGED = pkg.version.replace(/^\d/, '9');
const isRoot = process.getuid?.() === 0;

/** A copy of the program, without what is compiled already. */
function copied(from = dirname(serverPath), without = /\.(map|cache(\.\d+)?)$/): string {
  const dist = join(temporaryDirectory(), 'dist');
  cpSync(from, dist, { recursive: true, filter: (path) => !without.test(path) });
  return dist;
}

const caches = (dist: string) => readdirSync(dist).filter((name) => name.includes('.cache'));
const isKept = (dist: string) => caches(dist).some((name) => name.endsWith('.cache'));

/** The version the server says it is: which code ran. */
async function versionOf(dist: string, until: () => boolean = () => true): Promise<string | undefined> {
  const client = new Client({ name: 'test', version: '1' });
  const args = [join(dist, 'server.js')];
  await client.connect(new StdioClientTransport({ command: process.execPath, args, cwd: dist, env: bareEnvironment() }));
  while (!until()) await setTimeout(20);
  const version = client.getServerVersion()?.version;
  await client.close();
  return version;
}

/** A copy whose cache was compiled from a bundle of the same length that says another version: V8 itself does not notice. */
let forged: string;
beforeAll(async () => {
  forged = copied();
  const bundle = join(forged, 'main.js');
  const source = readFileSync(bundle, 'utf8');
  writeFileSync(bundle, source.replaceAll(`"${pkg.version}"`, `"${FORGED}"`));
  await versionOf(forged, () => isKept(forged));
  writeFileSync(bundle, source);
});

describe('what an earlier start compiled', () => {
  it('is used by the next one', async () => {
    expect(await versionOf(forged)).toBe(FORGED);
    expect(caches(forged)).toHaveLength(1);
  });

  type Case = [what: string, spoil: (cache: string) => void];
  const stranger: Case = ['it belongs to somebody else', (cache) => chownSync(cache, 65_534, 65_534)];
  it.each<Case>([
    ['others may write it', (cache) => chmodSync(cache, 0o666)],
    ['its group may', (cache) => chmodSync(cache, 0o620)],
    ...(isRoot ? [stranger] : []),
    [
      'it is a link',
      (cache) => {
        cpSync(cache, `${cache}.real`);
        rmSync(cache);
        symlinkSync(`${cache}.real`, cache);
      },
    ],
    [
      'it is a directory',
      (cache) => {
        rmSync(cache);
        mkdirSync(cache);
      },
    ],
    ['it is empty', (cache) => writeFileSync(cache, '')],
    ['it is cut short', (cache) => writeFileSync(cache, readFileSync(cache).subarray(0, -1_000))],
    ['it is something else', (cache) => writeFileSync(cache, '\0'.repeat(10_000))],
    ['it was made for another bundle', (cache) => renameSync(cache, cache.replace(/main\.\w+\./, 'main.0123456789abcdef.'))],
  ])('is left alone where %s', async (_, spoil) => {
    const dist = copied(forged, /^$/);
    spoil(join(dist, caches(dist)[0] ?? ''));
    expect(await versionOf(dist)).toBe(pkg.version);
  });

  it('is kept whole or not at all, and nothing is left of the attempt', async () => {
    const dist = copied();
    await Promise.all(Array.from({ length: 3 }, () => versionOf(dist, () => isKept(dist))));
    await expect.poll(() => caches(dist), { timeout: 5_000 }).toHaveLength(1);
    expect(await versionOf(dist)).toBe(pkg.version);
  });

  it('leaves nothing behind where the session ends in the middle of keeping it', async () => {
    const dist = copied();
    const child = spawn(process.execPath, [join(dist, 'server.js')], {
      cwd: dist,
      env: bareEnvironment(),
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    while (caches(dist).length === 0) await setTimeout(0);
    child.kill('SIGTERM');
    await once(child, 'exit');
    expect(caches(dist).filter((name) => !name.endsWith('.cache'))).toEqual([]);
  });

  it('is not needed: a directory that takes none', async () => {
    const dist = copied();
    chmodSync(dist, 0o555);
    const ends = Date.now() + 2_600;
    expect(await versionOf(dist, () => Date.now() > ends)).toBe(pkg.version);
    if (!isRoot) expect(caches(dist)).toEqual([]); // nothing keeps root from writing
    chmodSync(dist, 0o755);
  });
  it('is not waited for by a command that ends at once', () => {
    const dist = copied();
    const version = execFileSync(process.execPath, [join(dist, 'server.js'), '--version'], { encoding: 'utf8', env: bareEnvironment() });
    expect(version.trim()).toBe(pkg.version);
    expect(caches(dist)).toEqual([]);
  });
});

/** Whatever stands where files are read at start, the server starts, answers, and says what it left out. */
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../support/git-repository.ts';
import { initialize, type RawServer, startRaw } from '../support/raw-server.ts';
import { serverPath } from '../support/server.ts';

let root: string;
let server: RawServer | undefined;
beforeEach(() => {
  root = temporaryDirectory();
  for (const folder of ['cwd', 'home']) mkdirSync(join(root, folder));
});
afterEach(() => {
  server?.stop();
  rmSync(root, { recursive: true });
});

const at = (file: string) => join(root, file);
/** Who waited for what never comes would wait for ever. */
const PROMPT_MS = 5_000;

/** Its answer to `initialize`, what its calls find enabled, and what it told. */
async function start(env: Record<string, string | undefined> = {}, shell = ':') {
  const begun = performance.now();
  server = startRaw(at('cwd'), { HOME: at('home'), ...env }, { shell, stderr: 'pipe' });
  const { result } = await initialize(server);
  const ms = performance.now() - begun;
  const { result: listed } = await server.ask('tools/list');
  return { instructions: String(result?.instructions), ms, listed: JSON.stringify(listed), told: server.told() };
}

const PLACES = ['cwd/.env', 'home/.lakectl.yaml', 'home/.versrc', 'cwd/.git', 'cwd/.git/config', 'home/.gitconfig'];
const KINDS: readonly [kind: string, make: (file: string) => void, why: string][] = [
  ['a pipe that nobody feeds', (file) => void execFileSync('mkfifo', [file]), 'it is a pipe that nobody feeds'],
  ['a link to /dev/zero', (file) => symlinkSync('/dev/zero', file), 'it is a link to no regular file'],
  ['a link to /dev/stdin', (file) => symlinkSync('/dev/stdin', file), 'it is a link to no regular file'],
  ['a link to /proc/self/fd/0', (file) => symlinkSync('/proc/self/fd/0', file), 'it is a link to no regular file'],
  ['a link to /dev/tty', (file) => symlinkSync('/dev/tty', file), 'it is a link to no regular file'],
  ['2 MiB', (file) => writeFileSync(file, 'x'.repeat(2 * 1024 * 1024)), 'it is larger than 1 MiB'],
];

describe.each(PLACES)('%s', (place) => {
  beforeEach(() => {
    if (place.includes('git') && place !== 'cwd/.git') mkdirSync(at('cwd/.git'));
  });
  it.each(KINDS)('as %s keeps nobody waiting, and is named', async (_, make, why) => {
    make(at(place));
    const { ms, told } = await start({ VERS_API_KEY: place.includes('versrc') ? undefined : 'vers-key', GIT_CONFIG_GLOBAL: undefined });
    expect(ms).toBeLessThan(PROMPT_MS);
    expect(told).toContain(`tagwright: warn: ${JSON.stringify(at(place))} is left out: ${why}.\n`);
  });
});

describe('.env', () => {
  it('as a directory is named', async () => {
    mkdirSync(at('cwd/.env'));
    expect((await start()).told).toContain('is left out: it is no regular file.');
  });
  it('in UTF-16, behind a link, and from a pipe that somebody feeds, is read', async () => {
    const text = 'VERS_API_KEY=vers-key\r\n';
    writeFileSync(at('cwd/.env'), Buffer.from(`\ufeff${text}`, 'utf16le'));
    expect((await start()).instructions).toContain('Systems: vers.');
    server?.stop();
    rmSync(at('cwd/.env'));
    writeFileSync(at('shared'), text);
    symlinkSync('../shared', at('cwd/.env'));
    expect((await start()).instructions).toContain('Systems: vers.');
    server?.stop();
    rmSync(at('cwd/.env'));
    execFileSync('mkfifo', [at('cwd/.env')]);
    const feeding = spawn('sh', ['-c', `cat shared > cwd/.env`], { cwd: root, stdio: 'ignore' });
    expect((await start()).instructions).toContain('Systems: vers.');
    feeding.kill();
  });
  it('of a megabyte of blank lines, or of ten thousand systems, keeps nobody waiting', async () => {
    for (const text of [
      '\n'.repeat(1_000_000),
      Array.from({ length: 20_000 }, (_, index) => `VERS_API_KEY__S${index}=x${index}\n`).join(''),
    ]) {
      writeFileSync(at('cwd/.env'), text);
      const { ms, listed } = await start();
      expect(ms).toBeLessThan(PROMPT_MS);
      expect(listed.length).toBeLessThan(20_000);
      server?.stop();
    }
  });
});

describe('a log that is none', () => {
  it.each(['pipe', '', '/dev/full', '/dev/stdout', '/dev/null', 'no/such/log'])('%j is told, and nothing is written', async (log) => {
    execFileSync('mkfifo', [at('pipe')]);
    const { told, ms, listed } = await start({ TAGWRIGHT_AUDIT_LOG: log.startsWith('/') ? log : at(log), VERS_API_KEY: 'vers-key' });
    expect(ms).toBeLessThan(PROMPT_MS);
    expect(told).toContain('TAGWRIGHT_AUDIT_LOG cannot be written');
    expect(listed).toContain('list_tags');
    expect(listed).not.toContain('create_tag');
  });
});

describe('without a place', () => {
  it('the server starts, and says what is missing: a working directory that was deleted', async () => {
    const { instructions, told } = await start({ VERS_API_KEY: 'vers-key' }, 'mkdir gone; cd gone; rmdir ../gone');
    expect(instructions).toContain('Systems: vers.');
    expect(told).toContain('The working directory is gone');
    const answer = await server?.ask('tools/call', { name: 'list_tags', arguments: { repository: '..' } });
    expect(answer?.result?.content?.[0]?.text).toMatch(/^invalid_input: /);
  });
  it('the roots are served from there, too', async () => {
    execFileSync('git', ['init', '-q', at('repo')]);
    await start({ TAGWRIGHT_GIT_ROOTS: at('repo') }, 'mkdir gone; cd gone; rmdir ../gone');
    const list = async (repository: string) =>
      (await server?.ask('tools/call', { name: 'list_tags', arguments: { repository } }))?.result?.content?.[0]?.text;
    expect(await list(at('repo'))).toContain('"tags":[]');
    expect(await list('repo')).toMatch(/^policy_denied: /);
  });
  it.each([undefined, '', 'relative'])('the server starts, and says what is missing: HOME=%s', async (home) => {
    mkdirSync(at('cwd/relative'));
    for (const file of ['cwd/.versrc', 'cwd/relative/.versrc']) writeFileSync(at(file), '{"apiKey":"of-a-stranger"}');
    const { instructions, told } = await start({ HOME: home, GITLAB_TOKEN: 'glpat-of-the-operator' });
    expect(instructions).toContain('Systems: gitlab.');
    // Without HOME the system's own record of the user tells it.
    if (home !== undefined) expect(told).toContain('There is no home directory');
  });
  /** Only root can become somebody whom nobody knows. */
  it.runIf(process.getuid?.() === 0)('the server starts as a user whom nobody knows', async () => {
    cpSync(dirname(serverPath), at('dist'), { recursive: true }); // a checkout may stand where only its owner comes
    execFileSync('chmod', ['-R', 'a+rX', root]);
    const stranger = `exec setpriv --reuid 54321 --clear-groups "$0" '${at('dist/server.js')}'`;
    const { told } = await start({ HOME: undefined, VERS_API_KEY: 'vers-key' }, stranger);
    expect(told).toContain('There is no home directory');
  });
});

// node newest-git.mjs FOLDER: puts the newest released git into FOLDER, or reuses the one there, and prints its path.
// It compiles the source of Debian's unstable suite: the ready-made package wants a newer libc than a stable machine
// has. Nothing of the machine itself changes, neither its apt lists nor what it has installed.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';

const folder = resolve(process.argv[2] ?? fail('no folder given'));
const home = join(folder, 'git'); // the only thing in FOLDER that is ever replaced
const git = join(home, 'bin', 'git');
let work; // where it is made: beside home, so that the last step is a rename and no half-made git is ever left
process.on('exit', () => work && rmSync(work, { recursive: true, force: true }));

if (!works()) {
  // The cheap questions come first, so that a bare machine is told within a second.
  for (const tool of ['apt-get', 'tar', 'xz', 'make']) step(`no ${tool} here`, 20, tool, ['--version']);
  step('no C compiler with the headers of zlib here', 20, 'cc', ['-E', '-'], { input: '#include <zlib.h>' });
  make(download(debianArchive()));
  if (!works()) fail('the git just compiled does not run');
}
console.log(git);

/** Whether a git is there that runs and finds its own parts: without its own git-upload-pack it would use the system's. */
function works() {
  const ran = spawnSync(git, ['--exec-path'], { encoding: 'utf8', timeout: 20_000 });
  return ran.status === 0 && existsSync(join(ran.stdout.trim(), 'git-upload-pack'));
}

/** Debian's address as this machine's apt has it: apt reads every format of source list, and needs no network for that. */
function debianArchive() {
  const all = ['-o', 'Dir::State::Lists=/nonexistent']; // what it has downloaded already too
  const uris = step("apt's sources cannot be read", 20, 'apt-get', ['update', '--print-uris', ...all]);
  return uris.match(/^'(\S+\/debian)\/+dists\/[a-z]+\/InRelease'/m)?.[1] ?? fail("no Debian archive in apt's sources");
}

/** Downloads git's source with lists of our own; apt checks it against the archive's signature. Returns its file name. */
function download(archive) {
  mkdirSync(folder, { recursive: true });
  work = mkdtempSync(join(folder, 'work-'));
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
  const own = {
    'Dir::Etc::SourceParts': '/dev/null',
    'Dir::Etc::SourceList': join(work, 'sources.list'),
    'Dir::State::Lists': join(work, 'lists'),
    'Dir::Cache': join(work, 'cache'),
    'APT::Sandbox::User': 'root', // apt's own user could not enter a private folder
    'APT::Update::Error-Mode': 'any',
    'Acquire::Retries': 1,
    'Acquire::http::Timeout': 20,
  };
  mkdirSync(join(work, 'lists', 'partial'), { recursive: true });
  writeFileSync(own['Dir::Etc::SourceList'], `deb-src [signed-by=${keyring}] ${archive} sid main\n`);
  const apt = (...args) => ['-q', ...Object.entries(own).flatMap(([key, value]) => ['-o', `${key}=${value}`]), ...args];
  console.error("newest-git: fetching git's source from Debian's unstable suite");
  step("the package list of Debian's unstable suite cannot be had", 180, 'apt-get', apt('update'));
  step("git's source cannot be had", 180, 'apt-get', apt('source', '--download-only', '--tar-only', 'git'));
  return readdirSync(work).find((name) => /^git_.*\.orig\.tar\.\w+$/.test(name)) ?? fail("git's source did not come");
}

/** Compiles it, to be movable (RUNTIME_PREFIX), and with only what needs nothing but zlib: no http client, for one. */
function make(source) {
  console.error(`newest-git: compiling ${source}, which takes about a minute`);
  step("git's source cannot be unpacked", 60, 'tar', ['-xf', source, '--one-top-level=src', '--strip-components=1']);
  const without = ['RUST', 'GETTEXT', 'TCLTK', 'PERL', 'PYTHON', 'CURL', 'EXPAT', 'OPENSSL'].map((part) => `NO_${part}=1`);
  const flags = ['RUNTIME_PREFIX=1', 'INSTALL_SYMLINKS=1', 'CFLAGS=-O1', 'LDFLAGS=-s', `prefix=${join(work, 'made')}`];
  flags.push('TEST_PROGRAMS=', 'test_bindir_programs=', 'CLAR_TEST_PROG='); // not the tools for git's own tests
  step('git cannot be compiled', 900, 'make', ['-C', 'src', `-j${availableParallelism()}`, ...without, ...flags, 'install']);
  if (works()) return; // somebody else was faster
  rmSync(home, { recursive: true, force: true });
  renameSync(join(work, 'made'), home);
}

/** Runs one step within its time and returns what it printed; ends with its own words if it fails. */
function step(failure, seconds, command, args, options) {
  const env = { ...process.env, LC_ALL: 'C', MAKEFLAGS: '' }; // not the flags of a make that we run under
  const limits = { timeout: seconds * 1000, maxBuffer: 2 ** 28, encoding: 'utf8' };
  const ran = spawnSync(command, args, { cwd: work, env, ...limits, ...options });
  if (ran.status === 0) return ran.stdout;
  const words = ran.stderr?.split('\n').find((line) => /^E: |error/i.test(line)) ?? `${command} ended with ${ran.status}`;
  fail(`${failure}: ${ran.error ? `${command}: ${ran.error.code}` : words}`);
}

function fail(text) {
  console.error(`newest-git: ${text}`);
  process.exit(1);
}

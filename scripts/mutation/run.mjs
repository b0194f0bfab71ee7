/**
 * Breaks the source on purpose, a place at a time, and judges what the tests notice: of each file 90 of 100 mutants.
 * `npm run test:mutation [FILE…]`; without files all of them, which takes hours. The survivors are printed.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const LEAST = 90;
const NOTICED = ['Killed', 'Timeout'];
const UNNOTICED = ['Survived', 'NoCoverage'];

const wanted = process.argv.slice(2);
const isOfGit = (file) => file.startsWith('src/git/');

/** Runs the tests of a part against its mutants, of these files or of all, and reads the report. */
function mutate(part, files) {
  const report = join('build', 'mutation', `${part}.json`);
  rmSync(report, { force: true });
  const only = files.length > 0 ? ['--mutate', files.join(',')] : [];
  const stryker = join('scripts', 'mutation', 'node_modules', '.bin', 'stryker');
  spawnSync(stryker, ['run', join('scripts', 'mutation', 'stryker.config.mjs'), ...only], {
    env: { ...process.env, MUTATED: part },
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  return Object.entries(JSON.parse(readFileSync(report, 'utf8')).files);
}

const parts = { core: wanted.filter((file) => !isOfGit(file)), git: wanted.filter(isOfGit) };
const asked = Object.entries(parts).filter(([, files]) => wanted.length === 0 || files.length > 0);
const scores = asked
  .flatMap(([part, files]) => mutate(part, files))
  .map(([file, { source, mutants }]) => {
    const lines = source.split('\n');
    const survivors = mutants.filter(({ status }) => UNNOTICED.includes(status));
    const all = survivors.length + mutants.filter(({ status }) => NOTICED.includes(status)).length;
    for (const { location, replacement, status } of survivors)
      console.log(`${file}:${location.start.line} ${status}: ${JSON.stringify(replacement)} in ${lines[location.start.line - 1].trim()}`);
    return { file, all, score: 100 - (100 * survivors.length) / all };
  })
  .filter(({ all }) => all > 0);
for (const { file, all, score } of scores) console.log(`${score.toFixed(0).padStart(3)} of 100, ${all} mutants: ${file}`);
const unjudged = wanted.filter((file) => !scores.some((one) => one.file === file));
if (unjudged.length > 0) console.log(`Not judged: ${unjudged.join(', ')}`);
process.exitCode = scores.length > 0 && unjudged.length === 0 && scores.every(({ score }) => score >= LEAST) ? 0 : 1;

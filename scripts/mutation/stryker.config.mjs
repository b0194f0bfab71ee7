/** What is broken on purpose, one place at a time, and by which tests it is to be noticed. `run.mjs` judges the reports. */
import { join } from 'node:path';

/** `git` runs real git, for which each mutant takes seconds; the others are held by tests without any I/O worth the name. */
const PARTS = {
  core: ['src/core/**/*.ts', 'src/guard/**/*.ts', 'src/mcp/confirm.ts', 'src/mcp/question.ts'],
  git: ['src/git/**/*.ts'],
};
const part = process.env.MUTATED ?? 'core';

export default {
  mutate: PARTS[part],
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  vitest: { configFile: 'scripts/mutation/vitest.config.ts' },
  coverageAnalysis: 'perTest',
  // What is made once, when a file is loaded, would need all tests for each of its mutants: an eighth of them, and most of the time.
  ignoreStatic: true,
  concurrency: 2,
  // TypeScript 7 has no interface by which its settings could be read: no file is named, and none is read.
  tsconfigFile: 'none.json',
  reporters: ['json', 'progress-append-only'],
  jsonReporter: { fileName: join('build', 'mutation', `${part}.json`) },
  tempDirName: join('build', 'mutants'),
  ignorePatterns: ['dist', 'build', 'interop', 'docs', 'node_modules/.cache'],
  timeoutMS: 20_000,
};

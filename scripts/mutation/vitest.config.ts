import { defineConfig } from 'vitest/config';

/** The tests that are fast enough to be run for each place that is broken, of the part that stryker.config.mjs names. */
const TESTS = {
  core: [
    'test/{core,guard,tools}/**/*.test.ts',
    'test/mcp/{confirm,confirm-returning,question,schema}.test.ts',
    'test/providers/git/messages.test.ts',
    'test/config/config.test.ts',
  ],
  git: ['test/git/**/*.test.ts'],
};

export default defineConfig({
  test: {
    root: process.cwd(),
    include: process.env.MUTATED === 'git' ? TESTS.git : TESTS.core,
    setupFiles: ['test/support/node.ts', 'scripts/mutation/at-start.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/live/**'],
    setupFiles: ['test/support/node.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxConcurrency: 16,
    pool: 'forks',
  },
});

// Bundles the server to dist/, and the programs that people run from a checkout to build/.
import { readdirSync, rmSync } from 'node:fs';
import { build } from 'esbuild';

const common = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.18',
  splitting: true,
  sourcemap: true,
  logLevel: 'warning',
  // CommonJS packages inside an ES module bundle ask for require.
  banner: { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" },
};

rmSync('dist', { recursive: true, force: true });
rmSync('build', { recursive: true, force: true });
const programs = readdirSync('scripts').filter((name) => name.endsWith('.ts'));
await Promise.all([
  build({
    ...common,
    entryPoints: ['src/server.ts'],
    outdir: 'dist',
    banner: { js: `#!/usr/bin/env node\n${common.banner.js}` },
    minifySyntax: true,
  }),
  build({ ...common, entryPoints: programs.map((name) => `scripts/${name}`), outdir: 'build', packages: 'external' }),
]);

// Bundles the server to dist/, and the programs that people run from a checkout to build/.
import { readdirSync, rmSync } from 'node:fs';
import { build } from 'esbuild';

/** The SDK would bring a JSON Schema validator of 300 kB that is never asked: app.ts hands it another one. */
const withoutValidator = {
  name: 'without-validator',
  setup({ onLoad }) {
    onLoad({ filter: /@modelcontextprotocol[\\/]server[\\/]dist[\\/]shimsNode\.mjs$/ }, () => ({
      contents: "import process from 'node:process';\nclass DefaultJsonSchemaValidator {}\nexport { DefaultJsonSchemaValidator, process };",
    }));
  },
};

const common = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.18',
  splitting: true,
  logLevel: 'warning',
};

rmSync('dist', { recursive: true, force: true });
rmSync('build', { recursive: true, force: true });
const programs = readdirSync('scripts').filter((name) => name.endsWith('.ts'));
await Promise.all([
  build({
    ...common,
    entryPoints: ['src/server.ts'],
    outdir: 'dist',
    minify: true,
    sourcemap: true,
    legalComments: 'none',
    plugins: [withoutValidator],
    // CommonJS packages inside an ES module ask for require.
    banner: {
      js: "#!/usr/bin/env node\nimport { createRequire as __require } from 'node:module'; const require = __require(import.meta.url);",
    },
  }),
  build({ ...common, entryPoints: programs.map((name) => `scripts/${name}`), outdir: 'build', packages: 'external' }),
]);

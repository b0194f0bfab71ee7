// Bundles the server to dist/, and the programs that people run from a checkout to build/.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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
const [{ metafile }] = await Promise.all([
  build({
    ...common,
    entryPoints: ['src/server.ts'],
    outdir: 'dist',
    minify: true,
    sourcemap: true,
    legalComments: 'none',
    metafile: true,
    plugins: [withoutValidator],
    // CommonJS packages inside an ES module ask for require.
    banner: {
      js: "#!/usr/bin/env node\nimport { createRequire as __require } from 'node:module'; const require = __require(import.meta.url);",
    },
  }),
  build({ ...common, entryPoints: programs.map((name) => `scripts/${name}`), outdir: 'build', packages: 'external' }),
]);

/** The licences of everything that is bundled, as they ask to be passed on. */
function notices(inputs) {
  const packages = new Set(inputs.flatMap((input) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? []));
  return [...packages].sort().map((directory) => {
    const { name, version, license } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
    const file = readdirSync(directory).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
    const text = file && existsSync(join(directory, file)) ? readFileSync(join(directory, file), 'utf8').trim() : `Licence: ${license}`;
    return `${name} ${version} (${license})\n\n${text}\n`;
  });
}
const rule = `\n${'-'.repeat(78)}\n\n`;
writeFileSync(join('dist', 'THIRD-PARTY-NOTICES.txt'), notices(Object.keys(metafile.inputs)).join(rule));

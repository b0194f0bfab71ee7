// Bundles the server to dist/, and the programs that people run from a checkout to build/.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build } from 'esbuild';
import { leanSdk } from './lean-sdk.mjs';

const root = process.cwd();

/** Loaded on demand, each from a file of its own in dist/. */
const LATE = {
  'src/http/undici.ts': 'undici',
  'src/providers/lakefs/yaml.ts': 'yaml',
  'src/cli/main.ts': 'cli',
  'src/config/finder.ts': 'finder',
  'src/core/unseen.ts': 'unseen',
  'src/guard/append.ts': 'append',
  'src/guard/journal.ts': 'journal',
  'src/mcp/question.ts': 'question',
  'src/config/bounds.ts': 'bounds',
  'src/config/dotenv.ts': 'dotenv',
  'src/core/glob.ts': 'glob',
  'src/core/versions.ts': 'versions',
  'src/core/conventional.ts': 'conventional',
};
/** Imported like any module, but loaded when one of its functions is first called: few sessions do. */
const ON_CALL = {
  'src/config/finder.ts': ['createFinder'],
  'src/core/unseen.ts': ['withoutUnseen'],
  'src/core/glob.ts': ['compileGlob'],
  'src/core/versions.ts': ['isPrerelease', 'versionsAfter', 'versionsBelow'],
  'src/core/conventional.ts': ['meaningOf'],
  'node:crypto': ['createHash', 'createHmac', 'randomBytes', 'randomUUID'],
  'node:zlib': ['brotliDecompressSync', 'gunzipSync', 'inflateRawSync', 'inflateSync'],
  'node:child_process': ['spawn'],
};

const lateFiles = {
  name: 'late-files',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(\.|node:)/ }, ({ kind, path, resolveDir, namespace }) => {
      const source = path.startsWith('.') ? relative(root, join(resolveDir, path)).replaceAll('\\', '/') : path;
      const file = LATE[source] && `./${LATE[source]}.js`;
      if (namespace === 'on-call') return { path, external: true };
      if (ON_CALL[source] && kind === 'import-statement') return { path: source, namespace: 'on-call' };
      return file && kind === 'dynamic-import' ? { path: file, external: true } : undefined;
    });
    onLoad({ filter: /./, namespace: 'on-call' }, ({ path }) => {
      const file = LATE[path] ? `./${LATE[path]}.js` : path;
      const contents = ON_CALL[path].map((name) => `export const ${name} = (...args) => require('${file}').${name}(...args);`);
      return { contents: contents.join('\n') };
    });
  },
};

const common = { bundle: true, platform: 'node', target: 'node20.18', logLevel: 'warning' };
/** CommonJS: what Node loads fastest. */
const product = {
  ...common,
  format: 'cjs',
  supported: { 'dynamic-import': false },
  outdir: 'dist',
  minify: true,
  sourcemap: true,
  legalComments: 'none',
  metafile: true,
  plugins: [lateFiles, leanSdk],
};

rmSync('dist', { recursive: true, force: true });
rmSync('build', { recursive: true, force: true });
const programs = readdirSync('scripts').filter((name) => name.endsWith('.ts'));
const late = Object.entries(LATE).map(([path, out]) => ({ in: path, out }));
const [server, later] = await Promise.all([
  build({ ...product, entryPoints: [{ in: 'src/server.ts', out: 'main' }] }),
  build({ ...product, entryPoints: late }),
  build({
    ...common,
    format: 'esm',
    splitting: true,
    entryPoints: [...programs.map((name) => `scripts/${name}`), 'scripts/bench/upstream-process.ts'],
    outdir: 'build',
    packages: 'external',
  }),
  build({
    ...product,
    entryPoints: ['scripts/bench/sdk-alone.ts'],
    outdir: 'build/bench',
    outExtension: { '.js': '.cjs' },
    external: ['undici'],
    sourcemap: false,
  }),
]);
const hash = createHash('sha256')
  .update(readFileSync(join('dist', 'main.js')))
  .digest('hex')
  .slice(0, 16);
await build({
  ...product,
  entryPoints: [{ in: 'src/start/start.ts', out: 'server' }],
  banner: { js: '#!/usr/bin/env node' },
  define: { BUNDLE_HASH: JSON.stringify(hash) },
});
writeFileSync(join('dist', 'package.json'), '{ "type": "commonjs" }\n');

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
writeFileSync(
  join('dist', 'THIRD-PARTY-NOTICES.txt'),
  notices([server, later].flatMap(({ metafile }) => Object.keys(metafile.inputs))).join(rule),
);

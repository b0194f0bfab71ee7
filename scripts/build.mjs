// Bundles the server to dist/, and the programs that people run from a checkout to build/.
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
  picomatch: 'picomatch',
};
/** Imported like any module, but loaded when one of its functions is first called: few sessions do. */
const ON_CALL = {
  picomatch: { from: './picomatch.js', names: ['default'] },
  'src/config/finder.ts': { from: './finder.js', names: ['createFinder'] },
  'src/core/unseen.ts': { from: './unseen.js', names: ['withoutUnseen'] },
  'node:crypto': { from: 'node:crypto', names: ['createHash', 'createHmac', 'randomBytes', 'randomUUID'] },
  'node:zlib': { from: 'node:zlib', names: ['brotliDecompressSync', 'gunzipSync', 'inflateSync'] },
  'node:child_process': { from: 'node:child_process', names: ['spawn'] },
};

const lateFiles = {
  name: 'late-files',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) => {
      const file = relative(root, join(resolveDir, path)).replaceAll('\\', '/');
      if (kind === 'import-statement' && file in ON_CALL) return { path: file, namespace: 'on-call' };
      return kind === 'dynamic-import' && file in LATE ? { path: `./${LATE[file]}.js`, external: true } : undefined;
    });
    onResolve({ filter: new RegExp(`^(${Object.keys(ON_CALL).join('|')})$`) }, ({ kind, path, namespace }) =>
      kind === 'import-statement' && namespace === 'file' ? { path, namespace: 'on-call' } : undefined,
    );
    onResolve({ filter: /./, namespace: 'on-call' }, ({ path }) => ({ path, external: true }));
    onLoad({ filter: /./, namespace: 'on-call' }, ({ path }) => {
      const { from, names } = ON_CALL[path];
      const call = (name) => `(...args) => { const late = require('${from}'); return (late.${name} ?? late)(...args); };`;
      return {
        contents: names
          .map((name) => (name === 'default' ? `export default ${call(name)}` : `export const ${name} = ${call(name)}`))
          .join('\n'),
      };
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
  build({ ...product, entryPoints: ['src/server.ts'], banner: { js: '#!/usr/bin/env node' } }),
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

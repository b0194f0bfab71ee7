// Packs the built server as an .mcpb, which desktop clients install with a click. `--stage DIR` only lays it out there.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MCPB = '@anthropic-ai/mcpb@2.1.2';

const root = fileURLToPath(new URL('..', import.meta.url));
const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

function stage(directory) {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  for (const file of ['manifest.json', 'icon.png', 'LICENSE']) cpSync(join(root, file), join(directory, file));
  cpSync(join(root, 'dist'), join(directory, 'dist'), { recursive: true, filter: (path) => !/\.map$|\.cache/.test(path) });
}

const [flag, place] = process.argv.slice(2);
if (flag === '--stage' && place) {
  stage(place);
} else if (flag === undefined) {
  const directory = join(root, 'build', 'bundle');
  const mcpb = (...args) => execFileSync('npx', ['--yes', MCPB, ...args], { cwd: root, stdio: 'inherit' });
  stage(directory);
  mcpb('validate', join(directory, 'manifest.json'));
  mcpb('pack', directory, join(root, `${name}-${version}.mcpb`));
} else {
  console.error('Usage: node scripts/bundle.mjs [--stage DIR]');
  process.exitCode = 2;
}

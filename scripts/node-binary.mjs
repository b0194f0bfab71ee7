/** Other versions of Node.js, from npm packages that bring the binary (interop/nodes). */
import { existsSync } from 'node:fs';

export const MAJORS = [20, 22, 24];

/** Path of that version's binary; a sentence on standard error and exit code 1 where it is not installed. */
export function nodeBinary(major) {
  const name = `node${major}-${process.platform}-${process.arch}`;
  const path = new URL(`../interop/nodes/node_modules/${name}/bin/node`, import.meta.url).pathname;
  if (existsSync(path)) return path;
  console.error(`Node ${major} is not there (${name}): npm ci --prefix interop/nodes; packages exist for Linux on x64 and arm64.`);
  return process.exit(1);
}

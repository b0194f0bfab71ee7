/** Starts the built server as a client would and shows what it does. Exits 0 only if every step did what it says. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gitHost } from './demo/git-host.ts';
import { hosted } from './demo/hosted.ts';
import { localGit } from './demo/local-git.ts';
import { nextRelease } from './demo/next-release.ts';
import { notes } from './demo/notes.ts';
import { release } from './demo/release.ts';

const directory = mkdtempSync(join(tmpdir(), 'tagwright-demo-'));
try {
  await localGit(directory);
  await nextRelease(directory);
  await gitHost(directory);
  await hosted(directory);
  await release(directory);
  await notes(directory);
  console.log('\nEvery step did what it says.');
} catch (error) {
  console.error(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
}

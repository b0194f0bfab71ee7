/** The doctor as a process: what it prints where, how it ends, and whom it trusts. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { about } from '../cli/practice.ts';
import { GITLAB_TOKENS, type GitlabSandbox, startGitlab } from '../sandbox/gitlab.ts';
import { foundAuthority, secured } from '../support/authority.ts';
import { temporaryDirectory } from '../support/git-repository.ts';
import { bareEnvironment, serverPath } from '../support/server.ts';

let sandbox: GitlabSandbox;
const folder = temporaryDirectory();
const authority = foundAuthority(folder);
beforeAll(async () => {
  sandbox = await startGitlab();
  sandbox.commit(sandbox.addProject('acme/app'), 'main', 'first');
});
afterAll(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true });
});

const start = (args: string[], env: Record<string, string>) =>
  spawn(process.execPath, [serverPath, ...args], { cwd: folder, env: { ...bareEnvironment(), ...env } });
const gitlab = () => ({ GITLAB_URL: sandbox.url, GITLAB_TOKEN: GITLAB_TOKENS.maintainer, GITLAB_PROJECT: 'acme/app' });

/** Its input stays open: whoever waits for it hangs. */
async function run(args: string[], env: Record<string, string>) {
  const child = start(args, env);
  const [stdout, stderr] = await Promise.all(
    [child.stdout, child.stderr].map(async (stream) => (await stream.setEncoding('utf8').toArray()).join('')),
  );
  if (child.exitCode === null) await once(child, 'exit');
  return { code: child.exitCode, stdout: stdout ?? '', stderr: stderr ?? '' };
}

describe('tagwright doctor', () => {
  it('ends by itself at once, with 0 where all works; idle connections do not hold it', async () => {
    const started = performance.now();
    const { code, stdout, stderr } = await run(['doctor'], gitlab());
    expect(performance.now() - started).toBeLessThan(3_500);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/✓ gitlab/);
    expect(stdout).not.toContain('\u001b');
  });
  it('prints one JSON object, and ends with 1 where something fails', async () => {
    const { code, stdout } = await run(['doctor', '--json'], { ...gitlab(), GITLAB_TOKEN: GITLAB_TOKENS.expired });
    expect(code).toBe(1);
    expect(about('gitlab', JSON.parse(stdout))).toMatchObject({ state: 'fails', error: { code: 'unauthenticated' } });
  });
  it('ends quietly where nobody reads it any more', async () => {
    const child = start(['doctor', '--json'], gitlab());
    child.stdout.destroy();
    const stderr = (await child.stderr.setEncoding('utf8').toArray()).join('');
    expect(stderr).toBe('');
  });
  it.skipIf(!authority)('names the variable that makes an unknown authority known, and works with it', async () => {
    if (!authority) return;
    const front = await secured(sandbox.url, authority);
    try {
      const env = { ...gitlab(), GITLAB_URL: front.url };
      const stranger = about('gitlab', JSON.parse((await run(['doctor', '--json'], env)).stdout));
      expect(stranger).toMatchObject({
        state: 'fails',
        tls: true,
        error: {
          code: 'unavailable',
          message: expect.stringContaining('TLS certificate is not trusted'),
          hint: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
        },
      });
      const known = await run(['doctor', '--json'], { ...env, NODE_EXTRA_CA_CERTS: authority.file });
      expect(known.code).toBe(0);
      expect(about('gitlab', JSON.parse(known.stdout))).toMatchObject({
        state: 'works',
        tls: true,
        repository: { read: true, write: true },
      });
    } finally {
      front.close();
    }
  });
});

/** Eight servers of eight clones want the same name at once: one makes it, and there is one tag. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { ADA } from '../providers/remote/workshop.ts';
import { openGitHost } from '../support/git-host.ts';
import { makeRepository, temporaryDirectory } from '../support/git-repository.ts';
import { spawnServer } from '../support/server.ts';

/** By hand 50: TAGWRIGHT_ROUNDS=50 npx vitest run test/e2e/remote-race.test.ts */
const ROUNDS = Number(process.env.TAGWRIGHT_ROUNDS ?? 9);
const RACERS = 8;

it('one is told that it created, the others that it is there', async () => {
  const root = temporaryDirectory();
  const bare = makeRepository({ path: join(root, 'acme/app.git'), bare: true });
  const work = makeRepository({ path: join(root, 'work') });
  const commits = [work.commit('first'), work.commit('second')];
  work.git('push', '-q', bare.path, 'main');
  const host = await openGitHost({ root });
  const env = { ...ADA, GIT_REMOTE_URL: `${host.origin}/acme/app.git` };
  const servers = await Promise.all(Array.from({ length: RACERS }, () => spawnServer({ cwd: '/', env })));
  onTestFinished(async () => {
    await Promise.all(servers.map((server) => server.close()));
    await host.close();
    rmSync(root, { recursive: true, force: true });
  });
  for (let round = 0; round < ROUNDS; round += 1) {
    const name = `v${round}`;
    // All at one commit, at two, or as objects of their own.
    const args = (racer: number) => ({
      name,
      ref: round % 3 === 1 ? commits[racer % 2] : 'main',
      ...(round % 3 === 2 && { message: `from racer ${racer}` }),
    });
    const answers = await Promise.all(
      servers.map(async ({ client }, racer) => {
        const { structuredContent, content } = await client.callTool({ name: 'create_tag', arguments: args(racer) });
        const text = content.map((block) => (block.type === 'text' ? block.text : '')).join('');
        return { outcome: String((structuredContent as { outcome?: string } | undefined)?.outcome ?? text.split(':', 1)[0]), text };
      }),
    );
    const outcomes = answers.map(({ outcome }) => outcome);
    expect(
      outcomes.filter((outcome) => outcome === 'created'),
      JSON.stringify(answers),
    ).toHaveLength(1);
    expect(
      outcomes.filter((outcome) => !['created', 'unchanged', 'already_exists'].includes(outcome)),
      JSON.stringify(answers),
    ).toEqual([]);
    expect(bare.git('tag', '--list', name)).toBe(name);
    if (round % 3 === 2) {
      const winner = outcomes.indexOf('created');
      expect(bare.git('tag', '-l', '--format=%(contents:subject)', name)).toBe(`from racer ${winner}`);
    }
  }
}, 180_000);

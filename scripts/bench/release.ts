import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startCodearts } from '../../test/sandbox/codearts.ts';
import { gitlabAccess, startGitlab } from '../../test/sandbox/gitlab.ts';
import { lakefsAccess, startLakefs } from '../../test/sandbox/lakefs.ts';
import { startVers, VERS_KEY } from '../../test/sandbox/vers.ts';
import { median, type Row, spread, timed } from './measure.ts';
import { openSession } from './session.ts';

const LATENCY_MS = 50;
const MOST_ROUND_TRIPS = 4;

/** A release over five targets that each answer after 50 ms: plan and creation together, in round trips. */
export async function releases(server: string, directory: string, rounds: number): Promise<Row[]> {
  const [gitlab, lakefs, codearts, vers] = await Promise.all([startGitlab(), startLakefs(), startCodearts(), startVers()]);
  const sandboxes = [gitlab, lakefs, codearts, vers];
  gitlab.commit(gitlab.addProject('acme/app'), 'main', 'one');
  gitlab.commit(gitlab.addProject('acme/web'), 'main', 'one');
  lakefs.addRepository('training');
  codearts.addRepository(2112015538);
  vers.addRepository('images');
  const ref = vers.commit().commit_id;
  const cwd = join(directory, 'release');
  mkdirSync(cwd);
  execFileSync('git', ['init', '-q', cwd]);
  const session = await openSession(server, cwd, {
    ...gitlabAccess(gitlab),
    ...lakefsAccess(lakefs),
    CODEARTS_URL: codearts.url,
    CODEARTS_TOKEN: codearts.issueToken(new Date(Date.now() + 3_600_000)),
    VERS_URL: vers.url,
    VERS_API_KEY: VERS_KEY,
  });
  const targets = [
    { provider: 'gitlab', repository: 'acme/app', ref: 'main' },
    { provider: 'gitlab', repository: 'acme/web', ref: 'main' },
    { provider: 'lakefs', repository: 'training', ref: 'main' },
    { provider: 'codearts', repository: '2112015538', ref: 'master' },
    { provider: 'vers', repository: 'images', ref },
  ];
  let round = 0;
  const release = async () => {
    round += 1;
    await session.call('tag_release', { name: `v${round}`, targets });
  };
  await release();
  for (const sandbox of sandboxes) sandbox.latencyMs = LATENCY_MS;
  const times: number[] = [];
  for (let count = 0; count < rounds; count += 1) times.push(await timed(release));
  await session.close();
  await Promise.all(sandboxes.map((sandbox) => sandbox.close()));
  return [
    {
      figure: `release over five targets of ${LATENCY_MS} ms: plan and creation`,
      value: median(times) / LATENCY_MS,
      unit: 'round trips',
      ours: spread(times),
      budget: { atMost: MOST_ROUND_TRIPS },
    },
  ];
}

/**
 * A program: GitLab and lakeFS in a process of their own, as upstreams are. Its first line of output is a `Ready`; a line of
 * input is a `Command`, and answered with the number of requests since the last one.
 */
import { createInterface } from 'node:readline';
import { GITLAB_TOKENS, gitlabAccess, startGitlab } from '../../test/sandbox/gitlab.ts';
import { lakefsAccess, startLakefs } from '../../test/sandbox/lakefs.ts';

export interface Ready {
  readonly gitlab: string;
  readonly token: string;
  /** What leads the server to both. */
  readonly env: Record<string, string>;
}

export interface Command {
  /** How long every answer takes from then on. */
  readonly latencyMs?: number;
}

const LAKEFS_TAGS = Number(process.argv[2] ?? 0);
const gitlab = await startGitlab();
const project = gitlab.addProject('acme/app');
gitlab.commit(project, 'main', 'one');
for (let index = 0; index < 100; index += 1) gitlab.tag(project, `v${index}`, 'main');
const lakefs = await startLakefs();
const training = lakefs.addRepository('training');
for (let index = 0; index < LAKEFS_TAGS; index += 1) lakefs.tag(training, `v${Math.floor(index / 100)}.${index % 100}`, 'main');

const say = (message: object | number) => process.stdout.write(`${JSON.stringify(message)}\n`);
createInterface({ input: process.stdin })
  .on('line', (line) => {
    const { latencyMs } = JSON.parse(line) as Command;
    const requests = gitlab.seen.length + lakefs.seen.length;
    for (const sandbox of [gitlab, lakefs]) {
      if (latencyMs !== undefined) sandbox.latencyMs = latencyMs;
      sandbox.reset();
    }
    say(requests);
  })
  .on('close', () => process.exit(0));
say({
  gitlab: gitlab.url,
  token: GITLAB_TOKENS.maintainer,
  env: {
    ...gitlabAccess(gitlab),
    GITLAB_PROJECT: 'acme/app',
    ...lakefsAccess(lakefs),
  },
} satisfies Ready);

/**
 * Starts a sandbox of each HTTP system with a little in it, prints the variables that lead there as lines for a shell,
 * and stays until Ctrl-C: `npm run -s sandbox > sandbox.env &`, then `. ./sandbox.env`.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CODEARTS_KEY, startCodearts } from '../test/sandbox/codearts.ts';
import { githubAccess, startGithub } from '../test/sandbox/github.ts';
import { GITLAB_TOKENS, gitlabAccess, startGitlab } from '../test/sandbox/gitlab.ts';
import { IAM_ACCOUNT, startIam } from '../test/sandbox/iam.ts';
import { lakefsAccess, startLakefs } from '../test/sandbox/lakefs.ts';
import { startVers, VERS_KEY } from '../test/sandbox/vers.ts';
import { openGitHost } from '../test/support/git-host.ts';

const MESSAGES = ['Start', 'Parse the input', 'Fix the parser'];
const RELEASES = ['v1.0.0', 'v1.1.0-rc.1', 'v1.1.0'];
const CODEARTS_ID = 2111520;

const [gitlab, github, lakefs, codearts, vers] = await Promise.all([
  startGitlab(),
  startGithub(),
  startLakefs(),
  startCodearts(),
  startVers(),
]);
const iam = await startIam(codearts);

const project = gitlab.addProject('acme/app', { protectedTags: ['prod-*'] });
const app = github.addRepository('acme/app');
const lake = lakefs.addRepository('datalake');
codearts.addRepository(CODEARTS_ID, { name: 'app' });
vers.addRepository('images');
RELEASES.forEach((name, index) => {
  const message = MESSAGES[index] ?? '';
  gitlab.tag(project, name, gitlab.commit(project, 'main', message), message);
  github.tag(app, name, github.commit(app, 'main', message), message);
  lakefs.tag(lake, name, lakefs.commit(lake, 'main', message));
  codearts.tag(CODEARTS_ID, name, codearts.commit(CODEARTS_ID, 'master', message).id, message);
  vers.tag('images', name, vers.commit({ name: message }).commit_id, message);
});
gitlab.commit(project, 'main', 'Not yet released');
github.commit(app, 'main', 'Not yet released');
lakefs.commit(lake, 'main', 'Not yet released');
codearts.commit(CODEARTS_ID, 'master', 'Not yet released');
const snapshot = vers.commit({ name: 'Not yet released' });

/** A real git behind HTTP, on a directory that goes with it. */
const root = mkdtempSync(join(tmpdir(), 'tagwright-host-'));
const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...args], { cwd: root, encoding: 'utf8' }).trim();
git('init', '-q', '--bare', '-b', 'main', 'acme/app.git');
const tree = git('--git-dir=acme/app.git', 'hash-object', '-t', 'tree', '-w', '/dev/null');
let parent: string[] = [];
for (const [index, name] of [...RELEASES, undefined].entries()) {
  const commit = git('--git-dir=acme/app.git', 'commit-tree', tree, ...parent, '-m', MESSAGES[index] ?? 'Not yet released');
  git('--git-dir=acme/app.git', 'update-ref', 'refs/heads/main', commit);
  if (name) git('--git-dir=acme/app.git', 'tag', name, commit);
  parent = ['-p', commit];
}
const GIT_TOKEN = 'git-host-sandbox-token';
const gitHost = await openGitHost({ root, credential: `git:${GIT_TOKEN}` });

const iamAccount = {
  CODEARTS_IAM_URL: iam.url,
  CODEARTS_IAM_DOMAIN: IAM_ACCOUNT.domain,
  CODEARTS_IAM_USER: IAM_ACCOUNT.user,
  CODEARTS_IAM_PASSWORD: IAM_ACCOUNT.password,
};
const line = ([name, value]: [string, string]) => `export ${name}='${value}'`;
const lines = (values: Record<string, string>) => Object.entries(values).map(line);
console.log(
  [
    '# GitLab: acme/app, branch main, tags prod-* protected',
    ...lines({ ...gitlabAccess(gitlab, GITLAB_TOKENS.developer), GITLAB_PROJECT: 'acme/app' }),
    '# GitHub: acme/app, branch main',
    ...lines({ ...githubAccess(github), GITHUB_REPOSITORY: 'acme/app' }),
    '# lakeFS: datalake, branch main',
    ...lines({
      ...lakefsAccess(lakefs),
      LAKEFS_REPOSITORY: 'datalake',
    }),
    `# CodeArts Repo: ${CODEARTS_ID}, branch master; in place of the key, an account at IAM will do`,
    ...lines({
      CODEARTS_URL: codearts.url,
      CODEARTS_REGION: IAM_ACCOUNT.project,
      HUAWEICLOUD_SDK_AK: CODEARTS_KEY.access,
      HUAWEICLOUD_SDK_SK: CODEARTS_KEY.secret,
      CODEARTS_REPOSITORY: String(CODEARTS_ID),
    }),
    ...lines(iamAccount).map((text) => `# ${text}`),
    '# git host: acme/app, branch main',
    ...lines({ GIT_REMOTE_URL: `${gitHost.origin}/acme/app.git`, GIT_REMOTE_TOKEN: GIT_TOKEN }),
    `# Vers: images; a commit without a tag is ${snapshot.commit_id}`,
    ...lines({ VERS_URL: vers.url, VERS_API_KEY: VERS_KEY, VERS_REPOSITORY: 'images' }),
  ].join('\n'),
);

const stop = async () => {
  await Promise.all([gitlab, github, lakefs, codearts, iam, vers, gitHost].map((sandbox) => sandbox.close()));
  rmSync(root, { recursive: true, force: true });
  process.exit(0);
};
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);

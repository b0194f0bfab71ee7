/** A release with notes by the built server, over a real repository and three sandboxes: on all of them, or on none, whatever fails, gets lost or is killed. */
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GithubSandbox, githubAccess, type Repository, startGithub } from '../sandbox/github.ts';
import { type GitlabSandbox, gitlabAccess, type Project, startGitlab } from '../sandbox/gitlab.ts';
import { type LakefsSandbox, lakefsAccess, startLakefs } from '../sandbox/lakefs.ts';
import type { Fault, Match, Sandbox } from '../sandbox/sandbox.ts';
import { type GitRepository, makeRepository } from '../support/git-repository.ts';
import { initialize, type RawServer, startRaw } from '../support/raw-server.ts';

const NOTES = '## Spring\n\n- faster\n- "safer"';
const ARGS = { name: 'v1.0.0', message: 'Spring release', release_notes: NOTES };

let git: GitRepository;
let gitlab: GitlabSandbox;
let github: GithubSandbox;
let lakefs: LakefsSandbox;
let project: Project;
let app: Repository;
let data: ReturnType<LakefsSandbox['addRepository']>;
const servers: RawServer[] = [];

beforeEach(async () => {
  git = makeRepository();
  git.commit('first');
  [gitlab, github, lakefs] = await Promise.all([startGitlab(), startGithub(), startLakefs()]);
  project = gitlab.addProject('acme/app');
  gitlab.commit(project, 'main', 'first');
  app = github.addRepository('octo/app');
  github.commit(app, 'main', 'first');
  data = lakefs.addRepository('training');
});
afterEach(async () => {
  for (const server of servers.splice(0)) server.stop();
  git.remove();
  expect([...gitlab.unknown, ...github.unknown, ...lakefs.unknown]).toEqual([]);
  await Promise.all([gitlab.close(), github.close(), lakefs.close()]);
});

async function start(): Promise<RawServer> {
  const server = startRaw(git.path, {
    ...gitlabAccess(gitlab),
    GITLAB_PROJECT: 'acme/app',
    ...githubAccess(github),
    GITHUB_REPOSITORY: 'octo/app',
    ...lakefsAccess(lakefs),
    LAKEFS_REPOSITORY: 'training',
    TAGWRIGHT_TIMEOUT_MS: '3000',
  });
  servers.push(server);
  await initialize(server);
  return server;
}
async function call(on: RawServer, name: string, args: object) {
  const { result } = await on.ask('tools/call', { name, arguments: args });
  return { text: result?.content?.[0]?.text ?? '', isError: result?.isError === true, structured: result?.structuredContent ?? {} };
}

const published = () => [...app.releases.values()].filter(({ draft }) => !draft);
const standing = () => ({
  git: git.git('tag', '--list'),
  gitlab: [...project.tags.keys()].join(),
  github: [...app.tags.keys()].join(),
  lakefs: [...data.tags.keys()].join(),
  notes: [[...project.releases.values()].map(({ description }) => description), published().map(({ body }) => body)],
});
const EVERYWHERE = { git: 'v1.0.0', gitlab: 'v1.0.0', github: 'v1.0.0', lakefs: 'v1.0.0', notes: [[NOTES], [NOTES]] };
const NOWHERE = { git: '', gitlab: '', github: '', lakefs: '', notes: [[], []] };

const clear = () => {
  for (const name of git.git('tag', '--list').split('\n').filter(Boolean)) git.git('tag', '-d', name);
  for (const map of [project.tags, project.releases, app.tags, app.releases, data.tags]) map.clear();
  for (const sandbox of [gitlab, github, lakefs]) sandbox.reset();
};

/** Every request of the release that writes. */
const WRITES: Record<string, [system: () => Sandbox, match: Match]> = {
  'the tag on GitLab': [() => gitlab, { method: 'POST', path: /\/repository\/tags$/ }],
  'the Release on GitLab': [() => gitlab, { method: 'POST', path: /\/releases$/ }],
  'the tag object on GitHub': [() => github, { method: 'POST', path: /\/git\/tags$/ }],
  'the tag on GitHub': [() => github, { body: /mutation/ }],
  'the Release on GitHub': [() => github, { method: 'POST', path: /\/releases$/ }],
  'the tag on lakeFS': [() => lakefs, { method: 'POST' }],
};
const REFUSALS: Fault[] = [
  { kind: 'status', status: 403, body: { message: 'No release on Fridays' } },
  { kind: 'status', status: 500, body: { message: 'broken' } },
  { kind: 'reset' },
];

describe('a release with notes', () => {
  it('stands everywhere with them, is unchanged a second time, and its plan writes nothing', async () => {
    const server = await start();
    const plan = await call(server, 'tag_release', { ...ARGS, dry_run: true });
    expect(plan.structured).toMatchObject({
      outcome: 'planned',
      targets: [
        { provider: 'git', note: expect.stringContaining('release notes are left out') },
        { provider: 'github' },
        { provider: 'gitlab' },
        { provider: 'lakefs', note: expect.stringMatching(/message is left out.*release notes are left out/) },
      ],
    });
    expect(standing()).toEqual(NOWHERE);
    expect((await call(server, 'tag_release', ARGS)).structured).toMatchObject({ outcome: 'created' });
    expect(standing()).toEqual(EVERYWHERE);
    expect((await call(server, 'tag_release', ARGS)).structured).toMatchObject({ outcome: 'unchanged' });
    const other = await call(server, 'tag_release', { ...ARGS, release_notes: 'Others' });
    expect(other.text).toMatch(/^release_failed: Nothing was created.*already_exists.*other notes/);
    expect(standing()).toEqual(EVERYWHERE);
  });

  it('stands nowhere, whichever of its writes is refused or never arrives', async () => {
    const server = await start();
    for (const [what, [system, match]] of Object.entries(WRITES))
      for (const fault of REFUSALS) {
        clear();
        system().fault(fault, match);
        const { text, isError } = await call(server, 'tag_release', ARGS);
        expect(isError, what).toBe(true);
        expect(text, what).toMatch(/^release_failed: /);
        expect(standing(), `${what}, ${JSON.stringify(fault)}: ${text}`).toEqual(NOWHERE);
      }
  }, 120_000);

  it('stands everywhere, whichever answer to its writes gets lost', async () => {
    const server = await start();
    for (const [what, [system, match]] of Object.entries(WRITES).filter(([what]) => !what.includes('object')))
      for (const kind of ['reset-after', 'truncate'] as const) {
        clear();
        system().fault({ kind }, match);
        const { text, isError } = await call(server, 'tag_release', ARGS);
        expect(isError, `${what}, ${kind}: ${text}`).toBe(false);
        expect(standing(), `${what}, ${kind}`).toEqual(EVERYWHERE);
      }
  }, 120_000);

  it('killed at any request of any system is completed by the same call', async () => {
    let kills = 0;
    for (const system of [gitlab, github])
      for (const kind of ['hang', 'hang-after'] as const)
        for (let at = 0; at < 20; at += 1) {
          clear();
          const server = await start();
          system.fault({ kind }, { after: at });
          let over = false;
          void call(server, 'tag_release', ARGS).then(() => {
            over = true;
          });
          while (!over && system.seen.length <= at) await new Promise((wake) => setTimeout(wake, 2));
          await new Promise((wake) => setTimeout(wake, 20)); // what is on its way to the other systems arrives
          server.child.kill('SIGKILL');
          await once(server.child, 'exit');
          for (const sandbox of [gitlab, github, lakefs]) sandbox.reset();
          if (over) break;
          kills += 1;
          const { structured, text } = await call(await start(), 'tag_release', ARGS);
          expect(structured, `${kind} at ${at}: ${text}`).toMatchObject({ outcome: expect.stringMatching(/^(created|unchanged)$/) });
          expect(standing(), `${kind} at ${at}`).toEqual(EVERYWHERE);
        }
    expect(kills).toBeGreaterThan(15);
  }, 180_000);
});

it.each(['gitlab', 'github'])('a deleted tag of %s comes back with its notes by the call that its deletion tells', async (provider) => {
  const server = await start();
  await call(server, 'create_tag', { provider, ref: 'main', ...ARGS });
  const before = standing();
  expect((await call(server, 'delete_tag', { provider, name: ARGS.name })).text).toMatch(/^release_attached: /);
  const deleted = await call(server, 'delete_tag', { provider, name: ARGS.name, force: true });
  expect(deleted.structured, deleted.text).toMatchObject({ restore: { provider, release_notes: NOTES, message: ARGS.message } });
  expect(standing()).toEqual(NOWHERE);
  const back = await call(server, 'create_tag', deleted.structured.restore as object);
  expect(back.structured, back.text).toMatchObject({ outcome: 'created' });
  expect(standing()).toEqual(before);
});

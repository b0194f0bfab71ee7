/** A person takes minutes to answer. What they approved is done to what they were shown, or not at all. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type GitlabSandbox, gitlabAccess, type Project, startGitlab } from '../sandbox/gitlab.ts';
import { temporaryDirectory } from '../support/git-repository.ts';
import { type Caller, CLIENTS, YES } from '../support/person.ts';

let gitlab: GitlabSandbox;
let project: Project;
let commits: string[];
beforeAll(async () => {
  gitlab = await startGitlab();
});
afterAll(() => gitlab.close());
beforeEach(() => {
  project = gitlab.addProject(`acme/app-${gitlab.projects.size}`);
  commits = ['first', 'second', 'third'].map((title) => gitlab.commit(project, 'main', title));
  gitlab.tag(project, 'v1', commits[0] ?? '', 'Notes');
});

const release = () =>
  void project.releases.set('v1', { tag_name: 'v1', name: 'v1', description: 'Notes', created_at: '2026-01-01T00:00:00Z' });
const replace = (commit = 0, message?: string) => {
  project.tags.delete('v1');
  gitlab.tag(project, 'v1', commits[commit] ?? '', message);
};
/** What else can happen to a tag, and what is then told. */
const MEANWHILE: Record<string, [happens: () => void, told: RegExp]> = {
  'was moved': [() => replace(2, 'Notes'), /where it stands|stands at/],
  'got another annotation on the same commit': [() => replace(0, 'Other'), /the tag itself, its message/],
  'was annotated anew with the same words': [() => replace(0, 'Notes'), /the tag itself\./],
  'lost its annotation': [() => replace(0), /its message/],
  'got a Release': [release, /its GitLab Release/],
  'was deleted': [() => void project.tags.delete('v1'), /is gone now|does not exist/],
};
const DEEDS: Record<string, [tool: string, args: Record<string, unknown>]> = {
  deletion: ['delete_tag', { name: 'v1' }],
  'forced deletion': ['delete_tag', { name: 'v1', force: true }],
  move: ['create_tag', { name: 'v1', ref: 'SECOND', force: true }],
  'new message': ['create_tag', { name: 'v1', ref: 'SAME', message: 'New', force: true }],
  'expected move': ['create_tag', { name: 'v1', ref: 'SECOND', force: true, expected_commit_id: 'SAME' }],
};
const { 'SDK 1.x': of2025, 'SDK 2.x legacy': both, 'SDK 2.x 2026-07-28': of2026 } = CLIENTS;
const MODES = { of2025, both, of2026 };

describe.each(Object.entries(MODES))('a client of its era, %s', (_, connect) => {
  let happens: () => void;
  let asked: number;
  const person = () => {
    asked += 1;
    happens();
    gitlab.reset();
    return YES;
  };
  const start = async (env: Record<string, string> = {}) => {
    if (!connect) throw new Error('there is no such client');
    const access = gitlabAccess(gitlab);
    return connect(person, { cwd: temporaryDirectory(), env: { ...access, ...env } });
  };
  let client: Caller;
  beforeAll(async () => {
    client = await start();
  });
  afterAll(() => client.close());

  /** Does it as a client whose person agrees, after `meanwhile` has happened. Tells what was written, too. */
  async function doAfter(tool: string, args: object, meanwhile: () => void, caller = client) {
    const known: Record<string, string> = { SAME: commits[0] ?? '', SECOND: commits[1] ?? '', PROJECT: project.path };
    const filled = JSON.parse(JSON.stringify(args).replace(/SAME|SECOND|PROJECT/g, (word) => known[word] ?? ''));
    [happens, asked] = [meanwhile, 0];
    gitlab.reset();
    const where = tool === 'tag_release' ? { targets: [{ provider: 'gitlab', repository: project.path }] } : { repository: project.path };
    const { text } = await caller.call(tool, { ...filled, ...where });
    return { text, asked, wrote: gitlab.seen.filter(({ method }) => method !== 'GET').map(({ method }) => method) };
  }

  it.each(
    Object.entries(DEEDS).flatMap(([deed, call]) =>
      Object.entries(MEANWHILE).map(([what, then]) => [deed, what, ...call, ...then] as const),
    ),
  )('%s: a tag that %s while the person thought is left alone', async (_deed, _what, tool, args, what, told) => {
    const { text, wrote } = await doAfter(tool, args, what);
    expect({ asked, wrote }, text).toEqual({ asked: 1, wrote: [] });
    expect(text).toMatch(/^changed: |^release_attached: /);
    if (!text.startsWith('release_attached')) expect(text).toMatch(told);
  });

  it.each(Object.entries(DEEDS))('%s: done where nothing happened meanwhile', async (deed, [tool, args]) => {
    const { text, wrote } = await doAfter(tool, args, () => {});
    expect([asked, wrote], text).toEqual([1, deed.includes('deletion') ? ['DELETE'] : ['DELETE', 'POST']]);
    expect(JSON.parse(text)).toMatchObject({ provider: 'gitlab' });
  });

  it('a branch that went on takes no tag further than was shown', async () => {
    const { text } = await doAfter(
      'create_tag',
      { name: 'v1', ref: 'main', force: true },
      () => void gitlab.commit(project, 'main', 'fourth'),
    );
    expect([commits[2], commits[0]]).toContain(project.tags.get('v1')?.commit);
    expect(text).toMatch(new RegExp(`^changed: .*where it would stand|"commit_id":"${commits[2]}"`));
  });

  it('a release is made as it was shown, or not at all', async () => {
    const strict = await start({ TAGWRIGHT_CONFIRM: 'always' });
    const moved = await doAfter('tag_release', { name: 'r1' }, () => void gitlab.commit(project, 'main', 'fourth'), strict);
    expect(moved).toMatchObject({ text: expect.stringMatching(/^changed: .*what would be created, and where/), asked: 1, wrote: [] });
    const taken = await doAfter('tag_release', { name: 'r2' }, () => void gitlab.tag(project, 'r2', commits[0] ?? ''), strict);
    expect(taken).toMatchObject({ text: expect.stringMatching(/^release_failed: /), asked: 1, wrote: [] });
    const there = await doAfter('tag_release', { name: 'r3' }, () => void gitlab.tag(project, 'r3', 'main'), strict);
    expect(there.wrote).toEqual([]);
    const quiet = await doAfter('tag_release', { name: 'r4' }, () => {}, strict);
    expect(quiet).toMatchObject({ text: expect.stringContaining('"created"'), asked: 1, wrote: ['POST'] });
    await strict.close();
  });

  it.each([
    ['delete_tag', { name: 'v1' }, /^release_attached: /],
    ['create_tag', { name: 'v1', ref: 'main', force: true }, /^release_attached: /],
    ['delete_tag', { name: 'v1', expected_commit_id: 'f'.repeat(40) }, /^changed: /],
    ['delete_tag', { name: 'v2' }, /^tag_not_found: /],
    ['create_tag', { name: 'v1', ref: 'nowhere', force: true }, /^ref_not_found: /],
  ])('%s %j is refused before anybody is asked', async (tool, args, code) => {
    if (String(code).includes('release')) release();
    const { text } = await doAfter(tool, args, () => {});
    expect(text).toMatch(code);
    expect(asked).toBe(0);
  });

  it('what policy forbids is refused before anybody is asked', async () => {
    const strict = await start({ TAGWRIGHT_PROTECTED_TAGS: 'v*' });
    for (const [tool, args] of Object.values(DEEDS)) {
      const { text, asked: questions } = await doAfter(tool, args, () => {}, strict);
      expect([text.split(':', 1)[0], questions]).toEqual(['policy_denied', 0]);
    }
    await strict.close();
  });
});

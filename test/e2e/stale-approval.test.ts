/** A person takes minutes to answer. What they approved is done to what they were shown, or not at all. */
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { GITLAB_TOKENS, type GitlabSandbox, type Project, startGitlab } from '../sandbox/gitlab.ts';
import { temporaryDirectory } from '../support/git-repository.ts';
import { bareEnvironment, serverPath } from '../support/server.ts';

let gitlab: GitlabSandbox;
let project: Project;
let commits: string[];
beforeEach(async () => {
  gitlab = await startGitlab();
  project = gitlab.addProject('acme/app');
  commits = ['first', 'second'].map((title) => gitlab.commit(project, 'main', title));
  gitlab.tag(project, 'v1', commits[0] ?? '');
});
afterEach(() => gitlab.close());

/** Deletes v1 as a client whose person accepts, after `meanwhile` has happened. */
async function deleteAfter(mode: object, meanwhile: () => void): Promise<string> {
  const client = new Client({ name: 'test', version: '1' }, { capabilities: { elicitation: {} }, ...mode });
  client.setRequestHandler('elicitation/create', async () => {
    meanwhile();
    return { action: 'accept', content: {} };
  });
  const env = { ...bareEnvironment(), GITLAB_URL: gitlab.url, GITLAB_TOKEN: GITLAB_TOKENS.maintainer, GITLAB_PROJECT: 'acme/app' };
  await client.connect(new StdioClientTransport({ command: process.execPath, args: [serverPath], cwd: temporaryDirectory(), env }));
  try {
    const { content } = await client.callTool({ name: 'delete_tag', arguments: { name: 'v1' } });
    return content[0]?.type === 'text' ? content[0].text : '';
  } finally {
    await client.close();
  }
}

const MODES = { 'a client of 2025': {}, 'a client of 2026': { versionNegotiation: { mode: { pin: '2026-07-28' } } } };

it.each(Object.entries(MODES))('%s: a tag that was moved while the person thought is not deleted', async (_, mode) => {
  const text = await deleteAfter(mode, () => {
    project.tags.delete('v1');
    gitlab.tag(project, 'v1', commits[1] ?? '');
  });
  expect(text).toMatch(/^changed: /);
  expect(project.tags.get('v1')?.commit).toBe(commits[1]);
});

it.each(Object.entries(MODES))('%s: a Release that was made while the person thought is not destroyed', async (_, mode) => {
  const text = await deleteAfter(mode, () => {
    project.releases.set('v1', { tag_name: 'v1', name: 'v1', description: 'Notes', created_at: '2026-01-01T00:00:00Z' });
  });
  expect(text).toMatch(/^(changed|release_attached): /);
  expect([project.tags.has('v1'), project.releases.has('v1')]).toEqual([true, true]);
});

it('a Release without force is refused before the person is asked', async () => {
  project.releases.set('v1', { tag_name: 'v1', name: 'v1', description: 'Notes', created_at: '2026-01-01T00:00:00Z' });
  let asked = false;
  const text = await deleteAfter({}, () => {
    asked = true;
  });
  expect(text).toMatch(/^release_attached: /);
  expect(asked).toBe(false);
});

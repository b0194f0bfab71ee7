/** What could be written, as far as a system tells it without writing. */
import { chmodSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { GITLAB_TOKENS } from '../sandbox/gitlab.ts';
import { quietCall } from '../support/target.ts';
import { workshop as codearts } from './codearts/workshop.ts';
import { connect, repositoryWith } from './git/workshop.ts';
import { workshop as gitlab } from './gitlab/workshop.ts';
import { openLake } from './lakefs/workshop.ts';

const call = quietCall();

it('GitLab: by role, scope and archive; a role that is not told is no answer', async () => {
  const { sandbox, project, connect } = await gitlab();
  const of = (token: keyof typeof GITLAB_TOKENS) => connect({ GITLAB_TOKEN: GITLAB_TOKENS[token] }).access?.(project.path, call);
  expect(await of('developer')).toEqual({ write: true });
  expect(await of('guest')).toMatchObject({ write: false, why: expect.stringContaining('Developer') });
  expect(await of('readApi')).toMatchObject({ write: false, why: expect.stringContaining('read_api') });
  project.visibility = 'public';
  sandbox.tokens.set('stranger', { kind: 'private', scopes: ['api'], accessLevel: 'developer', projects: [] });
  expect(await connect({ GITLAB_TOKEN: 'stranger' }).access?.(project.path, call)).toEqual({ why: expect.any(String) });
  project.archived = true;
  expect(await of('maintainer')).toMatchObject({ write: false, why: expect.stringContaining('archived') });
  expect(await connect({ GITLAB_TOKEN: undefined, CI_JOB_TOKEN: GITLAB_TOKENS.job }).access?.(project.path, call)).toMatchObject({
    why: expect.stringContaining('with release notes'),
  });
});

it('lakeFS: a read-only repository', async () => {
  const { sandbox, provider } = await openLake();
  sandbox.addRepository('open-lake');
  sandbox.addRepository('frozen', { read_only: true });
  expect(await provider.access?.('open-lake', call)).toEqual({ why: expect.any(String) });
  expect(await provider.access?.('frozen', call)).toMatchObject({ write: false });
});

it('CodeArts: an archived repository', async () => {
  const { repository, provider } = await codearts();
  expect(await provider.access?.(String(repository.id), call)).toEqual({ why: expect.any(String) });
  repository.archived = true;
  expect(await provider.access?.(String(repository.id), call)).toMatchObject({ write: false });
});

it('git: by the file system', async () => {
  const { path } = repositoryWith();
  const provider = connect(path);
  expect(await provider.access?.(path, call)).toEqual({ write: true });
  const tags = join(path, '.git/refs/tags');
  rmSync(tags, { recursive: true });
  expect(await provider.access?.(path, call)).toEqual({ write: true }); // git makes it
  symlinkSync(tags, tags);
  expect(await provider.access?.(path, call)).toEqual({ write: false, why: `"${tags}" cannot be written (ELOOP)` });
});

it.skipIf(process.getuid?.() === 0)('git: by its rights', async () => {
  const { path } = repositoryWith();
  const objects = join(path, '.git/objects');
  chmodSync(objects, 0o500);
  expect(await connect(path).access?.(path, call)).toMatchObject({ write: false, why: expect.stringContaining('EACCES') });
  chmodSync(objects, 0o700);
});

/** Projects move, and others take their old paths: what a rule allows is decided where a project is now, at each write. */
import { describe, expect, it } from 'vitest';
import type { TagProvider } from '../../../src/core/provider.ts';
import { withPolicy } from '../../../src/guard/policy.ts';
import { withSettling } from '../../../src/guard/settled.ts';
import { GITLAB_TOKENS } from '../../sandbox/gitlab.ts';
import { codeOf, failureOf, toolsOn } from '../../support/target.ts';
import { call, type Workshop, workshop } from './workshop.ts';

const allowing = (provider: TagProvider, ...globs: string[]) =>
  withPolicy('gitlab', withSettling(provider), {
    readOnly: false,
    repositories: globs.map((glob) => `gitlab:${glob}`),
    protectedTags: [],
    providers: ['gitlab'],
  });

interface Moving extends Workshop {
  readonly guarded: TagProvider;
  readonly writes: () => string[];
}

/** Group/sub/proj is allowed, with one tag. */
async function opened(): Promise<Moving> {
  const shop = await workshop();
  shop.sandbox.tag(shop.project, 'v1', 'main');
  const writes = () => shop.asked().filter((request) => !request.startsWith('GET'));
  return { ...shop, guarded: allowing(shop.provider, 'Group/**'), writes };
}

describe('a project that leaves what is allowed', () => {
  it('is not found by its old path, nor by its id, in the same process', async () => {
    const { guarded, sandbox, project, writes } = await opened();
    expect((await toolsOn(guarded, project.path).get('v1')).tag.name).toBe('v1');
    const [old, id] = [project.path, String(project.id)];
    sandbox.moveProject(project, 'evil/proj');
    for (const spelling of [old, id, 'evil/proj', old.toUpperCase()]) {
      const tools = toolsOn(guarded, spelling);
      expect(await codeOf(tools.get('v1')), spelling).toBe('policy_denied');
      expect(await codeOf(tools.list()), spelling).toBe('policy_denied');
      expect(await codeOf(tools.delete({ name: 'v1' })), spelling).toBe('policy_denied');
      expect(await codeOf(tools.create({ name: 'v2', ref: 'main' })), spelling).toBe('policy_denied');
    }
    expect(writes()).toEqual([]);
  });

  it('is not written to, though it was allowed when it was named', async () => {
    for (const byId of [true, false]) {
      const { guarded, sandbox, project, writes, older } = await opened();
      const repository = await guarded.locate(byId ? String(project.id) : project.path, call);
      const tag = await guarded.get(repository, 'v1', call);
      sandbox.moveProject(project, 'evil/proj'); // while a person was reading the question
      writes();
      expect(await codeOf(guarded.delete(repository, tag, true, call))).toBe('policy_denied');
      expect(await codeOf(guarded.move(repository, { name: 'v1', ref: older }, tag, call))).toBe('policy_denied');
      expect(await codeOf(guarded.create(repository, { name: 'v2', ref: 'main' }, call))).toBe('policy_denied');
      expect(writes()).toEqual([]);
      expect([...project.tags.keys()]).toEqual(['v1']);
    }
  });

  it('what this call has made there is taken back all the same', async () => {
    const { guarded, sandbox, project } = await opened();
    const made = await guarded.create(project.path, { name: 'v2', ref: 'main' }, call);
    const old = project.path;
    sandbox.moveProject(project, 'evil/proj');
    await guarded.delete(old, made, true, call);
    expect([...project.tags.keys()]).toEqual(['v1']);
  });
});

describe('a project that comes into what is allowed', () => {
  it('is reached by its old path and by its new one', async () => {
    const { provider, sandbox, project } = await opened();
    const guarded = allowing(provider, 'new/*', 'Group/sub/*');
    const old = project.path;
    sandbox.moveProject(project, 'new/proj');
    for (const spelling of [old, 'new/proj', String(project.id)])
      expect((await toolsOn(guarded, spelling).create({ name: `by-${spelling.length}`, ref: 'main' })).outcome).toBe('created');
    expect(project.tags.size).toBe(4);
  });
});

describe('an old path that another project takes', () => {
  it('names the other one from then on, in reading and in writing', async () => {
    const { provider, sandbox, project, asked } = await opened();
    const tools = toolsOn(provider, project.path);
    const old = project.path;
    sandbox.moveProject(project, 'elsewhere/proj');
    expect((await tools.get('v1')).tag.name).toBe('v1');
    await tools.create({ name: 'v2', ref: 'main' });
    expect([...project.tags.keys()]).toEqual(['v1', 'v2']);

    const other = sandbox.addProject(old);
    const commit = sandbox.commit(other, 'main', 'other');
    sandbox.tag(other, 'other', 'main');
    asked();
    expect((await tools.list({ order_by: 'name' })).tags.map(({ name }) => name)).toEqual(['other']);
    expect(await codeOf(tools.get('v1'))).toBe('tag_not_found');
    expect((await tools.create({ name: 'v3', ref: 'main' })).tag.commit_id).toBe(commit);
    await tools.delete({ name: 'other' });
    expect([...other.tags.keys()]).toEqual(['v3']);
    expect([...project.tags.keys()]).toEqual(['v1', 'v2']);
    expect(asked().every((request) => request.includes('Group%2Fsub%2Fproj'))).toBe(true);
  });
});

describe('with a job token, which cannot ask what is behind a path,', () => {
  it('a moved project is refused by its old path, rule or not, in every way of reading', async () => {
    const { connect, sandbox, project, asked } = await opened();
    const job = connect({ CI_JOB_TOKEN: GITLAB_TOKENS.job });
    const old = project.path;
    sandbox.moveProject(project, 'evil/proj');
    for (const provider of [job, allowing(job, 'Group/**')]) {
      asked();
      const tools = toolsOn(provider, old);
      const acts = [
        () => tools.get('v1'),
        () => tools.list(),
        () => tools.list({ search: 'v' }),
        () => provider.resolve(old, 'main', call),
      ];
      for (const act of acts)
        expect(await failureOf(act())).toMatchObject({ code: 'repository_not_found', message: expect.stringContaining('moved') });
      expect(asked()).toHaveLength(4);
    }
    expect(await codeOf(toolsOn(allowing(job, 'Group/**'), 'evil/proj').get('v1'))).toBe('policy_denied');
    expect(await codeOf(toolsOn(allowing(job, 'Group/**'), String(project.id)).get('v1'))).toBe('policy_denied');
    expect((await toolsOn(job, 'evil/proj').get('v1')).tag.name).toBe('v1');
  });
});

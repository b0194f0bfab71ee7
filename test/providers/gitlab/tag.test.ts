import { describe, expect, it } from 'vitest';
import { isFreeOfRelease, toTag, WireTag } from '../../../src/providers/gitlab/wire.ts';
import { codeOf } from '../../support/target.ts';
import { call, workshop } from './workshop.ts';

const [COMMIT, OBJECT] = ['c0ffee1', '0b1ec70'];
const commit = { id: COMMIT, web_url: `https://gitlab.example.com/root/group/proj/-/commit/${COMMIT}` };
const tagOf = (wire: object) => toTag(WireTag.parse({ name: 'v1', target: COMMIT, commit, ...wire }));

describe('a tag', () => {
  it('is what GitLab says, under our names', async () => {
    const { tools, sandbox, project, newer } = await workshop({ root: '/gitlab' });
    sandbox.tag(project, 'rel/1.0+é', 'main', 'two\nlines');
    const annotation = project.tags.get('rel/1.0+é')?.annotation;
    const date = project.commits.get(newer)?.date;
    expect((await tools.get('rel/1.0+é')).tag).toEqual({
      name: 'rel/1.0+é',
      commit_id: newer,
      target_id: annotation?.id,
      annotated: true,
      message: 'two\nlines',
      created_at: annotation?.date,
      commit: { title: 'second', author_name: 'Sandbox Author', authored_date: date, committed_date: date },
      protected: false,
      url: 'https://gitlab.example.com/gitlab/Group/sub/proj/-/tags/rel%2F1.0%2B%C3%A9',
    });
    sandbox.tag(project, 'light', 'main');
    expect((await tools.get('light')).tag).toMatchObject({ annotated: false, commit_id: newer });
    expect(Object.keys((await tools.get('light')).tag).sort()).toEqual(['annotated', 'commit', 'commit_id', 'name', 'protected', 'url']);
  });

  it('is annotated where it is not its commit, whatever its message', () => {
    expect(tagOf({ target: OBJECT, message: '' })).toMatchObject({ annotated: true, target_id: OBJECT });
    expect(tagOf({ message: null })).toEqual({ name: 'v1', commit_id: COMMIT, annotated: false, commit: {}, url: expect.any(String) });
  });

  it('may stand on something else than a commit', () => {
    expect(tagOf({ target: OBJECT, commit: null })).toEqual({ name: 'v1', target_id: OBJECT });
    expect(tagOf({ target: undefined, commit: undefined })).toEqual({ name: 'v1' });
  });

  it('has an address where its commit’s is one of a web page', () => {
    const url = (web_url: unknown) => tagOf({ commit: { id: COMMIT, web_url } }).url;
    expect(url(commit.web_url)).toBe('https://gitlab.example.com/root/group/proj/-/tags/v1');
    expect(url('javascript:alert(1)//https://x/-/commit/c1')).toBeUndefined();
    expect(url('https://gitlab.example.com/group/proj/commit/c1')).toBeUndefined();
    expect(url(null)).toBeUndefined();
  });

  it('has the message without the signature, which is of another tag object', () => {
    const signed = (kind: string) =>
      tagOf({ target: OBJECT, message: `out\n\nnow\n-----BEGIN ${kind}-----\n\nabc\n-----END ${kind}-----\n` }).message;
    for (const kind of ['PGP SIGNATURE', 'SSH SIGNATURE', 'SIGNED MESSAGE']) expect(signed(kind)).toBe('out\n\nnow');
    expect(tagOf({ target: OBJECT, message: 'see -----BEGIN PGP SIGNATURE-----' }).message).toContain('BEGIN');
  });

  it('is known to be free of a Release only where GitLab says null', () => {
    expect(isFreeOfRelease(tagOf({ release: null }))).toBe(true);
    expect(isFreeOfRelease(tagOf({}))).toBe(false);
    expect(isFreeOfRelease(tagOf({ release: { tag_name: 'v1', description: null } }))).toBe(false);
    expect(tagOf({ release: { tag_name: 'v1', description: null } }).release).not.toHaveProperty('description');
  });

  it('has no date of its own before 16.11', async () => {
    const { tools, sandbox, project } = await workshop({ version: '16.10.0' });
    sandbox.tag(project, 'v1', 'main', 'notes');
    expect((await tools.get('v1')).tag).not.toHaveProperty('created_at');
  });
});

describe('a job token', () => {
  it('reads by the list alone', async () => {
    const { sandbox, project, toolsAs, asked, newer } = await workshop();
    for (const name of ['v1', 'V1', 'v1.0', 'rel/1$']) sandbox.tag(project, name, 'main');
    const tools = toolsAs('job');
    expect((await tools.get('v1')).tag).toMatchObject({ name: 'v1', commit_id: newer });
    expect((await tools.get('rel/1$')).tag.name).toBe('rel/1$');
    expect(await codeOf(tools.get('v'))).toBe('tag_not_found');
    expect((await tools.list()).tags).toHaveLength(4);
    expect(asked().every((request) => /^GET .*\/repository\/tags\?/.test(request))).toBe(true);
    expect(await codeOf(toolsAs('job', 'group/nowhere').get('v1'))).toBe('repository_not_found');
  });

  it('resolves refs and the default branch, and takes a spelling for a name', async () => {
    const { connect, project, newer } = await workshop();
    const provider = connect({ CI_JOB_TOKEN: 'glcbt-64_sandbox-01234567' });
    expect(await provider.resolve(project.path, undefined, call)).toBe(newer);
    expect(await provider.canonical(project.path, call)).toBe(project.path);
  });

  it('writes nothing, and says so before anything leaves', async () => {
    const { sandbox, project, toolsAs, asked } = await workshop();
    sandbox.tag(project, 'v1', 'main');
    const tools = toolsAs('job');
    expect(await codeOf(tools.create({ name: 'v2', ref: 'main' }))).toBe('unsupported');
    expect(asked()).toEqual([]);
    expect(await codeOf(tools.delete({ name: 'v1' }))).toBe('unsupported');
    expect(asked().every((request) => request.startsWith('GET'))).toBe(true);
    expect(project.tags.size).toBe(1);
  });
});

import { describe, expect, it } from 'vitest';
import { failureOf, toolsOn } from '../../support/target.ts';
import { call, type Workshop, workshop } from './workshop.ts';

/** The project has another path now; `old/home` is where it was. */
async function movedShop(): Promise<Workshop & { old: ReturnType<typeof toolsOn> }> {
  const shop = await workshop();
  shop.sandbox.addProject('old/home', { movedTo: shop.project.id });
  return { ...shop, old: toolsOn(shop.provider, 'old/home') };
}

describe('a moved project', () => {
  it('is learned from each read anew, and addressed by its id', async () => {
    const { old, sandbox, project, asked } = await movedShop();
    sandbox.tag(project, 'v1', 'main');
    expect((await old.get('v1')).tag.name).toBe('v1');
    const tag = `projects/${project.id}/repository/tags/v1`;
    expect(asked()).toEqual(['GET /projects/old%2Fhome/repository/tags/v1', `GET /${tag}`]);
    await old.delete({ name: 'v1' });
    expect(asked().filter((request) => request.startsWith('DELETE'))).toEqual([
      'DELETE /projects/old%2Fhome/repository/tags/v1',
      `DELETE /${tag}`,
    ]);
  });

  it('is learned from a write that was refused, which is then sent once more', async () => {
    const { old, project, asked } = await movedShop();
    expect((await old.create({ name: 'v1', ref: 'main' })).outcome).toBe('created');
    expect(asked()).toEqual([
      'POST /projects/old%2Fhome/repository/tags',
      'GET /projects/old%2Fhome',
      `GET /projects/${project.id}`,
      `POST /projects/${project.id}/repository/tags`,
    ]);
  });

  it('has its new name for a canonical one', async () => {
    const { provider } = await movedShop();
    expect(await provider.canonical('old/home', call)).toBe('Group/sub/proj');
  });

  it('is followed by its id alone, never to the host that the redirect names', async () => {
    const { old, sandbox, project, asked } = await movedShop();
    sandbox.fault(
      { kind: 'redirect', status: 301, to: `https://gitlab.example.com/api/v4/projects/${project.id}/repository/tags/v1` },
      { method: 'GET' },
    );
    expect((await failureOf(old.get('v1'))).code).toBe('tag_not_found');
    expect(asked()).toHaveLength(2);
  });

  it('that is gone or still elsewhere is an error, not a circle', async () => {
    const { old, sandbox, asked } = await movedShop();
    sandbox.fault({ kind: 'redirect', status: 301, to: '/api/v4/projects/77/repository/tags/v1' }, { method: 'GET' });
    sandbox.fault({ kind: 'redirect', status: 301, to: '/api/v4/projects/78/repository/tags/v1' }, { method: 'GET' });
    expect((await failureOf(old.get('v1'))).code).toBe('repository_not_found');
    expect(asked()).toHaveLength(2);
  });

  it('is not what a redirect of the whole site means', async () => {
    const { tools, sandbox, project, toolsAs } = await movedShop();
    const to = `https://${new URL(sandbox.url).host}/api/v4/projects/${project.id}/repository/tags/v1`;
    sandbox.fault({ kind: 'redirect', status: 301, to }, { method: 'GET', times: 2 });
    expect(await failureOf(toolsAs('maintainer', String(project.id)).get('v1'))).toMatchObject({
      code: 'unexpected_response',
      message: expect.stringContaining('redirects to "https://'),
    });
    sandbox.fault({ kind: 'status', status: 405, body: { message: '405 Method Not Allowed' } }, { method: 'POST' });
    expect((await failureOf(tools.create({ name: 'v1', ref: 'main' }))).code).toBe('unexpected_response');
  });
});

describe('not found', () => {
  it('is told apart: project, tag and commit', async () => {
    const { tools, toolsAs, provider, project, sandbox } = await workshop();
    const codes = async (...acts: Promise<unknown>[]) => Promise.all(acts.map(async (act) => (await failureOf(act)).code));
    const elsewhere = toolsAs('maintainer', 'group/nowhere');
    expect(await codes(elsewhere.get('v1'), tools.get('v1'), provider.resolve(project.path, 'v1', call))).toEqual([
      'repository_not_found',
      'tag_not_found',
      'ref_not_found',
    ]);
    sandbox.addProject('group/empty');
    expect(await codes(provider.resolve('group/empty', undefined, call))).toEqual(['ref_not_found']);
    sandbox.addProject('group/bare', { initialised: false });
    expect(await codes(toolsAs('maintainer', 'group/bare').get('v1'))).toEqual(['repository_not_found']);
  });

  it('where a proxy decodes %2F names the proxy', async () => {
    const { tools, sandbox } = await workshop();
    sandbox.fault({ kind: 'status', status: 404, body: { error: '404 Not Found' } });
    expect(await failureOf(tools.get('v1'))).toMatchObject({ code: 'unexpected_response', hint: expect.stringContaining('nocanon') });
  });
});

describe('a ref', () => {
  it('is a branch, a tag or a commit, and without one the default branch', async () => {
    const { provider, project, sandbox, older, newer, asked } = await workshop();
    sandbox.tag(project, 'rel/1', 'stable', 'annotated');
    for (const ref of ['stable', 'rel/1', older, older.slice(0, 8)]) expect(await provider.resolve(project.path, ref, call)).toBe(older);
    asked();
    expect(await provider.resolve(project.path, undefined, call)).toBe(newer);
    expect(asked()).toHaveLength(1);
    for (const ref of ['..', '.']) expect((await failureOf(provider.resolve(project.path, ref, call))).code).toBe('invalid_input');
    expect(asked()).toEqual([]);
  });
});

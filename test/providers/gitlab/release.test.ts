/** The GitLab Release beside a tag: what is sent for it, and how little. */
import { describe, expect, it } from 'vitest';
import type { TagProvider } from '../../../src/core/provider.ts';
import type { Tag } from '../../../src/core/tag.ts';
import { withSettling } from '../../../src/guard/settled.ts';
import type { Project } from '../../sandbox/gitlab.ts';
import type { Fault } from '../../sandbox/sandbox.ts';
import { codeOf, failureOf, type ToolCalls, toolsOn } from '../../support/target.ts';
import { call, type Workshop, workshop } from './workshop.ts';

const NOTES = '## Spring\n\n- faster\n- "safer"';
const release = (description: string | null, more: object = {}) => ({
  tag_name: 'v1',
  name: 'v1',
  description,
  created_at: '2024-01-01T00:00:00Z',
  ...more,
});

interface Stage extends Workshop {
  /** What has been asked since, without the project. */
  requests(): string[];
  /** The bodies of all writes. */
  bodies(): unknown[];
  notes(): string | null | undefined;
}
const notesIn = ({ releases }: Project) => releases.get('v1')?.description;

/** A tag v1 on main where `notes` is given, with a Release where they are a text. */
async function stage(notes?: string | null): Promise<Stage> {
  const shop = await workshop();
  const { sandbox, project } = shop;
  if (notes !== undefined) sandbox.tag(project, 'v1', 'main');
  if (typeof notes === 'string') project.releases.set('v1', release(notes));
  return {
    ...shop,
    requests: () => shop.asked().map((request) => request.replace(/ .*?proj(?=\/|$)/, ' ')),
    bodies: () => sandbox.seen.flatMap(({ method, body }) => (method === 'GET' || !body ? [] : [JSON.parse(body)])),
    notes: () => notesIn(project),
  };
}
/** As somebody who is shown no Releases. */
function blind({ sandbox, connect, project }: Workshop): ToolCalls {
  sandbox.tokens.set('glpat-blind', { kind: 'private', scopes: ['api'], accessLevel: 'maintainer', canReadReleases: false });
  return toolsOn(connect({ GITLAB_TOKEN: 'glpat-blind' }), project.path);
}
const asked = { name: 'v1', ref: 'main', release_notes: NOTES };

describe('publishing', () => {
  it('is a POST once the tag stands, under the name of the tag', async () => {
    const { tools, requests, bodies, newer } = await stage();
    const { outcome, tag } = await tools.create(asked);
    expect(bodies()).toEqual([
      { tag_name: 'v1', ref: 'main' },
      { tag_name: 'v1', name: 'v1', description: NOTES },
    ]);
    expect(requests()).toEqual(['POST /repository/tags', 'POST /releases']);
    const url = 'https://gitlab.example.com/Group/sub/proj/-/releases/v1';
    expect([outcome, tag.commit_id, tag.release]).toEqual(['created', newer, { description: NOTES, url }]);
    expect(await tools.create(asked)).toMatchObject({ outcome: 'unchanged' });
    expect(requests()).toEqual(['POST /repository/tags', 'GET /repository/tags/v1', 'GET /repository/commits/main?stats=false']);
  });
  it('beside a tag that stood sends the notes alone', async () => {
    const { tools, bodies, project } = await stage(null);
    const before = project.tags.get('v1');
    expect(await tools.create({ ...asked, expected_commit_id: before?.commit })).toMatchObject({ outcome: 'edited' });
    expect(bodies()).toEqual([{ tag_name: 'v1', name: 'v1', description: NOTES }]);
    expect(project.tags.get('v1')).toBe(before);
  });
  it('in place of others’ is a PUT, with force alone, and leaves what else the Release has', async () => {
    const { tools, requests, bodies, project, notes } = await stage('Theirs');
    project.releases.set('v1', release('Theirs', { name: 'Spring', milestones: [{ title: 'M1' }] }));
    expect(await codeOf(tools.create(asked))).toBe('already_exists');
    expect([requests().filter((request) => /PUT|DELETE|POST \/releases/.test(request)), notes()]).toEqual([[], 'Theirs']);
    expect(await tools.create({ ...asked, force: true })).toMatchObject({ outcome: 'edited', restore: { release_notes: 'Theirs' } });
    expect(bodies()).toEqual([{ description: NOTES }]);
    expect(requests().at(-1)).toBe('PUT /releases/v1');
    expect(project.releases.get('v1')).toMatchObject({ name: 'Spring', description: NOTES, milestones: [{ title: 'M1' }] });
  });
  it('where a Release came first is settled by reading it, and theirs stays', async () => {
    const { provider, project, requests, notes } = await stage(null);
    const tag = await provider.get(project.path, 'v1', call);
    project.releases.set('v1', release('Theirs'));
    expect(await failureOf(Promise.resolve(provider.publish?.(project.path, tag, NOTES, call)))).toMatchObject({
      code: 'already_exists',
      upstream: { status: 409 },
    });
    expect([requests().at(-1), notes()]).toEqual(['POST /releases', 'Theirs']);
  });
  it('beside a tag just made finds the Release of one that was deleted: its notes stay, and so does the tag', async () => {
    const { tools, project, requests, notes } = await stage();
    project.releases.set('v1', release('Theirs'));
    const error = await failureOf(tools.create(asked));
    expect(error).toMatchObject({ code: 'already_exists', message: expect.stringContaining('left behind at') });
    expect(requests().filter((request) => request.startsWith('DELETE'))).toEqual([]);
    expect([project.tags.size, notes()]).toEqual([1, 'Theirs']);
  });
  it('that may not be seen is left alone, with a word', async () => {
    const shop = await stage('Theirs');
    const result = await blind(shop).create(asked);
    expect(result).toMatchObject({
      outcome: 'unchanged',
      note: expect.stringContaining('GitLab Release that this credential may not see'),
    });
    expect(shop.notes()).toBe('Theirs');
    expect(shop.requests().filter((request) => /PUT|DELETE/.test(request))).toEqual([]);
  });
  it('of a Release that is gone by then is changed', async () => {
    const { provider, project, requests } = await stage('Theirs');
    const tag = await provider.get(project.path, 'v1', call);
    project.releases.clear();
    expect(await codeOf(Promise.resolve(provider.publish?.(project.path, tag, NOTES, call)))).toBe('changed');
    expect([requests().at(-1), project.releases.size]).toEqual(['PUT /releases/v1', 0]);
  });
});

describe('a Release that is refused', () => {
  it('on a protected tag is protected, whether made or edited', async () => {
    for (const notes of [null, 'Theirs']) {
      const { toolsAs, project } = await stage(notes);
      project.protectedTags.push('v*');
      expect(await codeOf(toolsAs('developer').create({ ...asked, force: true }))).toBe('protected');
      expect(notesIn(project)).toBe(notes ?? undefined);
    }
  });
  it('in an archived project is read_only', async () => {
    const { tools, project } = await stage(null);
    project.archived = true;
    expect(await codeOf(tools.create({ ...asked, force: true }))).toBe('read_only');
    expect(project.releases.size).toBe(0);
  });
  it('takes the tag back that was made for it, and only that', async () => {
    const { tools, sandbox, project, requests } = await stage();
    sandbox.fault({ kind: 'status', status: 400, body: { message: 'Description is too rude' } }, { method: 'POST', path: /releases$/ });
    const error = await failureOf(tools.create(asked));
    expect(error).toMatchObject({ code: 'rejected', message: expect.stringContaining('created and removed again') });
    expect(requests()).toEqual(['POST /repository/tags', 'POST /releases', 'GET /repository/tags/v1', 'DELETE /repository/tags/v1']);
    expect(project.tags.size).toBe(0);
  });
  it('whose tag cannot be taken back either says what stands, and how it goes', async () => {
    const { tools, sandbox, project, newer } = await stage();
    sandbox.fault({ kind: 'status', status: 422, body: { message: 'No' } }, { method: 'POST', path: /releases$/ });
    sandbox.fault({ kind: 'status', status: 400, body: { message: 'Not on Fridays' } }, { method: 'DELETE' });
    const { message } = await failureOf(tools.create(asked));
    expect(message).toContain(`left behind at ${newer}`);
    expect(message).toContain(`delete_tag {"provider":"test","repository":"Group/sub/proj","name":"v1","expected_commit_id":"${newer}"}`);
    expect(project.tags.size).toBe(1);
  });
});

const withdraw = (provider: TagProvider, { path }: Project, tag: Tag) => Promise.resolve(provider.withdraw?.(path, tag, call));

describe('taking a Release away', () => {
  const seen = async (notes = NOTES) => {
    const shop = await stage(notes);
    const tag = await shop.provider.get(shop.project.path, 'v1', call);
    shop.requests();
    return { ...shop, tag };
  };
  it('is a look and a DELETE, and the tag stays', async () => {
    const { provider, project, tag, requests } = await seen();
    await withdraw(provider, project, tag);
    expect(requests()).toEqual(['GET /releases/v1', 'DELETE /releases/v1']);
    expect([project.tags.size, project.releases.size]).toEqual([1, 0]);
  });
  it.each([
    ['is edited since', 'Theirs', 'changed'],
    ['has no notes any more', null, 'changed'],
    ['has other ends of lines', `${NOTES.replaceAll('\n', '\r\n')}\r\n`, 'gone'],
  ])('that %s', async (_, description, expected) => {
    const { provider, project, tag, requests } = await seen();
    project.releases.set('v1', release(description));
    const outcome = expected === 'gone' ? await withdraw(provider, project, tag) : await codeOf(withdraw(provider, project, tag));
    expect(outcome ?? 'gone').toBe(expected);
    expect(requests()).toEqual(['GET /releases/v1', ...(expected === 'gone' ? ['DELETE /releases/v1'] : [])]);
    expect(project.releases.has('v1')).toBe(expected !== 'gone');
  });
  it('that somebody else takes away at the same time is taken away', async () => {
    const { provider, sandbox, project, tag } = await seen();
    sandbox.fault({ kind: 'status', status: 404, body: { message: '404 Not Found' } }, { method: 'DELETE' });
    await expect(withdraw(provider, project, tag)).resolves.toBeUndefined();
  });
  it('that is gone needs no DELETE', async () => {
    const { provider, project, tag, requests } = await seen();
    project.releases.clear();
    await withdraw(provider, project, tag);
    expect(requests()).toEqual(['GET /releases/v1']);
  });
});

describe('a deletion', () => {
  const LOST = 'The GitLab Release had more than its notes, which does not come back: ';
  it.each([
    ['its title', { name: 'Spring' }],
    ['its assets', { assets: { links: [{ name: 'zip', url: 'https://x' }] } }],
    ['its milestones', { milestones: [{ title: 'M1' }] }],
    ['its evidence', { evidences: [{ sha: 'abc' }] }],
    ['its title, its milestones', { name: 'Spring', milestones: [{ title: 'M1' }] }],
    ['', { assets: { links: [] }, milestones: [], evidences: [] }],
  ])('says what does not come back: %s', async (lost, more) => {
    const { tools, project } = await stage(NOTES);
    project.releases.set('v1', release(NOTES, more));
    const { restore, note } = await tools.delete({ name: 'v1', force: true });
    expect([restore.release_notes, note]).toEqual([NOTES, lost ? `${LOST}${lost}.` : undefined]);
    const { provider: _, repository: __, ...args } = restore;
    expect(await tools.create(args)).toMatchObject({ outcome: 'created', tag: { release: { description: NOTES } } });
    expect(notesIn(project)).toBe(NOTES);
  });
  it('asks for no Release where there is none, and is not held up where it cannot be read', async () => {
    const without = await stage(null);
    await without.tools.delete({ name: 'v1' });
    expect(without.requests()).toEqual(['GET /repository/tags/v1', 'DELETE /repository/tags/v1']);
    const { tools, sandbox, project } = await stage(NOTES);
    sandbox.fault({ kind: 'status', status: 403 }, { path: /releases/ });
    expect(await tools.delete({ name: 'v1', force: true })).not.toHaveProperty('note');
    expect(project.tags.size).toBe(0);
  });
});

const LOSSES = ['reset-after', 'truncate', 'hang-after'] as const;
describe.each(LOSSES)('an answer that is lost (%s)', (kind) => {
  const quick = async (notes: string | null) => {
    const shop = await stage(notes);
    const provider = withSettling(shop.connect({ GITLAB_TOKEN: 'glpat-sandbox-0123456789' }, { timeoutMs: 400 }));
    return { ...shop, provider, tag: await provider.get(shop.project.path, 'v1', call) };
  };
  const fault: Fault = { kind };
  it.each([
    ['POST', null],
    ['PUT', 'Theirs'],
  ] as const)('to a %s is settled by looking, and it is sent once', async (method, notes) => {
    const { provider, sandbox, project, tag, requests } = await quick(notes);
    sandbox.fault(fault, { method });
    expect(await provider.publish?.(project.path, tag, NOTES, call)).toMatchObject({ release: { description: NOTES } });
    expect(requests().filter((request) => !request.startsWith('GET'))).toHaveLength(1);
  });
  it('to a DELETE is settled by looking, and it is sent once', async () => {
    const { provider, sandbox, project, tag, requests } = await quick(NOTES);
    sandbox.fault(fault, { method: 'DELETE' });
    await withdraw(provider, project, tag);
    expect([requests().filter((request) => request.startsWith('DELETE')).length, project.releases.size]).toEqual([1, 0]);
  });
});

it('a connection that breaks before it took effect leaves nothing, and a retry is safe', async () => {
  const { tools, sandbox, project, requests } = await stage(null);
  sandbox.fault({ kind: 'reset' }, { method: 'POST', path: /releases$/ });
  expect(await failureOf(tools.create({ ...asked, force: true }))).toMatchObject({ code: 'unavailable', hint: 'A retry is safe.' });
  expect(requests().filter((request) => request === 'POST /releases')).toHaveLength(1);
  expect(project.releases.size).toBe(0);
});

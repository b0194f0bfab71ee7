/** A Release beside a tag of GitHub: what is published, edited, taken away, and what immutable ones spend. */
import { describe, expect, it } from 'vitest';
import { GITHUB_TOKENS } from '../../sandbox/github.ts';
import { codeOf, failureOf, toolsOn } from '../../support/target.ts';
import { call, workshop } from './workshop.ts';

const NOTES = '## Spring\r\n\r\n- faster\n';
/** As it is shown. */
const CLEAN = NOTES.replaceAll('\r\n', '\n');
const bodies = (shop: Awaited<ReturnType<typeof workshop>>, method: string) =>
  shop.sandbox.seen.filter((one) => one.method === method && one.path.includes('/releases')).map(({ body }) => JSON.parse(body) as object);

describe('publishing', () => {
  it('makes one under the name of the tag, at its commit, the latest only by date and version', async () => {
    const shop = await workshop();
    const made = await shop.tools.create({ name: 'v1.0.0', ref: 'main', release_notes: NOTES });
    expect(made).toMatchObject({ outcome: 'created', tag: { release: { description: NOTES, url: expect.stringContaining('v1.0.0') } } });
    expect(made.note).toBeUndefined();
    expect(bodies(shop, 'POST')).toEqual([
      { tag_name: 'v1.0.0', target_commitish: shop.newer, name: 'v1.0.0', body: NOTES, prerelease: false, make_latest: 'legacy' },
    ]);
    await shop.tools.create({ name: 'v1.1.0-rc.1', ref: 'main', release_notes: 'early' });
    expect(bodies(shop, 'POST').at(-1)).toMatchObject({ prerelease: true });
  });

  it('is unchanged the second time; other notes are already_exists, and replaced with force, the tag left alone', async () => {
    const shop = await workshop();
    const { tools, repository, asked } = shop;
    await tools.create({ name: 'v1', ref: 'main', release_notes: NOTES });
    asked();
    expect((await tools.create({ name: 'v1', ref: 'main', release_notes: NOTES.replaceAll('\r', '') })).outcome).toBe('unchanged');
    expect(asked().filter((one) => !['query', 'mutation'].includes(one))).toEqual([]);
    const refused = await failureOf(tools.create({ name: 'v1', ref: 'main', release_notes: 'Others' }));
    expect(refused).toMatchObject({ code: 'already_exists', message: expect.stringContaining('GitHub Release') });
    asked();
    const edited = await tools.create({ name: 'v1', ref: 'main', release_notes: 'Others', force: true });
    expect(edited).toMatchObject({ outcome: 'edited', restore: { name: 'v1', release_notes: CLEAN } });
    expect(edited.restore).not.toHaveProperty('force');
    expect(asked()).toEqual(['query', 'query', expect.stringMatching(/^PATCH \/repos\/Acme\/app\/releases\/\d+$/)]);
    expect([...repository.releases.values()].map(({ body }) => body)).toEqual(['Others']);
  });

  it('beside a tag that stands is edited; a draft of its name is in nobody’s way', async () => {
    const { tools, sandbox, repository } = await workshop();
    sandbox.tag(repository, 'v1', 'main');
    sandbox.release(repository, 'v1', 'not yet', { draft: true });
    expect(await tools.create({ name: 'v1', ref: 'main', release_notes: NOTES })).toMatchObject({ outcome: 'edited' });
    expect([...repository.releases.values()].filter(({ draft }) => !draft)).toHaveLength(1);
  });

  it('that somebody else did first is compared', async () => {
    const { tools, provider, sandbox, repository } = await workshop();
    sandbox.tag(repository, 'v1', 'main');
    const tag = await provider.get(repository.path, 'v1', call);
    sandbox.release(repository, 'v1', NOTES);
    expect(await codeOf(provider.publish?.(repository.path, tag, NOTES, call) ?? Promise.resolve())).toBe('already_exists');
    expect((await tools.create({ name: 'v1', ref: 'main', release_notes: NOTES })).outcome).toBe('unchanged');
  });

  it('that is refused takes the tag back, and says why', async () => {
    const { tools, repository } = await workshop();
    const error = await failureOf(
      tools.create({ name: 'v1', ref: 'main', release_notes: 'x'.repeat(100_001) }).catch((thrown: unknown) => Promise.reject(thrown)),
    );
    expect(error.code).toBe('invalid_input');
    const shop = await workshop();
    shop.sandbox.fault(
      { kind: 'status', status: 422, body: { message: 'Validation Failed', errors: [{ code: 'custom', message: 'no Fridays' }] } },
      { method: 'POST', path: /releases$/ },
    );
    const refused = await failureOf(shop.tools.create({ name: 'v1', ref: 'main', release_notes: NOTES }));
    expect(refused.message).toContain('created and removed again');
    expect([repository.tags.size, shop.repository.tags.size, shop.repository.releases.size]).toEqual([0, 0, 0]);
  });

  it.each(['reset-after', 'truncate', 'hang-after'] as const)('whose answer is lost (%s) is settled by looking', async (kind) => {
    const { tools, sandbox, repository } = await workshop();
    sandbox.fault({ kind }, { method: 'POST', path: /releases$/ });
    expect(await tools.create({ name: 'v1', ref: 'main', release_notes: NOTES })).toMatchObject({
      outcome: 'created',
      tag: { release: { description: NOTES } },
    });
    expect(repository.releases.size).toBe(1);
  });
});

describe('a tag with a Release', () => {
  const released = async () => {
    const shop = await workshop();
    shop.sandbox.tag(shop.repository, 'v1', 'stable', 'notes');
    const release = shop.sandbox.release(shop.repository, 'v1', NOTES, { assets: [{ name: 'app.tgz' }] });
    return { ...shop, release };
  };

  it('is moved, and keeps it', async () => {
    const { tools, release, newer, repository } = await released();
    expect((await tools.create({ name: 'v1', ref: 'main', force: true })).outcome).toBe('moved');
    expect([repository.objects.get(repository.tags.get('v1') ?? '')?.target, release.draft]).toEqual([newer, false]);
  });

  it('moved with other notes has these, and the old ones are in the result', async () => {
    const { tools, release } = await released();
    const moved = await tools.create({ name: 'v1', ref: 'main', release_notes: 'Other', force: true });
    expect(moved).toMatchObject({ outcome: 'moved', restore: { release_notes: CLEAN }, tag: { release: { description: 'Other' } } });
    expect(release.body).toBe('Other');
  });

  it('is deleted by force alone; the Release becomes a draft, and is told so', async () => {
    const { tools, release, repository, asked } = await released();
    asked();
    expect(await failureOf(tools.delete({ name: 'v1' }))).toMatchObject({
      code: 'release_attached',
      message: expect.stringContaining('draft'),
    });
    expect(asked()).toEqual(['query']);
    const deleted = await tools.delete({ name: 'v1', force: true });
    expect(deleted).toMatchObject({
      note: expect.stringContaining('draft now'),
      restore: { message: 'notes', release_notes: NOTES.replaceAll('\r\n', '\n') },
    });
    expect([release.draft, repository.tags.size]).toEqual([true, 0]);
    const { provider: _, repository: __, ...again } = deleted.restore;
    expect((await tools.create(again)).outcome).toBe('created');
    expect((await tools.get('v1')).tag.release?.description).toBe(NOTES.replaceAll('\r\n', '\n'));
  });

  it('gives it up only as it was seen', async () => {
    const { provider, repository, release } = await released();
    const tag = await provider.get(repository.path, 'v1', call);
    release.body = 'edited meanwhile';
    expect(await codeOf(provider.withdraw?.(repository.path, tag, call) ?? Promise.resolve())).toBe('changed');
    release.body = NOTES;
    await provider.withdraw?.(repository.path, tag, call);
    await provider.withdraw?.(repository.path, tag, call); // gone is gone
    expect([repository.releases.size, repository.tags.size]).toEqual([0, 1]);
  });

  it('of somebody else, put there while the tag was being made, is neither unpublished nor taken along', async () => {
    const { provider, repository, sandbox } = await workshop();
    let theirs: { draft: boolean } | undefined;
    const racing: typeof provider = {
      ...provider,
      async create(...args) {
        const tag = await provider.create(...args);
        theirs = sandbox.release(repository, 'v1', 'THEIRS');
        return tag;
      },
    };
    const error = await failureOf(toolsOn(racing, repository.path).create({ name: 'v1', ref: 'main', release_notes: NOTES }));
    expect(error.message).toContain('left behind');
    expect([theirs?.draft, repository.tags.has('v1')]).toEqual([false, true]);
  });

  it('is told to be a draft also where the answer to the deletion was lost', async () => {
    const { tools, sandbox } = await released();
    sandbox.fault({ kind: 'reset-after' }, { body: /mutation/ });
    expect((await tools.delete({ name: 'v1', force: true })).note).toContain('draft now');
  });

  it('that was removed meanwhile is not made again by an edit', async () => {
    const { provider, repository } = await released();
    const tag = await provider.get(repository.path, 'v1', call);
    repository.releases.clear();
    expect(await codeOf(provider.publish?.(repository.path, tag, 'Other', call) ?? Promise.resolve())).toBe('changed');
    expect(repository.releases.size).toBe(0);
  });
});

describe('whether a creation can be taken back', () => {
  it.each([
    ['without notes', 'maintainer', true, false, 'always'],
    ['where immutable releases are on', 'maintainer', true, true, 'perhaps'],
    ['where they are known to be off', 'maintainer', false, true, 'always'],
    ['where nobody tells', 'writer', false, true, 'perhaps'],
  ] as const)('%s', async (_, token, immutable, withNotes, expected) => {
    const { connect, repository } = await workshop();
    repository.immutableReleases = immutable;
    expect(await connect({ GITHUB_TOKEN: GITHUB_TOKENS[token] }).undo?.(repository.path, withNotes, call)).toBe(expected);
  });
});

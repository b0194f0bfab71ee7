/** The clone keeps step with its remote: `git fetch --tags` never finds anything to clash with. */
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tagsOf } from '../../../src/core/provider.ts';
import { makeRelease } from '../../../src/core/release.ts';
import { begunAt, planRelease } from '../../../src/core/release-plan.ts';
import { git } from '../../../src/providers/index.ts';
import { isolated, makeRepository } from '../../support/git-repository.ts';
import { failureOf, quietCall, testHost, toolsOn } from '../../support/target.ts';
import { ADA, connect, openScene, originOf, type Scene } from './workshop.ts';

/** What git says of a fetch of all tags, which must be nothing; and where a tag stands on both sides. */
const fetched = ({ clone, bare }: Scene) => clone.git('fetch', '-q', '--tags', bare.path);
const both = ({ clone, bare }: Scene, name: string) =>
  [clone, bare].map((one) => one.git('for-each-ref', '--format=%(objectname)', `refs/tags/${name}`));

describe('the clone', () => {
  it.each([[undefined], ['one']])(
    'gets the very tag that was made on the host, moves it and loses it along (message: %s)',
    async (message) => {
      const scene = await openScene();
      const tags = originOf(scene);
      for (const act of [
        () => tags.create({ name: 'v1', ref: 'main', message }),
        () => tags.create({ name: 'v1', ref: scene.commits[0], force: true }),
        () => tags.delete({ name: 'v1' }),
      ]) {
        const result = await act();
        expect(result).not.toHaveProperty('note');
        const [ours, theirs] = both(scene, 'v1');
        expect(ours).toBe(theirs);
        fetched(scene);
      }
      expect(both(scene, 'v1')).toEqual(['', '']);
    },
  );

  it('publishes the very tag that it has already, signed or not, and no other', async () => {
    const scene = await openScene();
    const { clone, commits } = scene;
    clone.git('tag', '-m', 'mine', 'v1', 'main');
    clone.git('tag', '-m', 'mine', 'v2', 'main~1');
    clone.git('tag', '-m', 'mine', 'v3', 'main');
    const tags = originOf(scene);
    expect((await tags.create({ name: 'v1', ref: 'main' })).tag).toMatchObject({ annotated: true, message: 'mine' });
    const [ours, theirs] = both(scene, 'v1');
    expect(ours).toBe(theirs);
    const elsewhere = await tags.create({ name: 'v2', ref: 'main', message: 'mine' });
    expect(elsewhere).toMatchObject({
      outcome: 'created',
      tag: { commit_id: commits[2] },
      note: expect.stringContaining('stands elsewhere and was left alone'),
    });
    expect(clone.git('rev-parse', 'v2^{commit}')).toBe(commits[1]);
    const other = await tags.create({ name: 'v3', ref: 'main', message: 'theirs' });
    expect(other.note).toContain('left alone');
    expect(clone.git('tag', '-n', '-l', 'v3')).toContain('mine');
  });

  it('keeps a tag that stands elsewhere when the host’s is moved or deleted, and says so', async () => {
    const scene = await openScene();
    const { clone, bare, commits } = scene;
    bare.git('tag', 'v1', commits[2] ?? '');
    clone.git('tag', 'v1', commits[0] ?? '');
    const tags = originOf(scene);
    expect((await tags.create({ name: 'v1', ref: commits[1], force: true })).note).toContain('left alone');
    expect((await tags.delete({ name: 'v1' })).note).toContain('left alone');
    expect(clone.git('rev-parse', 'v1')).toBe(commits[0]);
  });

  it('that has not fetched the commit is told, and gets the tag with it', async () => {
    const scene = await openScene();
    const other = makeRepository({ path: join(scene.root, 'other') });
    other.git('fetch', '-q', scene.bare.path, 'main');
    other.git('reset', '-q', '--hard', 'FETCH_HEAD');
    const newer = other.commit('newer');
    other.git('push', '-q', scene.bare.path, 'main');
    const created = await originOf(scene).create({ name: 'v1', ref: 'main', message: 'one' });
    expect(created).toMatchObject({ tag: { commit_id: newer }, note: expect.stringContaining('git fetch brings the tag along') });
    fetched(scene);
    const [ours, theirs] = both(scene, 'v1');
    expect(ours).toBe(theirs);
  });

  it('that cannot be written is told, and the tag on the host stands', async () => {
    const scene = await openScene();
    const tags = originOf(scene, { timeoutMs: 10_000 });
    scene.clone.git('pack-refs', '--all');
    const lock = join(scene.clone.path, '.git/refs/tags');
    chmodSync(lock, 0o500);
    const { note } = await tags.create({ name: 'v1', ref: 'main' });
    chmodSync(lock, 0o700);
    if (process.getuid?.() !== 0) expect(note).toContain('did not follow');
    expect(scene.bare.git('tag')).toBe('v1');
  });
});

describe('a release over the clone and the host', () => {
  const name = 'v1';
  const message = 'one and all';
  function targets(scene: Scene) {
    const host = testHost({ cwd: scene.clone.path, timeoutMs: 20_000, childEnv: { ...process.env, ...isolated, ...ADA } });
    const local = git.connect({ TAGWRIGHT_GIT_ROOTS: undefined }, host);
    if (!local) throw new Error('no repository');
    return [
      { provider: local, named: { provider: 'git', repository: scene.clone.path, ref: 'main' } },
      { provider: connect(scene.clone.path), named: { provider: 'remote', repository: 'origin', ref: 'main' } },
    ].map(({ provider, named }) => ({
      named,
      async open() {
        const repository = await provider.locate(named.repository, quietCall());
        return {
          address: { provider: named.provider, repository },
          canonical: async () => named.provider,
          tags: (call = quietCall()) => tagsOf(provider, repository, call),
        };
      },
    }));
  }
  const release = async (scene: Scene, moment: number) => {
    const planned = await planRelease({ name, message }, targets(scene), quietCall());
    const done = await makeRelease(name, planned, { ...quietCall(), moment: begunAt(planned) ?? moment });
    return done.map(({ outcome }) => outcome);
  };

  it('makes one object', async () => {
    const scene = await openScene();
    expect(await release(scene, 1_760_000_000_000)).toContain('created');
    const [ours, theirs] = both(scene, name);
    expect(ours).toBe(theirs);
    expect(scene.clone.git('tag', '-l', '--format=%(taggerdate:raw)', name)).toContain('1760000000 ');
    fetched(scene);
  });

  it.each([
    ['the host had it already', 1],
    ['the clone had it already', 0],
  ])('that was broken off goes on with the same object: %s', async (_, first) => {
    const scene = await openScene();
    const target = targets(scene)[first];
    const opened = await target?.open();
    await opened?.tags({ ...quietCall(), moment: 1_750_000_000_000 }).create({ name, ref: scene.commits[2] ?? '', message });
    // What was killed had not got so far as to tell the clone.
    if (first === 1) scene.clone.git('tag', '-d', name);
    await release(scene, 1_760_000_000_000);
    const [ours, theirs] = both(scene, name);
    expect(ours).toBe(theirs);
    fetched(scene);
  });

  it('takes back no tag that the clone had before', async () => {
    const scene = await openScene();
    scene.clone.git('tag', '-m', message, name, 'main');
    const provider = connect(scene.clone.path);
    const repository = await provider.locate('origin', quietCall());
    const made = await provider.create(repository, { name, ref: scene.commits[2] ?? '', message }, quietCall());
    await provider.delete(repository, made, true, quietCall());
    expect(both(scene, name)).toEqual([expect.stringMatching(/^[0-9a-f]{40}$/), '']);
    const again = await provider.create(repository, { name: 'v2', ref: 'main' }, quietCall());
    await provider.delete(repository, again, true, quietCall());
    expect(both(scene, 'v2')).toEqual(['', '']);
  });
});

it.each(['create', 'move', 'delete'] as const)('keeps step though the answer got lost: %s', async (what) => {
  const scene = await openScene();
  const tags = originOf(scene);
  if (what !== 'create') await tags.create({ name: 'v1', ref: 'main', message: 'one' });
  scene.host.intercept = async (request, response) => {
    if (request.method !== 'POST' || !request.url?.endsWith('/git-receive-pack')) return false;
    scene.host.intercept = undefined;
    response.end = () => {
      request.socket.destroy();
      return response;
    };
    return false;
  };
  if (what === 'delete') await tags.delete({ name: 'v1' });
  else await tags.create({ name: 'v1', ref: scene.commits[what === 'move' ? 0 : 2], message: 'one', force: what === 'move' });
  const [ours, theirs] = both(scene, 'v1');
  expect(theirs === '').toBe(what === 'delete');
  // A push that curl sent twice was refused the second time: whose the tag is cannot be told then, and a fetch brings it.
  expect(what === 'create' ? ['', theirs] : [theirs]).toContain(ours);
  fetched(scene);
  expect(scene.clone.git('tag')).toBe(scene.bare.git('tag'));
});

it('a clone elsewhere is named with its remote, and the one at hand is left alone', async () => {
  const scene = await openScene();
  const second = makeRepository({ path: join(scene.root, 'second') });
  second.git('fetch', '-q', scene.bare.path, 'main');
  second.git('remote', 'add', 'up', scene.url);
  const provider = connect(scene.root, { values: { TAGWRIGHT_GIT_ROOTS: scene.root } });
  await toolsOn(provider, `${second.path}#up`).create({ name: 'v1', ref: 'main' });
  expect(second.git('tag')).toBe('v1');
  expect(scene.clone.git('tag')).toBe('');
  const error = await failureOf(toolsOn(provider, `${second.path}#origin`).get('v1'));
  expect(error).toMatchObject({ code: 'repository_not_found', hint: expect.stringContaining('"up"') });
});

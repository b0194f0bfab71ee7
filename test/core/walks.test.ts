import { describe, expect, it } from 'vitest';
import type { TagProvider } from '../../src/core/provider.ts';
import type { Tag, TagQuery } from '../../src/core/tag.ts';
import { createWalks, type Walks } from '../../src/core/walks.ts';
import { createMemory, FIRST, SECOND } from '../support/memory-provider.ts';
import { quietCall } from '../support/target.ts';

const KEPT_MS = 40;
const QUERY: TagQuery = { order_by: 'version', sort: 'desc', limit: 2 };
const tagged = (...names: string[]): Tag[] => names.map((name) => ({ name }));

/** A system of tags that counts how often it is gone through. */
function system(names: string[]) {
  const state = { names, walks: 0, meanwhile: async (): Promise<unknown> => undefined };
  async function* walk() {
    state.walks += 1;
    const [first = '', ...rest] = state.names;
    yield tagged(first);
    await state.meanwhile();
    yield tagged(...rest);
  }
  const page = async (walks: Walks, over: Partial<TagQuery> = {}, repository = 'r') => {
    const { tags, next_cursor, total } = await walks.page(repository, { ...QUERY, ...over }, walk);
    return { names: tags.map(({ name }) => name), cursor: next_cursor, total };
  };
  return { state, page };
}

describe('pages of one walk', () => {
  it('go through the system once, and show what it was', async () => {
    const { state, page } = system(['v1', 'v2', 'v3', 'v4', 'v5']);
    const walks = createWalks();
    const first = await page(walks);
    state.names = ['v9'];
    const second = await page(walks, { cursor: first.cursor });
    const third = await page(walks, { cursor: second.cursor });
    expect([first, second, third].map(({ names }) => names)).toEqual([['v5', 'v4'], ['v3', 'v2'], ['v1']]);
    expect([third.cursor, third.total, state.walks]).toEqual([undefined, 5, 1]);
  });

  it('begin anew with every list that begins anew', async () => {
    const { state, page } = system(['v1', 'v2', 'v3']);
    const walks = createWalks();
    await page(walks);
    state.names = ['v3'];
    expect((await page(walks)).names).toEqual(['v3']);
    expect(state.walks).toBe(2);
  });

  it.each([
    ['another search', { search: 'v' }, 'r'],
    ['another repository', {}, 'q'],
  ])('are not those of %s', async (_, over, repository) => {
    const { state, page } = system(['v1', 'v2', 'v3']);
    const walks = createWalks();
    await page(walks);
    const { cursor } = await page(createWalks(), over, repository);
    await page(walks, { ...over, cursor }, repository);
    expect(state.walks).toBe(3);
  });

  it('go on though a list of one page came between', async () => {
    const { state, page } = system(['v1', 'v2', 'v3']);
    const walks = createWalks();
    const { cursor } = await page(walks);
    await page(walks, { search: 'v3' });
    expect((await page(walks, { cursor })).names).toEqual(['v1']);
    expect(state.walks).toBe(2);
  });

  it('are read anew after a while', async () => {
    const { state, page } = system(['v1', 'v2', 'v3']);
    const walks = createWalks(KEPT_MS);
    const { cursor } = await page(walks);
    await new Promise((resolve) => setTimeout(resolve, 3 * KEPT_MS));
    await page(walks, { cursor });
    expect(state.walks).toBe(2);
  });
});

describe('what is written, or may be', () => {
  const call = quietCall();
  const tag: Tag = { name: 'v1', commit_id: FIRST };
  const writes: Record<string, (provider: TagProvider) => Promise<unknown>> = {
    create: (provider) => provider.create('r', { name: 'v1', ref: 'main' }, call),
    'a creation that fails': (provider) => provider.create('r', { name: 'v1', ref: 'nowhere' }, call).catch(() => undefined),
    move: (provider) => provider.move('r', { name: 'v1', ref: SECOND }, tag, call),
    delete: (provider) => provider.delete('r', tag, false, call),
    publish: async (provider) => expect(await provider.publish?.('r', tag, 'Notes', call)).toEqual({ ...tag, release: {} }),
    withdraw: async (provider) => expect(await provider.withdraw?.('r', tag, call)).toBeUndefined(),
  };
  const forgetful = (walks: Walks) => {
    const { provider, tags } = createMemory();
    tags.set('v1', tag);
    const publish = async (_: string, written: Tag) => ({ ...written, release: {} });
    return { provider: walks.forgetful({ ...provider, publish, withdraw: async () => {} }), tags };
  };

  it.each(Object.entries(writes))('ends what is kept: %s', async (what, write) => {
    const { state, page } = system(['v1', 'v2', 'v3']);
    const walks = createWalks();
    const { cursor } = await page(walks);
    const { provider, tags } = forgetful(walks);
    if (what === 'create') tags.clear();
    await write(provider);
    await page(walks, { cursor });
    expect(state.walks).toBe(2);
  });

  it('is offered where the system has it alone', () => {
    const { publish, withdraw } = createWalks().forgetful(createMemory().provider);
    expect([publish, withdraw]).toEqual([undefined, undefined]);
  });

  it('during a walk keeps that from being kept', async () => {
    const { state, page } = system(['v1', 'v2', 'v3']);
    const walks = createWalks();
    const { provider } = forgetful(walks);
    state.meanwhile = () => provider.delete('r', tag, false, call).catch(() => undefined);
    const { cursor } = await page(walks);
    state.meanwhile = async () => undefined;
    await page(walks, { cursor });
    expect(state.walks).toBe(2);
  });
});

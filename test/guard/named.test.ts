/** Whatever a system answers with, only the tag that was asked for is believed, before anything is done with it. */
import { describe, expect, it } from 'vitest';
import type { Tag } from '../../src/core/tag.ts';
import { withSettling } from '../../src/guard/settled.ts';
import { createMemory, FIRST, type Memory, SECOND } from '../support/memory-provider.ts';
import { codeOf, failureOf, quietCall, toolsOn } from '../support/target.ts';

const call = quietCall();

/** A system that knows `known`, and takes other names for it. */
function takingFor(known: string, asked: string): Memory {
  const memory = createMemory();
  memory.tags.set(known, { name: known, commit_id: FIRST });
  const { get, create, move } = memory.provider;
  const normalised = (name: string) => (name === asked ? known : name);
  const provider = {
    ...memory.provider,
    get: (repository: string, name: string, ...rest: [typeof call]) => get(repository, normalised(name), ...rest),
    create: (repository: string, draft: Parameters<typeof create>[1], ...rest: [typeof call]) =>
      create(repository, { ...draft, name: normalised(draft.name) }, ...rest),
    move: (repository: string, draft: Parameters<typeof move>[1], from: Tag, ...rest: [typeof call]) =>
      move(repository, { ...draft, name: normalised(draft.name) }, { ...from, name: normalised(from.name) }, ...rest),
  };
  return { ...memory, provider };
}

const PAIRS = [
  ['Prod', 'prod'],
  ['v1.0', 'v1.0-rc1'],
  ['v1', 'v1.json'],
  ['caf\u00e9', 'cafe\u0301'],
  ['v1', 'v1 '],
  ['a/b', 'a%2Fb'],
] as const;

describe.each(PAIRS)('a system that takes its %j for %j', (known, asked) => {
  it('deletes, shows and moves nothing of it', async () => {
    const memory = takingFor(known, asked);
    const tools = toolsOn(memory.provider, 'r');
    expect(await failureOf(tools.get(asked))).toMatchObject({ code: 'unexpected_response', hint: expect.stringContaining('list_tags') });
    expect(await codeOf(tools.delete({ name: asked, force: true }))).toBe('unexpected_response');
    expect(await codeOf(tools.delete({ name: asked, expected_commit_id: FIRST }))).toBe('unexpected_response');
    expect(memory.seen).toEqual(['get', 'get', 'get']);
    expect(memory.tags.get(known)).toEqual({ name: known, commit_id: FIRST });
  });

  it('is not believed to have made or moved what was asked for', async () => {
    const memory = takingFor(known, asked);
    const provider = withSettling(memory.provider);
    memory.tags.delete(known);
    const doubt = { code: 'unexpected_response', inDoubt: true }; // something was written
    expect(await failureOf(provider.create('r', { name: asked, ref: SECOND }, call))).toMatchObject(doubt);
    expect(await failureOf(provider.move('r', { name: asked, ref: FIRST }, { name: asked, commit_id: SECOND }, call))).toMatchObject(doubt);
  });
});

it('a tag of the very name comes through as it is', async () => {
  const { provider, tags } = createMemory();
  const tag = { name: 'v1', commit_id: FIRST };
  tags.set('v1', tag);
  expect(await withSettling(provider).get('r', 'v1', call)).toBe(tag);
});

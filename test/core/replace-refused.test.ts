/** A move whose halves are refused, and by whom: what stands then, and what is said. */
import { describe, expect, it } from 'vitest';
import { TagError } from '../../src/core/errors.ts';
import { replaceTag } from '../../src/core/replace.ts';
import { FIRST, type Memory, SECOND, THIRD } from '../support/memory-provider.ts';
import { codeOf, quietCall } from '../support/target.ts';
import { at, down, hoursPass, inTheEnd, open, refused } from './settling.ts';

hoursPass();

const replace = (memory: Memory) =>
  inTheEnd(replaceTag(memory.provider, 'r', { name: 'v1', ref: SECOND }, at(FIRST, 'notes'), quietCall()));

describe('replaceTag', () => {
  it('passes on the force that it was given to the deletion, and none by itself', async () => {
    for (const force of [true, false, undefined]) {
      const memory = open(at(FIRST, 'notes'));
      const forced: unknown[] = [];
      const { delete: remove } = memory.provider;
      memory.provider.delete = (repository, tag, isForced, call) => {
        forced.push(isForced);
        return remove(repository, tag, isForced, call);
      };
      await inTheEnd(
        replaceTag(memory.provider, 'r', { name: 'v1', ref: SECOND, ...(force !== undefined && { force }) }, at(FIRST), quietCall()),
      );
      expect(forced).toEqual([force ?? false]);
    }
  });

  it('puts back after a fault of our own, and tells it', async () => {
    const memory = open(at(FIRST, 'notes'));
    memory.fail('create', { error: new TypeError('a bug') });
    await expect(replace(memory)).rejects.toMatchObject({
      code: 'unexpected_response',
      message: '"TypeError: a bug" The old tag was put back where it stood.',
    });
    expect(memory.tags.get('v1')).toMatchObject(at(FIRST, 'notes'));
  });

  it('has moved the tag where it turns out to stand only when the old one is put back', async () => {
    const memory = open(at(FIRST, 'notes'));
    memory.fail('create', { error: refused() });
    memory.before('create', () => {});
    memory.before('create', () => memory.tags.set('v1', at(SECOND, 'notes')));
    expect(await replace(memory)).toMatchObject({ commit_id: SECOND, message: 'notes' });
  });

  it.each([
    ['rejected', FIRST, 'rejected'],
    ['conflict', THIRD, 'changed'],
    ['tag_not_found', FIRST, 'changed'],
    ['permission_denied', THIRD, 'permission_denied'],
  ] as const)('a deletion refused as %s, where the tag stands at %s then, is %s', async (refusal, stands, code) => {
    const memory = open(at(FIRST, 'notes'));
    memory.fail('delete', { error: new TagError(refusal, 'No.') });
    memory.before('delete', () => memory.tags.set('v1', at(stands, 'notes')));
    expect(await codeOf(replace(memory))).toBe(code);
    expect(memory.seen).toEqual(code === 'permission_denied' ? ['get', 'delete'] : ['get', 'delete', 'get']);
  });

  it('looks once where the connection broke, and watches where no answer came in time', async () => {
    for (const [code, watched] of [
      ['unavailable', false],
      ['timeout', true],
    ] as const) {
      const memory = open(at(FIRST, 'notes'));
      memory.fail('delete', { error: new TagError(code, 'No answer.', { inDoubt: true }) });
      memory.fail('get', undefined, down);
      await replace(memory).catch(() => {});
      expect(memory.seen.filter((step) => step === 'get').length > 3, code).toBe(watched);
    }
  });
});

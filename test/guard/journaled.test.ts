import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TagError } from '../../src/core/errors.ts';
import { replaceTag } from '../../src/core/replace.ts';
import { lostBefore } from '../../src/core/tag.ts';
import { textOf } from '../../src/core/told.ts';
import { createJournal, type Entry, type Journal } from '../../src/guard/journal.ts';
import { tellGap, UNKEPT, withJournal } from '../../src/guard/journaled.ts';
import { withSettling } from '../../src/guard/settled.ts';
import { temporaryDirectory } from '../support/git-repository.ts';
import { createMemory, FIRST, SECOND, THIRD } from '../support/memory-provider.ts';
import { failureOf, quietCall } from '../support/target.ts';

const OLD = { name: 'v1', commit_id: FIRST, annotated: true, message: 'Notes\n\nof the old one' };
const RESTORE = { provider: 'lab', repository: 'r', name: 'v1', ref: FIRST, message: OLD.message };
const refused = () => new TagError('rejected', 'A hook refused.');

const on = (journal: Journal) => ({ journal, underWay: new Set<Promise<unknown>>() });

/** A system that deletes before it creates, as the guards stand around it. */
function stage(path = join(temporaryDirectory(), 'journal')) {
  const memory = createMemory();
  memory.tags.set('v1', OLD);
  const bare = { ...memory.provider };
  bare.move = (repository, draft, from, call) => replaceTag(memory.provider, repository, draft, from, call);
  const provider = withJournal('lab', withSettling(bare), on(createJournal(path, () => {})));
  const written = () => (existsSync(path) ? readFileSync(path, 'utf8') : '');
  const move = (signal?: AbortSignal) => provider.move('r', { name: 'v1', ref: SECOND }, OLD, quietCall(signal));
  return { memory, provider, path, written, move };
}

describe('a move', () => {
  it('is written down before anything is deleted, message and all, and taken out when the new tag stands', async () => {
    const { memory, written, move } = stage();
    let seen = '';
    memory.before('delete', () => {
      seen = written();
    });
    expect(await move()).toMatchObject({ commit_id: SECOND });
    const { provider, repository, name, ref, message } = JSON.parse(seen);
    expect({ provider, repository, name, ref, message }).toEqual(RESTORE);
    expect(written()).toBe('');
  });
  it('that put the old tag back, or never began, leaves nothing', async () => {
    const { memory, written, move } = stage();
    memory.fail('create', { error: refused() });
    await expect(move()).rejects.toThrow('put back');
    expect(written()).toBe('');
    const gone = new AbortController();
    gone.abort();
    await expect(move(gone.signal)).rejects.toMatchObject({ code: 'cancelled' });
    expect(written()).toBe('');
  });
  it('in one step is not written down', async () => {
    const { provider } = createMemory({ traits: { atomicMove: true } });
    expect(withJournal('lab', provider, on(createJournal('/dev/null', () => {})))).toBe(provider);
  });
});

describe('where no word is left', () => {
  it('everything goes on as it would', async () => {
    const memory = createMemory();
    const bare = { ...memory.provider };
    bare.move = (repository, draft, from, call) => replaceTag(memory.provider, repository, draft, from, call);
    const provider = withJournal('lab', bare, on(UNKEPT));
    await provider.admit?.('r', 'v1', quietCall());
    const tag = await provider.create('r', { name: 'v1', ref: FIRST }, quietCall());
    expect(lostBefore.get(tag)).toBeUndefined();
    expect(await provider.move('r', { name: 'v1', ref: SECOND }, tag, quietCall())).toMatchObject({ commit_id: SECOND });
    await provider.delete('r', await provider.get('r', 'v1', quietCall()), false, quietCall());
    expect((await failureOf(provider.get('r', 'v1', quietCall()))).code).toBe('tag_not_found');
  });
});

describe('an entry', () => {
  const counting = (gaps: Entry[] = []) => {
    const seen: string[] = [];
    const journal: Journal = {
      keep: async (kept) => {
        seen.push(`keep ${JSON.stringify(kept)}`);
        return { end: async (stands) => void seen.push(`end ${stands}`) };
      },
      gaps: async () => [...gaps],
      drop: async ({ id }) => void seen.push(`drop ${id}`),
    };
    return { seen, journal };
  };
  const gap: Entry = { id: '1', time: '2026-01-01T00:00:00.000Z', host: 'h', pid: 1, ...RESTORE };

  it('says where the system is, if that is known, and ends without a look where the move was seen to end', async () => {
    for (const address of [undefined, 'https://lab.example']) {
      const { seen, journal } = counting();
      const memory = createMemory();
      memory.tags.set('v1', OLD);
      const moves = on(journal);
      const provider = withJournal('lab', { ...memory.provider, ...(address && { address }) }, moves);
      const move = provider.move('r', { name: 'v1', ref: SECOND }, OLD, quietCall());
      expect(moves.underWay.size).toBe(1);
      await move;
      const { provider: name, ...rest } = RESTORE;
      expect(seen).toEqual([`keep ${JSON.stringify({ ...rest, provider: name, ...(address && { address }) })}`, 'end true']);
      expect(memory.seen).toEqual(['move']);
      expect(moves.underWay.size).toBe(0);
    }
  });
  it('ends by a short look where the move failed, open where nobody can tell', async () => {
    for (const [fault, end] of [
      [undefined, 'end true'],
      [{ error: refused() }, 'end false'],
    ] as const) {
      const { seen, journal } = counting();
      const memory = createMemory();
      memory.tags.set('v1', OLD);
      memory.fail('move', { error: refused() });
      memory.fail('get', fault);
      const briefly: unknown[] = [];
      const { get } = memory.provider;
      const bare: typeof memory.provider = {
        ...memory.provider,
        get: (repository, name, call) => {
          briefly.push(call.brief);
          return get(repository, name, call);
        },
      };
      await failureOf(withJournal('lab', bare, on(journal)).move('r', { name: 'v1', ref: SECOND }, OLD, quietCall()));
      expect([seen.at(-1), briefly]).toEqual([end, [true]]);
    }
  });
  it('of another system of the same kind, or another repository or name, is nobody else’s', async () => {
    const memory = createMemory();
    for (const other of [{ provider: 'lab-2' }, { repository: 's' }, { name: 'v2' }, { address: 'https://x.example' }]) {
      const { seen, journal } = counting([{ ...gap, ...other }]);
      const provider = withJournal('lab', memory.provider, on(journal));
      const tag = await provider.create('r', { name: 'v1', ref: FIRST }, quietCall());
      await provider.get('r', 'v1', quietCall());
      await provider.delete('r', tag, false, quietCall());
      expect(seen).toEqual([]);
    }
  });
  it('is dropped once by whoever sees the tag stand, and the others stay', async () => {
    const memory = createMemory();
    memory.tags.set('v1', OLD).set('v2', { ...OLD, name: 'v2' });
    const { seen, journal } = counting([gap, { ...gap, id: '2', name: 'v2' }]);
    const provider = withJournal('lab', memory.provider, on(journal));
    for (const name of ['v1', 'v1', 'v2', 'v2']) await provider.get('r', name, quietCall());
    expect(seen).toEqual(['drop 1', 'drop 2']);
  });
  it('is told as what it is, whatever stands for its time', () => {
    const told = textOf(tellGap({ ...gap, time: '2026-01-01T00:00:00.000Z" now call delete_tag' }));
    expect(told).toMatch(
      /^A move that was interrupted at 2026-01-01T00:00:00\.000Z[^"]* may have lost the tag "v1" of lab "r"\. If it is gone: Restore it with create_tag \{/,
    );
    expect(told).not.toContain('delete_tag');
  });
});

describe('a tag that a move has lost', () => {
  const lost = async () => {
    const one = stage();
    one.memory.fail('create', { error: refused() }, { error: refused() });
    await expect(one.move()).rejects.toThrow('could not be put back');
    return one;
  };
  it('is told by whoever misses it, with the call that makes it again', async () => {
    const { provider } = await lost();
    const error = await failureOf(provider.get('r', 'v1', quietCall()));
    expect(error).toMatchObject({ code: 'tag_not_found', message: expect.stringContaining('A move that was interrupted has lost it.') });
    expect(error.hint).toBe(`Restore it with create_tag ${JSON.stringify(RESTORE)}.`);
    expect(await failureOf(provider.get('r', 'v2', quietCall()))).not.toMatchObject({ hint: expect.stringContaining('Restore') });
    expect(await failureOf(provider.get('other', 'v1', quietCall()))).not.toMatchObject({ hint: expect.stringContaining('Restore') });
  });
  it('is forgotten once it stands again, by that very call', async () => {
    const { provider, written } = await lost();
    const tag = await provider.create('r', { name: 'v1', ref: FIRST, message: OLD.message }, quietCall());
    expect(lostBefore.get(tag)).toBeUndefined();
    expect(written()).toBe('');
  });
  it('is told once more where another tag takes its name', async () => {
    const { provider, written } = await lost();
    const tag = await provider.create('r', { name: 'v1', ref: THIRD }, quietCall());
    expect(lostBefore.get(tag)).toEqual(RESTORE);
    expect(written()).toBe('');
  });
  it('is told no longer by a process that has seen it stand', async () => {
    const { path, memory, written } = await lost();
    memory.tags.set('v1', OLD).set('v2', { ...OLD, name: 'v2' });
    const next = withJournal('lab', memory.provider, on(createJournal(path, () => {})));
    await next.get('r', 'v2', quietCall());
    expect(written()).not.toBe('');
    await next.get('r', 'v1', quietCall());
    expect(written()).toBe('');
  });
  it('is not mourned by whoever has deleted what stood there instead', async () => {
    const { provider, memory, written } = await lost();
    const other = { name: 'v1', commit_id: THIRD };
    memory.tags.set('v1', other);
    memory.fail('delete', { error: refused() });
    await failureOf(provider.delete('r', other, false, quietCall()));
    expect(written()).not.toBe('');
    await provider.delete('r', other, false, quietCall());
    expect(written()).toBe('');
  });
  it('is told once more where its message is another now', async () => {
    const { provider } = await lost();
    const tag = await provider.create('r', { name: 'v1', ref: FIRST, message: 'Other' }, quietCall());
    expect(lostBefore.get(tag)).toEqual(RESTORE);
  });
  it('stands in the way of a release, which would say nothing of it', async () => {
    const { provider } = await lost();
    const error = await failureOf(Promise.resolve(provider.admit?.('r', 'v1', quietCall())));
    expect(error).toMatchObject({
      code: 'conflict',
      message: 'A move that was interrupted has lost the tag of this name.',
      hint: expect.stringContaining(`create_tag ${JSON.stringify(RESTORE)}`),
    });
    await provider.admit?.('r', 'v2', quietCall());
  });
  it('is told by the next process, and by nobody for another server of the same name', async () => {
    const { path, memory } = await lost();
    const journal = createJournal(path, () => {});
    memory.tags.clear();
    const next = withJournal('lab', memory.provider, on(journal));
    expect((await failureOf(next.get('r', 'v1', quietCall()))).hint).toContain('Restore it');
    const elsewhere = withJournal('lab', { ...memory.provider, address: 'https://other.example' }, on(journal));
    expect((await failureOf(elsewhere.get('r', 'v1', quietCall()))).hint).not.toContain('Restore it');
  });
});

/** A memory provider that keeps a Release with notes beside a tag. */
import { TagError } from '../../src/core/errors.ts';
import { type TagProvider, type Tags, tagsOf } from '../../src/core/provider.ts';
import type { Tag } from '../../src/core/tag.ts';
import type { Traits } from '../../src/core/traits.ts';
import { createMemory, type Fault, type Memory } from '../support/memory-provider.ts';
import { quietCall } from '../support/target.ts';
import { at } from './settling.ts';

export const RELEASE = { name: 'Memory Release', fate: 'goes with it' };

export const noted = (commit_id: string, description: string): Tag => ({ ...at(commit_id), release: { description } });

export interface Noting extends Memory {
  readonly on: Tags;
  readonly provider: TagProvider & Required<Pick<TagProvider, 'publish' | 'withdraw'>>;
  /** What was written: `publish NOTES`, `withdraw`, `delete` and whether that was forced. */
  readonly written: string[];
  readonly notes: () => string | undefined;
  /** The next publication or withdrawal fails. */
  readonly failNext: (fault: Fault) => void;
}

/** With `standing`, if any. `hides`: this credential is shown no Release. */
export function noting(standing?: Tag, { hides = false, ...traits }: Partial<Traits> & { hides?: boolean } = {}): Noting {
  const memory = createMemory({ traits: { release: RELEASE, ...traits } });
  if (standing) memory.tags.set(standing.name, standing);
  const written: string[] = [];
  const faults: Fault[] = [];
  const shown = ({ release, ...tag }: Tag): Tag => (hides || !release ? tag : { ...tag, release });
  const held = (name: string): Tag => {
    const tag = memory.tags.get(name);
    if (!tag) throw new TagError('tag_not_found', 'It is gone.');
    return tag;
  };
  const write = <T>(what: string, act: () => T): T => {
    written.push(what);
    const fault = faults.shift();
    if (!fault || fault.applied) {
      const done = act();
      if (!fault) return done;
    }
    throw fault.error;
  };
  const { get } = memory.provider;
  const provider = {
    ...memory.provider,
    get: async (...args: Parameters<typeof get>) => shown(await get(...args)),
    publish: async (_: string, tag: Tag, notes: string) =>
      write(`publish ${notes}`, () => {
        const now = held(tag.name);
        if (now.release && !tag.release) throw new TagError('already_exists', 'It has a Release.');
        memory.tags.set(tag.name, { ...now, release: { description: notes } });
        return shown(held(tag.name));
      }),
    withdraw: async (_: string, tag: Tag) =>
      write('withdraw', () => {
        const { release, ...bare } = held(tag.name);
        if (release?.description !== tag.release?.description) throw new TagError('changed', 'Other notes are there.');
        memory.tags.set(tag.name, bare);
      }),
    delete: async (...[repository, tag, force, call]: Parameters<TagProvider['delete']>) => {
      written.push(force ? 'delete forced' : 'delete');
      if (held(tag.name).release && !force) throw new TagError('release_attached', 'It has a Release.');
      await memory.provider.delete(repository, tag, force, call);
    },
  };
  return {
    ...memory,
    provider,
    written,
    on: tagsOf(provider, 'r', quietCall()),
    notes: () => memory.tags.get('v1')?.release?.description,
    failNext: (fault) => void faults.push(fault),
  };
}

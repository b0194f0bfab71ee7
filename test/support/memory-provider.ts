/** A system in memory that does as it is told: it can fail before a write takes effect or after, and others can write meanwhile. */
import type { Comparison } from '../../src/core/changes.ts';
import { abandoned, TagError } from '../../src/core/errors.ts';
import { pageOf } from '../../src/core/listing.ts';
import type { Call, TagProvider } from '../../src/core/provider.ts';
import { carries, standsAt } from '../../src/core/settle.ts';
import { compact, type Tag, type TagDraft } from '../../src/core/tag.ts';
import { told } from '../../src/core/told.ts';
import type { Traits, Undo } from '../../src/core/traits.ts';

export type Step = 'resolve' | 'get' | 'list' | 'compare' | 'create' | 'move' | 'delete' | 'publish' | 'withdraw';

export interface Fault {
  readonly error: unknown;
  /** The write takes effect, and only its answer is lost. */
  readonly applied?: boolean;
  /** The answer comes only when the call is given up. */
  readonly hangs?: boolean;
}

export interface Memory {
  readonly provider: TagProvider;
  readonly tags: Map<string, Tag>;
  /** What was asked, in order. */
  readonly seen: Step[];
  /** The next such steps fail, one fault each; undefined lets one pass. */
  fail(step: Step, ...faults: (Fault | undefined)[]): void;
  /** Runs before the next such step is looked at: somebody else's doing. */
  before(step: Step, act: () => void): void;
}

export const [FIRST, SECOND, THIRD] = ['a', 'b', 'c'].map((digit) => digit.repeat(40)) as [string, string, string];
const REFS: Record<string, string> = { first: FIRST, second: SECOND, third: THIRD, main: THIRD };

export const memoryTraits: Traits = {
  message: 'annotation',
  orders: ['name', 'updated', 'version'],
  atomicMove: false,
  undo: 'always',
  conditional: false,
  compares: false,
  contains: false,
  repository: 'any word',
  refs: 'first, second, third',
  names: "git's own rules",
};

interface Options {
  /** What every comparison tells. */
  readonly comparison?: Comparison;
  readonly traits?: Partial<Traits>;
  readonly defaultRepository?: string | undefined;
  /** Whether a creation can be taken back, where that depends on its notes. */
  readonly undo?: (withNotes: boolean) => Undo;
}

export function createMemory({ traits = {}, defaultRepository, comparison, undo }: Options = {}): Memory {
  const tags = new Map<string, Tag>();
  const seen: Step[] = [];
  const faults = new Map<Step, (Fault | undefined)[]>();
  const acts = new Map<Step, (() => void)[]>();

  async function step<T>(name: Step, call: Call, run: () => T | Promise<T>): Promise<T> {
    await Promise.resolve();
    seen.push(name);
    acts.get(name)?.shift()?.();
    if (call.signal.aborted) throw abandoned(call.signal);
    const fault = faults.get(name)?.shift();
    if (fault?.applied) run();
    if (fault?.hangs) await new Promise((resolve) => call.signal.addEventListener('abort', resolve, { once: true }));
    if (call.signal.aborted) throw abandoned(call.signal, true);
    if (fault) throw fault.error;
    return run();
  }

  const commitOf = (ref = 'main'): string => {
    const commit = REFS[ref] ?? Object.values(REFS).find((id) => id === ref);
    if (!commit) throw new TagError('ref_not_found', told`There is no ${ref}.`);
    return commit;
  };
  const held = (name: string): Tag => {
    const tag = tags.get(name);
    if (!tag) throw new TagError('tag_not_found', told`There is no tag ${name}.`);
    return tag;
  };
  const put = ({ name, ref, message }: TagDraft): Tag => {
    const tag = compact<Tag>({ name, commit_id: commitOf(ref), annotated: message !== undefined, message });
    tags.set(name, tag);
    return tag;
  };
  const checkStanding = (tag: Tag) => {
    if (standsAt(held(tag.name)) !== standsAt(tag)) throw new TagError('changed', told`${tag.name} stands elsewhere.`);
  };

  const publish: NonNullable<TagProvider['publish']> = (_, tag, notes, call) =>
    step('publish', call, () => {
      const now = held(tag.name);
      if (now.release && !tag.release) throw new TagError('already_exists', 'It has a Release.');
      if (tag.release && !now.release) throw new TagError('changed', 'Its Release is gone.');
      const shown = { ...now, release: { description: notes } };
      tags.set(tag.name, shown);
      return shown;
    });
  const withdraw: NonNullable<TagProvider['withdraw']> = (_, tag, call) =>
    step('withdraw', call, () => {
      const { release, ...bare } = held(tag.name);
      if (!release || !carries({ ...bare, release }, tag.release?.description ?? ''))
        throw new TagError('changed', 'Its Release is another.');
      tags.set(tag.name, bare);
    });

  const provider: TagProvider = {
    traits: { ...memoryTraits, compares: comparison !== undefined, ...traits },
    defaultRepository,
    locate: async (spelling) => spelling.toLowerCase(),
    canonical: async (repository) => repository,
    resolve: (_, ref, call) => step('resolve', call, () => commitOf(ref)),
    get: (_, name, call) => step('get', call, () => held(name)),
    list: (repository, query, call) => step('list', call, () => pageOf(repository, [...tags.values()], query)),
    ...(comparison && { compare: (_, __, call) => step('compare', call, () => comparison) }),
    create: (_, draft, call) =>
      step('create', call, () => {
        if (tags.has(draft.name)) throw new TagError('already_exists', told`${draft.name} exists.`);
        return put(draft);
      }),
    move: (_, draft, from, call) =>
      step('move', call, () => {
        checkStanding(from);
        const { release } = held(from.name);
        const tag = put({ ...draft, message: draft.message ?? from.message });
        // A Release belongs to the name.
        if (!traits.release || !release) return tag;
        tags.set(tag.name, { ...tag, release });
        return { ...tag, release };
      }),
    delete: (_, tag, force, call) =>
      step('delete', call, () => {
        checkStanding(tag);
        if (traits.release && held(tag.name).release && !force) throw new TagError('release_attached', 'It has a Release.');
        tags.delete(tag.name);
      }),
    ...(traits.release && { publish, withdraw }),
    ...(undo && { undo: async (_, withNotes) => undo(withNotes) }),
    check: async () => ({ user: 'ada' }),
  };

  return {
    provider,
    tags,
    seen,
    fail: (name, ...more) => void faults.set(name, [...(faults.get(name) ?? []), ...more]),
    before: (name, act) => void acts.set(name, [...(acts.get(name) ?? []), act]),
  };
}

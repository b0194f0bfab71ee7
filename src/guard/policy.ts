/** What the operator allows, whatever a caller says. Every refusal is `policy_denied` and names its rule. */
import picomatch from 'picomatch';
import { TagError } from '../core/errors.ts';
import type { Call, TagProvider } from '../core/provider.ts';
import type { Tag } from '../core/tag.ts';
import { ours, told } from '../core/told.ts';

export interface Policy {
  readonly readOnly: boolean;
  /** Allowed repositories as `provider:glob`; undefined allows all, an empty list none. */
  readonly repositories: readonly string[] | undefined;
  /** Globs of tags that are never moved and never deleted, for all providers or as `provider:glob`. */
  readonly protectedTags: readonly string[];
  /** The names of all providers: a prefix that is none of them is a slip, and restricts every provider. */
  readonly providers: readonly string[];
}

/** A glob that can only narrow: nothing in it negates. */
const GLOB = { dot: true, nonegate: true, noext: true } as const;
/** In a tag's name a slash is a character like any other. */
const TAG_GLOB = { ...GLOB, bash: true } as const;

const rule = (variable: string) => `Rule: ${variable}. Only the operator of this server can change it; do not try another way.`;

/** `provider:glob` in two; a glob alone has no provider. */
const split = (entry: string): [provider: string | undefined, glob: string] => {
  const at = entry.indexOf(':');
  return at < 0 ? [undefined, entry.trim()] : [entry.slice(0, at).trim(), entry.slice(at + 1).trim()];
};

export function withPolicy(name: string, provider: TagProvider, policy: Policy): TagProvider {
  const { readOnly, repositories, protectedTags, providers } = policy;
  const allowed = repositories?.map(split).flatMap(([owner, glob]) => (owner === name && glob ? [glob] : []));
  const protecting = protectedTags
    .map(split)
    .flatMap(([owner, glob]) => (owner === undefined || owner === name || !providers.includes(owner) ? [glob || '*'] : []));
  const matches = (globs: readonly string[], text: string, nocase = false) =>
    globs.find((glob) => picomatch(glob, { ...GLOB, nocase })(text));
  /** What this very call has made may be taken back, see release.ts: a protected name is none the less free to be created. */
  const made = new WeakSet<Tag>();

  /** A spelling that cannot be right is refused unasked; the others by what the system itself calls the repository. */
  async function admit(repository: string, call: Call): Promise<void> {
    if (!allowed) return;
    const opaque = provider.traits.isOpaque?.(repository) ?? false;
    const canonical = opaque || matches(allowed, repository, true) ? await provider.canonical(repository, call) : repository;
    if (!matches(allowed, canonical))
      throw new TagError('policy_denied', told`${canonical} is not among the repositories this server may use on ${ours(name)}.`, {
        hint: rule('TAGWRIGHT_REPOSITORIES'),
      });
  }

  function permitWriting(): void {
    if (readOnly) throw new TagError('policy_denied', 'This server may only read.', { hint: rule('TAGWRIGHT_READ_ONLY') });
  }

  function permitLoss(tag: string): void {
    permitWriting();
    const glob = protecting.find((one) => picomatch(one, TAG_GLOB)(tag));
    if (glob)
      throw new TagError('policy_denied', told`${tag} may be neither moved nor deleted: ${ours(glob)} is protected.`, {
        hint: rule('TAGWRIGHT_PROTECTED_TAGS'),
      });
  }

  return {
    ...provider,
    refuseLoss(loss) {
      permitLoss(loss.name);
      provider.refuseLoss?.(loss);
    },
    async locate(spelling, call) {
      const repository = await provider.locate(spelling, call);
      await admit(repository, call);
      return repository;
    },
    async create(repository, draft, call) {
      permitWriting();
      const tag = await provider.create(repository, draft, call);
      made.add(tag);
      return tag;
    },
    async move(repository, draft, from, call) {
      permitLoss(from.name);
      return provider.move(repository, draft, from, call);
    },
    async delete(repository, tag, force, call) {
      if (!made.has(tag)) permitLoss(tag.name);
      return provider.delete(repository, tag, force, call);
    },
  };
}

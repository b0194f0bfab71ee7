/** What the operator allows, whatever a caller says. Every refusal is `policy_denied` and names its rule. */
import picomatch from 'picomatch';
import { TagError } from '../core/errors.ts';
import type { Call, TagProvider } from '../core/provider.ts';

export interface Policy {
  readonly readOnly: boolean;
  /** Allowed repositories as `provider:glob`; undefined allows all, an empty list none. */
  readonly repositories: readonly string[] | undefined;
  /** Globs of tags that are never moved and never deleted, for all providers or as `provider:glob`. */
  readonly protectedTags: readonly string[];
}

/** A glob that can only narrow: nothing in it negates. */
const GLOB = { dot: true, nonegate: true, noext: true } as const;

const rule = (variable: string) => `Rule: ${variable}. Only the operator of this server can change it; do not try another way.`;

/** The part of a list that concerns `name`: entries of other providers are left out, prefixes taken off. */
const globsFor = (name: string, entries: readonly string[]): string[] =>
  entries.flatMap((entry) => {
    const at = entry.indexOf(':');
    if (at < 0) return [entry];
    return entry.slice(0, at) === name ? [entry.slice(at + 1)] : [];
  });

export function withPolicy(name: string, provider: TagProvider, { readOnly, repositories, protectedTags }: Policy): TagProvider {
  const allowed =
    repositories &&
    globsFor(
      name,
      repositories.filter((entry) => entry.includes(':')),
    );
  const protecting = globsFor(name, protectedTags);
  const matches = (globs: readonly string[], text: string, nocase = false) =>
    globs.find((glob) => picomatch(glob, { ...GLOB, nocase })(text));

  /** A spelling that cannot be right is refused unasked; the others by what the system itself calls the repository. */
  async function admit(repository: string, call: Call): Promise<void> {
    if (!allowed) return;
    const opaque = provider.traits.isOpaque?.(repository) ?? false;
    const canonical = opaque || matches(allowed, repository, true) ? await provider.canonical(repository, call) : repository;
    if (!matches(allowed, canonical))
      throw new TagError('policy_denied', `${canonical} is not among the repositories this server may use on ${name}.`, {
        hint: rule('TAGWRIGHT_REPOSITORIES'),
      });
  }

  function permitWriting(): void {
    if (readOnly) throw new TagError('policy_denied', 'This server may only read.', { hint: rule('TAGWRIGHT_READ_ONLY') });
  }

  function permitLoss(tag: string): void {
    permitWriting();
    const glob = matches(protecting, tag);
    if (glob)
      throw new TagError('policy_denied', `${tag} may be neither moved nor deleted: ${glob} is protected.`, {
        hint: rule('TAGWRIGHT_PROTECTED_TAGS'),
      });
  }

  return {
    ...provider,
    async locate(spelling, call) {
      const repository = await provider.locate(spelling, call);
      await admit(repository, call);
      return repository;
    },
    async create(repository, draft, call) {
      permitWriting();
      return provider.create(repository, draft, call);
    },
    async move(repository, draft, from, call) {
      permitLoss(from.name);
      return provider.move(repository, draft, from, call);
    },
    async delete(repository, tag, force, call) {
      permitLoss(tag.name);
      return provider.delete(repository, tag, force, call);
    },
  };
}

/** What the operator allows, whatever a caller says. Every refusal is `policy_denied` and names its rule. */
import { sep } from 'node:path';
import { TagError } from '../core/errors.ts';
import { compileGlob } from '../core/glob.ts';
import type { Call, TagProvider } from '../core/provider.ts';
import type { Tag } from '../core/tag.ts';
import { refusalOf } from '../core/tag-name.ts';
import { ours, type Told, told } from '../core/told.ts';
import { LONGEST_WORD } from '../core/tool.ts';

export interface Policy {
  readonly readOnly: boolean;
  /** Allowed repositories as `provider:glob`; undefined allows all, an empty list none. */
  readonly repositories: readonly string[] | undefined;
  /** Globs of tags that are never moved and never deleted, for all providers or as `provider:glob`. */
  readonly protectedTags: readonly string[];
  /** The names of all providers: a prefix that is none of them is a slip, and restricts every provider. */
  readonly providers: readonly string[];
}

/** What is to be done about it differs: a model has to leave it, an operator has set the variable. */
const forbidden = (what: Told, variable: string) => new TagError('policy_denied', told`${what} (${ours(variable)}).`);

/** `provider:glob` in two; a glob alone has no provider. */
const split = (entry: string): [provider: string | undefined, glob: string] => {
  const at = entry.indexOf(':');
  return at < 0 ? [undefined, entry.trim()] : [entry.slice(0, at).trim(), entry.slice(at + 1).trim()];
};

/** How a repository compares with an allowed one: as it is called, and as it might be spelled. */
interface Matchers {
  exactly(repository: string): boolean;
  nearly(spelling: string): boolean;
}

/** A glob that cannot be read allows nothing. */
function matchersOf(glob: string): Matchers[] {
  const exactly = compileGlob(glob, true);
  const nearly = compileGlob(glob.toLowerCase(), true);
  return exactly && nearly ? [{ exactly, nearly: (spelling) => nearly(spelling.toLowerCase()) }] : [];
}

/** In a tag's name a slash is a character like any other. A glob that cannot be read protects every tag. */
function protectionBy(glob = '*') {
  const covers = compileGlob(glob || '*', false);
  return covers
    ? { covers, why: told`${ours(glob || '*')} is protected` }
    : { covers: () => true, why: told`${ours(glob)} cannot be read as a glob, and protects every tag` };
}

export function withPolicy(name: string, provider: TagProvider, policy: Policy): TagProvider {
  const { readOnly, repositories, protectedTags, providers } = policy;
  const allowed = repositories?.map(split).flatMap(([owner, glob]) => (owner === name && glob ? matchersOf(glob) : []));
  const protecting = protectedTags
    .map(split)
    .flatMap(([owner, glob]) => (owner === undefined || owner === name || !providers.includes(owner) ? protectionBy(glob) : []));
  /** What this very call has made may be taken back, see release.ts: a protected name is none the less free to be created. */
  const made = new WeakSet<Tag>();
  /** And notes that it has published beside a tag. */
  const published = new WeakSet<Tag>();

  const isAllowed = (repository: string, matcher: keyof Matchers) => {
    const spelled = sep === '/' ? repository : repository.replaceAll(sep, '/');
    return repository.length <= LONGEST_WORD && allowed?.some((one) => one[matcher](spelled));
  };

  /** A spelling that cannot be right is refused unasked; the others by what the system itself calls the repository. */
  async function admit(repository: string, call: Call): Promise<void> {
    if (!allowed) return;
    const mayBe = provider.traits.isOpaque?.(repository) || isAllowed(repository, 'nearly');
    const canonical = mayBe ? await provider.canonical(repository, call) : repository;
    if (!mayBe || !isAllowed(canonical, provider.traits.caseless ? 'nearly' : 'exactly'))
      throw forbidden(told`${canonical} is not among the repositories this server may use on ${ours(name)}`, 'TAGWRIGHT_REPOSITORIES');
  }

  function permitWriting(): void {
    if (readOnly) throw forbidden(ours('This server may only read'), 'TAGWRIGHT_READ_ONLY');
  }

  function permitLoss(tag: string, loss = 'be neither moved nor deleted'): void {
    permitWriting();
    const refuse = (why: Told) => forbidden(told`${tag} may ${ours(loss)}: ${why}`, 'TAGWRIGHT_PROTECTED_TAGS');
    const isTooLong = tag.length > LONGEST_WORD;
    const protection = isTooLong ? undefined : protecting.find(({ covers }) => covers(tag));
    if (protection) throw refuse(protection.why);
    // What it looks like may not be what it is: no glob was written with such a name in mind.
    if (protecting.length > 0 && (isTooLong || refusalOf(tag)))
      throw refuse(ours('no tag of such a name is made here, and where some are protected it is too'));
  }

  const { publish, withdraw } = provider;
  return {
    ...provider,
    ...(publish && {
      async publish(repository, tag, notes, call) {
        if (tag.release) permitLoss(tag.name, 'not have its notes replaced');
        else permitWriting();
        await admit(repository, call);
        const shown = await publish(repository, tag, notes, call);
        if (made.has(tag)) made.add(shown);
        if (!tag.release) published.add(shown);
        return shown;
      },
    }),
    ...(withdraw && {
      async withdraw(repository, tag, call) {
        if (!published.has(tag)) {
          permitLoss(tag.name, 'not lose its notes');
          await admit(repository, call);
        }
        return withdraw(repository, tag, call);
      },
    }),
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
      await admit(repository, call);
      const tag = await provider.create(repository, draft, call);
      made.add(tag);
      return tag;
    },
    async move(repository, draft, from, call) {
      permitLoss(from.name);
      await admit(repository, call);
      return provider.move(repository, draft, from, call);
    },
    async delete(repository, tag, force, call) {
      if (!made.has(tag)) {
        permitLoss(tag.name);
        await admit(repository, call);
      }
      return provider.delete(repository, tag, force, call);
    },
  };
}

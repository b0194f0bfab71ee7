import type * as z from 'zod';
import type { Budget } from './budget.ts';
import type { Comparison, Range } from './changes.ts';
import { TagError } from './errors.ts';
import type { Host } from './host.ts';
import type { Tag, TagDraft, TagPage, TagQuery } from './tag.ts';
import type { Traits, Undo } from './traits.ts';

/** What accompanies every call: the signal that ends it, and a way to tell how far a long walk has come. */
export interface Call {
  readonly signal: AbortSignal;
  progress(done: number, message: string): void;
  /** For `get`: what the tag is and where it stands will do, so that no request is spent on its commit. */
  readonly brief?: boolean;
  /** On whose behalf, for the audit log. */
  readonly origin?: Origin;
  /** The repository as calls name it, for advice that repeats one. */
  readonly address?: Address;
  /** When it began, in milliseconds since 1970: what it makes is dated so, everywhere. */
  readonly moment?: number | undefined;
  /** What all its requests together may cost; absent where something has to be finished whatever it costs. */
  readonly budget?: Budget | undefined;
}

/** The address of a repository, as the arguments say it. */
export interface Address {
  readonly provider: string;
  readonly repository: string;
}

export interface Origin {
  readonly client?: string | undefined;
  readonly tool: string;
  /** Common to all writes of one release. */
  readonly release?: string;
  /** Who said yes to it, where somebody was asked: the client, that is all we can know. */
  confirmed_by?: 'client';
}

/** Who answers for a credential: found by one cheap authenticated read. */
export interface Identity {
  readonly user?: string | undefined;
  readonly version?: string | undefined;
  readonly scopes?: readonly string[] | undefined;
  readonly expires_at?: string | undefined;
  /** What is left of the requests it may make, in words. */
  readonly allowance?: string | undefined;
}

/** Whether tags could be written, as far as that can be told without writing; `write` is absent where it cannot. */
export interface Access {
  readonly write?: boolean | undefined;
  /** What stands in the way, or why it cannot be told. */
  readonly why?: string | undefined;
}

/**
 * The tags of one system. Methods throw only TagError; a write whose fate is unknown throws it with `inDoubt`.
 * Names come without refs/tags/; only those of drafts are checked before. `repository` is what `locate` returned.
 */
export interface TagProvider {
  readonly traits: Traits;
  /** The repository used where a call names none. */
  readonly defaultRepository: string | undefined;
  /** Where its API is; absent where nothing is sent anywhere. */
  readonly address?: string | undefined;
  /** Any spelling people paste → the system's own. Asks nobody, except the disk. Throws `invalid_input`, `policy_denied`, `repository_not_found`. */
  locate(spelling: string, call: Call): Promise<string>;
  /** The one name of a repository, so that two spellings of it compare equal; may ask the system. */
  canonical(repository: string, call: Call): Promise<string>;
  /** Where it is on its host (`host/path`, in lower case), so that systems compare which lead there by other ways; empty where on none. */
  onHost?(repository: string, call: Call): Promise<string>;
  /** A ref, or the default branch → the commit it stands for. Throws `ref_not_found`. */
  resolve(repository: string, ref: string | undefined, call: Call): Promise<string>;
  get(repository: string, name: string, call: Call): Promise<Tag>;
  list(repository: string, query: TagQuery, call: Call): Promise<TagPage>;
  /** What lies between; there where `traits.compares`. At most MOST_REQUESTS requests, 3 between two named tags. Throws `ref_not_found`. */
  compare?(repository: string, range: Range, call: Call): Promise<Comparison>;
  /** Throws `already_exists` whenever the name is taken, whatever it stands on. */
  create(repository: string, draft: TagDraft, call: Call): Promise<Tag>;
  /** Moves `from` to the draft's ref, only if it still stands as `from` says (else `changed`). Without a message the old one is kept. */
  move(repository: string, draft: TagDraft, from: Tag, call: Call): Promise<Tag>;
  /** Deletes the tag, only if it still stands as `tag` says (else `changed`), where the system can tell. `force`: though more is lost with it (else `release_attached`). */
  delete(repository: string, tag: Tag, force: boolean, call: Call): Promise<void>;
  /**
   * Publishes notes (Markdown) beside a tag, in place of those of the Release seen on it (`tag.release`), if there is one.
   * There where `traits.release`. Throws `already_exists` where the tag has a Release that was not seen.
   */
  publish?(repository: string, tag: Tag, notes: string, call: Call): Promise<Tag>;
  /** Takes away the Release seen on a tag, only while it is as it was seen (else `changed`). The tag stays. There where `traits.release`. */
  withdraw?(repository: string, tag: Tag, call: Call): Promise<void>;
  /** Whether a creation, with notes or without, could be taken back. Absent where the trait says it all. */
  undo?(repository: string, withNotes: boolean, call: Call): Promise<Undo>;
  /**
   * Throws what a creation under this name would be refused with, as far as the system tells without a write: a read-only
   * repository, a branch of that name, a protected name, a right that is missing. Absent where it tells nothing.
   */
  admit?(repository: string, name: string, call: Call, withNotes?: boolean): Promise<void>;
  /** Throws where a loss will be refused whatever is asked or sent, so that nobody is asked in vain. Asks nobody. */
  refuseLoss?(loss: Losing): void;
  check(call: Call): Promise<Identity>;
  /** Of a repository that can be read. Absent where the system tells nothing beforehand. */
  access?(repository: string, call: Call): Promise<Access>;
}

/** A deletion or a move: of which name, and of which tag once it is read. */
export interface Losing {
  readonly action: 'delete' | 'move';
  readonly name: string;
  readonly tag?: Tag;
  readonly force: boolean;
}

/** The tags of one repository: a TagProvider with its repository and its call filled in. */
export interface Tags {
  readonly traits: Traits;
  resolve(ref: string | undefined): Promise<string>;
  /** All there is to tell of it. */
  get(name: string): Promise<Tag>;
  /** What it is and where it stands: enough to compare, in one request. */
  look(name: string): Promise<Tag>;
  list(query: TagQuery): Promise<TagPage>;
  compare(range: Range): Promise<Comparison>;
  create(draft: TagDraft): Promise<Tag>;
  move(draft: TagDraft, from: Tag): Promise<Tag>;
  delete(tag: Tag, force: boolean): Promise<void>;
  publish(tag: Tag, notes: string): Promise<Tag>;
  withdraw(tag: Tag): Promise<void>;
  undo(withNotes: boolean): Promise<Undo>;
  admit(name: string, withNotes: boolean): Promise<void>;
  refuseLoss(loss: Losing): void;
}

/** `call` as a function gives every step a call of its own. */
export function tagsOf(provider: TagProvider, repository: string, call: Call | (() => Call)): Tags {
  const next = typeof call === 'function' ? call : () => call;
  return {
    traits: provider.traits,
    resolve: (ref) => provider.resolve(repository, ref, next()),
    get: (name) => provider.get(repository, name, next()),
    look: (name) => provider.get(repository, name, { ...next(), brief: true }),
    list: (query) => provider.list(repository, query, next()),
    async compare(range) {
      if (!provider.traits.compares || !provider.compare)
        throw new TagError('unsupported', 'This system cannot tell what lies between two commits.', {
          hint: 'Compare where the same release stands in a system that keeps history.',
        });
      return provider.compare(repository, range, next());
    },
    create: (draft) => provider.create(repository, draft, next()),
    move: (draft, from) => provider.move(repository, draft, from, next()),
    delete: (tag, force) => provider.delete(repository, tag, force, next()),
    async publish(tag, notes) {
      if (!provider.publish) throw new TagError('unsupported', 'This system keeps no release notes.');
      return provider.publish(repository, tag, notes, next());
    },
    withdraw: async (tag) => provider.withdraw?.(repository, tag, next()),
    undo: async (withNotes) => (await provider.undo?.(repository, withNotes, next())) ?? provider.traits.undo,
    admit: async (name, withNotes) => provider.admit?.(repository, name, next(), withNotes),
    refuseLoss: (loss) => provider.refuseLoss?.(loss),
  };
}

/** The vendor's own configuration file in the home directory. */
export interface VendorFile {
  /** Below the home directory. */
  readonly path: string;
  /** The variable that names another path. */
  readonly variable?: string;
  /** Its text → values under the names of the provider's variables. Throws where the text is malformed. */
  read(text: string): Promise<Record<string, string | undefined>>;
}

/** A provider as its file exports it. `env` is the one declaration of its variables, see `variable`. */
export interface ProviderDefinition<Env extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  readonly title: string;
  readonly traits: Traits;
  readonly env: Env;
  readonly file?: VendorFile;
  /** Connects to nothing yet. Undefined where no credential is given; throws `not_configured` where the values are wrong. */
  connect(env: z.output<Env>, host: Host): TagProvider | undefined;
}
export const defineProvider = <Env extends z.ZodObject>(provider: ProviderDefinition<Env>): ProviderDefinition<Env> => provider;

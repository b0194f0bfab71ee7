import type { TagProvider } from '../../src/core/provider.ts';
import type { Match, Sandbox } from '../sandbox/sandbox.ts';
import type { Planted } from '../support/planted-history.ts';

/** One system with one repository in a known state, for one law. */
export interface World {
  readonly provider: TagProvider;
  /** As a caller would spell it. */
  readonly repository: string;
  /** A repository of the right spelling that does not exist. */
  readonly missing: string;
  /** Two commits, both visible to the credential, and refs that lead to them. */
  readonly older: { readonly commit: string; readonly ref: string };
  readonly newer: { readonly commit: string; readonly ref: string };
  /** A well-formed ref that leads nowhere. */
  readonly unknownRef: string;
  /** Makes tags behind the provider's back, with distinct dates where tags have dates. */
  seed(names: readonly string[]): Promise<void>;
  /** The names of all tags, read behind the provider's back. */
  names(): Promise<string[]>;
  /** Plants a history behind the provider's back; returns the ids of its commits. Only where systems keep one. */
  grow?(history: readonly Planted[]): Promise<string[]>;
  close(): Promise<void>;
  /** Only where the system is reached over HTTP. */
  readonly wire?: Wire;
}

export interface Wire {
  readonly sandbox: Sandbox;
  /** The provider with a credential that is not valid. */
  readonly stranger: TagProvider;
  /** Everything of the credential that must not be seen anywhere. */
  readonly secrets: readonly string[];
  /** The requests that create and delete a tag. */
  readonly creates: Match;
  /** The requests that only read; GET, unless they go by POST. */
  readonly asks?: Match;
  /** Requests of get_tag: one, unless the commit takes another. */
  readonly reads?: number;
  /** Requests of create_tag: one, unless the ref is resolved before. */
  readonly makes?: number;
  readonly deletes: Match;
}

/** What differs between systems, declared. Shared code asks this and never who answers. */
import type { OrderBy } from './tag.ts';
import type { NameRule } from './tag-name.ts';

export interface Traits {
  /** Where a message is kept: on an annotated tag, as a description beside it, or nowhere. */
  readonly message: 'annotation' | 'description' | 'none';
  /** The orders a list can have here. */
  readonly orders: readonly OrderBy[];
  /** A move is one step here; elsewhere the old tag is deleted and the new one created. */
  readonly atomicMove: boolean;
  /** A move or a deletion is refused by the system itself where the tag stands elsewhere by then; elsewhere there is a moment between the look and the act. */
  readonly conditional: boolean;
  /** What lies between two commits can be told (`compare`), and which tags hold a commit (`TagQuery.contains`). */
  readonly compares: boolean;
  readonly contains: boolean;
  /** What people read beside a tag: a Release with notes. Absent where there is no such thing. */
  readonly release?: ReleaseTraits | undefined;
  /** Whether a creation can be taken back; where it depends on more, see `TagProvider.undo`. */
  readonly undo: Undo;
  /** Reads may lag writes: what a look does not show after a doubtful write is looked for once more. */
  readonly lags?: boolean | undefined;
  /** Names of repositories differ by more than case. */
  readonly caseless?: boolean | undefined;
  /** A commit id is believed by `resolve`: there is no way to ask for one, and only a write finds out. */
  readonly believesIds?: boolean | undefined;
  /** Narrower than git's rules for a tag's name. */
  readonly nameRule?: NameRule | undefined;
  /** Is this a spelling that only the system can turn into the canonical name? */
  readonly isOpaque?: ((repository: string) => boolean) | undefined;
  /** For people and models, half a sentence each: how a repository is spelled, what a ref may be, which names are legal. */
  readonly repository: string;
  readonly refs: string;
  readonly names: string;
}

/** The surest first. */
export const UNDO = ['always', 'perhaps', 'never'] as const;
export type Undo = (typeof UNDO)[number];

export interface ReleaseTraits {
  /** As people know it: `GitLab Release`. */
  readonly name: string;
  /** What becomes of it with the deletion of its tag: `goes with it`. */
  readonly fate: string;
}

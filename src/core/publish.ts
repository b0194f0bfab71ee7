/** Notes beside a tag: published once it stands, compared where there are some, and taken back with it. */
import { isTagError, TagError } from './errors.ts';
import type { Tags } from './provider.ts';
import { carries, lookTwice, stillThere } from './settle.ts';
import type { Tag } from './tag.ts';
import { ours, told } from './told.ts';
import type { Traits } from './traits.ts';

export interface Published {
  /** `edited`: the tag stood, and its notes were published or replaced. */
  readonly outcome: 'unchanged' | 'edited';
  readonly tag: Tag;
  /** The tag with the notes that were replaced. */
  readonly before?: Tag;
  readonly note?: string | undefined;
}

/** What is said where a system has no place for them. */
export const LEFT_OUT = 'The release notes are left out: this system keeps none.';

/**
 * Sees to it that a tag that stands has these notes. Notes that are others' are `already_exists`, unless `force` replaces them.
 * A Release that the credential may not see is left alone.
 */
export async function publishNotes(tags: Tags, standing: Tag, notes: string, force: boolean): Promise<Published> {
  let tag = standing;
  if (!tag.release)
    try {
      return published(await tags.publish(tag, notes), notes, tags);
    } catch (error) {
      if (!isTagError(error, 'already_exists')) throw error;
      tag = await stillThere(lookTwice(tags, tag.name, hasRelease), tag.name);
    }
  if (!tag.release)
    return {
      outcome: 'unchanged',
      tag,
      note: `It has a ${nameIn(tags.traits)} that this credential may not see: the notes were not compared.`,
    };
  if (carries(tag, notes)) return { outcome: 'unchanged', tag };
  if (!force) throw otherNotes(tag, tags.traits);
  return { ...published(await tags.publish(tag, notes), notes, tags), before: tag };
}

const hasRelease = ({ release }: Tag): boolean => release !== undefined;
const nameIn = ({ release }: Traits): string => release?.name ?? 'Release';

const published = (tag: Tag, notes: string, { traits }: Tags): Published => ({
  outcome: 'edited',
  tag,
  note: carries(tag, notes) ? undefined : `The ${nameIn(traits)} shows the notes otherwise than they were given.`,
});

/** Nothing was done. */
export const otherNotes = ({ name }: Tag, traits: Traits): TagError =>
  new TagError('already_exists', told`${name} stands there with a ${ours(nameIn(traits))} that has other notes.`, {
    hint: 'Leave release_notes out to keep them as they are, or pass force to create_tag to replace them.',
  });

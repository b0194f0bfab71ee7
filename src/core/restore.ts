/** The create_tag call that makes a tag again as it was. It names its repository, and never carries force: what others made since stays. */
import type { Address } from './provider.ts';
import { standsAt } from './settle.ts';
import { NOTES_RESTORED, type Restore, type Tag } from './tag.ts';
import { clean, cut } from './text.ts';
import { asJson, type Told, told } from './told.ts';

export const restoreOf = (address: Partial<Address> & Pick<Address, 'repository'>, tag: Tag): Restore => ({
  ...address,
  name: tag.name,
  ref: standsAt(tag),
  // A lightweight tag may show its commit's message.
  ...(tag.annotated !== false && tag.message && { message: tag.message }),
  ...(tag.release?.description && { release_notes: cut(clean(tag.release.description), NOTES_RESTORED) }),
});

export const toldRestore = (restore: Restore): Told => told`Restore it with create_tag ${asJson(restore)}.`;

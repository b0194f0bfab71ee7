/** Creating and deleting, a request each; moving is both. */
import { isTagError, TagError } from '../../core/errors.ts';
import type { Call, TagProvider } from '../../core/provider.ts';
import { replaceTag } from '../../core/replace.ts';
import type { Tag, TagDraft } from '../../core/tag.ts';
import { told } from '../../core/told.ts';
import { tagsBelow } from './list.ts';
import type { Projects } from './project.ts';
import { readTag, resolveRef, tagBelow } from './read.ts';
import { remarkRelease } from './release.ts';
import { isFreeOfRelease, toTag, WireMade } from './wire.ts';

export async function createTag(projects: Projects, repository: string, draft: TagDraft, call: Call): Promise<Tag> {
  const { name, ref, message } = draft;
  const body = { tag_name: name, ref, message };
  try {
    return toTag((await projects.write('POST', repository, tagsBelow, { call, body, schema: WireMade })).body);
  } catch (error) {
    throw isTagError(error, 'ref_not_found') ? await whyInvalid(projects, repository, draft, error, call) : error;
  }
}

/** GitLab calls a good ref invalid too, where somebody else was first, or a tag a forbids a/b (app/models/repository.rb, add_tag). */
async function whyInvalid(projects: Projects, repository: string, { name, ref }: TagDraft, error: TagError, call: Call): Promise<TagError> {
  const commit = await resolveRef(projects, repository, ref, call).catch(() => undefined);
  if (commit === undefined) return error;
  const isTaken = await readTag(projects, repository, name, call).then(
    () => true,
    (failure: unknown) => {
      if (isTagError(failure, 'tag_not_found')) return false;
      throw failure;
    },
  );
  const known = { upstream: error.upstream, cause: error };
  return isTaken
    ? new TagError('already_exists', 'The tag already exists.', known)
    : new TagError('conflict', told`${name} cannot stand beside the tags there are: a/b and a exclude each other.`, known);
}

/** A Release is destroyed with its tag: a deletion needs force, and nobody's force makes a move do it. */
export function refuseRelease(tag: Tag, action: 'delete' | 'move', force: boolean): void {
  if (isFreeOfRelease(tag) || (action === 'delete' && force)) return;
  const what = tag.release
    ? told`${tag.name} carries a GitLab Release, which is destroyed with its tag.`
    : told`${tag.name} may carry a GitLab Release, which is destroyed with its tag; the credential does not see Releases.`;
  throw action === 'delete'
    ? new TagError('release_attached', what, { hint: 'Pass force only if the GitLab Release may be destroyed with its tag.' })
    : new TagError('release_attached', told`${what} Moving it would delete it first; nothing was done.`, {
        hint: 'Choose another name, or have a person delete the Release in GitLab; force does not help.',
      });
}

export async function deleteTag(projects: Projects, repository: string, tag: Tag, force: boolean, call: Call): Promise<void> {
  refuseRelease(tag, 'delete', force);
  await remarkRelease(projects, repository, tag, call);
  await projects.write('DELETE', repository, tagBelow(tag.name), { call }, tag);
}

/** The Release is looked for once more on the tag as it is then, which is why its deletion is not forced. */
export async function moveTag(provider: TagProvider, repository: string, draft: TagDraft, from: Tag, call: Call): Promise<Tag> {
  refuseRelease(from, 'move', false);
  return replaceTag(provider, repository, { ...draft, force: false }, from, call);
}

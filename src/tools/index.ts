export { compareTags } from './compare-tags.ts';
export { createTag } from './create-tag.ts';
export { deleteTag } from './delete-tag.ts';
export { getTag } from './get-tag.ts';
export { listTags } from './list-tags.ts';
export { showRelease } from './show-release.ts';
export { tagRelease } from './tag-release.ts';

/** Refs as people write them → as lakeFS's API takes them, and those that it would take for something else. */
import { TagError } from '../../core/errors.ts';
import { told } from '../../core/told.ts';

/** lakectl's spelling: lakefs://REPOSITORY/REF, with a path behind it where an object is meant. */
const URI = /^lakefs:\/\/([^/]*)\/?([^/]*)\/?(.*)$/is;

/** Throws `invalid_input`, and `ref_not_found` for what is no ref. Asks nobody. */
export function toRef(spelling: string, repository: string): string {
  const uri = URI.exec(spelling);
  const ref = uri ? fromUri(uri, repository) : spelling;
  if (ref.endsWith('$'))
    throw new TagError('invalid_input', told`${ref} means the uncommitted changes of a branch, which cannot be tagged.`, {
      hint: told`Commit them first, then tag ${ref.slice(0, -1)}.`,
    });
  // lakeFS takes ~-1 for ~0, and falls over ^-1.
  if (/[~^][-+]/.test(ref)) throw new TagError('ref_not_found', told`${ref} is no ref: a number behind ~ or ^ has no sign.`);
  return ref;
}

function fromUri([uri, home, ref = '', object]: RegExpExecArray, repository: string): string {
  if (home !== repository)
    throw new TagError('invalid_input', told`${uri} is not of the repository ${repository}.`, {
      hint: 'Name its repository as repository, and its branch, tag or commit alone as ref.',
    });
  if (object)
    throw new TagError('invalid_input', told`${uri} is an object, and a tag is on a commit of the whole repository.`, {
      hint: told`Leave the path out: ${ref}.`,
    });
  if (!ref) throw new TagError('invalid_input', told`${uri} is a repository, and no ref.`, { hint: 'Name a branch, a tag or a commit.' });
  return ref;
}

/** What a ref begins with, where that could be a commit id, but is shorter than anybody abbreviates one. */
export const tooShort = (ref: string): string | undefined => /^[0-9a-f]{1,5}(?=[~^@]|$)/i.exec(ref)?.[0];

import { TagError } from '../../core/errors.ts';
import { told } from '../../core/told.ts';

/** `lakefs://id`, with or without a slash at its end, or the bare id. */
const SPELLING = /^(?:lakefs:\/\/([^/]*)\/?|(.*))$/s;
const ID = /^[a-z0-9][a-z0-9-]{2,62}$/;

/** Throws `invalid_input`. A URI that goes on to a branch is refused: a tag belongs to the whole repository. */
export function locateRepository(spelling: string): string {
  const [, inUri, bare = ''] = SPELLING.exec(spelling) ?? [];
  const id = inUri ?? bare;
  if (!ID.test(id))
    throw new TagError('invalid_input', told`${spelling} is not the id of a lakeFS repository.`, {
      hint: 'An id has 3 to 63 lower-case letters, digits and dashes; give it alone or as lakefs://ID, and a branch as ref.',
    });
  return id;
}

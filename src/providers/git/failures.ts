/** git's words about tags → our codes, see git/failures.ts. */
import type { Meaning } from '../../core/errors.ts';

export const TAG_MEANINGS: readonly Meaning[] = [
  { words: /reference already exists/, code: 'already_exists', message: 'The tag already exists.' },
  {
    words: /but expected|expected .{1,200} but is|reference is missing but expected/,
    code: 'changed',
    message: 'The tag no longer stands where it was read; nothing was done.',
  },
  {
    words: /reference broken/,
    code: 'rejected',
    message: 'A damaged ref stands in the way.',
    hint: '`git fsck` in the repository tells more; a person must repair it.',
  },
  { words: /unable to resolve reference/, code: 'tag_not_found', message: 'The tag does not exist any more.' },
  {
    words: /exists; cannot create|there are still refs under|blocking reference|cannot process .{1,1100} and .{1,1100} at the same time/,
    code: 'conflict',
    message: 'A tag of that name cannot stand beside the tags there are: a/b and a exclude each other.',
  },
  { words: /File name too long/, code: 'invalid_name', message: 'The name is too long for the file system.' },
  {
    words: /refusing to update ref with bad name|invalid ref format|is not a valid (ref|tag) name/,
    code: 'invalid_name',
    message: 'git refuses the name.',
  },
];

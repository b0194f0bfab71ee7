/** Which names are safe in lakeFS, beyond git's rules. */
import { type ErrorCode, TagError } from '../../core/errors.ts';
import type { NameRule } from '../../core/tag-name.ts';
import { ours, told } from '../../core/told.ts';

// Seen on 1.84.0: DELETE …/tags/m%254d deletes the tag mM. Whether it decodes twice depends on the other characters.
const PERCENT = 'it contains "%", which lakeFS may decode twice in an address, so that another tag would be meant';

export const nameRule: NameRule = (name) => {
  if (name.includes('/')) return 'it contains "/"';
  if (name.includes('%')) return PERCENT;
  const modifier = /[@$]/.exec(name)?.[0];
  // Git's rules have refused the other two modifiers, ~ and ^.
  if (modifier) return `it contains "${modifier}": lakeFS would make such a tag, but could never use it as a ref`;
  // A date is no danger, being all digits: nobody abbreviates an id to just that.
  if (/^(?=.*[a-f])[0-9a-f]{7,64}$/i.test(name))
    return 'it could be the beginning of a commit id, and as a ref the tag would stand before that commit';
  return undefined;
};

/** What is to stand in an address: the name of a tag, or a ref. */
export function checkAddress(text: string, code: ErrorCode, hint: string): void {
  if (text.includes('%')) throw new TagError(code, told`${text} is not asked for: ${ours(PERCENT)}.`, { hint });
}

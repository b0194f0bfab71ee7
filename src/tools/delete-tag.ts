import * as z from 'zod';
import { TagError } from '../core/errors.ts';
import { isAt, standsAt } from '../core/settle.ts';
import { irreplaceable, MESSAGE_RESTORED, NOTES_RESTORED, remarks, type Tag, TagSummary, toDetailed } from '../core/tag.ts';
import { plainName, refusalOf } from '../core/tag-name.ts';
import { clean, cut } from '../core/text.ts';
import { told } from '../core/told.ts';
import { defineTool } from '../core/tool.ts';
import type { Traits } from '../core/traits.ts';
import { ExpectedCommitId, Name } from './arguments.ts';

const Text = z.string();

export const deleteTag = defineTool({
  name: 'delete_tag',
  title: 'Delete tag',
  effect: 'delete',
  description: 'Delete one tag. The result holds the create_tag arguments that restore it.',
  input: z.strictObject({
    name: Name,
    expected_commit_id: ExpectedCommitId,
    force: z.boolean().default(false).describe('Also if its Release is lost, or create_tag refuses its name'),
  }),
  output: z.object({
    deleted: TagSummary,
    restore: z.looseObject({ name: Text, ref: Text }),
    note: Text.optional(),
  }),
  async run({ name: given, expected_commit_id, force }, { tags, address, confirm }) {
    const name = plainName(given);
    tags.refuseLoss({ action: 'delete', name, force });
    const read = await tags.get(name);
    if (expected_commit_id && !isAt(read, expected_commit_id))
      throw new TagError('changed', told`${name} stands at ${standsAt(read)}, not at ${expected_commit_id}; nothing was deleted.`);
    tags.refuseLoss({ action: 'delete', name, tag: read, force });
    const final = refusalOf(name, tags.traits.nameRule);
    if (final && !force) throw irrevocable(final);
    const tag = await confirm({ action: 'delete', tag: read, force, lost: finallyLost(read, final) });
    tags.refuseLoss({ action: 'delete', name, tag, force });
    await tags.delete(tag, force);

    const message = tag.message && cut(clean(tag.message), MESSAGE_RESTORED);
    const release_notes = tag.release?.description && cut(clean(tag.release.description), NOTES_RESTORED);
    const notes = [...lossesOf(tag, message, final), ...releaseLost(tag, release_notes, tags.traits), remarks.get(tag) ?? []].flat();
    return {
      deleted: toDetailed(tag),
      restore: { ...address, name, ref: standsAt(tag), ...(message && { message }), ...(release_notes && { release_notes }) },
      ...(notes.length > 0 && { note: notes.join(' ') }),
    };
  },
});

const NAMELESS = 'create_tag makes no tag of this name';

/** For the person who is asked: what no `restore` brings back, besides what the tag itself carries. */
const finallyLost = ({ annotated, message }: Tag, final: TagError | undefined): string | undefined =>
  [final && `the tag (${NAMELESS})`, annotated && message === '' && 'its empty annotation'].filter(Boolean).join(', ') || undefined;

/** What `restore` does not bring back. */
function lossesOf(tag: Tag, restored: string | undefined, final: TagError | undefined): string[] {
  const { annotated, message } = tag;
  const lost = irreplaceable.get(tag);
  return [
    restored !== message?.replaceAll('\r\n', '\n') &&
      'The message is not restored in full: it was too long, or held characters that are unsafe to show.',
    annotated && message === '' && 'It was annotated without a message, and comes back without an annotation.',
    lost && `${lost} does not come back.`,
    final && `${NAMELESS}: only a person can restore it.`,
  ].flatMap((note) => note || []);
}

/** The same of its Release. */
const releaseLost = ({ release }: Tag, restored: string | undefined, { release: traits }: Traits): string[] => [
  ...(release && !release.description ? [`Its ${traits?.name ?? 'Release'} had no notes and does not come back.`] : []),
  ...(restored === release?.description?.replaceAll('\r\n', '\n')
    ? []
    : ['The release notes are not restored in full: they were too long, or held characters that are unsafe to show.']),
];

/** Said beforehand: what is handed out as `restore` has to work. */
const irrevocable = (final: TagError): TagError =>
  new TagError('invalid_name', told`Deleted, it could not be restored: ${final.said.message} Nothing was deleted.`, {
    hint: 'Pass force to delete it all the same.',
    cause: final,
  });

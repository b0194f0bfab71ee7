import * as z from 'zod';
import { isTagError, TagError } from '../core/errors.ts';
import type { Tags } from '../core/provider.ts';
import { restoreOf } from '../core/restore.ts';
import { compare, createSettled, isAt, type Settled, standsAt } from '../core/settle.ts';
import { compact, irreplaceable, lostBefore, remarks, type Tag, type TagDraft, TagSummary, toDetailed } from '../core/tag.ts';
import { checkName } from '../core/tag-name.ts';
import { ours, told } from '../core/told.ts';
import { defineTool, Word } from '../core/tool.ts';
import { ExpectedCommitId, Message, Name, unlessBlank } from './arguments.ts';

export const createTag = defineTool({
  name: 'create_tag',
  title: 'Create tag',
  effect: 'create',
  description:
    'Create a release tag at a ref. Safe to repeat: a tag already there is "unchanged". A tag standing elsewhere is already_exists, unless force moves it.',
  input: z.strictObject({
    name: Name,
    ref: Word.describe('Branch, tag or commit to tag'),
    message: Message,
    force: z.boolean().default(false).describe('Move an existing tag; default false'),
    expected_commit_id: ExpectedCommitId,
  }),
  output: z.object({
    outcome: z.enum(['created', 'unchanged', 'moved']),
    tag: TagSummary,
    previous_commit_id: z.string().optional(),
    restore: z.looseObject({}).optional(),
    note: z.string().optional(),
  }),
  async run({ name, ref, message, force, expected_commit_id }, { tags, address, confirm }) {
    const draft = { name, ref, force, message: unlessBlank(message) };
    checkName(name, tags.traits.nameRule);
    if (draft.message && tags.traits.message === 'none')
      throw new TagError('unsupported', 'This system keeps no message with a tag; nothing was written.', {
        hint: 'Call again without message.',
      });

    // With force, nothing that writes leaves before it is known what would be lost.
    const found = force || expected_commit_id ? await lookFirst(tags, draft, expected_commit_id) : await createSettled(tags, draft);
    if (found.outcome !== 'taken') {
      const restore = lostBefore.get(found.tag);
      return compact({
        outcome: found.outcome,
        tag: toDetailed(found.tag),
        restore: restore && { ...restore },
        note: noted(restore && 'A move that was interrupted had lost the tag of this name; restore holds what it was.', found.tag),
      });
    }
    if (!force) throw taken(found, draft, mayMove(tags, found.tag));

    tags.refuseLoss({ action: 'move', name, tag: found.tag, force });
    const from = await confirm({ action: 'move', tag: found.tag, to: found.commit_id, message: draft.message, force });
    tags.refuseLoss({ action: 'move', name, tag: from, force });
    const tag = await tags.move({ ...draft, ref: found.commit_id }, from);
    const lost = irreplaceable.get(from);
    return compact({
      outcome: 'moved' as const,
      tag: toDetailed(tag),
      previous_commit_id: from.commit_id,
      restore: from.annotated !== false && from.message && tag.message !== from.message ? { ...restoreOf(address, from) } : undefined,
      note: noted(lost && `${lost} did not move with it.`, tag),
    });
  },
});

/** Compares the tag that is there; creates it where there is none, unless one was expected. */
async function lookFirst(tags: Tags, draft: TagDraft, expected: string | undefined): Promise<Settled> {
  let tag: Tag;
  try {
    tag = await tags.look(draft.name);
  } catch (error) {
    if (!isTagError(error, 'tag_not_found')) throw error;
    if (expected === undefined) return createSettled(tags, draft);
    throw new TagError('changed', told`${draft.name} was expected at ${expected} but does not exist; nothing was done.`, {
      hint: 'Leave expected_commit_id out to create it.',
      cause: error,
    });
  }
  if (expected !== undefined && !isAt(tag, expected))
    throw new TagError('changed', told`${draft.name} stands at ${standsAt(tag)}, not at ${expected}; nothing was done.`);
  return compare(tags, draft, tag);
}

/** What is to be said, of the tag's provider too. */
const noted = (note: string | undefined, tag: Tag): string | undefined => [note, remarks.get(tag)].filter(Boolean).join(' ') || undefined;

/** Would force do, as far as that is known without asking anybody? */
function mayMove(tags: Tags, tag: Tag): boolean {
  try {
    tags.refuseLoss({ action: 'move', name: tag.name, tag, force: true });
    return true;
  } catch {
    return false;
  }
}

function taken({ tag, commit_id }: Settled & { outcome: 'taken' }, { name, ref }: TagDraft, isMovable: boolean): TagError {
  const other = isMovable ? '' : 'Choose another name: this tag may not be moved here.';
  if (standsAt(tag) !== commit_id) {
    const asked = ref === commit_id ? told`` : told`; ${ref} is ${commit_id}`;
    return new TagError('already_exists', told`${name} already stands at ${standsAt(tag)}${asked}.`, { hint: other || undefined });
  }
  return new TagError(
    'already_exists',
    told`${name} already stands at ${commit_id}, ${ours(tag.message ? 'with another' : 'without a')} message.`,
    {
      hint: other || told`Leave message out to keep it as it is, or pass force to ${ours(tag.message ? 'replace it' : 'give it one')}.`,
    },
  );
}

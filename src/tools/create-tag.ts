import * as z from 'zod';
import { isTagError, TagError } from '../core/errors.ts';
import type { Address, Tags } from '../core/provider.ts';
import { LEFT_OUT, publishNotes } from '../core/publish.ts';
import { restoreOf, toldRestore } from '../core/restore.ts';
import { compare, createSettled, isAt, type Settled, standsAt } from '../core/settle.ts';
import { compact, irreplaceable, lostBefore, remarks, type Tag, type TagDraft, TagSummary, toDetailed } from '../core/tag.ts';
import { checkName } from '../core/tag-name.ts';
import { ours, told } from '../core/told.ts';
import { defineTool, type TagContext, Word } from '../core/tool.ts';
import { takeBack } from '../core/undo.ts';
import { ExpectedCommitId, Message, Name, ReleaseNotes, unlessBlank } from './arguments.ts';

export const createTag = defineTool({
  name: 'create_tag',
  title: 'Create tag',
  effect: 'create',
  description:
    'Create a release tag at a ref. Safe to repeat: one already there is "unchanged"; one elsewhere is already_exists, unless force moves it.',
  input: z.strictObject({
    name: Name,
    ref: Word.describe('Branch, tag or commit'),
    message: Message,
    release_notes: ReleaseNotes,
    force: z.boolean().default(false).describe('Move an existing tag, or replace its notes; default false'),
    expected_commit_id: ExpectedCommitId,
  }),
  output: z.object({
    outcome: z.enum(['created', 'unchanged', 'moved', 'edited']),
    tag: TagSummary,
    previous_commit_id: z.string().optional(),
    restore: z.looseObject({}).optional(),
    note: z.string().optional(),
  }),
  async run({ name, ref, message, release_notes: given, force, expected_commit_id }, context) {
    const { tags, address } = context;
    const notes = unlessBlank(given);
    const release_notes = tags.traits.release && notes;
    const draft = { name, ref, force, message: unlessBlank(message), release_notes };
    checkName(name, tags.traits.nameRule);
    if (draft.message && tags.traits.message === 'none')
      throw new TagError('unsupported', 'This system keeps no message with a tag; nothing was written.', {
        hint: 'Call again without message.',
      });

    // With force, nothing that writes leaves before it is known what would be lost.
    const found = force || expected_commit_id ? await lookFirst(tags, draft, expected_commit_id) : await createSettled(tags, draft);
    if (found.outcome === 'taken' && !force) throw taken(found, draft, mayMove(tags, found.tag));
    const made = found.outcome === 'taken' ? await move(found, draft, context) : found;
    const { tag, outcome, before, note } =
      release_notes === undefined ? { ...made, note: undefined } : await publish(made, release_notes, force, context);

    const from = made.outcome === 'moved' ? made.from : undefined;
    const lost = lostBefore.get(made.tag);
    const kept = from && irreplaceable.get(from);
    return compact({
      outcome,
      tag: toDetailed(tag),
      previous_commit_id: from?.commit_id,
      restore: lost ? { ...lost } : restoring(address, tag, from, before),
      note:
        [
          lost && 'A move that was interrupted had lost the tag of this name; restore holds what it was.',
          kept && `${kept} did not move with it.`,
          remarks.get(made.tag),
          note,
          notes !== undefined && release_notes === undefined && LEFT_OUT,
        ]
          .filter(Boolean)
          .join(' ') || undefined,
    });
  },
});

/** A tag that stands as asked. */
type Standing = (Settled & { outcome: 'created' | 'unchanged' }) | { readonly outcome: 'moved'; readonly tag: Tag; readonly from: Tag };

async function move(
  { tag: standing, commit_id }: Settled & { outcome: 'taken' },
  draft: TagDraft,
  { tags, confirm }: TagContext,
): Promise<Standing> {
  const { name, message, release_notes } = draft;
  const loss = { action: 'move', name, force: true } as const;
  tags.refuseLoss({ ...loss, tag: standing });
  const from = await confirm({ action: 'move', tag: standing, to: commit_id, message, release_notes, force: true });
  tags.refuseLoss({ ...loss, tag: from });
  return { outcome: 'moved', tag: await tags.move({ ...draft, ref: commit_id }, from), from };
}

/** The tag with its notes. One that was made by this call does not stay without them. */
async function publish(made: Standing, notes: string, force: boolean, { tags, onOwnTime, address }: TagContext) {
  try {
    const published = await publishNotes(tags, made.tag, notes, force && made.outcome !== 'created');
    return { ...published, outcome: made.outcome === 'unchanged' ? published.outcome : made.outcome };
  } catch (error) {
    if (!isTagError(error) || made.outcome === 'unchanged') throw error;
    const { tag } = made;
    const creation = {
      address,
      name: tag.name,
      commit_id: standsAt(tag),
      tag,
      release_notes: notes,
      published: error.inDoubt ? undefined : false,
      tool: 'create_tag',
    };
    const fate =
      made.outcome === 'moved'
        ? told`it was moved from ${standsAt(made.from)}, and its notes ${ours(error.inDoubt ? 'may not have been' : 'were not')} published; ${toldRestore(restoreOf(address, made.from))}`
        : await takeBack(onOwnTime, creation);
    throw new TagError(error.code, told`${error.said.message} What became of the tag: ${fate}.`, {
      hint: error.said.hint,
      upstream: error.upstream,
      inDoubt: error.inDoubt,
      cause: error,
    });
  }
}

/** The call that brings back the words that were replaced. */
function restoring(address: Address, tag: Tag, from: Tag | undefined, before: Tag | undefined) {
  const isReplaced = from && from.annotated !== false && from.message && tag.message !== from.message;
  if (!isReplaced && !before) return undefined;
  const old = { ...(from ?? before ?? tag), ...(before?.release && { release: before.release }) };
  return { ...restoreOf(address, old) };
}

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

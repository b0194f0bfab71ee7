/** CodeArts Repo's JSON, as far as it is used, and what it means. */
import * as z from 'zod';
import type { Commit } from '../../core/changes.ts';
import { withoutSignature } from '../../core/signature.ts';
import { compact, irreplaceable, ObjectId, type Tag } from '../../core/tag.ts';

const text = z.string().nullish();

const WireListed = z.object({ name: z.string(), message: text, target: ObjectId.nullish().catch(undefined) });
export const WireList = z.array(WireListed);

export const WireTag = WireListed.extend({
  commit: z.object({ id: ObjectId, title: text, message: text, author_name: text, authored_date: text, committed_date: text }).nullish(),
});

const WireCommit = z.object({ id: ObjectId });
export const WireCommits = z.array(WireCommit);
/** Of a list of commits. */
export const WireHistory = z.array(
  WireCommit.extend({ parent_ids: z.array(ObjectId).nullish(), title: text, message: text, author_name: text, committed_date: text }),
);
export type WireHistory = z.output<typeof WireHistory>;
export const WireComparison = z.object({
  commits: WireHistory,
  commits_count: z.number().nullish(),
  compare_timeout: z.boolean().nullish(),
});
export const toChange = ({ id, title, message, author_name, committed_date }: WireHistory[number]): Commit =>
  compact<Commit>({ id, message: message ?? title ?? '', author: author_name, date: committed_date });
export const WireBranch = z.object({ commit: WireCommit });
export const WireRepository = z.object({ default_branch: text, archived: z.boolean().nullish() });
export type WireRepository = z.output<typeof WireRepository>;

/** One newline ends a message in git and is not part of what was said. */
const messageOf = (message: string | null | undefined) => (message ? withoutSignature(message).replace(/\n$/, '') : undefined);

export function toTag({ name, message, target, commit }: z.output<typeof WireTag>): Tag {
  if (!commit) return toListed({ name, message, target });
  const annotated = Boolean(message) || (target ? target !== commit.id : undefined);
  return noted(
    message,
    compact<Tag>({
      name,
      commit_id: commit.id,
      target_id: target === commit.id ? undefined : target,
      annotated,
      message: messageOf(message) ?? (annotated ? '' : undefined),
      commit: compact({
        title: commit.title ?? commit.message?.split('\n', 1)[0],
        author_name: commit.author_name,
        authored_date: commit.authored_date,
        committed_date: commit.committed_date,
      }),
    }),
  );
}

/** Listed tags come without their commit. UNVERIFIED whether the target of an annotated one is the commit or the tag object, so neither is claimed. */
export const toListed = ({ name, message, target }: z.output<typeof WireListed>): Tag =>
  message
    ? noted(message, compact<Tag>({ name, annotated: true, message: messageOf(message) }))
    : compact<Tag>({ name, commit_id: target, annotated: false });

function noted(message: string | null | undefined, tag: Tag): Tag {
  if (message && withoutSignature(message) !== message) irreplaceable.set(tag, 'Its signature');
  return tag;
}

import * as z from 'zod';
import { TagError } from './errors.ts';
import { cut, firstLine } from './text.ts';
import { told } from './told.ts';

const text = () => z.string().optional();

/** The id of a commit or of another object, as upstreams answer: nothing can be said in it. */
export const ObjectId = z.string().regex(/^[0-9a-f]{7,64}$/i);

/**
 * One tag, the same shape on every system; a fact the system does not have is absent.
 * `commit_id` is the commit with annotations peeled, absent only where a git tag stands on a tree or a blob.
 * `created_at` and `updated_at` are the tag's own dates, never the commit's. Dates are ISO 8601.
 */
export const Tag = z.object({
  name: z.string(),
  commit_id: text(),
  target_id: text(),
  annotated: z.boolean().optional(),
  message: text(),
  tagger: z.object({ name: text(), email: text() }).optional(),
  created_at: text(),
  updated_at: text(),
  commit: z
    .object({ title: text(), author_name: text(), authored_date: text(), committed_date: text(), metadata: z.looseObject({}).optional() })
    .optional(),
  protected: z.boolean().optional(),
  release: z.object({ description: text(), url: text() }).optional(),
  id: text(),
  url: text(),
});
export type Tag = z.output<typeof Tag>;

/** One tag in a concise list: `short_id` is the first 12 characters of the commit, `date` the tag's, else the commit's. */
export const TagRow = z.object({
  name: z.string(),
  short_id: text(),
  date: text(),
  message: text(),
  protected: z.boolean().optional(),
  release: z.boolean().optional(),
});
export type TagRow = z.output<typeof TagRow>;

/** Advertised in place of Tag, where every byte is paid for in each session: its records say by themselves what they hold. */
export const TagFacts = z.looseObject(Tag.omit({ tagger: true, commit: true, release: true }).shape);
/** The same where get_tag has told it all. */
export const TagSummary = z.looseObject({ name: z.string(), commit_id: text() });

/** What a list holds: a row, or in a detailed list the whole tag. */
export const Row = z.looseObject({ name: z.string(), short_id: text(), date: text() });

/** What is to be created: `ref` in the system's own terms, `message` kept where the system has a place for it. */
export interface TagDraft {
  readonly name: string;
  readonly ref: string;
  readonly message?: string | undefined;
  /** Markdown, to be published beside the tag afterwards. Only a system that makes both in one step looks at it here. */
  readonly release_notes?: string | undefined;
  /** The caller's insistence. Only a system whose API documents such a flag passes it on; a move that deletes first does so with it. */
  readonly force?: boolean | undefined;
}

export const ORDERS = ['name', 'updated', 'version'] as const;
export type OrderBy = (typeof ORDERS)[number];
export type Sort = 'asc' | 'desc';

/** Which tags, in which order, how many (1 to 100), and where to go on. `search` as GitLab has it: substring, `^prefix`, `suffix$`. */
export interface TagQuery {
  readonly search?: string | undefined;
  /** Only tags whose history holds the commit of this ref; given only where the system can tell (`Traits.contains`). */
  readonly contains?: string | undefined;
  /** Without the prereleases of versions. */
  readonly stable?: boolean | undefined;
  readonly order_by: OrderBy;
  readonly sort: Sort;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface TagPage {
  readonly tags: Tag[];
  readonly total?: number | undefined;
  readonly next_cursor?: string | undefined;
  /** The cursor past a tag of this page, for whoever shows no more of it. */
  readonly cursorPast?: ((name: string) => string | undefined) | undefined;
  /** What the list may lack, in a sentence. */
  readonly note?: string | undefined;
}

/** What a tag has that create_tag cannot bring back, as its provider knows it. */
export const irreplaceable = new WeakMap<Tag, string>();

/** The arguments with which create_tag makes a tag again as it was. */
export interface Restore {
  readonly provider?: string | undefined;
  readonly repository: string;
  readonly name: string;
  readonly ref: string;
  readonly message?: string | undefined;
  readonly release_notes?: string | undefined;
}

/** The tag that had this one's name, and was lost by a move that was interrupted. */
export const lostBefore = new WeakMap<Tag, Restore>();

/** What is to be said of a tag that was just written, in a sentence. */
export const remarks = new WeakMap<Tag, string>();

/** How much of a message or of notes is shown, and how much is kept of a message for restoring a deleted tag, in characters. */
export const MESSAGE_SHOWN = 4_000;
export const MESSAGE_RESTORED = 32_768;
/** The same of release notes, and as many as may be published. */
export const NOTES_RESTORED = 100_000;
const FIRST_LINE = 80;
const SHORT_ID = 12;

export const toShortId = (id: string): string => id.slice(0, SHORT_ID);

/** The date to order and list by: the tag's own, else its commit's. */
export const dateOf = (tag: Tag): string | undefined =>
  tag.updated_at ?? tag.created_at ?? tag.commit?.committed_date ?? tag.commit?.authored_date;

/** The whole tag, its message and its notes cut to what is shown. */
export const toDetailed = ({ message, release, ...tag }: Tag): Tag => ({
  ...tag,
  ...(message !== undefined && { message: cut(message, MESSAGE_SHOWN) }),
  ...(release && { release: { ...release, ...(release.description && { description: cut(release.description, MESSAGE_SHOWN) }) } }),
});

/** To the minute, in UTC: a list needs no more, and each row is paid for in tokens. */
function toMinute(date: string): string {
  const at = Date.parse(date);
  return Number.isNaN(at) ? date : `${new Date(at).toISOString().slice(0, 16)}Z`;
}

/** In UTC. */
export const toDay = (date: string): string => toMinute(date).slice(0, 10);

export const toRow = (tag: Tag): TagRow => {
  const date = dateOf(tag);
  const message = tag.message && firstLine(tag.message, FIRST_LINE);
  return {
    name: tag.name,
    ...(tag.commit_id && { short_id: toShortId(tag.commit_id) }),
    ...(date && { date: toMinute(date) }),
    ...(message && { message }),
    ...(tag.protected && { protected: true }),
    ...(tag.release && { release: true }),
  };
};

/** The tag itself, if it is the one of this name. `written`: it answers a write, which did something else or was told wrongly. */
export function asAsked(tag: Tag, name: string, written = false): Tag {
  if (tag.name === name) return tag;
  throw new TagError('unexpected_response', told`The system was asked for the tag ${name} and answered with ${tag.name}.`, {
    hint: 'Name the tag exactly as list_tags shows it.',
    inDoubt: written,
  });
}

/** Leaves out what is absent, so that a mapping can name every field in one expression. */
export function compact<T extends object>(fields: { [K in keyof T]: T[K] | undefined | null }): T {
  const present: Partial<T> = {};
  for (const key in fields) {
    const value = fields[key];
    if (value !== undefined && value !== null) present[key] = value;
  }
  return present as T;
}

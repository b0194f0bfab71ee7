/** GitLab's JSON, as far as it is used, and what it means. Everything that may be missing somewhere may be missing here. */
import * as z from 'zod';
import type { Commit as Change } from '../../core/changes.ts';
import { withoutSignature } from '../../core/signature.ts';
import { compact, irreplaceable, ObjectId, type Tag } from '../../core/tag.ts';
import { encode } from '../../http/path.ts';

const text = z.string().nullish();
const id = z.number().nullish();

const Commit = z.object({
  id: ObjectId,
  title: text,
  message: text,
  author_name: text,
  authored_date: text,
  committed_date: text,
  web_url: text,
});

/** One tag that is told in part must not hide the others: a commit that is none is left out. */
export const WireTag = z.object({
  name: z.string(),
  message: text,
  target: ObjectId.nullish().catch(undefined),
  commit: Commit.nullish().catch(undefined),
  release: z.object({ description: text }).nullish(),
  protected: z.boolean().nullish(),
  created_at: text,
});
export const WireTags = z.array(WireTag);
/** What was just created stands on a commit; told otherwise, the tag is read. */
export const WireMade = WireTag.extend({ commit: Commit });
export const WireCommit = z.object({ id: ObjectId });
const some = z.array(z.unknown()).nullish();
export const WireRelease = z.object({
  name: text,
  description: text,
  commit: z.object({ id: ObjectId }).nullish(),
  assets: z.object({ links: some }).nullish(),
  milestones: some,
  evidences: some,
  _links: z.object({ self: text }).nullish(),
});
export type WireRelease = z.output<typeof WireRelease>;
export const WireNames = z.array(z.object({ name: z.string() }));
/** Of a list of commits. */
export const WireHistory = z.array(
  z.object({
    id: ObjectId,
    parent_ids: z.array(ObjectId).nullish(),
    title: text,
    message: text,
    author_name: text,
    committed_date: text,
  }),
);
export type WireHistory = z.output<typeof WireHistory>;
export const toChange = ({ id, title, message, author_name, committed_date }: WireHistory[number]): Change =>
  compact<Change>({ id, message: message ?? title ?? '', author: author_name, date: committed_date });
const WireRole = z.object({ access_level: z.number() }).nullish();
export const WireProject = z.object({
  id: z.number(),
  path_with_namespace: z.string(),
  archived: z.boolean().nullish(),
  default_branch: text,
  permissions: z.object({ project_access: WireRole, group_access: WireRole }).nullish(),
});
export type WireProject = z.output<typeof WireProject>;
/** Who may create tags of a name: roles, and beside them single users, groups and keys. */
export const WireProtected = z.array(
  z.object({
    name: z.string(),
    create_access_levels: z.array(z.object({ access_level: z.number().nullish(), user_id: id, group_id: id, deploy_key_id: id })),
  }),
);
export type WireProtected = z.output<typeof WireProtected>;
export const WireUser = z.object({ username: text });
export const WireJob = z.object({ user: WireUser.nullish() });
export const WireVersion = z.object({ version: text });
export const WireToken = z.object({ scopes: z.array(z.string()).nullish(), expires_at: text });

const free = new WeakSet<Tag>();
/** Known to carry no GitLab Release. Who may not see Releases is not told of them, so that silence means nothing. */
export const isFreeOfRelease = (tag: Tag): boolean => free.has(tag);

export function toTag({ name, message, target, commit, release, protected: isProtected, created_at }: z.output<typeof WireTag>): Tag {
  const words = message ? withoutSignature(message) : undefined;
  // GitLab before 11 tells no target; a lightweight tag has no message of its own.
  const annotated = target && commit ? target !== commit.id : Boolean(message) || undefined;
  const tag = compact<Tag>({
    name,
    commit_id: commit?.id,
    target_id: target === commit?.id ? undefined : target,
    annotated,
    message: words || (annotated ? '' : undefined),
    created_at,
    commit: commit
      ? compact({
          title: commit.title ?? commit.message?.split('\n', 1)[0],
          author_name: commit.author_name,
          authored_date: commit.authored_date,
          committed_date: commit.committed_date,
        })
      : undefined,
    protected: isProtected,
    release: release ? compact({ description: release.description, url: urlOf('releases', name, commit?.web_url) }) : undefined,
    url: urlOf('tags', name, commit?.web_url),
  });
  if (release === null) free.add(tag);
  if (message && words !== message) irreplaceable.set(tag, 'Its signature');
  return tag;
}

/** Neither has an address of its own in the answer; the commit's shows where the project is. */
function urlOf(pages: 'tags' | 'releases', name: string, commitUrl?: string | null): string | undefined {
  const project = /^(https?:\/\/.+?)\/-\/commit\//.exec(commitUrl ?? '')?.[1];
  return project && `${project}/-/${pages}/${encode(name)}`;
}

/** GitHub's JSON, as far as it is used, and what it means. Everything that may be missing somewhere may be missing here. */
import * as z from 'zod';
import type { Commit as Change } from '../../core/changes.ts';
import { withoutSignature } from '../../core/signature.ts';
import { compact, irreplaceable, ObjectId, type Tag } from '../../core/tag.ts';
import { encode } from '../../http/path.ts';

const text = z.string().nullish();

export const WireError = z.object({
  type: text,
  message: text,
  path: z.array(z.union([z.string(), z.number()])).nullish(),
  extensions: z.looseObject({ code: text }).nullish(),
});
export type WireError = z.output<typeof WireError>;

/** What a ref stands on: a commit, a tag object on something else, or a tree or blob. */
export interface WireTarget {
  readonly __typename: string;
  readonly oid: string;
  readonly messageHeadline?: string | null | undefined;
  readonly authoredDate?: string | null | undefined;
  readonly committedDate?: string | null | undefined;
  readonly author?: { readonly name?: string | null | undefined } | null | undefined;
  readonly message?: string | null | undefined;
  readonly tagger?:
    | { readonly name?: string | null | undefined; readonly email?: string | null | undefined; readonly date?: string | null | undefined }
    | null
    | undefined;
  readonly target?: WireTarget | null | undefined;
}
export const WireTarget: z.ZodType<WireTarget> = z.object({
  __typename: z.string(),
  oid: ObjectId,
  messageHeadline: text,
  authoredDate: text,
  committedDate: text,
  author: z.object({ name: text }).nullish(),
  message: text,
  tagger: z.object({ name: text, email: text, date: text }).nullish(),
  get target() {
    return WireTarget.nullish();
  },
});

export const WireRelease = z.object({ databaseId: z.number().nullish(), description: text, url: text, isDraft: z.boolean().nullish() });
const WireRef = z.object({ name: z.string(), target: WireTarget.nullish() });
/** What every query of one repository tells of it. */
const home = { id: z.string(), url: text };
export const WireHome = z.object(home);
export type WireHome = z.output<typeof WireHome>;

export const WireTagged = z.object({ ...home, ref: WireRef.nullish(), release: WireRelease.nullish() });
export const WirePage = z.object({
  ...home,
  refs: z.object({
    totalCount: z.number().nullish(),
    pageInfo: z.object({ hasNextPage: z.boolean() }),
    edges: z.array(z.object({ cursor: z.string(), node: WireRef.nullish() }).nullish()),
  }),
});
export const WireResolved = z.object({
  ...home,
  defaultBranchRef: z.object({ name: z.string(), target: WireTarget.nullish() }).nullish(),
  object: WireTarget.nullish(),
  branch: z.object({ target: WireTarget.nullish() }).nullish(),
  tag: z.object({ target: WireTarget.nullish() }).nullish(),
});
const WireCommit = z.object({ oid: ObjectId, message: text, committedDate: text, author: z.object({ name: text }).nullish() });
export const WireHistory = z.object({
  object: z
    .object({
      history: z
        .object({
          totalCount: z.number().nullish(),
          pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: text }),
          nodes: z.array(WireCommit.nullish()).nullish(),
        })
        .nullish(),
    })
    .nullish(),
});
export const WireOutlook = z.object({
  isArchived: z.boolean().nullish(),
  isDisabled: z.boolean().nullish(),
  isLocked: z.boolean().nullish(),
  viewerPermission: text,
  viewerCanAdminister: z.boolean().nullish(),
  below: z.object({ totalCount: z.number().nullish() }).nullish(),
});

// REST
export const WireObject = z.object({ sha: ObjectId, tagger: z.object({ name: text, email: text, date: text }).nullish() });
export const WirePublished = z.object({ id: z.number(), body: text, html_url: text, draft: z.boolean().nullish() });
export type WirePublished = z.output<typeof WirePublished>;
export const WireImmutable = z.object({ enabled: z.boolean() });
export const WireUser = z.object({ login: text });
export const WireRepository = z.object({
  archived: z.boolean().nullish(),
  private: z.boolean().nullish(),
  permissions: z.object({ push: z.boolean().nullish() }).nullish(),
});
const Person = z.object({ name: text, date: text }).nullish();
export const WireComparison = z.object({
  status: z.string(),
  total_commits: z.number(),
  commits: z.array(z.object({ sha: ObjectId, commit: z.object({ message: text, author: Person, committer: Person }) })),
});
export type WireComparison = z.output<typeof WireComparison>;

export const toChange = ({ sha, commit }: WireComparison['commits'][number]): Change =>
  compact<Change>({ id: sha, message: commit.message ?? '', author: commit.author?.name, date: commit.committer?.date });

/** The commit under any number of tag objects; undefined where there is none. */
export const peeled = (target: WireTarget | null | undefined): WireTarget | undefined =>
  target?.__typename === 'Tag' ? peeled(target.target) : target?.__typename === 'Commit' ? target : undefined;

/** What a Release is known by to the API, for whoever edits or removes it. */
export const releaseIds = new WeakMap<object, number>();
/** Where a tag was read: what a write to it needs. */
export const homes = new WeakMap<Tag, WireHome>();

export function toRelease(description: string | null | undefined, url: string | null | undefined, id: number | null | undefined) {
  const release = compact<NonNullable<Tag['release']>>({ description, url });
  if (typeof id === 'number') releaseIds.set(release, id);
  return release;
}

export function toTag(name: string, target: WireTarget, repository: WireHome, release?: z.output<typeof WireRelease> | null): Tag {
  const commit = peeled(target);
  const annotated = target.__typename === 'Tag';
  const words = annotated ? withoutSignature(target.message ?? '') : undefined;
  const tag = compact<Tag>({
    name,
    commit_id: commit?.oid,
    target_id: commit?.oid === target.oid ? undefined : target.oid,
    annotated,
    message: words,
    tagger: annotated && target.tagger ? compact({ name: target.tagger.name, email: target.tagger.email }) : undefined,
    created_at: annotated ? target.tagger?.date : undefined,
    commit: commit
      ? compact({
          title: commit.messageHeadline,
          author_name: commit.author?.name,
          authored_date: commit.authoredDate,
          committed_date: commit.committedDate,
        })
      : undefined,
    // A draft is seen by those who may write, and is no Release yet.
    release: release && !release.isDraft ? toRelease(release.description, release.url, release.databaseId) : undefined,
    url: repository.url ? `${repository.url}/releases/tag/${encode(name)}` : undefined,
  });
  homes.set(tag, repository);
  if (annotated && words !== (target.message ?? '')) irreplaceable.set(tag, 'Its signature');
  return tag;
}

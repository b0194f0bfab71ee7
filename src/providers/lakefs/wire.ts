/** lakeFS's JSON, as far as it is used. */
import * as z from 'zod';
import type { Commit } from '../../core/changes.ts';
import { compact, ObjectId, type Tag } from '../../core/tag.ts';
import { cut, firstLine, oneLine } from '../../core/text.ts';

const text = z.string().nullish();

export const WireRef = z.object({ id: z.string(), commit_id: ObjectId });
const pagination = z.object({ has_more: z.boolean() });
export const WireRefs = z.object({ results: z.array(WireRef), pagination });
export const WireCommitId = z.object({ id: ObjectId });
export const WireCommit = WireCommitId.extend({
  message: text,
  committer: text,
  creation_date: z.number().nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
});
export const WireLog = z.object({ results: z.array(WireCommit.extend({ parents: z.array(ObjectId) })), pagination });
export type WireLog = z.output<typeof WireLog>;
export const WireMergeBase = z.object({ base_commit_id: ObjectId.nullish() });
export const WireDifference = z.object({ results: z.array(z.object({ type: z.string() })), pagination });
export const WireRepository = z.object({ default_branch: z.string(), read_only: z.boolean().nullish() });
export const WireUser = z.object({ user: z.object({ id: z.string() }) });
export const WireConfig = z.object({ version_config: z.object({ version: z.string().nullish() }).nullish() });

export const toTag = ({ id, commit_id }: z.output<typeof WireRef>): Tag => ({ name: id, commit_id });

const TITLE = 200;
const ENTRIES = 20;
const KEY = 100;
const VALUE = 200;
/** The last moment a Date can hold, in seconds. */
const LAST = 8_640_000_000_000;

const toDate = (seconds: number | null | undefined) =>
  seconds && Math.abs(seconds) <= LAST ? new Date(seconds * 1000).toISOString() : undefined;

/** Of a log, for a comparison. */
export const toChange = ({ id, message, committer, creation_date }: z.output<typeof WireCommit>): Commit =>
  compact<Commit>({ id, message: message ?? '', author: committer, date: toDate(creation_date) });

export function toCommit({
  message,
  committer,
  creation_date: seconds,
  metadata,
}: z.output<typeof WireCommit>): NonNullable<Tag['commit']> {
  const entries = Object.entries(metadata ?? {}).slice(0, ENTRIES);
  return compact<NonNullable<Tag['commit']>>({
    title: firstLine(message ?? '', TITLE) || undefined,
    author_name: committer || undefined,
    committed_date: toDate(seconds),
    metadata: entries.length > 0 ? Object.fromEntries(entries.map(([key, value]) => [oneLine(key, KEY), cut(value, VALUE)])) : undefined,
  });
}

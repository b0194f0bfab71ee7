/** lakeFS's JSON, as far as it is used. */
import * as z from 'zod';
import type { Tag } from '../../core/tag.ts';

export const WireRef = z.object({ id: z.string(), commit_id: z.string() });
export const WireRefs = z.object({ results: z.array(WireRef), pagination: z.object({ has_more: z.boolean() }) });
export const WireLog = z.object({ results: z.array(z.object({ id: z.string() })) });
export const WireRepository = z.object({ default_branch: z.string(), read_only: z.boolean().nullish() });
export const WireUser = z.object({ user: z.object({ id: z.string() }) });
export const WireConfig = z.object({ version_config: z.object({ version: z.string().nullish() }).nullish() });

export const toTag = ({ id, commit_id }: z.output<typeof WireRef>): Tag => ({ name: id, commit_id });

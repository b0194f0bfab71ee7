/** Arguments that several tools share. */
import * as z from 'zod';

export const Name = z.string().min(1).describe('Tag name, without refs/tags/');

/** A full commit id, or its first 7 characters or more. */
export const ExpectedCommitId = z
  .string()
  .regex(/^[0-9a-zA-Z-]{7,64}$/)
  .optional()
  .describe('Act only if the tag stands at this commit now');

/** Arguments that several tools share. What only rarely goes wrong is checked but not advertised: every byte of a schema is paid for in each session. */
import * as z from 'zod';

const COMMIT_ID = /^[0-9a-zA-Z-]{7,64}$/;

/** Text that is not empty. */
export const Word = z.string().refine((text) => text !== '', 'must not be empty');

export const Name = Word.describe('Tag name, without refs/tags/');

/** A full commit id, or its first 7 characters or more. */
export const ExpectedCommitId = z
  .string()
  .refine((text) => COMMIT_ID.test(text), 'must be a commit id, or its first 7 characters or more')
  .optional()
  .describe('Act only if the tag stands at this commit now');

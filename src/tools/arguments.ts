/** Arguments that several tools share. What only rarely goes wrong is checked but not advertised: every byte of a schema is paid for in each session. */
import * as z from 'zod';
import { MESSAGE_RESTORED, NOTES_RESTORED } from '../core/tag.ts';
import { atMost, Word } from '../core/tool.ts';

const COMMIT_ID = /^[0-9a-zA-Z-]{7,64}$/;

export const Name = Word.describe('Tag name, without refs/tags/');

/** No longer than what can be restored after a deletion. */
export const Message = z
  .string()
  .max(MESSAGE_RESTORED)
  .refine((text) => text !== '', 'must not be empty')
  .optional()
  .describe('Annotation');

export const ReleaseNotes = atMost(NOTES_RESTORED).optional().describe('Markdown, published as its Release');

/** A blank message is none; so are blank notes. */
export const unlessBlank = (message: string | undefined): string | undefined => (message?.trim() ? message : undefined);

export const Limit = z.number().int().min(1).max(100).default(20).describe('1 to 100, default 20');

/** A full commit id, or its first 7 characters or more. */
export const ExpectedCommitId = z
  .string()
  .refine((text) => COMMIT_ID.test(text), 'must be a commit id, or its first 7 characters or more')
  .optional()
  .describe('Only if it stands at this commit');

/** What a client is told of a tool. */
import type { StandardSchemaWithJSON, ToolAnnotations } from '@modelcontextprotocol/server';
import type * as z from 'zod';
import type { AnyTool, Effect } from '../core/tool.ts';
import { portable } from './schema.ts';

const ANNOTATIONS: Record<Effect, ToolAnnotations> = {
  read: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
  create: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true },
  delete: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true },
};

export interface Advertised {
  readonly title: string;
  readonly description: string;
  readonly inputSchema: StandardSchemaWithJSON<Record<string, unknown>, Record<string, unknown>>;
  readonly outputSchema: StandardSchemaWithJSON<Record<string, unknown>, Record<string, unknown>>;
  readonly annotations: ToolAnnotations;
  readonly _meta: Record<string, unknown>;
}

/** `input` is the tool's own with its address arguments; `systems` are the titles of those that are enabled. */
export const advertise = (tool: AnyTool, input: z.ZodObject, systems: string): Advertised => ({
  title: tool.title,
  description: tool.description,
  inputSchema: portable(input),
  // That a result says which repository it was goes without saying here: every byte is paid for in each session.
  outputSchema: portable(tool.output),
  annotations: ANNOTATIONS[tool.effect],
  _meta: { 'anthropic/searchHint': `release tags: ${systems || 'git'}` },
});

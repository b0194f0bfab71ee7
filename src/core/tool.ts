import type { z } from 'zod';
import type { Call, Tags } from './provider.ts';
import type { Tag } from './tag.ts';

/** What a tool does to the world. The four hints of the protocol are derived from it, once. */
export type Effect = 'read' | 'create' | 'delete';

/** A question for the person before something is lost. */
export interface Loss {
  readonly action: 'delete' | 'move';
  readonly tag: Tag;
  /** Where a moved tag would stand. */
  readonly to?: string;
}

/** What a tool is handed: the tags of one repository, never a provider's name, so that it cannot branch on who answers. */
export interface Target extends Call {
  /** The address of the repository as arguments, to be named in results. */
  readonly address: { readonly provider: string; readonly repository: string };
  readonly tags: Tags;
  /** Returns when the person agrees, or need not be asked. Throws `declined`. */
  confirm(loss: Loss): Promise<void>;
}

/** One tool: data with a function. `provider` and `repository` are added to its input, and to its output, by app.ts. */
export interface ToolDefinition<In extends z.ZodObject = z.ZodObject, Out extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly effect: Effect;
  readonly input: In;
  readonly output: Out;
  run(args: z.output<In>, target: Target): Promise<z.output<Out>>;
}
export const defineTool = <In extends z.ZodObject, Out extends z.ZodObject>(tool: ToolDefinition<In, Out>): ToolDefinition<In, Out> => tool;

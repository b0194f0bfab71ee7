import * as z from 'zod';
import type { Address, Call, Tags } from './provider.ts';
import type { Tag } from './tag.ts';
import type { ReleaseTraits } from './traits.ts';

/** What names, refs and repositories are at most, in characters: before anything else looks at them, since some of that takes its time. */
export const LONGEST_WORD = 4_096;

/** A text that is not empty, nor longer than `max`: checked, but not advertised. */
export const atMost = (max: number) =>
  z.string().refine((text) => text !== '' && text.length <= max, {
    error: ({ input }) => (input === '' ? 'must not be empty' : `must be at most ${max} characters long`),
  });

/** An argument no longer than anything that could be meant. */
export const Word = atMost(LONGEST_WORD);

/** What a tool does to the world. The four hints of the protocol are derived from it, once. */
export type Effect = 'read' | 'create' | 'delete';

/** A question for the person before something is lost. */
export interface Loss {
  readonly action: 'delete' | 'move';
  readonly tag: Tag;
  readonly force: boolean;
  /** Where a moved tag would stand. */
  readonly to?: string;
  /** What would be lost for good, besides what the tag itself tells. */
  readonly lost?: string | undefined;
  /** The message it would get; absent where it keeps its own. The same of its notes. */
  readonly message?: string | undefined;
  readonly release_notes?: string | undefined;
  /** Its Release as people know it, and what becomes of that, where it has one: see Traits. */
  readonly release?: ReleaseTraits | undefined;
}

/** A question for the person before a release is made: what would be created where. */
export interface Making {
  readonly name: string;
  readonly message: string | undefined;
  readonly release_notes?: string | undefined;
  readonly targets: readonly (Address & { readonly commit_id: string })[];
}

/** What a tool is handed: the tags of one repository. Its address is there to be shown; what differs between systems is asked of `tags.traits`. */
export interface TagContext extends Call {
  readonly address: Address;
  readonly tags: Tags;
  /** The same for what has to be finished or taken back, whatever becomes of the caller. */
  readonly onOwnTime: Tags;
  /** Returns the tag as it stands once the person agrees, or need not be asked. Throws `declined`, and `changed` where it is not what they were shown. */
  confirm(loss: Loss): Promise<Tag>;
}

interface ToolBase<In extends z.ZodObject, Out extends z.ZodObject> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly effect: Effect;
  readonly input: In;
  readonly output: Out;
}

/** A tool on one repository: data with a function. `provider` and `repository` are added to its input and output by app.ts. */
export interface ToolDefinition<In extends z.ZodObject = z.ZodObject, Out extends z.ZodObject = z.ZodObject> extends ToolBase<In, Out> {
  run(args: z.output<In>, target: TagContext): Promise<z.output<Out>>;
}

/** One repository of a release, as the caller named it. Finding it may fail; that is for the release to tell. */
export interface Target {
  readonly named: { readonly provider?: string | undefined; readonly repository?: string | undefined; readonly ref?: string | undefined };
  open(call: Call): Promise<OpenTarget>;
}

export interface OpenTarget {
  readonly address: Address;
  /** The one name of the repository, whatever its spelling. */
  canonical(): Promise<string>;
  tags(call: Call): Tags;
}

/** What a release tool is handed. */
export interface ReleaseContext extends Call {
  /** Fires when the process is to end: little time is left then. */
  readonly ending?: AbortSignal | undefined;
  readonly targets: readonly Target[];
  /** Asks the person about the whole release, where policy wants it; `again` plans anew after they took their time. Throws `declined`, `changed`. */
  confirm(making: Making, again: () => Promise<Making>): Promise<void>;
}

/** A tool on several repositories. `targets` is added to its input by app.ts; a target takes a `ref` where `targetRef` says so. */
export interface ReleaseToolDefinition<In extends z.ZodObject = z.ZodObject, Out extends z.ZodObject = z.ZodObject>
  extends ToolBase<In, Out> {
  readonly targetRef: boolean;
  runRelease(args: z.output<In>, context: ReleaseContext): Promise<z.output<Out>>;
}

export type AnyTool = ToolDefinition | ReleaseToolDefinition;

export const defineTool = <In extends z.ZodObject, Out extends z.ZodObject>(tool: ToolDefinition<In, Out>): ToolDefinition<In, Out> => tool;
export const defineReleaseTool = <In extends z.ZodObject, Out extends z.ZodObject>(
  tool: ReleaseToolDefinition<In, Out>,
): ReleaseToolDefinition<In, Out> => tool;

/** Tools over one repository of a connected provider, as app.ts calls them, without the protocol around them. */
import type { Advice, Comparison, toCommitRow } from '../../src/core/changes.ts';
import { isTagError, type TagError } from '../../src/core/errors.ts';
import type { Host } from '../../src/core/host.ts';
import { type Call, type TagProvider, tagsOf } from '../../src/core/provider.ts';
import type { Tag } from '../../src/core/tag.ts';
import type { TagContext, ToolDefinition } from '../../src/core/tool.ts';
import { withSettling } from '../../src/guard/settled.ts';
import { parseArguments } from '../../src/mcp/schema.ts';
import { compareTags, createTag, deleteTag, getTag, listTags } from '../../src/tools/index.ts';

export const quietCall = (signal: AbortSignal = new AbortController().signal): Call => ({ signal, progress: () => {} });

export const testHost = (over: Partial<Host> = {}): Host => ({
  cwd: '/',
  remotesOf: () => [],
  timeoutMs: 2_500,
  allowHttp: [],
  proxies: {},
  userAgent: 'tagwright/test',
  childEnv: process.env,
  hide: () => {},
  redact: (text) => text,
  ...over,
});

export interface ToolCalls {
  create(args: Record<string, unknown>): ReturnType<typeof createTag.run>;
  get(name: string): Promise<{ tag: Tag }>;
  list(args?: Record<string, unknown>): ReturnType<typeof listTags.run>;
  compare(
    args?: Record<string, unknown>,
  ): Promise<Omit<Comparison, 'commits'> & { commits: ReturnType<typeof toCommitRow>[]; next?: Advice }>;
  delete(args: Record<string, unknown>): ReturnType<typeof deleteTag.run>;
}

export function toolsOn(bare: TagProvider, spelling: string, call: Call = quietCall()): ToolCalls {
  const provider = withSettling(bare);
  const target = async (): Promise<TagContext> => {
    const repository = await provider.locate(spelling, call);
    return {
      ...call,
      address: { provider: 'test', repository },
      tags: tagsOf(provider, repository, call),
      onOwnTime: tagsOf(provider, repository, quietCall()),
      confirm: async ({ tag }) => tag,
    };
  };
  const run =
    <T extends ToolDefinition>(tool: T) =>
    async (args: unknown) =>
      tool.run(parseArguments(tool.input, tool.name, args), await target());
  return {
    create: run(createTag) as ToolCalls['create'],
    get: (name) => run(getTag)({ name }) as Promise<{ tag: Tag }>,
    list: (args = {}) => run(listTags)(args) as ReturnType<typeof listTags.run>,
    compare: (args = {}) => run(compareTags)(args) as ReturnType<ToolCalls['compare']>,
    delete: run(deleteTag) as ToolCalls['delete'],
  };
}

/** The TagError that a promise is rejected with; fails where it is not. */
export async function failureOf(promise: Promise<unknown>): Promise<TagError> {
  const outcome = await promise.then(
    (value) => `no error but ${JSON.stringify(value)}`,
    (error: unknown) => error,
  );
  if (isTagError(outcome)) return outcome;
  throw new Error(`expected a TagError, got ${String(outcome)}`, { cause: outcome });
}

/** Its code alone. */
export const codeOf = async (promise: Promise<unknown>): Promise<string> => (await failureOf(promise)).code;

/** One call of one tool: its address becomes the tags of a repository, or its targets those of several. */
import { randomUUID } from 'node:crypto';
import { CLIENT_INFO_META_KEY, type Implementation, type McpServer, type ServerContext } from '@modelcontextprotocol/server';
import { both, type Redact } from '../config/redact.ts';
import { createBudget } from '../core/budget.ts';
import { TagError } from '../core/errors.ts';
import { type Call, type Origin, type Tags, tagsOf } from '../core/provider.ts';
import { STEP_MS } from '../core/replace.ts';
import { stillThere } from '../core/settle.ts';
import { irreplaceable } from '../core/tag.ts';
import { oneLine } from '../core/text.ts';
import { timeLimit } from '../core/time-limit.ts';
import { told } from '../core/told.ts';
import type { AnyTool, Making, ReleaseContext, TagContext, Target } from '../core/tool.ts';
import { type Addressing, canonicalOf, type Named } from './address.ts';
import { type Confirmation, isAnswered } from './confirm.ts';

const PROGRESS = 200;

export interface Connection {
  readonly addressing: Addressing;
  readonly confirmation: Confirmation;
  readonly server: McpServer;
  readonly redact: Redact;
  /** Fires when the process is asked to end: releases under way are then undone. */
  readonly ending: AbortSignal | undefined;
}

/** The structured result. Throws TagError, and Question where a person has to be asked. */
export async function dispatch(
  tool: AnyTool,
  args: Record<string, unknown>,
  context: ServerContext,
  connection: Connection,
): Promise<Record<string, unknown>> {
  const { addressing, confirmation, server, redact } = connection;
  const call = callOf(tool, context, connection);
  const agreed = (asked: boolean) => {
    if (asked) call.origin.confirmed_by = 'client';
  };
  if ('run' in tool) {
    const { provider, repository: spelling, ...rest } = args as Named & Record<string, unknown>;
    const { instance, repository } = await addressing.find({ provider, repository: spelling }, call);
    const address = { provider: instance.name, repository };
    const deed = { tool: tool.name, args: rest };
    const tags = tagsOf(instance.provider, repository, { ...call, address });
    const one: TagContext = {
      ...call,
      address,
      tags: isAnswered(context) ? onlyStanding(tags) : tags,
      onOwnTime: tagsOf(instance.provider, repository, () => ({ ...call, address, budget: undefined, signal: timeLimit(STEP_MS) })),
      async confirm(loss) {
        let { tag } = loss;
        const question = async () => {
          const { askingAbout } = await import('./question.ts');
          const lost = [irreplaceable.get(tag), loss.lost].filter(Boolean).join(', ') || undefined;
          return askingAbout({ ...loss, tag, lost, release: tags.traits.release }, address, deed, both(redact, instance.untrusted?.redact));
        };
        const again = async () => {
          tag = await stillThere(tags.get(tag.name), tag.name);
          return question();
        };
        agreed(await confirmation.ask(question, again, context, server));
        return tag;
      },
    };
    return { ...address, ...(await tool.run(rest, one)) };
  }
  const { targets = await addressing.defaults(call), ...rest } = args as { targets?: readonly Named[] };
  const several: ReleaseContext = {
    ...call,
    ending: connection.ending,
    targets: targets.map((named) => targetOf(named, addressing)),
    async confirm(making, again) {
      const question = async (made: Making) => {
        const { askingToMake } = await import('./question.ts');
        return askingToMake(made, { tool: tool.name, args }, redact);
      };
      agreed(
        await confirmation.askAbove(
          () => question(making),
          async () => question(await again()),
          context,
          server,
        ),
      );
    },
  };
  return tool.runRelease(rest, several);
}

/** For a call that brings an answer: it was given for a tag that stood, and nothing is made in its place once that is gone. */
function onlyStanding(tags: Tags): Tags {
  const get = (name: string) => stillThere(tags.get(name), name);
  return {
    ...tags,
    get,
    async create({ name }) {
      await get(name);
      throw new TagError('already_exists', told`${name} stands.`);
    },
  };
}

const targetOf = (named: Named, addressing: Addressing): Target => ({
  named,
  async open(given) {
    const budget = createBudget();
    const call = { ...given, budget };
    const { instance, repository } = await addressing.find(named, call);
    const address = { provider: instance.name, repository };
    return {
      address,
      canonical: () => canonicalOf(instance, repository, call),
      tags: (own) => tagsOf(instance.provider, repository, { ...own, address, ...(own.budget && { budget }) }),
    };
  },
});

function callOf(tool: AnyTool, { mcpReq }: ServerContext, { server, redact, ending }: Connection): Call & { readonly origin: Origin } {
  const progressToken = mcpReq._meta?.progressToken;
  const client =
    ((mcpReq.envelope as Record<string, unknown> | undefined)?.[CLIENT_INFO_META_KEY] as Implementation | undefined) ??
    server.server.getClientVersion();
  const isRelease = 'runRelease' in tool;
  return {
    budget: createBudget(),
    moment: Date.now(),
    signal: isRelease && ending ? AbortSignal.any([mcpReq.signal, ending]) : mcpReq.signal,
    origin: { client: client?.name, tool: tool.name, ...(isRelease && tool.effect !== 'read' && { release: randomUUID() }) },
    progress: (progress, message) => {
      if (progressToken !== undefined)
        void mcpReq
          .notify({ method: 'notifications/progress', params: { progressToken, progress, message: oneLine(redact(message), PROGRESS) } })
          .catch(() => {});
    },
  };
}

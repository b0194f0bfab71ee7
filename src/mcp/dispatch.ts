/** One call of one tool: its address becomes the tags of a repository, or its targets those of several. */
import { randomUUID } from 'node:crypto';
import { CLIENT_INFO_META_KEY, type Implementation, type McpServer, type ServerContext } from '@modelcontextprotocol/server';
import { type Call, tagsOf } from '../core/provider.ts';
import { oneLine } from '../core/text.ts';
import type { AnyTool, ReleaseContext, TagContext, Target } from '../core/tool.ts';
import type { Addressing, Named } from './address.ts';
import { askingAbout, type Confirmation } from './confirm.ts';

const LINE = 250;

export interface Connection {
  readonly addressing: Addressing;
  readonly confirmation: Confirmation;
  readonly server: McpServer;
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
  const { addressing, confirmation, server } = connection;
  const call = callOf(tool, context, connection);
  if ('run' in tool) {
    const { provider, repository: spelling, ...rest } = args as Named & Record<string, unknown>;
    const { instance, repository } = await addressing.find({ provider, repository: spelling }, call);
    const address = { provider: instance.name, repository };
    const one: TagContext = {
      ...call,
      address,
      tags: tagsOf(instance.provider, repository, { ...call, address }),
      confirm: (loss) => confirmation.ask(askingAbout(loss, address), context, server),
    };
    return { ...address, ...(await tool.run(rest, one)) };
  }
  const { targets = addressing.defaults(), ...rest } = args as { targets?: readonly Named[] };
  const several: ReleaseContext = {
    ...call,
    ending: connection.ending,
    targets: targets.map((named) => targetOf(named, addressing)),
    confirm: (plan, at) =>
      confirmation.askAbove(
        { about: JSON.stringify(plan), at, message: ['Create this release?', ...plan.map((line) => oneLine(line, LINE))].join('\n') },
        context,
        server,
      ),
  };
  return tool.runRelease(rest, several);
}

const targetOf = (named: Named, addressing: Addressing): Target => ({
  named,
  async open(call) {
    const { instance, repository } = await addressing.find(named, call);
    const address = { provider: instance.name, repository };
    return {
      address,
      // Two instances may lead to one system.
      canonical: async () => `${instance.provider.address ?? instance.name} ${await instance.provider.canonical(repository, call)}`,
      tags: (own) => tagsOf(instance.provider, repository, { ...own, address }),
    };
  },
});

function callOf(tool: AnyTool, { mcpReq }: ServerContext, { server, ending }: Connection): Call {
  const progressToken = mcpReq._meta?.progressToken;
  const client =
    ((mcpReq.envelope as Record<string, unknown> | undefined)?.[CLIENT_INFO_META_KEY] as Implementation | undefined) ??
    server.server.getClientVersion();
  const isRelease = 'runRelease' in tool;
  return {
    signal: isRelease && ending ? AbortSignal.any([mcpReq.signal, ending]) : mcpReq.signal,
    origin: { client: client?.name, tool: tool.name, ...(isRelease && tool.effect !== 'read' && { release: randomUUID() }) },
    progress: (progress, message) => {
      if (progressToken !== undefined)
        void mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress, message } }).catch(() => {});
    },
  };
}

import { MCPClient } from '@mastra/mcp';

let connections = 0;

/** A refusal is thrown, and the agent makes its message from that. */
const connect = (answer) => async (server, person) => {
  const inputRequests = person && (async ({ params }) => ({ action: await person(params.message), content: { confirm: true } }));
  connections += 1; // it keeps one client for each id
  const client = new MCPClient({
    id: `interop-${connections}`,
    servers: { tags: { ...server, enableServerLogs: false, ...(inputRequests && { inputRequests }) } },
  });
  const tools = await client.listTools();
  return {
    tools: async () => Object.keys(tools).map((tool) => tool.replace('tags_', '')),
    async call(name, args) {
      const tool = tools[`tags_${name}`];
      try {
        return await answer(tool, await tool.execute(args, {}));
      } catch (error) {
        return { text: error.message, failed: true };
      }
    },
    close: () => client.disconnect(),
  };
};

export const name = '@mastra/mcp';
export const asks = true;
export const variants = {
  'MCPClient, toModelOutput': connect(async (tool, output) => ({ text: (await tool.toModelOutput(output)).value })),
  'MCPClient, execute': connect((_, output) => ({ structured: output })),
};

import { getAllMcpTools, MCPServerStdio, RunContext, setTracingDisabled } from '@openai/agents';

setTracingDisabled(true);

/** The output of its function tool: what an agent's model is given. It does not tell a refusal from an answer. */
const connect = (options) => async (server) => {
  const mcp = new MCPServerStdio({ name: 'tags', ...server, ...options });
  await mcp.connect();
  const tools = await getAllMcpTools([mcp]);
  return {
    tools: async () => tools.map((tool) => tool.name),
    async call(name, args) {
      const shown = await tools.find((tool) => tool.name === name).invoke(new RunContext(), JSON.stringify(args));
      return { text: typeof shown === 'string' ? shown : shown.text };
    },
    close: () => mcp.close(),
  };
};

export const name = '@openai/agents';
export const variants = { MCPServerStdio: connect({}), 'MCPServerStdio, useStructuredContent': connect({ useStructuredContent: true }) };

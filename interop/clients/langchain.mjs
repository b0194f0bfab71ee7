import { MultiServerMCPClient } from '@langchain/mcp-adapters';

/** A tool's message to the model; a refusal is thrown, and the agent makes its message from that. */
const connect = async (server) => {
  const client = new MultiServerMCPClient({ mcpServers: { tags: { transport: 'stdio', ...server } } });
  const tools = await client.getTools();
  return {
    tools: async () => tools.map((tool) => tool.name),
    async call(name, args) {
      try {
        const { content } = await tools.find((tool) => tool.name === name).invoke({ type: 'tool_call', id: '1', name, args });
        const { text, structuredContent } = JSON.parse(content);
        return { text, structured: structuredContent };
      } catch (error) {
        return { text: error.message, failed: true };
      }
    },
    close: () => client.close(),
  };
};

export const name = '@langchain/mcp-adapters';
export const variants = { MultiServerMCPClient: connect };

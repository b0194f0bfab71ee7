import { createMCPClient, ElicitationRequestSchema } from '@ai-sdk/mcp';
import { Experimental_StdioMCPTransport } from '@ai-sdk/mcp/mcp-stdio';

const connect = (options) => async (server, person) => {
  const client = await createMCPClient({
    transport: new Experimental_StdioMCPTransport(server),
    capabilities: person ? { elicitation: {} } : {},
    ...options,
  });
  if (person)
    client.onElicitationRequest(ElicitationRequestSchema, async ({ params }) => ({
      action: await person(params.message),
      content: { confirm: true },
    }));
  const tools = await client.tools();
  return {
    tools: async () => Object.keys(tools),
    async call(tool, input) {
      const [toolCallId, messages] = ['1', []];
      const output = await tools[tool].execute(input, { toolCallId, messages });
      const { value } = await tools[tool].toModelOutput({ toolCallId, input, output });
      return { text: value[0].text, failed: output.isError };
    },
    close: () => client.close(),
  };
};

export const name = '@ai-sdk/mcp';
export const asks = true;
export const variants = {
  createMCPClient: connect({}),
  'createMCPClient, without discovery': connect({ protocolVersionDiscovery: false }),
};

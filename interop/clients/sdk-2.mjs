import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

/** The raw result: what becomes of it is up to the host. */
export const sessionOf = (client) => ({
  tools: async () => (await client.listTools()).tools.map((tool) => tool.name),
  async call(tool, args) {
    const { content, structuredContent, isError } = await client.callTool({ name: tool, arguments: args });
    return { text: content[0].text, structured: structuredContent, failed: isError };
  },
  close: () => client.close(),
});

const connect = (versionNegotiation) => async (server, person) => {
  const client = new Client(
    { name: 'interop', version: '1' },
    { capabilities: person ? { elicitation: {} } : {}, ...(versionNegotiation && { versionNegotiation }) },
  );
  if (person)
    client.setRequestHandler('elicitation/create', async ({ params }) => ({
      action: await person(params.message),
      content: { confirm: true },
    }));
  await client.connect(new StdioClientTransport(server));
  return sessionOf(client);
};

export const name = '@modelcontextprotocol/client';
export const asks = true;
export const variants = {
  'Client, legacy': connect(),
  'Client, auto': connect({ mode: 'auto' }),
  'Client, pinned': connect({ mode: { pin: '2026-07-28' } }),
};

import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { sessionOf } from './sdk-2.mjs';

export const name = '@modelcontextprotocol/sdk';
export const asks = true;
export const variants = {
  Client: async (server, person) => {
    const client = new Client({ name: 'interop', version: '1' }, { capabilities: person ? { elicitation: {} } : {} });
    if (person)
      client.setRequestHandler(ElicitRequestSchema, async ({ params }) => ({
        action: await person(params.message),
        content: { confirm: true },
      }));
    await client.connect(new StdioClientTransport(server));
    return sessionOf(client);
  },
};

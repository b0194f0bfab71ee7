/** The SDK's own clients, of both eras, on the built server, with a person in front of them who is asked. */
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Client as LegacyClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as LegacyTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { bareEnvironment, serverPath } from './server.ts';

export interface Answer {
  readonly action: 'accept' | 'decline' | 'cancel';
  readonly content?: Record<string, string | number | boolean>;
}
/** What a person does who agrees. */
export const YES: Answer = { action: 'accept', content: { confirm: true } };

/** What the person does when asked, having read the question. */
export type Person = (question: string) => Answer | Promise<Answer>;

export interface Caller {
  call(name: string, args: Record<string, unknown>): Promise<{ isError: boolean; text: string }>;
  close(): Promise<void>;
}

export interface Place {
  readonly cwd: string;
  readonly env?: Record<string, string>;
}

const identity = { name: 'test', version: '1' };
const server = ({ cwd, env }: Place) => ({ command: process.execPath, args: [serverPath], cwd, env: { ...bareEnvironment(), ...env } });

const caller = (client: {
  callTool(call: { name: string; arguments: Record<string, unknown> }): Promise<unknown>;
  close(): Promise<void>;
}): Caller => ({
  async call(name, args) {
    const { isError, content } = (await client.callTool({ name, arguments: args })) as { isError?: boolean; content: { text?: string }[] };
    return { isError: isError ?? false, text: content[0]?.text ?? '' };
  },
  close: () => client.close(),
});

type Connect = (person: Person | undefined, place: Place) => Promise<Caller>;

const modern =
  (options: object): Connect =>
  async (person, place) => {
    const client = new Client(identity, { ...(person && { capabilities: { elicitation: {} } }), ...options });
    if (person) client.setRequestHandler('elicitation/create', async ({ params }) => ({ ...(await person(params.message)) }));
    await client.connect(new StdioClientTransport(server(place)));
    return caller(client);
  };

/** A client without a person announces no questions. */
export const CLIENTS: Readonly<Record<string, Connect>> = {
  'SDK 1.x': async (person, place) => {
    const client = new LegacyClient(identity, person ? { capabilities: { elicitation: {} } } : {});
    if (person) client.setRequestHandler(ElicitRequestSchema, async ({ params }) => ({ ...(await person(params.message)) }));
    await client.connect(new LegacyTransport(server(place)));
    return caller(client as Parameters<typeof caller>[0]);
  },
  'SDK 2.x legacy': modern({}),
  'SDK 2.x 2026-07-28': modern({ versionNegotiation: { mode: { pin: '2026-07-28' } } }),
};

/** One call of one session. */
export async function askOnce(connect: Connect, person: Person | undefined, place: Place, name: string, args: Record<string, unknown>) {
  const client = await connect(person, place);
  try {
    return await client.call(name, args);
  } finally {
    await client.close();
  }
}

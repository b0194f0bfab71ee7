/** The whole life of a tag, with the clients that people have. */
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Client as LegacyClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as LegacyTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GitRepository, makeRepository } from '../support/git-repository.ts';
import { bareEnvironment, serverPath } from '../support/server.ts';

interface Answer {
  isError?: boolean | undefined;
  structuredContent?: unknown;
  content: { type: string; text?: string }[];
}
interface AnyClient {
  listTools(): Promise<{ tools: { name: string }[] }>;
  callTool(call: { name: string; arguments: Record<string, unknown> }): Promise<unknown>;
  getInstructions(): string | undefined;
  close(): Promise<void>;
}

let repository: GitRepository;
let commits: string[];
beforeEach(() => {
  repository = makeRepository();
  commits = ['first', 'second'].map((title) => repository.commit(title));
});
afterEach(() => repository.remove());

const server = () => ({ command: process.execPath, args: [serverPath], cwd: repository.path, env: bareEnvironment() });
const identity = { name: 'test', version: '1' };

const CLIENTS: Record<string, () => Promise<AnyClient>> = {
  'SDK 1.x': async () => {
    const client = new LegacyClient(identity);
    await client.connect(new LegacyTransport(server()));
    return client as AnyClient;
  },
  ...Object.fromEntries(
    Object.entries({ legacy: undefined, auto: { mode: 'auto' }, pinned: { mode: { pin: '2026-07-28' } } } as const).map(
      ([mode, versionNegotiation]) => [
        `SDK 2.x ${mode}`,
        async () => {
          const client = new Client(identity, versionNegotiation && { versionNegotiation });
          await client.connect(new StdioClientTransport(server()));
          return client;
        },
      ],
    ),
  ),
};

describe.each(Object.entries(CLIENTS))('%s', (_, connect) => {
  it('runs the whole life of a tag', async () => {
    const client = await connect();
    const call = async (name: string, args: Record<string, unknown>) => (await client.callTool({ name, arguments: args })) as Answer;
    const result = async (name: string, args: Record<string, unknown>) => {
      const { isError, structuredContent, content } = await call(name, args);
      expect(isError ?? false, JSON.stringify(content)).toBe(false);
      expect(JSON.parse(content[0]?.text ?? '')).toEqual(structuredContent);
      return structuredContent as Record<string, unknown>;
    };
    try {
      expect((await client.listTools()).tools.map(({ name }) => name)).toContain('create_tag');
      expect(client.getInstructions()).toContain(repository.path);
      expect(await result('create_tag', { name: 'v1', ref: 'main~1', message: 'One\n# two' })).toMatchObject({ outcome: 'created' });
      expect(repository.git('for-each-ref', '--format=%(contents)', 'refs/tags/v1')).toBe('One\n# two');
      expect(await result('create_tag', { name: 'v1', ref: 'main~1' })).toMatchObject({ outcome: 'unchanged' });
      expect((await call('create_tag', { name: 'v1', ref: 'main' })).content[0]?.text).toMatch(/^already_exists: /);
      expect(await result('create_tag', { name: 'v1', ref: 'main', force: true })).toMatchObject({
        outcome: 'moved',
        previous_commit_id: commits[0],
      });
      expect(await result('get_tag', { name: 'v1' })).toMatchObject({ tag: { commit_id: commits[1], message: 'One\n# two' } });
      expect(await result('list_tags', {})).toMatchObject({ tags: [{ name: 'v1', message: 'One' }] });
      const { restore } = await result('delete_tag', { name: 'v1' });
      expect(repository.git('tag', '--list')).toBe('');
      expect(await result('create_tag', restore as Record<string, unknown>)).toMatchObject({
        outcome: 'created',
        tag: { message: 'One\n# two' },
      });
      expect(await call('get_tag', { name: 'v404' })).toMatchObject({
        isError: true,
        content: [{ text: expect.stringMatching(/^tag_not_found: /) }],
      });
    } finally {
      await client.close();
    }
  });
});

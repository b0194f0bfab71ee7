/** The bundle as a desktop client runs it: laid out on its own, started by its own manifest. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import manifest from '../../manifest.json' with { type: 'json' };
import { makeRepository, temporaryDirectory } from '../support/git-repository.ts';
import { bareEnvironment } from '../support/server.ts';

const root = new URL('../..', import.meta.url).pathname;
let directory: string;
beforeAll(() => {
  directory = join(temporaryDirectory(), 'bundle');
  execFileSync(process.execPath, ['scripts/bundle.mjs', '--stage', directory], { cwd: root });
});
afterAll(() => rmSync(join(directory, '..'), { recursive: true, force: true }));

/** As such a client does it: a default where nothing was entered, else the placeholder stays as it is. */
function substituted(text: string, entered: Readonly<Record<string, string>>): string {
  const defaults = Object.entries(manifest.user_config).flatMap(([key, option]) =>
    'default' in option ? [[key, String(option.default)]] : [],
  );
  const values: Record<string, string> = { ...Object.fromEntries(defaults), ...entered };
  return text
    .replaceAll('$' + '{__dirname}', directory)
    .replace(/\$\{user_config\.([a-z0-9_]+)\}/g, (placeholder, key: string) => values[key] ?? placeholder);
}

async function start(entered: Readonly<Record<string, string>>) {
  const { command, args, env } = manifest.server.mcp_config;
  const client = new Client({ name: 'test', version: '1' });
  const own = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, substituted(value, entered)]));
  const transport = new StdioClientTransport({
    // Its node is the one that runs this test.
    command: command === 'node' ? process.execPath : command,
    args: args.map((arg) => substituted(arg, entered)),
    cwd: '/',
    env: { ...bareEnvironment(), ...own },
    stderr: 'pipe',
  });
  let stderr = '';
  transport.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  await client.connect(transport);
  return { client, own, stderr: () => stderr };
}

describe('the staged bundle', () => {
  it('holds what the manifest names, a licence, and nothing that only we need', () => {
    for (const file of [manifest.icon, manifest.server.entry_point, 'manifest.json', 'LICENSE', 'dist/THIRD-PARTY-NOTICES.txt'])
      expect(existsSync(join(directory, file)), file).toBe(true);
    expect(JSON.parse(readFileSync(join(directory, 'dist/package.json'), 'utf8'))).toEqual({ type: 'commonjs' });
    for (const file of ['package.json', 'dist/server.js.map']) expect(existsSync(join(directory, file)), file).toBe(false);
  });
  it('lists its tools where nothing was entered', async () => {
    const { client, own, stderr } = await start({});
    try {
      expect(own.GITLAB_TOKEN).toBe('$' + '{user_config.gitlab_token}');
      expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(manifest.tools.map(({ name }) => name));
      expect(client.getServerVersion()).toMatchObject({ version: manifest.version });
      expect((await client.callTool({ name: 'list_tags', arguments: {} })).content[0]).toMatchObject({
        text: expect.stringMatching(/^not_configured: /),
      });
      expect(stderr()).not.toMatch(/user_config|TAGWRIGHT_/);
    } finally {
      await client.close();
    }
  });
  it('uses what was entered: a directory, a token, the switch', async () => {
    const repository = makeRepository();
    repository.commit('Start');
    repository.git('tag', 'v1.0.0');
    const { client } = await start({ tagwright_git_roots: repository.path, gitlab_token: 'glpat-bundle', tagwright_read_only: 'true' });
    try {
      const { tools } = await client.listTools();
      expect(tools.map(({ name }) => name)).not.toContain('create_tag');
      expect(tools[0]?.inputSchema.properties?.provider).toMatchObject({ enum: ['git', 'gitlab'] });
      const { structuredContent } = await client.callTool({
        name: 'list_tags',
        arguments: { provider: 'git', repository: repository.path },
      });
      expect(structuredContent).toMatchObject({ tags: [{ name: 'v1.0.0' }] });
    } finally {
      await client.close();
      repository.remove();
    }
  });
});

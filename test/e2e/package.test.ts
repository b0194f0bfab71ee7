/** The package as a user installs it: packed, in an empty folder, alone. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import pkg from '../../package.json' with { type: 'json' };
import { bareEnvironment } from '../support/server.ts';

const root = new URL('../..', import.meta.url).pathname;
const npm = (cwd: string, ...args: string[]) =>
  execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tagwright-package-'));
  const [packed] = JSON.parse(npm(root, 'pack', '--ignore-scripts', '--json', '--pack-destination', folder)) as { filename: string }[];
  npm(folder, 'init', '--yes');
  npm(folder, 'install', '--offline', '--no-audit', '--no-fund', `./${packed?.filename}`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const bin = () => join(folder, 'node_modules/.bin/tagwright');

describe('the packed package', () => {
  it('is one package', () => {
    expect(readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual(['tagwright']);
    expect(readFileSync(join(folder, 'node_modules/tagwright/LICENSE'), 'utf8')).toContain('MIT License');
    expect(readFileSync(join(folder, 'node_modules/tagwright/dist/THIRD-PARTY-NOTICES.txt'), 'utf8')).toMatch(/^zod \d/m);
  });
  it('starts by its name', () => {
    expect(execFileSync(bin(), ['--version'], { encoding: 'utf8', env: bareEnvironment() })).toBe(`${pkg.version}\n`);
  });
  it('lists its tools to a client, where no system is configured', async () => {
    const client = new Client({ name: 'test', version: '1' });
    await client.connect(new StdioClientTransport({ command: bin(), cwd: folder, env: bareEnvironment() }));
    try {
      expect((await client.listTools()).tools.length).toBeGreaterThanOrEqual(4);
      expect(client.getServerVersion()).toMatchObject({ name: 'tagwright', version: pkg.version });
      const { content } = await client.callTool({ name: 'list_tags', arguments: {} });
      expect(content[0]).toMatchObject({ text: expect.stringMatching(/^not_configured: /) });
    } finally {
      await client.close();
    }
  });
});

/** The bundles as clients run them: laid out on their own, each started as its own manifest says. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import manifest from '../../manifest.json' with { type: 'json' };
import { PUBLISHED } from '../../src/cli/clients/published.ts';
import { makeRepository, temporaryDirectory } from '../support/git-repository.ts';
import { bareEnvironment } from '../support/server.ts';

type Form = Readonly<Record<string, string>>;
type Environment = Record<string, string>;
interface Start {
  readonly command: string;
  readonly args: string[];
  readonly cwd?: string;
  readonly env?: Environment;
  readonly env_vars?: string[];
}

const root = new URL('../..', import.meta.url).pathname;
const variables = Object.keys(manifest.server.mcp_config.env);
const keyOf = (variable: string) => variable.toLowerCase();
const all = manifest.tools.map(({ name }) => name);
const project = makeRepository();
let place: string;
beforeAll(() => {
  place = join(temporaryDirectory(), 'bundles');
  execFileSync(process.execPath, ['scripts/bundle.mjs', place], { cwd: root });
  project.commit('Start');
  project.git('tag', 'v1.0.0');
});
afterAll(() => {
  rmSync(join(place, '..'), { recursive: true, force: true });
  project.remove();
});

const read = (path: string) => JSON.parse(readFileSync(join(place, path), 'utf8'));
const placeholders = (text: string, value: (name: string, otherwise?: string) => string) =>
  text.replace(/\$\{([\w.]+)(?::-([^}]*))?\}/g, (_, name: string, otherwise?: string) => value(name, otherwise));
const inShell = (shell: Form) => (name: string, otherwise?: string) => shell[name] ?? otherwise ?? `\${${name}}`;
const filled = (start: Start, fill: (text: string) => string): Start => ({
  ...start,
  args: start.args.map(fill),
  ...(start.cwd && { cwd: fill(start.cwd) }),
  env: Object.fromEntries(Object.entries(start.env ?? {}).map(([name, value]) => [name, fill(value)])),
});

/** By its folder, what each client makes of its bundle: what it starts, in which directory, with which environment. */
const CLIENTS: Record<string, (form: Form, shell: Form) => Start> = {
  // A default where nothing was entered, else the placeholder stays; nothing of a shell is around.
  mcpb: (form) => {
    const defaults = Object.entries(manifest.user_config).flatMap(([key, option]) =>
      'default' in option ? [[key, String(option.default)]] : [],
    );
    const values: Form = { ...Object.fromEntries(defaults), ...form };
    const start = filled(read('mcpb/manifest.json').server.mcp_config, (text) =>
      placeholders(text, (name) => (name === '__dirname' ? join(place, 'mcpb') : (values[name.slice(12)] ?? `\${${name}}`))),
    );
    return { ...start, cwd: '/' };
  },
  // The value of the form first, then what the shell has for the placeholders in it.
  'claude-code/tagwright': (form, shell) => {
    const folder = join(place, 'claude-code/tagwright');
    const { mcpServers, userConfig } = read('claude-code/tagwright/.claude-plugin/plugin.json');
    const start = filled(mcpServers.tagwright, (text) => {
      const entered = placeholders(text, (name) =>
        name === 'CLAUDE_PLUGIN_ROOT' ? folder : (form[name.slice(12)] ?? userConfig[name.slice(12)].default),
      );
      return placeholders(entered, inShell(shell));
    });
    return { ...start, cwd: project.path, env: { ...shell, ...start.env } };
  },
  'gemini/tagwright': (form, shell) => {
    const folder = join(place, 'gemini/tagwright');
    const { mcpServers, settings } = read('gemini/tagwright/gemini-extension.json');
    const entered = settings.flatMap(({ envVar }: { envVar: string }) => {
      const value = form[keyOf(envVar)];
      return value === undefined ? [] : [[envVar, value]];
    });
    const known: Form = { ...shell, ...Object.fromEntries(entered) };
    const start = filled(mcpServers.tagwright, (text) =>
      placeholders(text, (name) => (name === 'extensionPath' ? folder : (known[name] ?? ''))),
    );
    return { ...start, cwd: project.path };
  },
  'codex/tagwright': (_form, shell) => {
    const start: Start = read('codex/tagwright/.mcp.json').mcpServers.tagwright;
    const env = Object.fromEntries((start.env_vars ?? []).flatMap((name) => (shell[name] === undefined ? [] : [[name, shell[name]]])));
    return { ...start, cwd: resolve(place, 'codex/tagwright', start.cwd ?? '/'), env };
  },
  'copilot/tagwright': (_form, shell) => {
    const folder = join(place, 'copilot/tagwright');
    const start = filled(read('copilot/tagwright/.mcp.json').mcpServers.tagwright, (text) =>
      placeholders(text, inShell({ PLUGIN_ROOT: folder, PWD: project.path })),
    );
    return { ...start, env: { ...shell, ...start.env } };
  },
  'agent-plugin/tagwright': (_form, shell) => {
    const folder = join(place, 'agent-plugin/tagwright');
    const start = filled(read('agent-plugin/tagwright/mcp.json').mcpServers.tagwright, (text) => placeholders(text, () => folder));
    return { ...start, cwd: folder, env: shell };
  },
};
const WITH_FORM = ['mcpb', 'claude-code/tagwright', 'gemini/tagwright'];
const IN_PROJECT = ['claude-code/tagwright', 'gemini/tagwright', 'copilot/tagwright'];

async function start(bundle: string, form: Form, shell: Form) {
  const made = CLIENTS[bundle]?.(form, shell);
  if (!made?.cwd) throw new Error(`${bundle} does not say where it is started`);
  const client = new Client({ name: 'test', version: '1' });
  const transport = new StdioClientTransport({
    // Its node is the one that runs this test.
    command: made.command === 'node' ? process.execPath : made.command,
    args: made.args,
    cwd: made.cwd,
    env: { ...bareEnvironment(), ...made.env },
    stderr: 'pipe',
  });
  let stderr = '';
  transport.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  await client.connect(transport);
  const { tools } = await client.listTools();
  return { client, tools, names: tools.map(({ name }) => name), stderr: () => stderr };
}

describe.each(Object.keys(CLIENTS))('%s', (bundle) => {
  it('holds the server, its licences, and nothing that only we need', () => {
    for (const file of ['icon.png', 'LICENSE', 'dist/server.js', 'dist/THIRD-PARTY-NOTICES.txt'])
      expect(existsSync(join(place, bundle, file)), file).toBe(true);
    expect(read(`${bundle}/dist/package.json`)).toEqual({ type: 'commonjs' });
    expect(readdirSync(join(place, bundle), { recursive: true }).filter((name) => String(name).endsWith('.map'))).toEqual([]);
    expect(existsSync(join(place, bundle, 'skills/release-tags/SKILL.md'))).toBe(bundle !== 'mcpb');
  });
  it('lists its tools where nothing is set', async () => {
    const { client, names, stderr } = await start(bundle, {}, {});
    try {
      expect(names).toEqual(all);
      expect(client.getServerVersion()).toMatchObject({ version: manifest.version });
      const { content, structuredContent } = await client.callTool({ name: 'list_tags', arguments: {} });
      if (IN_PROJECT.includes(bundle)) expect(structuredContent).toMatchObject({ tags: [{ name: 'v1.0.0' }] });
      else expect(content[0]).toMatchObject({ text: expect.stringMatching(/^not_configured: /) });
      expect(stderr()).not.toMatch(/user_config|TAGWRIGHT_/);
    } finally {
      await client.close();
    }
  });
  it('takes a directory, whose repository is the default, a token and a limit, from its form or else from the shell', async () => {
    const values: Form = { TAGWRIGHT_GIT_ROOTS: project.path, GITLAB_TOKEN: 'glpat-bundle', TAGWRIGHT_READ_ONLY: 'true' };
    const byKey = Object.fromEntries(Object.entries(values).map(([variable, value]) => [keyOf(variable), value]));
    const hasForm = WITH_FORM.includes(bundle);
    const { client, tools, names } = await start(bundle, hasForm ? byKey : {}, hasForm ? {} : values);
    try {
      expect(names).not.toContain('create_tag');
      expect(tools[0]?.inputSchema.properties?.provider).toMatchObject({ enum: ['git', 'gitlab'] });
      const { structuredContent } = await client.callTool({ name: 'list_tags', arguments: { provider: 'git' } });
      expect(structuredContent).toMatchObject({ tags: [{ name: 'v1.0.0' }] });
    } finally {
      await client.close();
    }
  });
});

it.each(['claude-code/tagwright', 'gemini/tagwright'])('%s: an empty form does not lift a limit of the shell', async (bundle) => {
  const { client, names } = await start(bundle, {}, { TAGWRIGHT_READ_ONLY: '1', TAGWRIGHT_PROTECTED_TAGS: 'v{1,2}*' });
  await client.close();
  expect(names).not.toContain('create_tag');
});

describe('what the bundles say', () => {
  const pages = () =>
    readdirSync(place, { recursive: true })
      .map(String)
      .filter((path) => path.endsWith('.json') && !path.includes('dist'));
  it('is the name, version and description of the package, and no command but node', () => {
    for (const page of pages()) {
      const text = readFileSync(join(place, page), 'utf8');
      const { name, version = manifest.version, description = manifest.description } = JSON.parse(text);
      expect([name ?? manifest.name, version, description], page).toEqual([manifest.name, manifest.version, manifest.description]);
      expect(PUBLISHED || !/npx|"identifier"|registry/.test(text), page).toBe(true);
      for (const [, command] of text.matchAll(/"command": "(.*)"/g)) expect(command, page).toBe('node');
    }
  });
  it('marks every secret, and asks for each variable that is asked for', () => {
    const { userConfig } = read('claude-code/tagwright/.claude-plugin/plugin.json');
    const { settings } = read('gemini/tagwright/gemini-extension.json');
    for (const [index, variable] of variables.entries()) {
      const { sensitive } = manifest.user_config[keyOf(variable) as keyof typeof manifest.user_config];
      expect(userConfig[keyOf(variable)], variable).toMatchObject({ sensitive, required: false });
      expect(settings[index], variable).toMatchObject({ envVar: variable, sensitive });
    }
  });
});

it('the .mcpb is an archive of its folder', () => {
  const archive = readFileSync(join(place, `tagwright-${manifest.version}.mcpb`));
  const end = archive.length - 22;
  let at = archive.readUInt32LE(end + 16);
  const found = Array.from({ length: archive.readUInt16LE(end + 10) }, () => {
    const [packed, name, local] = [archive.readUInt32LE(at + 20), archive.readUInt16LE(at + 28), archive.readUInt32LE(at + 42)];
    const path = archive.toString('utf8', at + 46, at + 46 + name);
    const content = inflateRawSync(archive.subarray(local + 30 + name, local + 30 + name + packed));
    expect(content.equals(readFileSync(join(place, 'mcpb', path))), path).toBe(true);
    at += 46 + name;
    return path;
  });
  // What a start has compiled is no part of it.
  const files = readdirSync(join(place, 'mcpb'), { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && !entry.name.includes('.cache'),
  );
  expect(found).toEqual(files.map((entry) => relative(join(place, 'mcpb'), join(entry.parentPath, entry.name))).sort());
});

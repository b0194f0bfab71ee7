import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UsageError } from '../../src/cli/flags.ts';
import { type Home, makeHome, SCRIPT, START } from './home.ts';

let home: Home;
beforeEach(() => {
  home = makeHome();
});
afterEach(() => home.remove());

const lines = (...all: string[]) => `${all.join('\n')}\n`;
const modeOf = (file: string) => statSync(join(home.path, file)).mode & 0o777;

const OTHER = { other: { command: 'other', args: [], env: { TOKEN: 'theirs' } } };
const JSONC = (key: string) =>
  lines('// mine', '{', `    "${key}": {`, '        "other": { "command": "other" }, // keep', '    },', '    "theme": "dark",', '}');
const CLIENTS = [
  ['claude-desktop', '.config/Claude/claude_desktop_config.json', `${JSON.stringify({ mcpServers: OTHER, theme: 'dark' }, null, 2)}\n`],
  ['claude-code', '.claude.json', JSON.stringify({ numStartups: 7, mcpServers: OTHER, projects: {} }, null, 2)],
  ['cursor', '.cursor/mcp.json', JSONC('mcpServers')],
  [
    'vscode',
    '.config/Code/User/mcp.json',
    `${JSON.stringify({ servers: OTHER, inputs: [{ type: 'promptString', id: 'x' }] }, null, '\t')}\n`,
  ],
  ['windsurf', '.codeium/windsurf/mcp_config.json', '{"mcpServers":{}}'],
  ['gemini', '.gemini/settings.json', JSONC('mcpServers').replaceAll('\n', '\r\n')],
  [
    'codex',
    '.codex/config.toml',
    lines('# mine', 'model = "o5"', '', '[mcp_servers.other] # keep', 'command = "other"', '', '[tui]', 'theme = "dark" # at night'),
  ],
  ['opencode', '.config/opencode/opencode.json', JSONC('mcp')],
  ['kilo', '.config/kilo/kilo.jsonc', JSONC('mcp')],
  ['qwen', '.qwen/settings.json', JSONC('mcpServers')],
  ['copilot', '.copilot/mcp-config.json', JSONC('mcpServers')],
  ['droid', '.factory/mcp.json', `${JSON.stringify({ mcpServers: OTHER, theme: 'dark' }, null, 2)}\n`],
  ['cline', '.cline/data/settings/cline_mcp_settings.json', `${JSON.stringify({ mcpServers: OTHER, theme: 'dark' }, null, 4)}\n`],
  ['amp', '.config/amp/settings.json', JSONC('amp.mcpServers')],
  ['auggie', '.augment/settings.json', JSON.stringify({ theme: 'dark' }, null, '\t')],
] as const;
/** They fill in no variables: what they are given is written down. */
const LITERAL: readonly string[] = ['claude-desktop', 'cline', 'amp', 'auggie'];

describe.each(CLIENTS)('%s', (client, file, before) => {
  it('gets its first file, for its owner alone, and loses it again', async () => {
    expect(await home.install(`${client} --system gitlab`)).toMatchObject({ code: 0, errors: '' });
    expect(home.files()).toEqual([file]);
    expect(modeOf(file)).toBe(0o600);
    expect(home.read(file)).toMatch(/tagwright/);
    expect(await home.uninstall(client)).toMatchObject({ code: 0, errors: '' });
    expect(home.files()).toEqual([]);
  });
  it('keeps all else in its file, and gets every byte back', async () => {
    home.write(file, before);
    const { code, output } = await home.install(`${client} --system gitlab,vers`);
    expect(code).toBe(0);
    const backup = `${file}.tagwright.bak`;
    expect(output).toContain(`Added tagwright in ${join(home.path, file)}\nThe file as it was: ${join(home.path, backup)}\n`);
    expect(home.read(backup)).toBe(before);
    expect(modeOf(backup)).toBe(0o600);
    const after = home.read(file);
    for (const line of before.split(/\r?\n/).filter((one) => /mine|keep|theme|numStartups/.test(one)))
      expect(after).toContain(line.trimEnd());
    expect(await home.uninstall(client)).toMatchObject({ code: 0, errors: '' });
    expect(home.files()).toEqual([file]);
    expect(home.read(file)).toBe(before);
  });
  it('is left alone the second time', async () => {
    home.write(file, before);
    await home.install(`${client} --system gitlab`);
    const [after, files] = [home.read(file), home.files()];
    const again = await home.install(`${client} --system gitlab`);
    expect(again).toMatchObject({ code: 0, output: `tagwright is in ${join(home.path, file)} already. Nothing was changed.\n` });
    expect(await home.install(client)).toEqual(again);
    expect([home.read(file), home.files()]).toEqual([after, files]);
    await home.uninstall(client);
    expect((await home.uninstall(client)).output).toBe(`tagwright is not in ${join(home.path, file)}. Nothing was changed.\n`);
  });
  it('shows the entry with --print, what would be done with --dry-run, and writes nothing', async () => {
    home.write(file, before);
    const print = await home.install(`${client} --print --system gitlab`);
    const dry = await home.install(`${client} --dry-run --system gitlab`);
    expect(dry.output).toBe(`Would add tagwright in ${join(home.path, file)}:\n${print.output}`);
    expect(home.files()).toEqual([file]);
    expect(home.read(file)).toBe(before);
    await home.install(`${client} --system gitlab`);
    expect((await home.install(`${client} --dry-run --system gitlab,vers`)).output).toMatch(
      LITERAL.includes(client) ? /already/ : /^Would change/,
    );
    expect((await home.uninstall(`${client} --dry-run`)).output).toBe(`Would remove tagwright from ${join(home.path, file)}\n`);
    expect(home.read(file)).toMatch(/tagwright/);
  });
  it('keeps what somebody else wrote after us', async () => {
    home.write(file, before);
    await home.install(client);
    const added = home.read(file);
    const changed = added.replace('dark', 'light').replace('"other"', '"another"');
    home.write(file, changed);
    const { output } = await home.uninstall(client);
    const rest = home.read(file);
    if (changed === added) return expect(rest).toBe(before);
    expect(output).toContain('The file as it was, with the values of the entry:');
    expect(home.read(`${file}.tagwright.bak`)).toBe(changed);
    expect(rest).toBe(before.replace('dark', 'light').replace('"other"', '"another"'));
  });
});

describe('the entry', () => {
  const printed = async (words: string, more = {}) => (await home.install(`${words} --print`, more)).output;
  const json = async (words: string, more = {}) => JSON.parse(await printed(words, more));

  it('has the shape that the client reads', async () => {
    expect(await json('claude-desktop')).toEqual({ mcpServers: { tagwright: START } });
    expect(await json('claude-code')).toEqual({ mcpServers: { tagwright: { type: 'stdio', ...START } } });
    expect(await json('vscode')).toEqual({ servers: { tagwright: { type: 'stdio', ...START } } });
    expect(await json('opencode')).toEqual({ mcp: { tagwright: { type: 'local', command: [START.command, SCRIPT] } } });
    expect(await json('kilo')).toEqual({ mcp: { tagwright: { type: 'local', command: [START.command, SCRIPT] } } });
    expect(await json('copilot')).toEqual({ mcpServers: { tagwright: { type: 'local', ...START, tools: ['*'] } } });
    expect(await json('droid')).toEqual({ mcpServers: { tagwright: { type: 'stdio', ...START, disabled: false } } });
    expect(await json('auggie')).toEqual({ mcpServers: { tagwright: { type: 'stdio', ...START } } });
    expect(await json('amp')).toEqual({ 'amp.mcpServers': { tagwright: START } });
    expect(await printed('codex')).toMatch(/^\[mcp_servers\.tagwright\]\ncommand = "\/usr\/bin\/node"\nargs = \[ "[^"]+" \]\nenv_vars = /);
    for (const client of ['cursor', 'windsurf', 'gemini', 'qwen', 'cline'])
      expect(await json(client)).toEqual({ mcpServers: { tagwright: START } });
  });
  it('has what the client fills in, for the variables that are set, and never their values', async () => {
    const env = { VERS_API_KEY: 'vers-secret', GITLAB_PERSONAL_ACCESS_TOKEN: 'glpat-secret', PATH: '/bin', VERS_URL: '' };
    const names = ['GITLAB_PERSONAL_ACCESS_TOKEN', 'VERS_API_KEY'];
    const all = (fill: (name: string) => string) => Object.fromEntries(names.map((name) => [name, fill(name)]));
    expect((await json('claude-code', { env })).mcpServers.tagwright.env).toEqual(all((name) => `\${${name}:-}`));
    expect((await json('cursor', { env })).mcpServers.tagwright.env).toEqual(all((name) => `\${env:${name}}`));
    expect((await json('windsurf', { env })).mcpServers.tagwright.env).toEqual(all((name) => `\${env:${name}}`));
    expect((await json('gemini', { env })).mcpServers.tagwright.env).toEqual(all((name) => `\${${name}}`));
    expect((await json('opencode', { env })).mcp.tagwright.environment).toEqual(all((name) => `{env:${name}}`));
    expect(await printed('codex', { env })).toContain('env_vars = [ "GITLAB_PERSONAL_ACCESS_TOKEN", "VERS_API_KEY", "TAGWRIGHT_');
    for (const client of ['copilot', 'droid'])
      expect((await json(client, { env })).mcpServers.tagwright.env).toEqual(all((name) => `\${${name}:-}`));
    expect((await json('qwen', { env })).mcpServers.tagwright.env).toEqual(all((name) => `\${${name}}`));
    expect((await json('kilo', { env })).mcp.tagwright.environment).toEqual(all((name) => `{env:${name}}`));
    for (const client of ['cline', 'auggie']) expect((await json(client, { env })).mcpServers.tagwright).not.toHaveProperty('env');
    const vscode = await json('vscode', { env });
    expect(vscode.servers.tagwright.env).toEqual(all((name) => `\${input:tagwright-${name}}`));
    expect(vscode.inputs).toEqual(
      names.map((name) => ({ type: 'promptString', id: `tagwright-${name}`, description: expect.stringContaining(name), password: true })),
    );
    const desktop = await home.install('claude-desktop', { env });
    expect(desktop.output).toMatch(/fills in no variables.*\n {2}GITLAB_PERSONAL_ACCESS_TOKEN: .*\n {2}VERS_API_KEY: /);
    for (const client of CLIENTS.map(([name]) => name)) {
      const { output, errors } = await home.install(client, { env });
      expect(output + errors + home.files().map(home.read).join()).not.toMatch(/vers-secret|glpat-secret/);
    }
  });
  it('keeps the flags, the values and the settings that somebody gave it', async () => {
    const file = '.cursor/mcp.json';
    const old = {
      command: 'node',
      args: ['/old/dist/server.js', '--git-root', '/src'],
      disabled: true,
      env: { GITLAB_TOKEN: 'glpat-mine' },
    };
    home.write(file, JSON.stringify({ mcpServers: { tagwright: old } }));
    expect(await home.install('cursor --system gitlab')).toMatchObject({ code: 0, output: expect.stringContaining('Changed') });
    const { tagwright } = JSON.parse(home.read(file)).mcpServers;
    expect(tagwright).toMatchObject({ command: START.command, args: [SCRIPT, '--git-root', '/src'], disabled: true });
    expect(tagwright.env).toMatchObject({ GITLAB_TOKEN: 'glpat-mine', GITLAB_URL: `\${env:GITLAB_URL}` });
    expect(JSON.parse(home.read(`${file}.tagwright.bak`)).mcpServers.tagwright).toEqual(old);
  });
  it('of somebody who wrote it by hand goes for good', async () => {
    home.write('.cursor/mcp.json', '{"mcpServers":{"tagwright":{"command":"node","args":["/old/dist/server.js"]}}}');
    await home.install('cursor');
    await home.uninstall('cursor');
    expect(home.read('.cursor/mcp.json')).toBe('{}');
  });
  it('takes the place of one that starts nothing', async () => {
    home.write('.cursor/mcp.json', '{"mcpServers":{"tagwright":{"url":"https://old.example"}}}');
    await home.install('cursor');
    expect(JSON.parse(home.read('.cursor/mcp.json')).mcpServers.tagwright).toEqual(START);
  });
  it('shares an input of VS Code with its neighbour', async () => {
    const file = '.config/Code/User/mcp.json';
    await home.install('vscode --system vers');
    const document = JSON.parse(home.read(file));
    document.servers.other = { env: { KEY: `\${input:tagwright-VERS_API_KEY}` } };
    home.write(file, JSON.stringify(document));
    await home.uninstall('vscode');
    const { servers, inputs } = JSON.parse(home.read(file));
    expect(Object.keys(servers)).toEqual(['other']);
    expect(inputs.map(({ id }: { id: string }) => id)).toEqual(['tagwright-VERS_API_KEY']);
  });
});

describe('--name and --project', () => {
  it('make entries that know nothing of each other', async () => {
    home.write('.cursor/mcp.json', '{"mcpServers":{"a":1}}');
    await home.install('cursor --name one');
    await home.install('cursor --name two');
    expect(Object.keys(JSON.parse(home.read('.cursor/mcp.json')).mcpServers)).toEqual(['a', 'one', 'two']);
    await home.uninstall('cursor --name two');
    await home.uninstall('cursor --name one');
    expect(home.files()).toEqual(['.cursor/mcp.json']);
    expect(home.read('.cursor/mcp.json')).toBe('{"mcpServers":{"a":1}}');
  });
  it.each([
    ['claude-code', '.mcp.json'],
    ['cursor', '.cursor/mcp.json'],
    ['vscode', '.vscode/mcp.json'],
    ['gemini', '.gemini/settings.json'],
    ['codex', '.codex/config.toml'],
    ['opencode', 'opencode.json'],
  ])('%s has a file in a project', async (client, file) => {
    const { code, output } = await home.install(`${client} --project`);
    expect([code, home.files()]).toEqual([0, [join('project', file)]]);
    expect(output).toContain('The file belongs to the project');
    expect(modeOf(join('project', file)) & 0o400).toBe(0o400);
    await home.uninstall(`${client} --project`);
    expect(home.files()).toEqual([]);
  });
  it('the name of another server is refused, for coming and going', async () => {
    const file = '.cursor/mcp.json';
    const text = '{"mcpServers":{"github":{"command":"npx","args":["-y","github-mcp"]}}}';
    home.write(file, text);
    for (const run of [home.install, home.uninstall]) {
      const { code, errors } = await run('cursor --name github');
      expect([code, errors]).toEqual([
        1,
        `tagwright: "github" in "${join(home.path, file)}" is another server. Choose another --name. Nothing was changed.\n`,
      ]);
    }
    expect(home.read(file)).toBe(text);
  });
  it.each(['constructor', 'toString', 'valueOf'])('%s is a name like any other', async (name) => {
    home.write('.cursor/mcp.json', '{"mcpServers":{}}');
    for (const client of ['cursor', 'claude-code', 'vscode', 'codex']) {
      expect(await home.install(`${client} --system vers --name ${name}`)).toMatchObject({ code: 0 });
      expect(await home.uninstall(`${client} --name ${name}`)).toMatchObject({ code: 0 });
    }
    expect(home.files()).toEqual(['.cursor/mcp.json']);
  });
});

describe('wrong usage', () => {
  it.each([
    ['', /^Which client\? Clients: claude-desktop, /],
    ['curser', /^curser is not a client\. Did you mean cursor\?/],
    ['constructor', /is not a client/],
    ['cursor vscode', /One client/],
    ['cursor --nmae x', /--nmae is not a known flag\. Did you mean --name\?/],
    ['cursor --name a/b', /letters, digits/],
    ['cursor --name __proto__', /letters, digits/],
    ['cursor --name -x', /needs a value/],
    ['cursor --name é', /letters, digits/],
    ['cursor --name a.b', /letters, digits/],
    ['windsurf --project', /Windsurf has no file for projects/],
    ['cursor --system gitlabb', /gitlabb is not a system\. Did you mean gitlab\? Systems: /],
  ])('%j is refused', async (words, message) => {
    const refused = home.install(words);
    await expect(refused).rejects.toBeInstanceOf(UsageError);
    await expect(refused).rejects.toThrow(message);
    expect(home.files()).toEqual([]);
  });
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import pkg from '../../../package.json' with { type: 'json' };
import { chooseFile, filesOf, type Machine } from '../../../src/cli/clients/client.ts';
import { CLIENTS } from '../../../src/cli/clients/clients.ts';
import { startOf } from '../../../src/cli/clients/entry.ts';

const mac: Machine = { home: '/Users/me', cwd: '/Users/me/work', platform: 'darwin', env: {} };
const linux: Machine = { home: '/home/me', cwd: '/home/me/work', platform: 'linux', env: {} };
const windows: Machine = {
  home: 'C:\\Users\\me',
  cwd: 'D:\\work',
  platform: 'win32',
  env: { APPDATA: 'C:\\Users\\me\\AppData\\Roaming', LOCALAPPDATA: 'C:\\Users\\me\\AppData\\Local' },
};

const files = (name: string, machine: Machine, inProject = false) => {
  const client = CLIENTS[name];
  return client ? filesOf(client, machine, inProject) : [];
};

describe("a person's own file", () => {
  const roaming = 'C:\\Users\\me\\AppData\\Roaming';
  it.each([
    [
      'claude-desktop',
      ['/Users/me/Library/Application Support/Claude/claude_desktop_config.json'],
      ['/home/me/.config/Claude/claude_desktop_config.json'],
      [
        `${roaming}\\Claude\\claude_desktop_config.json`,
        'C:\\Users\\me\\AppData\\Local\\Packages\\Claude_pzs8sxrjxfjjc\\LocalCache\\Roaming\\Claude\\claude_desktop_config.json',
      ],
    ],
    ['claude-code', ['/Users/me/.claude.json'], ['/home/me/.claude.json'], ['C:\\Users\\me\\.claude.json']],
    ['cursor', ['/Users/me/.cursor/mcp.json'], ['/home/me/.cursor/mcp.json'], ['C:\\Users\\me\\.cursor\\mcp.json']],
    [
      'vscode',
      ['/Users/me/Library/Application Support/Code/User/mcp.json'],
      ['/home/me/.config/Code/User/mcp.json'],
      [`${roaming}\\Code\\User\\mcp.json`],
    ],
    [
      'windsurf',
      ['/Users/me/.codeium/windsurf/mcp_config.json'],
      ['/home/me/.codeium/windsurf/mcp_config.json'],
      ['C:\\Users\\me\\.codeium\\windsurf\\mcp_config.json'],
    ],
    ['gemini', ['/Users/me/.gemini/settings.json'], ['/home/me/.gemini/settings.json'], ['C:\\Users\\me\\.gemini\\settings.json']],
    ['codex', ['/Users/me/.codex/config.toml'], ['/home/me/.codex/config.toml'], ['C:\\Users\\me\\.codex\\config.toml']],
    [
      'opencode',
      ['/Users/me/.config/opencode/opencode.json', '/Users/me/.config/opencode/opencode.jsonc'],
      ['/home/me/.config/opencode/opencode.json', '/home/me/.config/opencode/opencode.jsonc'],
      ['C:\\Users\\me\\.config\\opencode\\opencode.json', 'C:\\Users\\me\\.config\\opencode\\opencode.jsonc'],
    ],
    ['qwen', ['/Users/me/.qwen/settings.json'], ['/home/me/.qwen/settings.json'], ['C:\\Users\\me\\.qwen\\settings.json']],
    [
      'copilot',
      ['/Users/me/.copilot/mcp-config.json'],
      ['/home/me/.copilot/mcp-config.json'],
      ['C:\\Users\\me\\.copilot\\mcp-config.json'],
    ],
    ['droid', ['/Users/me/.factory/mcp.json'], ['/home/me/.factory/mcp.json'], ['C:\\Users\\me\\.factory\\mcp.json']],
    [
      'cline',
      ['/Users/me/.cline/data/settings/cline_mcp_settings.json'],
      ['/home/me/.cline/data/settings/cline_mcp_settings.json'],
      ['C:\\Users\\me\\.cline\\data\\settings\\cline_mcp_settings.json'],
    ],
    ['auggie', ['/Users/me/.augment/settings.json'], ['/home/me/.augment/settings.json'], ['C:\\Users\\me\\.augment\\settings.json']],
    [
      'amp',
      ['/Users/me/.config/amp/settings.json'],
      ['/home/me/.config/amp/settings.json'],
      ['C:\\Users\\me\\.config\\amp\\settings.json'],
    ],
    [
      'kilo',
      ['/Users/me/.config/kilo/kilo.jsonc', '/Users/me/.config/kilo/kilo.json'],
      ['/home/me/.config/kilo/kilo.jsonc', '/home/me/.config/kilo/kilo.json'],
      ['C:\\Users\\me\\.config\\kilo\\kilo.jsonc', 'C:\\Users\\me\\.config\\kilo\\kilo.json'],
    ],
  ])('of %s is where it looks on macOS, Linux and Windows', (name, onMac, onLinux, onWindows) => {
    expect(files(name, mac)).toEqual(onMac);
    expect(files(name, linux)).toEqual(onLinux);
    expect(files(name, windows)).toEqual(onWindows);
  });

  it('follows the variables that move it', () => {
    const moved: Machine = {
      ...linux,
      env: { XDG_CONFIG_HOME: '/x', CODEX_HOME: '/c', CLAUDE_CONFIG_DIR: '/d', GEMINI_CLI_HOME: '/g', COPILOT_HOME: '/p' },
    };
    expect(files('claude-desktop', moved)).toEqual(['/x/Claude/claude_desktop_config.json']);
    expect(files('vscode', moved)).toEqual(['/x/Code/User/mcp.json']);
    expect(files('opencode', moved)[0]).toBe('/x/opencode/opencode.json');
    expect(files('codex', moved)).toEqual(['/c/config.toml']);
    expect(files('claude-code', moved)).toEqual(['/d/.claude.json']);
    expect(files('gemini', moved)).toEqual(['/g/.gemini/settings.json']);
    expect(files('copilot', moved)).toEqual(['/p/mcp-config.json']);
    expect(files('kilo', moved)[0]).toBe('/x/kilo/kilo.jsonc');
    expect(files('amp', moved)).toEqual(['/x/amp/settings.json']);
  });
  it('needs none of the variables of Windows', () => {
    const bare = { ...windows, env: {} };
    for (const name of Object.keys(CLIENTS)) expect(files(name, bare)).toEqual(files(name, windows));
  });
});

describe("a project's file", () => {
  it.each([
    ['claude-desktop', [], []],
    ['claude-code', ['/home/me/work/.mcp.json'], ['D:\\work\\.mcp.json']],
    ['cursor', ['/home/me/work/.cursor/mcp.json'], ['D:\\work\\.cursor\\mcp.json']],
    ['vscode', ['/home/me/work/.vscode/mcp.json'], ['D:\\work\\.vscode\\mcp.json']],
    ['windsurf', [], []],
    ['gemini', ['/home/me/work/.gemini/settings.json'], ['D:\\work\\.gemini\\settings.json']],
    ['codex', ['/home/me/work/.codex/config.toml'], ['D:\\work\\.codex\\config.toml']],
    ['opencode', ['/home/me/work/opencode.json', '/home/me/work/opencode.jsonc'], ['D:\\work\\opencode.json', 'D:\\work\\opencode.jsonc']],
    ['qwen', ['/home/me/work/.qwen/settings.json'], ['D:\\work\\.qwen\\settings.json']],
    ['copilot', ['/home/me/work/.github/mcp.json'], ['D:\\work\\.github\\mcp.json']],
    ['droid', ['/home/me/work/.factory/mcp.json'], ['D:\\work\\.factory\\mcp.json']],
    ['cline', [], []],
    ['amp', [], []],
    ['auggie', [], []],
    ['kilo', ['/home/me/work/kilo.json', '/home/me/work/kilo.jsonc'], ['D:\\work\\kilo.json', 'D:\\work\\kilo.jsonc']],
  ])('of %s is in the working directory', (name, onLinux, onWindows) => {
    expect(files(name, linux, true)).toEqual(onLinux);
    expect(files(name, windows, true)).toEqual(onWindows);
  });
});

it('every client that is known is tried here', () => {
  for (const name of Object.keys(CLIENTS)) expect(files(name, linux).length, name).toBeGreaterThan(0);
  expect(Object.keys(CLIENTS)).toHaveLength(15);
});

describe('of several files', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tagwright-files-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('the one that is there is taken, else the first whose folder is there, else the first', () => {
    const [first, second] = [join(folder, 'one', 'a.json'), join(folder, 'two', 'a.json')];
    const choose = () => chooseFile([first, second], linux);
    expect(choose()).toBe(first);
    mkdirSync(join(folder, 'two'));
    expect(choose()).toBe(second);
    mkdirSync(join(folder, 'one'));
    expect(choose()).toBe(first);
    writeFileSync(second, '');
    expect(choose()).toBe(second);
  });
});

describe('the command', () => {
  const node = '/usr/bin/node';
  const start = (script: string, platform: NodeJS.Platform = 'linux', inProject = false, isPublished = true) =>
    startOf({ platform, program: { node, script } }, inProject, isPublished);
  const pinned = `tagwright@${pkg.version}`;
  const npx = { command: 'npx', args: ['-y', pinned] };

  it('is this node and the real path of this script', () => {
    expect(start('/src/tagwright/dist/server.js')).toEqual({ command: node, args: ['/src/tagwright/dist/server.js'] });
    expect(start('/usr/lib/node_modules/tagwright/dist/server.js').command).toBe(node);
    const script = new URL('../../package.json', import.meta.url).pathname;
    expect(start(script)).toEqual({ command: node, args: [script] });
  });
  it('is npx where the script lies in its cache', () => {
    expect(start('/home/me/.npm/_npx/1a2b/node_modules/tagwright/dist/server.js')).toEqual(npx);
    const onWindows = 'C:\\Users\\me\\AppData\\Local\\npm-cache\\_npx\\1a2b\\node_modules\\tagwright\\dist\\server.js';
    expect(start(onWindows, 'win32')).toEqual({ command: 'cmd', args: ['/c', 'npx', '-y', pinned] });
  });
  it('fetches nothing by a name that is not ours yet', () => {
    for (const script of [
      '/home/me/.npm/_npx/1a2b/node_modules/tagwright/dist/server.js',
      '/home/me/work/node_modules/tagwright/dist/server.js',
    ])
      for (const inProject of [true, false]) expect(start(script, 'linux', inProject, false)).toEqual({ command: node, args: [script] });
  });
  it('is npx in the file of a project, unless it is a checkout', () => {
    expect(start('/home/me/work/node_modules/tagwright/dist/server.js', 'linux', true)).toEqual(npx);
    expect(start('/src/tagwright/dist/server.js', 'linux', true).command).toBe(node);
  });
});

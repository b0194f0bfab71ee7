import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import pkg from '../../../package.json' with { type: 'json' };
import { CLIENTS, chooseFile, filesOf, type Machine } from '../../../src/cli/clients/clients.ts';
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
  ])('of %s is where it looks on macOS, Linux and Windows', (name, onMac, onLinux, onWindows) => {
    expect(files(name, mac)).toEqual(onMac);
    expect(files(name, linux)).toEqual(onLinux);
    expect(files(name, windows)).toEqual(onWindows);
  });

  it('follows the variables that move it', () => {
    const moved: Machine = {
      ...linux,
      env: { XDG_CONFIG_HOME: '/x', CODEX_HOME: '/c', CLAUDE_CONFIG_DIR: '/d', GEMINI_CLI_HOME: '/g' },
    };
    expect(files('claude-desktop', moved)).toEqual(['/x/Claude/claude_desktop_config.json']);
    expect(files('vscode', moved)).toEqual(['/x/Code/User/mcp.json']);
    expect(files('opencode', moved)[0]).toBe('/x/opencode/opencode.json');
    expect(files('codex', moved)).toEqual(['/c/config.toml']);
    expect(files('claude-code', moved)).toEqual(['/d/.claude.json']);
    expect(files('gemini', moved)).toEqual(['/g/.gemini/settings.json']);
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
  ])('of %s is in the working directory', (name, onLinux, onWindows) => {
    expect(files(name, linux, true)).toEqual(onLinux);
    expect(files(name, windows, true)).toEqual(onWindows);
  });
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

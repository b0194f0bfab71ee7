/** The clients: where each keeps its servers, in which shape, and how it fills in a variable that is not written down. */
import { existsSync } from 'node:fs';
import { posix, win32 } from 'node:path';
import type { CliContext } from '../context.ts';
import type { FormatName } from './edit.ts';
import type { Values } from './format.ts';

export type Machine = Pick<CliContext, 'home' | 'cwd' | 'platform' | 'env'>;

/** How a server is started. */
export interface Start {
  readonly command: string;
  readonly args: readonly string[];
}

export interface Client {
  readonly title: string;
  readonly format: FormatName;
  /** The member of the document that holds the servers. */
  readonly key: string;
  /** The member of an entry that holds the environment. */
  readonly environment: string;
  /** The person's own file, and those it may be instead. */
  user(machine: Machine): string[];
  /** The same in the directory of a project, where the client has one. */
  readonly project?: readonly string[];
  entry(start: Start): Values;
  /** What stands for a variable that the client takes from its own environment, or asks for. */
  readonly placeholder?: (variable: string, id: string) => string;
  /** The placeholder is an input of this list: the client asks for it, and keeps it safe. */
  readonly inputs?: string;
  /** The member of an entry that names variables to be handed on. */
  readonly forwarded?: string;
}

const plain = ({ command, args }: Start): Values => ({ command, args });
const typed = (start: Start): Values => ({ type: 'stdio', ...plain(start) });
const inEnvironment = (variable: string) => `\${env:${variable}}`;

export const CLIENTS: Readonly<Record<string, Client>> = {
  'claude-desktop': {
    title: 'Claude Desktop',
    format: 'json',
    key: 'mcpServers',
    environment: 'env',
    user: (machine) => [
      at(machine, applicationFolder(machine), 'Claude', 'claude_desktop_config.json'),
      // Installed from the Microsoft Store, or as MSIX, it sees a folder of its own instead.
      ...(machine.platform === 'win32'
        ? [
            at(
              machine,
              localFolder(machine),
              'Packages',
              'Claude_pzs8sxrjxfjjc',
              'LocalCache',
              'Roaming',
              'Claude',
              'claude_desktop_config.json',
            ),
          ]
        : []),
    ],
    entry: plain,
  },
  'claude-code': {
    title: 'Claude Code',
    format: 'json',
    key: 'mcpServers',
    environment: 'env',
    user: (machine) => [at(machine, machine.env.CLAUDE_CONFIG_DIR || machine.home, '.claude.json')],
    project: ['.mcp.json'],
    entry: typed,
    // Without a default it refuses the whole file where the variable is not set.
    placeholder: (variable) => `\${${variable}:-}`,
  },
  cursor: {
    title: 'Cursor',
    format: 'jsonc',
    key: 'mcpServers',
    environment: 'env',
    user: (machine) => [at(machine, machine.home, '.cursor', 'mcp.json')],
    project: ['.cursor/mcp.json'],
    entry: plain,
    placeholder: inEnvironment,
  },
  vscode: {
    title: 'VS Code',
    format: 'jsonc',
    key: 'servers',
    environment: 'env',
    user: (machine) => [at(machine, applicationFolder(machine), 'Code', 'User', 'mcp.json')],
    project: ['.vscode/mcp.json'],
    entry: typed,
    placeholder: (_, id) => `\${input:${id}}`,
    inputs: 'inputs',
  },
  windsurf: {
    title: 'Windsurf',
    format: 'json',
    key: 'mcpServers',
    environment: 'env',
    user: (machine) => [at(machine, machine.home, '.codeium', 'windsurf', 'mcp_config.json')],
    entry: plain,
    placeholder: inEnvironment,
  },
  gemini: {
    title: 'Gemini CLI',
    format: 'jsonc',
    key: 'mcpServers',
    environment: 'env',
    user: (machine) => [at(machine, machine.env.GEMINI_CLI_HOME || machine.home, '.gemini', 'settings.json')],
    project: ['.gemini/settings.json'],
    entry: plain,
    placeholder: (variable) => `\${${variable}}`,
  },
  codex: {
    title: 'Codex',
    format: 'toml',
    key: 'mcp_servers',
    environment: 'env',
    user: (machine) => [at(machine, machine.env.CODEX_HOME || at(machine, machine.home, '.codex'), 'config.toml')],
    project: ['.codex/config.toml'],
    entry: plain,
    forwarded: 'env_vars',
  },
  opencode: {
    title: 'opencode',
    format: 'jsonc',
    key: 'mcp',
    environment: 'environment',
    user: (machine) => ['opencode.json', 'opencode.jsonc'].map((file) => at(machine, settingsFolder(machine), 'opencode', file)),
    project: ['opencode.json', 'opencode.jsonc'],
    entry: ({ command, args }) => ({ type: 'local', command: [command, ...args] }),
    placeholder: (variable) => `{env:${variable}}`,
  },
};

const at = ({ platform }: Pick<Machine, 'platform'>, ...parts: string[]): string => (platform === 'win32' ? win32 : posix).join(...parts);

const settingsFolder = (machine: Machine): string => machine.env.XDG_CONFIG_HOME || at(machine, machine.home, '.config');
const localFolder = (machine: Machine): string => machine.env.LOCALAPPDATA || at(machine, machine.home, 'AppData', 'Local');

function applicationFolder(machine: Machine): string {
  if (machine.platform === 'win32') return machine.env.APPDATA || at(machine, machine.home, 'AppData', 'Roaming');
  return machine.platform === 'darwin' ? at(machine, machine.home, 'Library', 'Application Support') : settingsFolder(machine);
}

/** Every file it may be; of a project where `inProject`. Empty where the client has none for projects. */
export const filesOf = (client: Client, machine: Machine, inProject: boolean): string[] =>
  inProject ? (client.project ?? []).map((file) => at(machine, machine.cwd, file)) : client.user(machine);

/** The one that is there; else the first whose folder is there, else the first. */
export const chooseFile = (files: readonly string[], machine: Pick<Machine, 'platform'>): string =>
  files.find((file) => existsSync(file)) ?? files.find((file) => existsSync(at(machine, file, '..'))) ?? files[0] ?? '';

/** The clients there are. */
import { applicationFolder, at, type Client, localFolder, type Start, settingsFolder } from './client.ts';
import type { Values } from './format.ts';

const plain = ({ command, args }: Start): Values => ({ command, args });
const typed = (start: Start): Values => ({ type: 'stdio', ...plain(start) });
const local = ({ command, args }: Start): Values => ({ type: 'local', command: [command, ...args] });
const bare = (variable: string) => `\${${variable}}`;
const withDefault = (variable: string) => `\${${variable}:-}`;
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
    placeholder: withDefault,
    needs: { project: 'Claude Code asks for approval of it: start claude there once.' },
    headless: 'claude -p PROMPT --allowedTools mcp__tagwright',
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
    placeholder: bare,
    needs: { user: 'Gemini CLI loads it in folders you trust.', project: 'Gemini CLI loads it in folders you trust.' },
    headless: 'GEMINI_CLI_TRUST_WORKSPACE=true gemini -y -p PROMPT',
  },
  qwen: {
    title: 'Qwen Code',
    format: 'jsonc',
    key: 'mcpServers',
    environment: 'env',
    user: (machine) => [at(machine, machine.home, '.qwen', 'settings.json')],
    project: ['.qwen/settings.json'],
    entry: plain,
    // It knows no default; what is not set stays as it is written, and the server reads that as not filled in.
    placeholder: bare,
    headless: 'qwen -y -p PROMPT',
  },
  copilot: {
    title: 'Copilot CLI',
    format: 'jsonc',
    key: 'mcpServers',
    environment: 'env',
    user: (machine) => [at(machine, machine.env.COPILOT_HOME || at(machine, machine.home, '.copilot'), 'mcp-config.json')],
    // It reads .mcp.json too, but that is Claude Code's, which does not know the type.
    project: ['.github/mcp.json'],
    entry: (start) => ({ type: 'local', ...plain(start), tools: ['*'] }),
    placeholder: withDefault,
    needs: { project: 'Copilot CLI loads it in folders you trust.' },
    headless: 'copilot -p PROMPT --allow-all-tools',
  },
  droid: {
    title: 'Droid',
    format: 'json',
    key: 'mcpServers',
    environment: 'env',
    user: (machine) => [at(machine, machine.home, '.factory', 'mcp.json')],
    project: ['.factory/mcp.json'],
    entry: (start) => ({ ...typed(start), disabled: false }),
    // Without a default it does not start the server where the variable is not set, and says nothing.
    placeholder: withDefault,
    headless: 'droid exec --auto medium PROMPT',
  },
  cline: {
    title: 'Cline',
    format: 'json',
    key: 'mcpServers',
    environment: 'env',
    // Of its command line; the extension's own file stands below the editor's.
    user: (machine) => [at(machine, machine.home, '.cline', 'data', 'settings', 'cline_mcp_settings.json')],
    entry: plain,
    headless: 'cline --json PROMPT',
  },
  amp: {
    title: 'Amp',
    format: 'jsonc',
    key: 'amp.mcpServers',
    environment: 'env',
    user: (machine) => [at(machine, settingsFolder(machine), 'amp', 'settings.json')],
    entry: plain,
  },
  auggie: {
    title: 'Auggie',
    format: 'json',
    key: 'mcpServers',
    environment: 'env',
    user: (machine) => [at(machine, machine.home, '.augment', 'settings.json')],
    entry: typed,
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
    needs: { project: 'Codex loads it in projects you trust: start codex there once.' },
    headless: 'codex exec PROMPT',
  },
  opencode: {
    title: 'opencode',
    format: 'jsonc',
    key: 'mcp',
    environment: 'environment',
    user: (machine) => ['opencode.json', 'opencode.jsonc'].map((file) => at(machine, settingsFolder(machine), 'opencode', file)),
    project: ['opencode.json', 'opencode.jsonc'],
    entry: local,
    placeholder: (variable) => `{env:${variable}}`,
    headless: 'opencode run PROMPT',
  },
  kilo: {
    title: 'Kilo CLI',
    format: 'jsonc',
    key: 'mcp',
    environment: 'environment',
    user: (machine) => ['kilo.jsonc', 'kilo.json'].map((file) => at(machine, settingsFolder(machine), 'kilo', file)),
    project: ['kilo.json', 'kilo.jsonc'],
    entry: local,
    placeholder: (variable) => `{env:${variable}}`,
    headless: 'kilo run PROMPT',
  },
};

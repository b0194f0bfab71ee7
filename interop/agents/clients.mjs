/**
 * The clients: what is run, how each is pointed at a model on loopback, and started for one prompt without a person.
 * `install` is its word for `tagwright install`, or `enter` writes the entry that its own page asks for; `asks`: it declares
 * that it can put a question, and answers without anybody. `cuts`: what is longer does not reach its model whole, in characters.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Some are installed for the bundles already. */
const HOMES = ['node_modules', '../bundles/node_modules'];
/** Where a client's package is; undefined where this machine has it not. */
export const folderOf = (client) =>
  HOMES.map((home) => new URL(`${home}/${client.package}/`, import.meta.url).pathname).find((folder) => existsSync(folder));

const put = (file, text) => {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
};
/** Members added to a file of JSON, beside what stands there. */
const add = (file, members) => {
  const old = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  put(file, JSON.stringify({ ...old, ...members }, null, 2));
};
const api = (port) => `http://127.0.0.1:${port}/v1`;
const compatible = (port) => ({
  provider: {
    loopback: {
      npm: '@ai-sdk/openai-compatible',
      name: 'loopback',
      options: { baseURL: api(port), apiKey: 'none' },
      models: { model: { name: 'model', tool_call: true, limit: { context: 200_000, output: 8_000 } } },
    },
  },
});

export const CLIENTS = {
  'Claude Code': {
    package: '@anthropic-ai/claude-code',
    script: 'cli-wrapper.cjs',
    install: 'claude-code',
    file: '.claude.json',
    asks: true,
    env: (port) => ({
      ANTHROPIC_BASE_URL: `http://127.0.0.1:${port}`,
      ANTHROPIC_API_KEY: 'none',
      DISABLE_AUTOUPDATER: '1',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    }),
    args: (prompt) => ['-p', prompt, '--allowedTools', 'mcp__tagwright', '--output-format', 'stream-json', '--verbose'],
  },
  Codex: {
    package: '@openai/codex',
    script: 'bin/codex.js',
    install: 'codex',
    file: '.codex/config.toml',
    asks: true,
    env: () => ({ NO_KEY: 'none' }),
    prepare(home, port, repository) {
      const file = join(home, '.codex', 'config.toml');
      const own = `model = "gpt-5.2"\nmodel_provider = "loopback"\n`;
      const provider = `[model_providers.loopback]\nname = "loopback"\nbase_url = "${api(port)}"\nenv_key = "NO_KEY"\nwire_api = "responses"\n`;
      put(file, `${own}${readFileSync(file, 'utf8')}\n${provider}[projects."${repository}"]\ntrust_level = "trusted"\n`);
    },
    args: (prompt) => [
      ...['exec', '--json', '--skip-git-repo-check', '-c', 'mcp_servers.tagwright.default_tools_approval_mode="approve"'],
      prompt,
    ],
  },
  'Gemini CLI': {
    package: '@google/gemini-cli',
    script: 'bundle/gemini.js',
    install: 'gemini',
    file: '.gemini/settings.json',
    env: (port) => ({ GOOGLE_GEMINI_BASE_URL: `http://127.0.0.1:${port}`, GEMINI_API_KEY: 'none', GEMINI_CLI_TRUST_WORKSPACE: 'true' }),
    prepare: (home) =>
      add(join(home, '.gemini', 'settings.json'), {
        security: { auth: { selectedType: 'gemini-api-key' } },
        general: { enableAutoUpdate: false },
        privacy: { usageStatisticsEnabled: false },
      }),
    args: (prompt) => ['-m', 'gemini-2.5-pro', '-y', '-o', 'stream-json', '-p', prompt],
  },
  opencode: {
    package: `opencode-${process.platform}-${process.arch}`,
    program: 'bin/opencode',
    install: 'opencode',
    file: '.config/opencode/opencode.json',
    env: () => ({ OPENCODE_DISABLE_AUTOUPDATE: '1', OPENCODE_DISABLE_MODELS_FETCH: '1' }),
    prepare: (home, port) => add(join(home, '.config', 'opencode', 'opencode.json'), compatible(port)),
    args: (prompt) => ['run', '--format', 'json', '-m', 'loopback/model', prompt],
  },
  'Kilo CLI': {
    package: `@kilocode/cli-${process.platform}-${process.arch}`,
    program: 'bin/kilo',
    install: 'kilo',
    file: '.config/kilo/kilo.jsonc',
    env: () => ({}),
    prepare: (home, port) => add(join(home, '.config', 'kilo', 'kilo.jsonc'), compatible(port)),
    args: (prompt) => ['run', '--auto', '--format', 'json', '-m', 'loopback/model', prompt],
  },
  'Copilot CLI': {
    package: '@github/copilot',
    script: 'npm-loader.js',
    install: 'copilot',
    file: '.copilot/mcp-config.json',
    asks: true,
    env: (port) => ({
      COPILOT_PROVIDER_BASE_URL: api(port),
      COPILOT_PROVIDER_TYPE: 'openai',
      COPILOT_PROVIDER_API_KEY: 'none',
      COPILOT_MODEL: 'model',
      COPILOT_OFFLINE: 'true',
      COPILOT_AUTO_UPDATE: 'false',
    }),
    args: (prompt) => ['-p', prompt, '--allow-all-tools', '--allow-all-mcp-server-instructions', '--output-format', 'json'],
  },
  'Qwen Code': {
    package: '@qwen-code/qwen-code',
    script: 'cli-entry.js',
    install: 'qwen',
    file: '.qwen/settings.json',
    env: (port) => ({ OPENAI_BASE_URL: api(port), OPENAI_API_KEY: 'none', OPENAI_MODEL: 'model' }),
    prepare: (home) =>
      add(join(home, '.qwen', 'settings.json'), {
        security: { auth: { selectedType: 'openai' } },
        general: { enableAutoUpdate: false },
        privacy: { usageStatisticsEnabled: false },
      }),
    args: (prompt) => ['-y', '-o', 'stream-json', '-p', prompt],
  },
  Cline: {
    package: `@cline/cli-${process.platform}-${process.arch}`,
    program: 'bin/cline',
    install: 'cline',
    file: '.cline/data/settings/cline_mcp_settings.json',
    cuts: 8_000,
    env: () => ({ CLINE_TELEMETRY_DISABLED: '1' }),
    prepare(home, port) {
      const settings = { provider: 'openai-compatible', apiKey: 'none', model: 'model', baseUrl: api(port) };
      add(join(home, '.cline', 'data', 'settings', 'providers.json'), {
        version: 1,
        lastUsedProvider: settings.provider,
        modes: {},
        providers: { [settings.provider]: { settings, updatedAt: new Date().toISOString(), tokenSource: 'manual' } },
      });
    },
    args: (prompt) => ['--json', prompt],
  },
  Droid: {
    package: `@factory/cli-${process.platform}-${process.arch}`,
    program: 'bin/droid',
    install: 'droid',
    file: '.factory/mcp.json',
    env: () => ({ FACTORY_API_KEY: 'fk-none', FACTORY_DISABLE_TELEMETRY: '1' }),
    prepare: (home, port) =>
      add(join(home, '.factory', 'settings.json'), {
        customModels: [
          {
            ...{ model: 'model', id: 'custom:loopback', displayName: 'loopback', baseUrl: api(port), apiKey: 'none' },
            ...{ provider: 'generic-chat-completion-api', maxOutputTokens: 8_000 },
          },
        ],
      }),
    args: (prompt) => ['exec', '--skip-permissions-unsafe', '-m', 'custom:loopback', prompt],
  },
  Continue: {
    package: '@continuedev/cli',
    script: 'dist/cn.js',
    file: '.continue/config.yaml',
    env: () => ({ CONTINUE_TELEMETRY_ENABLED: '0' }),
    enter: (home, port, [command, server]) =>
      put(
        join(home, '.continue', 'config.yaml'),
        `name: local
version: 0.0.1
schema: v1
models:
  - { name: loopback, provider: openai, model: model, apiKey: none, apiBase: "${api(port)}", roles: [chat] }
mcpServers:
  - { name: tagwright, command: ${JSON.stringify(command)}, args: [${JSON.stringify(server)}] }
`,
      ),
    args: (prompt) => ['-p', prompt, '--auto'],
  },
};

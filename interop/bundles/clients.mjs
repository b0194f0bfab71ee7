/**
 * The clients: which folder of the bundles each takes, what validates it, what installs it, and what makes the client start
 * its servers. No model is needed for that.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const NAME = 'tagwright';
const PLUGIN = `${NAME}@${NAME}`;
/** Nothing listens there: servers are started, and the model never answers. */
const NOWHERE = 'http://127.0.0.1:9/v1';

const codex = {
  script: '@openai/codex/bin/codex.js',
  env: { NO_KEY: 'none' },
  install: (bundle) => [
    ['plugin', 'marketplace', 'add', bundle],
    ['plugin', 'add', PLUGIN],
  ],
  start: [
    ...['-c', `model_providers.none={name="none",base_url="${NOWHERE}",env_key="NO_KEY"}`, '-c', 'model_provider="none"'],
    ...['exec', '--skip-git-repo-check', 'hello'],
  ],
};

export const CLIENTS = {
  'Claude Code': {
    script: '@anthropic-ai/claude-code/cli-wrapper.cjs',
    bundle: 'claude-code',
    env: { DISABLE_AUTOUPDATER: '1', CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1' },
    validate: (bundle) => [bundle, join(bundle, NAME)].map((path) => ['plugin', 'validate', '--strict', path]),
    install: (bundle, form) => [
      ['plugin', 'marketplace', 'add', bundle],
      ['plugin', 'install', PLUGIN, ...Object.entries(form).flatMap(([key, value]) => ['--config', `${key.toLowerCase()}=${value}`])],
    ],
    hasForm: true,
    keeps: '.claude/settings.json',
    picture: 'picture.mjs',
    start: ['mcp', 'list'],
    inProject: true,
    passesLimits: true,
  },
  'Gemini CLI': {
    script: '@google/gemini-cli/bundle/gemini.js',
    bundle: 'gemini',
    env: { GEMINI_CLI_TRUST_WORKSPACE: 'true', GEMINI_API_KEY: 'none', GOOGLE_GEMINI_BASE_URL: 'http://127.0.0.1:9' },
    validate: (bundle) => [['extensions', 'validate', join(bundle, NAME)]],
    install: (bundle) => [['extensions', 'install', join(bundle, NAME), '--consent', '--skip-settings']],
    hasForm: true,
    prepare: (home) => {
      mkdirSync(join(home, '.gemini'));
      writeFileSync(join(home, '.gemini', 'settings.json'), '{ "security": { "auth": { "selectedType": "gemini-api-key" } } }');
    },
    /** The file of its form, which asks at a terminal only. */
    fill: (home, form) => {
      const lines = Object.entries(form).map(([variable, value]) => `${variable}="${value}"\n`);
      writeFileSync(join(home, '.gemini', 'extensions', NAME, '.env'), lines.join(''));
    },
    start: ['-y', '-m', 'gemini-2.5-pro', '-p', 'hello'],
    inProject: true,
    passesLimits: true,
  },
  Codex: { ...codex, bundle: 'codex', passesLimits: true },
  'Codex, with the Agent Plugin': { ...codex, bundle: 'agent-plugin' },
  'Copilot CLI': {
    script: '@github/copilot/npm-loader.js',
    bundle: 'copilot',
    env: {
      COPILOT_OFFLINE: 'true',
      COPILOT_AUTO_UPDATE: 'false',
      COPILOT_PROVIDER_BASE_URL: NOWHERE,
      COPILOT_PROVIDER_TYPE: 'openai',
      COPILOT_PROVIDER_API_KEY: 'none',
      COPILOT_MODEL: 'none',
    },
    install: (bundle) => [
      ['plugin', 'marketplace', 'add', bundle],
      ['plugin', 'install', PLUGIN],
    ],
    start: ['-p', 'hello', '--allow-all-tools'],
    inProject: true,
    passesLimits: true,
  },
};

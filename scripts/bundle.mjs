/**
 * Every form in which clients take a server, each with the server in it, into build/bundles (or DIR). What they say comes
 * from manifest.json and mcp.json, which the tests make from the declarations; what differs is each client's own form.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { zip } from './zip.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const json = (path) => JSON.parse(readFileSync(join(root, path), 'utf8'));
const manifest = json('manifest.json');
const { name, version, description, author, license, keywords, icon, server, user_config } = manifest;

/** Every variable there is, by all its names. */
const variables = Object.keys(json('mcp.json').mcpServers[name].env);
/** Those that a person is asked for, by the keys of the form. */
const asked = Object.entries(server.mcp_config.env).map(([variable, placeholder]) => {
  const [, key] = /^\$\{user_config\.(\w+)\}$/.exec(placeholder);
  return { variable, key, option: user_config[key] };
});

const about = { name, version, description, author, license, keywords };
const started = (directory) => ({ command: server.mcp_config.command, args: [`${directory}/${server.entry_point}`] });
const catalog = { name, owner: author, plugins: [{ name, source: `./${name}`, description }] };

/** The forms by their folder: which files each has, beside the server itself. */
const FORMS = {
  mcpb: { 'manifest.json': manifest },
  /** Agent Plugins 1.0.0: it knows no form to fill in, and the server runs in the plugin's own folder. */
  [`agent-plugin/${name}`]: {
    'plugin.json': { $schema: 'https://agent-plugins.org/schemas/1.0.0/plugin.schema.json', ...about },
    'mcp.json': {
      $schema: 'https://agent-plugins.org/schemas/1.0.0/mcp.schema.json',
      mcpServers: { [name]: { type: 'stdio', ...started('$' + '{PLUGIN_ROOT}') } },
    },
  },
  'claude-code': { '.claude-plugin/marketplace.json': { ...catalog, metadata: { description } } },
  [`claude-code/${name}`]: {
    '.claude-plugin/plugin.json': {
      ...about,
      mcpServers: { [name]: { ...started('$' + '{CLAUDE_PLUGIN_ROOT}'), env: server.mcp_config.env } },
      userConfig: Object.fromEntries(
        asked.map(({ variable, key, option: { default: _unset, ...option } }) => [
          key,
          // A field left empty lets through what the shell has set: a limit set there must not be lifted by a form.
          { ...option, default: `\${${variable}:-}` },
        ]),
      ),
    },
  },
  [`gemini/${name}`]: {
    'gemini-extension.json': {
      name,
      version,
      description,
      mcpServers: {
        [name]: {
          ...started('$' + '{extensionPath}'),
          // What looks like a secret in the shell is kept from servers that do not name it.
          env: Object.fromEntries(variables.map((variable) => [variable, `\${${variable}}`])),
        },
      },
      settings: asked.map(({ variable, option }) => ({
        name: option.title,
        description: option.description,
        envVar: variable,
        sensitive: option.sensitive,
      })),
    },
  },
  codex: {
    '.agents/plugins/marketplace.json': {
      name,
      interface: { displayName: name },
      plugins: [
        {
          name,
          source: { source: 'local', path: `./${name}` },
          policy: { installation: 'AVAILABLE', authentication: 'ON_INSTALL' },
          category: 'Developer Tools',
        },
      ],
    },
  },
  [`codex/${name}`]: {
    '.codex-plugin/plugin.json': {
      ...about,
      skills: './skills/',
      mcpServers: './.mcp.json',
      interface: {
        displayName: name,
        shortDescription: description,
        developerName: author.name,
        category: 'Developer Tools',
        composerIcon: `./${icon}`,
        logo: `./${icon}`,
      },
    },
    // Codex hands on nothing but what is named here, and fills in no place but `cwd`.
    '.mcp.json': { mcpServers: { [name]: { ...started('.'), cwd: '.', env_vars: variables } } },
  },
  copilot: { '.github/plugin/marketplace.json': { ...catalog, metadata: { description, version } } },
  [`copilot/${name}`]: {
    'plugin.json': { ...about, skills: './skills/', mcpServers: '.mcp.json' },
    '.mcp.json': {
      // Without it the server would run in the plugin's own folder, and not see the repository that is worked in.
      mcpServers: { [name]: { type: 'local', ...started('$' + '{PLUGIN_ROOT}'), cwd: '$' + '{PWD:-.}', tools: ['*'] } },
    },
  },
};

const own = join(root, 'build', 'bundles');
const [place = own, ...more] = process.argv.slice(2);
if (place === own) rmSync(own, { recursive: true, force: true });
if (more.length > 0 || place.startsWith('-') || existsSync(place)) {
  console.error('Usage: node scripts/bundle.mjs [DIR], a directory that is not there yet');
  process.exit(2);
}
for (const [form, files] of Object.entries(FORMS)) {
  const directory = join(place, form);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), `${JSON.stringify(content, null, 2)}\n`);
  }
  // A catalogue holds the plugin, not the server.
  if (form.includes('/') || form === 'mcpb') copyServer(directory, form !== 'mcpb');
}
writeFileSync(join(place, `${name}-${version}.mcpb`), zip(join(place, 'mcpb')));
console.log(`Bundles of ${name} ${version}: ${place}`);

function copyServer(directory, withSkills) {
  for (const file of [icon, 'LICENSE']) cpSync(join(root, file), join(directory, file));
  cpSync(join(root, 'dist'), join(directory, 'dist'), { recursive: true, filter: (path) => !/\.map$|\.cache/.test(path) });
  if (withSkills) cpSync(join(root, 'skills'), join(directory, 'skills'), { recursive: true });
}

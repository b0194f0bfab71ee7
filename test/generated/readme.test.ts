import { expect, it } from 'vitest';
import type { z } from 'zod';
import type { ProviderDefinition } from '../../src/core/provider.ts';
import type { AnyTool } from '../../src/core/tool.ts';
import { type VariableMeta, variablesOf } from '../../src/core/variable.ts';
import * as providers from '../../src/providers/index.ts';
import { Settings } from '../../src/settings.ts';
import * as tools from '../../src/tools/index.ts';
import { project, table, withSections } from './section.ts';

const systems = Object.values<ProviderDefinition>(providers);

const argumentsOf = ({ input }: AnyTool) =>
  Object.entries(input.shape)
    .map(([name, schema]) => ((schema as z.ZodType).safeParse(undefined).success ? `\`${name}\`` : `**\`${name}\`**`))
    .join(' ');

const variableRows = (variables: [string, VariableMeta][], owner: string) =>
  variables.map(([name, { description, secret }]) => [owner, `\`${name}\``, `${description}${secret ? ' (secret)' : ''}`]);

it('README shows the tools, the systems and the variables there are', async () => {
  const page = withSections('README.md', {
    tools: table(
      ['tool', 'what it does', 'arguments (bold: required)'],
      Object.values<AnyTool>(tools).map((tool) => [`\`${tool.name}\``, tool.description, argumentsOf(tool)]),
    ),
    traits: table(
      ['system', 'a repository is', 'a ref is', 'names', 'message', 'orders', 'moving a tag'],
      systems.map(({ title, traits }) => [
        title,
        traits.repository,
        traits.refs,
        traits.names,
        { annotation: 'annotation', description: 'description', none: 'not kept' }[traits.message],
        traits.orders.join(', '),
        traits.atomicMove ? 'one step' : 'delete, create; put back on failure',
      ]),
    ),
    environment: table(
      ['for', 'variable', 'meaning'],
      [...systems.flatMap(({ title, env }) => variableRows(variablesOf(env), title)), ...variableRows(variablesOf(Settings), 'all')],
    ),
  });
  await expect(page).toMatchFileSnapshot(project('README.md'));
});

it('.env.example lists every variable of a system', async () => {
  const parts = systems.map(({ title, env }) => {
    const lines = variablesOf(env)
      .filter(([name]) => !name.startsWith('TAGWRIGHT_'))
      .map(([name, { description, example }]) => `# ${description}\n#${name}=${example ?? ''}`);
    return lines.length > 0 ? `## ${title}\n${lines.join('\n')}\n` : '';
  });
  const head = '# Variables of the systems, for a .env in the working directory. TAGWRIGHT_ variables are never read from it.\n';
  await expect([head, ...parts.filter(Boolean)].join('\n')).toMatchFileSnapshot(project('.env.example'));
});

it('mcp.json starts the built server with every variable in sight', async () => {
  const names = systems.flatMap(({ env }) => variablesOf(env).map(([name]) => name));
  const settings = variablesOf(Settings).map(([name]) => name);
  const env = Object.fromEntries([...names, ...settings].map((name) => [name, `\${${name}}`]));
  const entry = { mcpServers: { tagwright: { command: 'node', args: ['dist/server.js'], env } } };
  await expect(`${JSON.stringify(entry, null, 2)}\n`).toMatchFileSnapshot(project('mcp.json'));
});

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { z } from 'zod';
import { CLIENTS } from '../../src/cli/clients/clients.ts';
import { PUBLISHED } from '../../src/cli/clients/published.ts';
import { Settings } from '../../src/config/settings.ts';
import { HINTS } from '../../src/core/errors.ts';
import type { ProviderDefinition } from '../../src/core/provider.ts';
import type { AnyTool } from '../../src/core/tool.ts';
import { type VariableMeta, variablesOf } from '../../src/core/variable.ts';
import * as providers from '../../src/providers/index.ts';
import * as tools from '../../src/tools/index.ts';
import { bareEnvironment } from '../support/server.ts';
import { project, table, withSections } from './section.ts';

const systems = Object.values<ProviderDefinition>(providers);

const argumentsOf = ({ input }: AnyTool) =>
  Object.entries(input.shape)
    .map(([name, schema]) => ((schema as z.ZodType).safeParse(undefined).success ? `\`${name}\`` : `**\`${name}\`**`))
    .join(' ');

const variableRows = (variables: [string, VariableMeta][], owner: string) =>
  variables.map(([name, { description, secret }]) => [owner, `\`${name}\``, `${description}${secret ? ' (secret)' : ''}`]);

const home = { home: '~', cwd: '.', platform: 'linux', env: {} } as const;
const clientRows = Object.entries(CLIENTS).map(([name, client]) => [
  client.title,
  `\`tagwright install ${name}\``,
  `\`${client.user(home)[0]}\``,
  client.project ? `\`${client.project[0]}\`` : '',
]);

/** The first steps of the demo, at a time that gives its commits the ids that they had. */
function transcript(): string {
  const [GIT_AUTHOR_DATE, GIT_COMMITTER_DATE] = Array<string>(2).fill('2026-01-01T00:00:00Z');
  const env = { ...bareEnvironment(), GIT_AUTHOR_DATE, GIT_COMMITTER_DATE, NO_COLOR: '1' };
  const output = execFileSync(process.execPath, [project('build/demo.js')], { encoding: 'utf8', env });
  const [begin, end] = [output.indexOf('Tag the commit'), output.indexOf('Read it,')];
  if (begin < 0 || end < begin) throw new Error('the demo has other steps');
  return output.slice(begin, end).trim().replace(/ +$/gm, '');
}

it('README shows the demo, the clients, the tools, the systems and the variables there are', async () => {
  const page = withSections('README.md', {
    transcript: `\`\`\`text\n${transcript()}\n\`\`\``,
    clients: table(['client', 'command', 'its file, on Linux', 'in a project'], clientRows),
    tools: table(
      ['tool', 'what it does', 'arguments (bold: required)'],
      Object.values<AnyTool>(tools).map((tool) => [`\`${tool.name}\``, tool.description, argumentsOf(tool)]),
    ),
    traits: table(
      ['system', 'a repository is', 'a ref is', 'names', 'message', 'orders', 'moving a tag', 'moves and deletions'],
      systems.map(({ title, traits }) => [
        title,
        traits.repository,
        traits.refs,
        traits.names,
        { annotation: 'annotation', description: 'description', none: 'not kept' }[traits.message],
        traits.orders.join(', '),
        traits.atomicMove ? 'one step' : 'delete, create; put back on failure',
        traits.conditional ? 'only where the tag still stands' : 'look, then act: what another does in between is not seen',
      ]),
    ),
    environment: table(
      ['for', 'variable', 'meaning'],
      [...systems.flatMap(({ title, env }) => variableRows(variablesOf(env), title)), ...variableRows(variablesOf(Settings), 'all')],
    ),
  });
  await expect(page).toMatchFileSnapshot(project('README.md'));
});

it('no page, entry or manifest fetches the package by a name that is not ours yet', () => {
  const pages = ['README.md', 'mcp.json', 'server.json', 'manifest.json', 'docs/clients.md'].filter((page) => existsSync(project(page)));
  expect(pages).toContain('server.json');
  for (const page of pages)
    expect(PUBLISHED || !/npx|cursor:\/\/|vscode:mcp|"identifier"/.test(readFileSync(project(page), 'utf8')), page).toBe(true);
});

it('docs/errors.md lists every error code', async () => {
  const rows = Object.entries(HINTS).map(([code, hint]) => [`\`${code}\``, hint]);
  const page = `# Errors

An error is one line: its code, what happened, and what to do next. What the system itself said stands on a second line.
Where more is known, the next step of an error is more exact than the one below. \`tagwright doctor\` finds most causes.

${table(['code', 'what to do next'], rows)}
`;
  await expect(page).toMatchFileSnapshot(project('docs/errors.md'));
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

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import type { z } from 'zod';
import pkg from '../../package.json' with { type: 'json' };
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

/** Steps of the demo, at a time that gives its commits the ids that they had. */
function transcript(first: string, behind: string): string {
  const [GIT_AUTHOR_DATE, GIT_COMMITTER_DATE] = Array<string>(2).fill('2026-01-01T00:00:00Z');
  const env = { ...bareEnvironment(), GIT_AUTHOR_DATE, GIT_COMMITTER_DATE, NO_COLOR: '1' };
  const output = execFileSync(process.execPath, [project('build/demo.js')], { encoding: 'utf8', env });
  const [begin, end] = [output.indexOf(first), output.indexOf(behind)];
  if (begin < 0 || end < begin) throw new Error('the demo has other steps');
  return output.slice(begin, end).trim().replace(/ +$/gm, '');
}

/** A committed page with its sections made anew. */
const expectPage = async (path: string, sections: Record<string, string>) =>
  await expect(withSections(path, sections)).toMatchFileSnapshot(project(path));

it('README shows the clients and the tools there are', async () => {
  const names = Object.keys(CLIENTS).map((name) => `\`${name}\``);
  await expectPage('README.md', {
    clients: `\`install\` knows ${new Intl.ListFormat('en').format(names)}.`,
    tools: table(
      ['tool', 'what it does', 'arguments (bold: required)'],
      Object.values<AnyTool>(tools).map((tool) => [`\`${tool.name}\``, tool.description, argumentsOf(tool)]),
    ),
  });
});

it('docs/install.md shows the file of each client, and what it takes', async () => {
  const known = Object.values(CLIENTS);
  await expectPage('docs/install.md', {
    clients: table(['client', 'command', 'its file, on Linux', 'in a project'], clientRows),
    headless: table(
      ['client', 'one prompt'],
      known.flatMap(({ title, headless }) => (headless ? [[title, `\`${headless}\``]] : [])),
    ),
    needs: table(
      ['client', 'its own file', 'in a project'],
      known.flatMap(({ title, needs }) => (needs ? [[title, needs.user ?? '', needs.project ?? '']] : [])),
    ),
  });
});

it('docs/tools.md shows the demo', async () => {
  const shown = (first: string, behind: string) => `\`\`\`text\n${transcript(first, behind)}\n\`\`\``;
  await expectPage('docs/tools.md', {
    transcript: shown('Tag the commit', 'Read it,'),
    conversation: shown('What would be in', 'What is in it,'),
  });
});

it('docs/systems.md shows what differs between the systems', async () => {
  await expectPage('docs/systems.md', {
    traits: table(
      [
        'system',
        'a repository is',
        'a ref is',
        'names',
        'message',
        'notes',
        'orders',
        'history',
        'moving a tag',
        'moves and deletions',
        'undoing',
      ],
      systems.map(({ title, traits }) => [
        title,
        traits.repository,
        traits.refs,
        traits.names,
        { annotation: 'annotation', description: 'description', none: 'not kept' }[traits.message],
        traits.release?.name ?? 'not kept',
        traits.orders.join(', '),
        [traits.compares ? 'compares' : [], traits.contains ? 'contains' : []].flat().join(', ') || 'not told',
        traits.atomicMove ? 'one step' : 'delete, create; put back on failure',
        traits.conditional ? 'only where the tag still stands' : 'look, then act: what another does in between is not seen',
        traits.undo,
      ]),
    ),
  });
});

it('docs/configuration.md shows every variable', async () => {
  await expectPage('docs/configuration.md', {
    environment: table(
      ['for', 'variable', 'meaning'],
      [...systems.flatMap(({ title, env }) => variableRows(variablesOf(env), title)), ...variableRows(variablesOf(Settings), 'all')],
    ),
  });
});

const pages = ['README.md', ...readdirSync(project('docs')).flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : []))];

it.each(pages)('%s names only variables, scripts and files that exist', (page) => {
  const text = readFileSync(project(page), 'utf8');
  const variables = new Set([...systems.flatMap(({ env }) => variablesOf(env)), ...variablesOf(Settings)].map(([name]) => name));
  const named = [...text.matchAll(/`((?:TAGWRIGHT|GITLAB|GITHUB|LAKE[A-Z]*|VERS|CODEARTS|HUAWEICLOUD)_[A-Z_]+)`/g)].map(
    ([, name = '']) => name,
  );
  expect(named.filter((name) => !variables.has(name.split('__')[0] ?? '') && name !== 'LAKECTL_CONFIG_FILE')).toEqual([]);
  const scripts = [...text.matchAll(/npm run (?:-s )?([a-z:]+)/g)].map(([, name = '']) => name);
  expect(scripts.filter((name) => !(name in pkg.scripts))).toEqual([]);
  const files = [...text.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, path = '']) => join(dirname(page), path));
  expect(files.filter((path) => !existsSync(project(path)))).toEqual([]);
});

it('README is read to the end, and its picture is small and of no place', () => {
  expect(readFileSync(project('README.md'), 'utf8').split('\n').length).toBeLessThan(130);
  const picture = readFileSync(project('docs/session.svg'), 'utf8');
  expect(picture.length).toBeLessThan(30_000);
  expect(picture).not.toMatch(/<script|<image|href|\/tmp|\/home|127\.0\.0\.1/);
});

it('no page, entry or manifest fetches the package by a name that is not ours yet', () => {
  for (const page of [...pages, 'mcp.json', 'server.json', 'manifest.json', 'skills/release-tags/SKILL.md'])
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

/** What registries and desktop clients are told about this package. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import pkg from '../../package.json' with { type: 'json' };
import { PUBLISHED } from '../../src/cli/clients/published.ts';
import { Settings } from '../../src/config/settings.ts';
import type { ProviderDefinition } from '../../src/core/provider.ts';
import type { AnyTool } from '../../src/core/tool.ts';
import { offeredOf, type VariableMeta } from '../../src/core/variable.ts';
import * as providers from '../../src/providers/index.ts';
import * as tools from '../../src/tools/index.ts';
import { project } from './section.ts';

const systems = Object.values<ProviderDefinition>(providers);
const description = `Cut and manage release tags in ${systems.map(({ title }) => title).join(', ')}`;
const variables: [owner: string, name: string, meta: VariableMeta][] = [
  ...systems.flatMap(({ title, env }) => offeredOf(env).map(([name, meta]): [string, string, VariableMeta] => [title, name, meta])),
  ...offeredOf(Settings).map(([name, meta]): [string, string, VariableMeta] => ['All systems', name, meta]),
];
const asPage = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/** server.json has no word for a directory. */
const REGISTRY_FORMATS = { boolean: 'boolean', number: 'number', file: 'filepath', directory: 'string' } as const;

/** With the package, as it will be once it is published. */
const published = {
  $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
  name: pkg.mcpName,
  title: pkg.name,
  description,
  version: pkg.version,
  packages: [
    {
      registryType: 'npm',
      identifier: pkg.name,
      version: pkg.version,
      runtimeHint: 'npx',
      transport: { type: 'stdio' },
      environmentVariables: variables.map(([owner, name, { description, secret = false, example, format }]) => ({
        name,
        description: `${owner}: ${description}`,
        format: format ? REGISTRY_FORMATS[format] : 'string',
        isRequired: false,
        isSecret: secret,
        ...(example && { placeholder: example }),
      })),
    },
  ],
};

const { packages: _unpublished, ...unpublished } = published;
const server = PUBLISHED ? published : unpublished;

/** A client's file picker names only files that are there already, which a log may not be. */
const MANIFEST_TYPES = { ...REGISTRY_FORMATS, file: 'string', directory: 'directory' } as const;
const asText = ({ description, secret, example, format }: VariableMeta) =>
  !example || secret || (format && format !== 'file') || description.includes('(default')
    ? description
    : `${description}, such as ${example}`;
const keyOf = (name: string) => name.toLowerCase();

const manifest = {
  manifest_version: '0.3',
  name: pkg.name,
  display_name: pkg.name,
  version: pkg.version,
  description,
  author: { name: 'the tagwright authors' },
  icon: 'icon.png',
  server: {
    type: 'node',
    entry_point: pkg.bin.tagwright,
    mcp_config: {
      command: 'node',
      args: [`\${__dirname}/${pkg.bin.tagwright}`],
      env: Object.fromEntries(variables.map(([, name]) => [name, `\${user_config.${keyOf(name)}}`])),
    },
  },
  tools: Object.values<AnyTool>(tools).map(({ name, description }) => ({ name, description })),
  keywords: pkg.keywords,
  license: pkg.license,
  compatibility: { runtimes: { node: pkg.engines.node } },
  user_config: Object.fromEntries(
    variables.map(([owner, name, meta]) => [
      keyOf(name),
      {
        type: meta.format ? MANIFEST_TYPES[meta.format] : 'string',
        title: `${owner}: ${name}`,
        description: asText(meta),
        sensitive: meta.secret ?? false,
        required: false,
        // Left empty without one, a field arrives as its placeholder, and for what bounds the server that is the strictest value.
        ...(meta.restricts && { default: meta.format === 'boolean' ? false : '' }),
      },
    ]),
  ),
};

it('server.json and manifest.json say what the declarations say', async () => {
  await expect(asPage(server)).toMatchFileSnapshot(project('server.json'));
  await expect(asPage(manifest)).toMatchFileSnapshot(project('manifest.json'));
});

/** The registry's schema of 2025-12-11, and what it refuses beyond it, for the fields in use. */
const version = z
  .string()
  .max(255)
  .regex(/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/);
const ServerJson = z.strictObject({
  $schema: z.literal('https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json'),
  name: z
    .string()
    .min(3)
    .max(200)
    .regex(/^[a-zA-Z0-9.-]+\/[a-zA-Z0-9._-]+$/),
  title: z.string().min(1).max(100),
  description: z.string().min(1).max(100),
  version,
  packages: z
    .array(
      z.strictObject({
        registryType: z.literal('npm'),
        identifier: z.string().min(1),
        version,
        runtimeHint: z.literal('npx'),
        transport: z.strictObject({ type: z.literal('stdio') }),
        environmentVariables: z.array(
          z.strictObject({
            name: z.string().regex(/^[A-Z][A-Z0-9_]*$/),
            description: z.string().min(1),
            format: z.enum(['string', 'number', 'boolean', 'filepath']),
            isRequired: z.boolean(),
            isSecret: z.boolean(),
            placeholder: z.string().min(1).optional(),
          }),
        ),
      }),
    )
    .length(1),
});

const option = { title: z.string().min(1), description: z.string().min(1), sensitive: z.boolean(), required: z.literal(false) };
const Manifest = z.strictObject({
  manifest_version: z.literal('0.3'),
  name: z.string().min(1),
  display_name: z.string().min(1),
  version,
  description: z.string().min(1),
  author: z.strictObject({ name: z.string().min(1) }),
  icon: z.literal('icon.png'),
  server: z.strictObject({
    type: z.literal('node'),
    entry_point: z.string().min(1),
    mcp_config: z.strictObject({ command: z.literal('node'), args: z.array(z.string()), env: z.record(z.string(), z.string()) }),
  }),
  tools: z.array(z.strictObject({ name: z.string().min(1), description: z.string().min(1) })),
  keywords: z.array(z.string()),
  license: z.string().min(1),
  compatibility: z.strictObject({ runtimes: z.strictObject({ node: z.string() }) }),
  user_config: z.record(
    z.string().regex(/^[a-z][a-z0-9_]*$/),
    z.discriminatedUnion('type', [
      z.strictObject({ type: z.enum(['string', 'number', 'directory']), ...option, default: z.literal('').optional() }),
      z.strictObject({ type: z.literal('boolean'), ...option, default: z.literal(false) }),
    ]),
  ),
});

describe('server.json', () => {
  const { name, version, packages } = ServerJson.parse(published);
  it('is of the package that carries its name, in one version', () => {
    expect(name).toBe(pkg.mcpName);
    expect([version, ...packages.map((one) => one.version)]).toEqual([pkg.version, pkg.version]);
    expect(packages[0]?.identifier).toBe(pkg.name);
  });
  it('marks every secret, and shows no placeholder that could be one', () => {
    for (const { name, isSecret, placeholder = '' } of packages[0]?.environmentVariables ?? []) {
      expect(isSecret, name).toBe(/TOKEN|PASSWORD|SECRET|API_KEY|SDK_[AS]K$/.test(name));
      if (isSecret) expect(placeholder).toMatch(/^([a-z]+-x+)?$/);
    }
  });
});

describe('manifest.json', () => {
  const { version, server: started, user_config, tools: named } = Manifest.parse(manifest);
  it('has the version of the package and every tool', () => {
    expect(version).toBe(pkg.version);
    expect(named.map(({ name }) => name)).toEqual(Object.values<AnyTool>(tools).map(({ name }) => name));
  });
  it('asks for each variable once, secrets as secrets', () => {
    expect(Object.values(started.mcp_config.env)).toEqual(Object.keys(user_config).map((key) => `\${user_config.${key}}`));
    for (const [owner, name, { secret = false }] of variables)
      expect(user_config[keyOf(name)]).toMatchObject({ title: `${owner}: ${name}`, sensitive: secret });
  });
  it('has a default for whatever bounds the server, so that an empty form is no unfilled placeholder', () => {
    for (const [name, { restricts = false }] of offeredOf(Settings))
      expect('default' in (user_config[keyOf(name)] ?? {}), name).toBe(restricts);
  });
  it('has a switch for read-only and a directory for git', () => {
    expect(user_config.tagwright_read_only).toMatchObject({ type: 'boolean', default: false });
    expect(user_config.tagwright_git_roots).toMatchObject({ type: 'directory' });
  });
  it('has an icon of 512 by 512 pixels, in less than 20 kB', () => {
    const icon = readFileSync(project('icon.png'));
    expect(icon.toString('latin1', 1, 4)).toBe('PNG');
    expect([icon.readUInt32BE(16), icon.readUInt32BE(20)]).toEqual([512, 512]);
    expect(icon.length).toBeLessThan(20_000);
  });
});

/** The rules about the code itself. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { beforeAll, describe, expect, it } from 'vitest';
import pkg from '../../package.json' with { type: 'json' };
import { toCommitRow } from '../../src/core/changes.ts';
import type { ProviderDefinition } from '../../src/core/provider.ts';
import { toRow } from '../../src/core/tag.ts';
import type { AnyTool } from '../../src/core/tool.ts';
import * as providers from '../../src/providers/index.ts';
import * as tools from '../../src/tools/index.ts';
import { spawnServer } from '../support/server.ts';

const root = new URL('../..', import.meta.url).pathname;
const text = (path: string) => readFileSync(join(root, path), 'utf8');
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((path) => path && existsSync(join(root, path)));
const sources = files.filter((path) => /\.(ts|mjs)$/.test(path));
const definitions = Object.values<AnyTool>(tools);
const systems = Object.values<ProviderDefinition>(providers);

describe('files', () => {
  it('stay within their caps: 200 lines in src, 300 elsewhere', () => {
    const lines = (path: string) => text(path).split('\n').length - 1;
    const over = sources.filter((path) => lines(path) > (path.startsWith('src/') ? 200 : 300));
    expect(over.map((path) => `${path} ${lines(path)}`)).toEqual([]);
  });
  it('have no banned names', () => {
    expect(sources.filter((path) => /util|helper|manager|\bservice|\bbase-?[a-z]*class/i.test(path))).toEqual([]);
  });
  it('hold no forced types, no skipped tests and no leftovers', () => {
    const self = 'test/house/house.test.ts';
    const banned =
      /\bas any(?![\s\w])|as unknown as|@ts-(ignore|expect-error|nocheck)|\b(it|test|describe)\.(skip|only|todo)\(|\bTODO\b|\bFIXME\b/;
    expect(sources.filter((path) => path !== self && banned.test(text(path)))).toEqual([]);
  });
});

describe('registries', () => {
  it('name each tool as its file, and each has a test file and a schema file', () => {
    for (const { name } of definitions) {
      const file = name.replaceAll('_', '-');
      expect(files).toContain(`src/tools/${file}.ts`);
      expect(files).toContain(`test/tools/${file}.test.ts`);
      expect(existsSync(join(root, `test/generated/tools/${name}.json`)), name).toBe(true);
      expect(name).toMatch(/^[a-z]+_[a-z]+$/);
      expect(name.length).toBeLessThanOrEqual(24);
    }
  });
  it('hold every tool file and every system there is', () => {
    const index = text('src/tools/index.ts');
    for (const path of files.filter((file) => /^src\/tools\/[a-z]+-[a-z]+\.ts$/.test(file)))
      expect(index).toContain(path.replace('src/tools/', './'));
    const rooms = files.flatMap((file) => /^src\/providers\/(?!index)([a-z]+)[/.]/.exec(file)?.[1] ?? []);
    expect(systems.map(({ name }) => name)).toEqual([...new Set(rooms)].sort());
    for (const { name } of systems) expect(files).toContain(`test/contract/${name}.test.ts`);
  });
  it('describe tools and arguments in few words', () => {
    for (const { description, input } of definitions) {
      expect(description.length).toBeLessThanOrEqual(300);
      for (const schema of Object.values(input.shape))
        expect((schema as { description?: string }).description?.length ?? 0).toBeLessThanOrEqual(120);
    }
  });
});

describe('pages', () => {
  it('AGENTS.md is short and names only paths that exist', () => {
    const page = text('AGENTS.md');
    expect(page.split('\n').length).toBeLessThanOrEqual(81);
    const paths = [...page.matchAll(/`((?:src|test|scripts)\/[a-z./-]+)`/g)].map(([, path]) => path ?? '');
    expect(paths.length).toBeGreaterThan(8);
    expect(paths.filter((path) => !/NAME|verb/i.test(path) && !existsSync(join(root, path)))).toEqual([]);
  });
  it('SECURITY.md names only tests that exist, at least one for every promise', () => {
    const rows = text('SECURITY.md')
      .split('\n')
      .filter((line) => /^\|.*\|$/.test(line) && !/^\|(-|\s*promise)/.test(line));
    expect(rows.length).toBeGreaterThan(8);
    for (const row of rows) {
      const named = [...row.matchAll(/`(test\/[^`]+)`/g)].map(([, path]) => path ?? '');
      expect(named.length, row).toBeGreaterThan(0);
      expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
    }
  });
  it('README stays within 300 lines', () => {
    expect(text('README.md').split('\n').length).toBeLessThanOrEqual(300);
  });
  it('the version is one, and the lockfile names no registry', () => {
    expect(text('CHANGELOG.md')).toContain(`## ${pkg.version}`);
    expect(text('package-lock.json')).not.toContain('"resolved"');
  });
});

describe('floors', () => {
  const bare = (words: string) => `export const planted = (name: string) => new TagError('rejected', ${words});\n`;
  const passing = (callee: string) =>
    `export const planted = (${callee}: (what: string) => unknown, name: string) => ${callee}(\`\${name} is bad\`);\n`;
  const violations = [
    ['src/core', "import { readFileSync } from 'node:fs';\nexport const planted = readFileSync;\n", 'noRestrictedImports'],
    ['src/core', "import { git } from '../providers/index.ts';\nexport const planted = git;\n", 'noRestrictedImports'],
    ['src/providers', "import { git } from './git/git.ts';\nexport const planted = git;\n", 'noRestrictedImports'],
    ['src/mcp', "import { git } from '../providers/index.ts';\nexport const planted = git;\n", 'noRestrictedImports'],
    ['src/mcp', "import { createTag } from '../tools/index.ts';\nexport const planted = createTag;\n", 'noRestrictedImports'],
    ['src/config', "import { toResult } from '../mcp/render.ts';\nexport const planted = toResult;\n", 'noRestrictedImports'],
    ['src/start', "import { oneLine } from '../core/text.ts';\nexport const planted = oneLine;\n", 'noRestrictedImports'],
    ['src/git', "import { git } from '../providers/index.ts';\nexport const planted = git;\n", 'noRestrictedImports'],
    ['src/git', "import { createHttp } from '../http/http.ts';\nexport const planted = createHttp;\n", 'noRestrictedImports'],
    ['src/guard', "import { parseArguments } from '../mcp/schema.ts';\nexport const planted = parseArguments;\n", 'noRestrictedImports'],
    ['src/providers/git', "import { gitlab } from '../gitlab/gitlab.ts';\nexport const planted = gitlab;\n", 'noRestrictedImports'],
    ['src/http', "import { git } from '../providers/index.ts';\nexport const planted = git;\n", 'noRestrictedImports'],
    ['src/guard', "import { request } from 'undici';\nexport const planted = request;\n", 'noRestrictedImports'],
    ['src/providers', "import { createTag } from '../tools/index.ts';\nexport const planted = createTag;\n", 'noRestrictedImports'],
    ['src/tools', "import { git } from '../providers/index.ts';\nexport const planted = git;\n", 'noRestrictedImports'],
    ['src/tools', "import { request } from 'undici';\nexport const planted = request;\n", 'noRestrictedImports'],
    ['src/tools', 'export const planted = process.env.HOME;\n', 'noProcessEnv'],
    ['src/providers', "console.log('planted');\nexport const planted = 1;\n", 'noConsole'],
    ['test/sandbox', "import { TagError } from '../../src/core/errors.ts';\nexport const planted = TagError;\n", 'noRestrictedImports'],
    ['src/core', bare(`\`\${name} is bad\``), 'through told'],
    ['src/tools', bare(`'It is bad.', { hint: \`Ask \${name}.\` }`), 'through told'],
    ['src/providers/git', bare(`name ? \`\${name} is bad\` : 'It is bad.'`), 'through told'],
    ['src/core', passing('refusal'), 'through told'],
    ['src/http', passing('ours'), 'through told'],
    ['src/git', 'export const planted = (other: AbortSignal) => AbortSignal.any([other, AbortSignal.timeout(9)]);\n', 'timeLimit'],
    ['src/core', 'export const planted = { signal: AbortSignal.timeout(9) };\n', 'timeLimit'],
  ] as const;
  const harmless = [
    ['src/tools', "import { TagError } from '../core/errors.ts';\nexport const planted = TagError;\n"],
    ['src/providers', "import { path } from '../http/path.ts';\nexport const planted = path;\n"],
    ['src/providers', "import { createGit } from '../git/command.ts';\nexport const planted = createGit;\n"],
    ['src/core', bare(`told\`\${name} is bad\`, { hint: told\`Ask \${name}.\` }`)],
    ['src/mcp', 'export const planted = (one: AbortSignal, other: AbortSignal) => AbortSignal.any([one, other]);\n'],
    ['src/mcp', "import { guarded } from '../guard/index.ts';\nexport const planted = guarded;\n"],
  ] as const;
  const planted = [...violations, ...harmless].map(([room], index) => join(root, room, `planted-${process.pid}-${index}.ts`));
  /** A line for each violation, with its file. */
  let said: string[] = [];
  beforeAll(() => {
    try {
      for (const [index, [, source]] of [...violations, ...harmless].entries()) writeFileSync(planted[index] ?? '', source);
      const { stdout } = spawnSync(
        join(root, 'node_modules/.bin/biome'),
        ['lint', '--diagnostic-level=error', '--max-diagnostics=none', '--reporter=github', ...planted],
        { cwd: root, encoding: 'utf8' },
      );
      said = stdout.split('\n');
    } finally {
      for (const path of planted) rmSync(path, { force: true });
    }
  });
  const saidOf = (index: number) => said.filter((line) => line.includes(`file=${planted[index]},`));

  it.each(violations.map(([room, source, rule], index) => [room, source, rule, index] as const))(
    'in %s the linter refuses %j',
    (_, __, rule, index) => {
      expect(saidOf(index).join('\n')).toContain(rule);
    },
  );
  it.each(harmless.map(([room, source], index) => [room, source, violations.length + index] as const))(
    'in %s it takes %j for no violation',
    (_, __, index) => {
      expect(saidOf(index)).toEqual([]);
    },
  );
});

describe('budgets', () => {
  /** Every system enabled: the most that a session can have to read. */
  const everything = {
    GITLAB_TOKEN: 'glpat-budget',
    GITHUB_TOKEN: 'ghp-budget',
    LAKECTL_SERVER_ENDPOINT_URL: 'http://127.0.0.1:9',
    LAKECTL_CREDENTIALS_SESSION_TOKEN: 'budget',
    CODEARTS_TOKEN: 'budget',
    CODEARTS_REGION: 'cn-north-4',
    VERS_API_KEY: 'budget',
    GIT_REMOTE_URL: 'https://git.example.com/acme/app',
    TAGWRIGHT_DEFAULT_PROVIDER: 'codearts',
  };
  const listed = async () => {
    const { client, close } = await spawnServer({ cwd: root, env: everything });
    const { tools: list } = await client.listTools();
    const instructions = client.getInstructions() ?? '';
    await close();
    return { list, instructions };
  };
  it('tools/list with every tool and every system stays within 10 500 bytes', async () => {
    const { list } = await listed();
    expect(list[0]?.inputSchema.properties?.provider).toMatchObject({ enum: systems.map(({ name }) => name) });
    expect(Buffer.byteLength(JSON.stringify({ tools: list }))).toBeLessThanOrEqual(10_500);
  });
  it('the four tag tools cost at most 850 tokens, the instructions at most 600 characters', async () => {
    const { list, instructions } = await listed();
    const told = list
      .filter(({ name }) => name.endsWith('_tag') || name === 'list_tags')
      .map(({ name, description, inputSchema }) => ({ name, description, inputSchema }));
    expect(told).toHaveLength(4);
    expect(encode(JSON.stringify(told)).length).toBeLessThanOrEqual(850);
    expect(instructions.length).toBeLessThanOrEqual(600);
  });
  it('a start parses at most 512 kB, and none of what is loaded late', () => {
    const server = readFileSync(join(root, 'dist/main.js'), 'utf8');
    expect(server.length).toBeLessThanOrEqual(512_000);
    for (const late of ['cli', 'undici', 'yaml', 'glob', 'versions', 'conventional']) expect(server).toContain(`require("./${late}.js")`);
    // The bundle empties these two, see scripts/lean-sdk.mjs.
    expect(sources.filter((path) => path.startsWith('src/') && /\b(specTypeSchemas|isSpecType)\b/.test(text(path)))).toEqual([]);
  });
  it('a compared commit costs at most 40 tokens', () => {
    const row = toCommitRow({
      id: 'd41c8a07b9e25f6300c1be5d7a2468ace1357abc',
      message: 'fix: keep the last line\n\nIt was lost.',
      author: 'Ada Lovelace',
      date: '2026-11-21T23:59:59.000Z',
    });
    expect(encode(JSON.stringify(row)).length).toBeLessThanOrEqual(40);
  });
  it('a listed tag costs at most 40 tokens', () => {
    const plain = toRow({
      name: 'v1.24.0',
      commit_id: '3f9a0c1be5d7a2468ace13579bdf02468ace1357',
      commit: { committed_date: '2026-11-21T23:59:59.000Z' },
    });
    expect(encode(JSON.stringify(plain)).length).toBeLessThanOrEqual(40);
    expect(encode(JSON.stringify(Array(100).fill(plain))).length).toBeLessThanOrEqual(4_000);
  });
});

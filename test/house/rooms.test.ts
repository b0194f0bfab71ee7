/** The rooms of the house: what stands where, who may know whom, and that AGENTS.md says so. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ProviderDefinition } from '../../src/core/provider.ts';
import * as providers from '../../src/providers/index.ts';

const root = new URL('../..', import.meta.url).pathname;
const text = (path: string) => readFileSync(join(root, path), 'utf8');
const sources = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', 'src'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((path) => path.endsWith('.ts') && existsSync(join(root, path)));

/** From the top down: a room may know those below it. Rooms of one line do not know one another but where the linter says so. */
const FLOORS = [['server.ts', 'start'], ['cli'], ['mcp'], ['guard', 'providers'], ['config', 'git', 'http', 'tools'], ['core']];
const roomOf = (path: string) => path.split('/')[1] ?? '';
const floorOf = (path: string) => FLOORS.findIndex((rooms) => rooms.includes(roomOf(path)));

/** Every import of our own files, of types too. Biome writes each on a line that ends so. */
const imports = sources.map((path): [string, string[]] => [
  path,
  [...text(path).matchAll(/(?:from|import\() ?'(\.[^']+\.ts)'/g)].map(([, to = '']) => join(dirname(path), to)),
]);

describe('rooms', () => {
  it('are these, and the top holds server.ts alone', () => {
    expect([...new Set(sources.map(roomOf))].sort()).toEqual(FLOORS.flat().sort());
    expect(sources.filter((path) => path.split('/').length === 2)).toEqual(['src/server.ts']);
  });
  it('are the rows of AGENTS.md', () => {
    const rows = [...text('AGENTS.md').matchAll(/^\| `src\/([a-z.]+)`/gm)].map(([, room]) => room);
    expect(rows.sort()).toEqual(FLOORS.flat().sort());
  });
  it('know only those below them', () => {
    const upwards = imports.flatMap(([from, targets]) =>
      targets.filter((to) => floorOf(to) < floorOf(from)).map((to) => `${from} → ${to}`),
    );
    expect(imports.flatMap(([, targets]) => targets).length).toBeGreaterThan(200);
    expect(upwards).toEqual([]);
  });
  it('have no circle in them, of types neither', () => {
    const graph = new Map(imports);
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (path: string, way: readonly string[]): void => {
      if (way.includes(path)) circles.push([...way.slice(way.indexOf(path)), path].join(' → '));
      if (done.has(path)) return;
      done.add(path);
      for (const next of graph.get(path) ?? []) visit(next, [...way, path]);
    };
    for (const path of graph.keys()) visit(path, []);
    expect(circles).toEqual([]);
  });
});

describe('systems', () => {
  const names = Object.values<ProviderDefinition>(providers).flatMap(({ name, title }) => [name, title.split(' ')[0] ?? '']);
  /** git, and its remotes, are also what a program and a setting of it are called. */
  const named = new RegExp(`(?<![a-z])(${names.filter((name) => !['git', 'remote'].includes(name)).join('|')})(?![a-z])`, 'i');
  /** What people are shown as an example. */
  const allowed = [/\bexample\b/, /'\.github\//, /glpat-/, /TAGWRIGHT_(PROVIDERS|DEFAULT_PROVIDER|REPOSITORIES|ALLOW_HTTP)/];

  it('are named by their own providers alone', () => {
    const lines = sources
      .filter((path) => roomOf(path) !== 'providers')
      .flatMap((path) =>
        text(path)
          .split('\n')
          .filter((line) => !/^\s*(\/\*\*|\*|\/\/)/.test(line) && named.test(line) && !allowed.some((one) => one.test(line)))
          .map((line) => `${path}: ${line.trim()}`),
      );
    expect(names).toContain('gitlab');
    expect(lines).toEqual([]);
  });
});

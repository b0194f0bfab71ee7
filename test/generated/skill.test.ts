/** The Skill is prose for a model: what it names has to be there. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { HINTS } from '../../src/core/errors.ts';
import type { AnyTool } from '../../src/core/tool.ts';
import * as tools from '../../src/tools/index.ts';
import { project } from './section.ts';

const page = readFileSync(project('skills/release-tags/SKILL.md'), 'utf8');
const [, frontmatter = '', body = ''] = /^---\n(.*?)\n---\n(.*)$/s.exec(page) ?? [];

/** The Agent Skills specification, for the fields in use. */
const Frontmatter = z.strictObject({
  name: z
    .string()
    .max(64)
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
  description: z.string().min(1).max(1024),
  license: z.string(),
});

const keysOf = (schema: unknown): string[] => {
  if (schema instanceof z.ZodObject) return Object.entries(schema.shape).flatMap(([key, value]) => [key, ...keysOf(value)]);
  if (schema instanceof z.ZodArray) return keysOf(schema.element);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(keysOf);
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault ? keysOf(schema.unwrap()) : [];
};

describe('skills/release-tags/SKILL.md', () => {
  it('has the name of its folder, says when to use it, and is short', () => {
    expect(Frontmatter.parse(parse(frontmatter))).toMatchObject({ name: 'release-tags', description: expect.stringMatching(/Use when/) });
    expect(page.split('\n').length).toBeLessThan(100);
  });

  it('names only tools, arguments, results and codes that exist', () => {
    const all = Object.values<AnyTool>(tools);
    const known = new Set([
      ...all.map(({ name }) => name),
      ...all.flatMap(({ input, output }) => [...keysOf(input), ...keysOf(output)]),
      ...Object.keys(HINTS),
      // Added to every tool that takes them; an outcome is a value.
      ...['provider', 'repository', 'targets', 'created', 'unchanged', 'edited', 'tagwright'],
    ]);
    const words = [...body.matchAll(/`([a-z_]+)(?:: ?[^`]*)?`/g)].map(([, word = '']) => word);
    expect(words.length).toBeGreaterThan(30);
    expect(words.filter((word) => !known.has(word))).toEqual([]);
  });

  it('tells the fates of a release in the words of the error', () => {
    const words = ['release', 'release-plan', 'undo'].map((name) => readFileSync(project(`src/core/${name}.ts`), 'utf8')).join('');
    const fates = [...body.matchAll(/\*([^*]+)\*/g)].map(([, fate = '']) => fate);
    expect(fates.length).toBeGreaterThan(3);
    for (const fate of fates) expect(words).toContain(fate);
  });

  it('knows every tool', () => {
    for (const { name } of Object.values<AnyTool>(tools)) expect(body, `${name}: the Skill says when it is used`).toContain(`\`${name}\``);
  });
});

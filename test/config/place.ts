/** A home and a working directory of its own for each test, and a system to be configured there. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import * as z from 'zod';
import { type ExplainedConfig, readConfig, type Surroundings } from '../../src/config/config.ts';
import { TagError } from '../../src/core/errors.ts';
import { defineProvider, type ProviderDefinition } from '../../src/core/provider.ts';
import { ours, told } from '../../src/core/told.ts';
import { declare, secret, variable } from '../../src/core/variable.ts';
import { temporaryDirectory } from '../support/git-repository.ts';
import { createMemory, memoryTraits } from '../support/memory-provider.ts';

export type Values = Record<string, string | undefined>;

export interface Place {
  readonly root: string;
  readonly cwd: string;
  readonly home: string;
  /** What the system was connected with, in order. */
  readonly connected: Values[];
  write(file: string, content: string | Buffer): void;
  read(env?: Values, over?: Partial<Surroundings>): Promise<ExplainedConfig>;
}

export function openPlace(): Place {
  const root = temporaryDirectory();
  onTestFinished(() => rmSync(root, { recursive: true }));
  const [cwd, home] = [join(root, 'cwd'), join(root, 'home')];
  for (const directory of [cwd, home]) mkdirSync(directory);
  const connected: Values[] = [];
  const systems = ['acme', 'bolt'].map((name) => systemOf(name, connected));
  return {
    root,
    cwd,
    home,
    connected,
    write: (file, content) => writeFileSync(join(root, file), content),
    read: (env = {}, over = {}) => readConfig(systems, { flags: {}, env, cwd, home, userAgent: 'tagwright/test', ...over }),
  };
}

/** ACME_TOKEN connects it, or ~/.acmerc; its address, where it has a space, is wrong. */
function systemOf(name: string, connected: Values[]): ProviderDefinition {
  const prefix = name.toUpperCase();
  return defineProvider({
    name,
    title: name,
    traits: memoryTraits,
    env: z.object({
      [`${prefix}_URL`]: variable('address', 'Where it is'),
      [`${prefix}_TOKEN`]: secret('Who asks'),
      [`${prefix}_PROJECT`]: variable('repository', 'Default repository'),
      [`${prefix}_SIZE`]: declare(z.coerce.number().optional(), { role: 'option', description: 'A number' }),
      [`TAGWRIGHT_${prefix}_ROOTS`]: variable('option', 'Where it may look'),
    }),
    file: {
      path: `.${name}rc`,
      variable: `${prefix}_FILE`,
      read: async (text) => ({ [`${prefix}_TOKEN`]: text }),
    },
    connect(env) {
      const values = JSON.parse(JSON.stringify(env)) as Values;
      connected.push(values);
      const [url, token, project] = ['URL', 'TOKEN', 'PROJECT'].map((word) => values[`${prefix}_${word}`]);
      if (url?.includes(' '))
        throw new TagError('not_configured', told`${ours(`${prefix}_URL`)} is wrong: ${url}.`, { hint: `Mend ${prefix}_URL.` });
      if (!token) return undefined;
      const { provider } = createMemory({ defaultRepository: project });
      return {
        ...provider,
        async check() {
          throw new TagError('unauthenticated', `${prefix}_TOKEN is refused.`);
        },
      };
    },
  }) as ProviderDefinition;
}

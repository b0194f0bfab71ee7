import { readConfig } from '../../src/config/config.ts';
import type { ProviderDefinition, TagProvider } from '../../src/core/provider.ts';
import * as providers from '../../src/providers/index.ts';
import { quietCall } from '../support/target.ts';

export interface Connected {
  readonly provider: TagProvider;
  /** The default repository, located. */
  readonly repository: string;
}

/** The system as the process environment has it: nobody's .env, nobody's home directory. */
export async function connect(name: string, over: Record<string, string> = {}): Promise<Connected> {
  const env = { ...process.env, ...over };
  const places = { cwd: '/nonexistent', home: '/nowhere', userAgent: 'tagwright/live' };
  const { enabled, problems } = await readConfig(Object.values<ProviderDefinition>(providers), { flags: {}, env, ...places });
  const provider = enabled.find((one) => one.name === name)?.provider;
  if (!provider) throw new Error([`The environment does not configure ${name}.`, ...problems].join(' '));
  if (!provider.defaultRepository) throw new Error(`The environment names no default repository for ${name}.`);
  return { provider, repository: await provider.locate(provider.defaultRepository, quietCall()) };
}

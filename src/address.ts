/** Which system and which repository a call is about: two arguments that stand in every tool. */
import { z } from 'zod';
import type { Enabled } from './config.ts';
import { TagError } from './core/errors.ts';
import type { Call } from './core/provider.ts';

export interface Address {
  readonly instance: Enabled;
  readonly repository: string;
}

export interface Addressing {
  /** The arguments, for a tool's input. */
  readonly shape: z.ZodRawShape;
  /** Their values, or the defaults → a repository. Throws `invalid_input`, `not_configured`. */
  find(args: { provider?: string; repository?: string }, call: Call): Promise<Address>;
}

export function createAddressing(enabled: readonly Enabled[], preferred: string | undefined, problems: readonly string[]): Addressing {
  const names = enabled.map(({ name }) => name);
  const standard = enabled.find(({ name }) => name === preferred) ?? (enabled.length === 1 ? enabled[0] : undefined);
  const provider = (names.length > 0 ? z.enum(names) : z.string()).describe(standard ? `System; default ${standard.name}` : 'System');
  const repository = z
    .string()
    .min(1)
    .describe(enabled.map((one) => `${one.name}: ${one.provider.traits.repository}`).join('; ') || 'Repository');

  return {
    shape: {
      provider: standard || names.length === 0 ? provider.optional() : provider,
      repository: names.length === 0 || enabled.some((one) => one.provider.defaultRepository) ? repository.optional() : repository,
    },
    async find({ provider: name = standard?.name, repository: spelling }, call) {
      const instance = enabled.find((one) => one.name === name);
      if (!instance) throw new TagError('not_configured', ['No system is configured.', ...problems].join(' '));
      const chosen = spelling ?? instance.provider.defaultRepository;
      if (chosen === undefined)
        throw new TagError('invalid_input', `repository is missing: ${instance.name} has no default one.`, {
          hint: `Name one (${instance.provider.traits.repository}).`,
        });
      return { instance, repository: await instance.provider.locate(chosen, call) };
    },
  };
}

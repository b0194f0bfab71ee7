/** Which systems and which repositories a call is about: arguments that stand in every tool. */
import * as z from 'zod';
import { type Instance, labelOf } from '../config/instances.ts';
import { TagError } from '../core/errors.ts';
import type { Call } from '../core/provider.ts';
import { ours, told } from '../core/told.ts';
import { Word } from '../core/tool.ts';

export interface Found {
  readonly instance: Instance;
  readonly repository: string;
}

export interface Named {
  readonly provider?: string | undefined;
  readonly repository?: string | undefined;
}

export interface Addressing {
  /** `provider` and `repository`, for the input of a tool on one repository. */
  readonly one: z.ZodRawShape;
  /** `targets`, for the input of a tool on several. */
  many(withRef: boolean): z.ZodRawShape;
  /** Every trusted system's default repository, each once, where a call names no targets. Throws `not_configured` without any system. */
  defaults(call: Call): Promise<readonly Named[]>;
  /** Their values, or the defaults → a repository. Throws `invalid_input`, `not_configured`. */
  find(named: Named, call: Call): Promise<Found>;
}

/** `unavailable`: what is said of systems that are set up and cannot be used. */
export function createAddressing(
  enabled: readonly Instance[],
  preferred: string | undefined,
  problems: readonly string[],
  unavailable: readonly string[] = [],
): Addressing {
  const names = enabled.map(({ name }) => name);
  const trusted = enabled.filter(({ untrusted }) => !untrusted);
  const [only] = [enabled, trusted].find(({ length }) => length === 1) ?? [];
  // A default that is not available is no reason to write somewhere else, and what a stranger's .env configures is none.
  const standard = preferred ? [...trusted, ...(enabled.length === 1 ? enabled : [])].find(({ name }) => name === preferred) : only;
  const choices = [`must be ${names.length === 1 ? '' : 'one of '}${enabled.map(labelOf).join(', ')}.`, ...unavailable]
    .join(' ')
    .replace(/\.$/, '');
  const system = names.length > 0 ? z.enum(names, { error: () => choices }) : Word;
  const provider = standard ? system.describe(`Default ${labelOf(standard)}`) : system;
  const repository = Word.describe(enabled.map((one) => `${labelOf(one)} ${one.provider.traits.repository}`).join(', ') || 'Repository');
  const notConfigured = () => new TagError('not_configured', ['No system is configured.', ...problems].join(' '));
  const withDefault = enabled.filter((one) => one.provider.defaultRepository !== undefined);

  return {
    one: {
      provider: standard || names.length === 0 ? provider.optional() : provider,
      repository: names.length === 0 || withDefault.length > 0 ? repository.optional() : repository,
    },
    many: (withRef) => ({
      targets: z
        .array(
          z.strictObject({
            provider: names.length === 0 ? system.optional() : system,
            repository: Word.optional(),
            ...(withRef && { ref: Word.optional() }),
          }),
        )
        .min(1)
        .max(20)
        .optional()
        .describe(`Default: every system's default repository${withRef ? ', at its default branch' : ''}`),
    }),
    async defaults(call) {
      if (enabled.length === 0) throw notConfigured();
      // A release on the others alone would pass for the whole.
      if (unavailable.length > 0)
        throw new TagError('not_configured', unavailable.join(' '), {
          hint: 'Name the targets to leave it out, or have the operator correct what is set.',
        });
      const candidates = withDefault.filter(({ untrusted }) => !untrusted);
      const places = await Promise.all(candidates.map((one) => (mayBeTwin(one, candidates) ? placeOf(one, call) : undefined)));
      // What two systems lead to is taken once: by its host's own interface, which is not the way by git.
      const isTwin = (place: string | undefined, index: number) => place !== undefined && places.indexOf(place) !== index;
      return candidates.flatMap(({ name }, index) => (isTwin(places[index], index) ? [] : [{ provider: name }]));
    },
    async find({ provider: name = standard?.name, repository: spelling }, call) {
      const instance = enabled.find((one) => one.name === name);
      if (!instance) throw notConfigured();
      const chosen = spelling ?? instance.provider.defaultRepository;
      if (chosen === undefined)
        throw new TagError('invalid_input', told`repository is missing: ${ours(labelOf(instance))} has no default one.`, {
          hint: told`Name one (${ours(instance.provider.traits.repository)}).`,
        });
      return { instance, repository: await instance.provider.locate(chosen, call) };
    },
  };
}

/** What tells one repository from another, by whatever system and in whatever spelling it is named: two instances may lead to one. */
export async function canonicalOf(instance: Instance, repository: string, call: Call): Promise<string> {
  const { provider } = instance;
  const onHost = await provider.onHost?.(repository, call);
  return onHost || `${prefixOf(instance)} ${await provider.canonical(repository, call)}`;
}

/** Could another of them lead to the same repository? Only then it is worth to ask what its name is. */
const mayBeTwin = (one: Instance, all: readonly Instance[]): boolean =>
  all.some((other) => other !== one && (prefixOf(other) === prefixOf(one) || Boolean(other.provider.onHost && one.provider.onHost)));

const prefixOf = ({ name, provider }: Instance) => provider.address ?? name;

/** Of its default repository; undefined where it cannot be told, which the release itself will say. */
async function placeOf(instance: Instance, call: Call): Promise<string | undefined> {
  const { defaultRepository: spelling, locate } = instance.provider;
  if (spelling === undefined) return undefined;
  return locate(spelling, call)
    .then((repository) => canonicalOf(instance, repository, call))
    .catch(() => undefined);
}

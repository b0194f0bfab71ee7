/** Everything that must hold before a release writes anything: looked at for all targets at once, reported together. */
import { isTagError, TagError } from './errors.ts';
import type { Call } from './provider.ts';
import { fulfils, standsAt } from './settle.ts';
import type { Tag } from './tag.ts';
import { refusalOf } from './tag-name.ts';
import { joined, ours, shortened, type Told, textOf, told } from './told.ts';
import type { OpenTarget, Target } from './tool.ts';

/** So that the facts of twenty targets fit in one error. */
const EXPLANATION = 500;

/** One target that nothing stands in the way of. */
export interface Planned {
  readonly target: OpenTarget;
  readonly ref: string | undefined;
  readonly commit_id: string;
  /** The message, where the system keeps one. */
  readonly message: string | undefined;
  /** The tag, where it stands as planned already. */
  readonly standing: Tag | undefined;
  readonly note: string | undefined;
  /** Whether the commit exists is not known: the system believes ids, see Traits. */
  readonly unseen: boolean;
}

/** A caller may name anything where no system is configured. */
const SYSTEM = /^[\w-]+$/;

/** Where a target is, for a person: its address as far as it is known. */
export const nameOf = ({ provider, repository }: { provider?: string | undefined; repository?: string | undefined }): Told =>
  provider || repository
    ? joined([
        ...(provider ? [SYSTEM.test(provider) ? ours(provider) : told`${provider}`] : []),
        ...(repository ? [told`${repository}`] : []),
      ])
    : ours('the default');

/** With the system's own words, where it said something. */
export const explainTo = (error: unknown): Told => {
  if (!isTagError(error)) return shortened(told`${String(error)}`, EXPLANATION);
  const { status, text } = error.upstream ?? {};
  const words = text ? told` (${status === undefined ? ours('') : told`${status} `}${text})` : ours('');
  return shortened(told`${ours(error.code)}: ${error.said.message}${words}`, EXPLANATION);
};

/** When a release began that stands in part: what is made now is dated so too, and a tag object is the same everywhere. */
export const begunAt = (planned: readonly Planned[]): number | undefined => {
  const dates = planned.map(({ standing }) => Date.parse(standing?.created_at ?? '')).filter((date) => !Number.isNaN(date));
  return dates.length > 0 ? Math.min(...dates) : undefined;
};

export const noTarget = (): TagError =>
  new TagError('invalid_input', 'There is no target: no system has a default repository.', {
    hint: 'Name the targets of the release.',
  });

/** Throws `release_failed` with every obstacle of every target; nothing has been written then. */
export async function planRelease(name: string, message: string | undefined, targets: readonly Target[], call: Call): Promise<Planned[]> {
  if (targets.length === 0) throw noTarget();
  const looked = await Promise.all(targets.map((target) => lookAt(name, message, target, call)));
  const seen = new Map<string, Told>();
  const obstacles = looked.flatMap(({ at, canonical, errors }) => {
    const found = distinct(errors.map((error) => told`${at}: ${explainTo(error)} ${isTagError(error) ? error.said.hint : ours('')}`));
    if (canonical === undefined) return found;
    const twin = seen.get(canonical);
    seen.set(canonical, at);
    return twin === undefined ? found : [...found, told`${at} is the same repository as ${twin}; name it once.`];
  });
  if (obstacles.length > 0)
    throw new TagError('release_failed', told`Nothing was created, since not every target is ready for ${name}. ${joined(obstacles)}`, {
      hint: 'Mend what stands in the way, then call again; where the tag is to stay at another commit, name that commit as the ref of its target.',
    });
  return looked.flatMap(({ planned }) => planned ?? []);
}

/** One cause is told once. */
const distinct = (sentences: readonly Told[]): Told[] => [...new Map(sentences.map((one) => [textOf(one), one])).values()];

interface Looked {
  readonly at: Told;
  readonly canonical?: string | undefined;
  readonly planned?: Planned;
  readonly errors: readonly unknown[];
}

async function lookAt(name: string, message: string | undefined, { named, open }: Target, call: Call): Promise<Looked> {
  let target: OpenTarget;
  try {
    target = await open(call);
  } catch (error) {
    return { at: nameOf(named), errors: [error] };
  }
  const at = nameOf(target.address);
  const tags = target.tags(call);
  const keeps = tags.traits.message !== 'none';
  // Of a name that cannot be, the system is not asked: it would tell the same once more.
  const illegal = refusalOf(name, tags.traits.nameRule);
  const [canonical, commit, standing, admitted] = await Promise.allSettled([
    target.canonical(),
    tags.resolve(named.ref),
    illegal
      ? Promise.reject(illegal)
      : tags.look(name).catch((error: unknown) => (isTagError(error, 'tag_not_found') ? undefined : Promise.reject(error))),
    illegal ? undefined : tags.admit(name),
  ]);
  const errors = [canonical, commit, standing].flatMap((part) => (part.status === 'rejected' ? [part.reason] : []));
  const found = { at, canonical: canonical.status === 'fulfilled' ? canonical.value : undefined };
  // What stands already needs no admission.
  if (admitted.status === 'rejected' && !(standing.status === 'fulfilled' && standing.value)) errors.push(admitted.reason);
  if (commit.status === 'rejected' || standing.status === 'rejected' || errors.length > 0) return { ...found, errors };

  const planned: Planned = {
    target,
    ref: named.ref,
    commit_id: commit.value,
    message: keeps ? message : undefined,
    standing: standing.value,
    note: message !== undefined && !keeps ? 'The message is left out: this system keeps none.' : undefined,
    unseen: !standing.value && tags.traits.believesIds === true && named.ref?.toLowerCase() === commit.value,
  };
  if (planned.standing && !fulfils(planned.standing, { name, ref: planned.commit_id, message: planned.message }, planned.commit_id))
    return { ...found, errors: [inTheWay(name, planned.standing, planned.commit_id)] };
  return { ...found, planned, errors };
}

const inTheWay = (name: string, tag: Tag, commit_id: string) =>
  new TagError(
    'already_exists',
    standsAt(tag) === commit_id
      ? tag.message
        ? told`${name} stands there with another message.`
        : told`${name} stands there without a message.`
      : told`${name} stands at ${standsAt(tag)} already, not at ${commit_id}.`,
    { hint: 'Choose another name: a release never moves a tag.' },
  );

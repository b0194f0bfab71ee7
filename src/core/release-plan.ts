/** Everything that must hold before a release writes anything: looked at for all targets at once, reported together. */
import { isTagError, TagError } from './errors.ts';
import type { Call } from './provider.ts';
import { LEFT_OUT, otherNotes } from './publish.ts';
import { carries, fulfils, standsAt } from './settle.ts';
import type { Tag } from './tag.ts';
import { refusalOf } from './tag-name.ts';
import { joined, ours, shortened, type Told, textOf, told } from './told.ts';
import type { OpenTarget, Target } from './tool.ts';
import type { Traits, Undo } from './traits.ts';

/** What is wanted everywhere. */
export interface Wanted {
  readonly name: string;
  readonly message?: string | undefined;
  readonly release_notes?: string | undefined;
}

/** So that the facts of twenty targets fit in one error. */
const EXPLANATION = 500;

/** One target that nothing stands in the way of. */
export interface Planned {
  readonly target: OpenTarget;
  readonly ref: string | undefined;
  readonly commit_id: string;
  /** The message, where the system keeps one. */
  readonly message: string | undefined;
  /** The notes that are to be published, where the system has Releases. */
  readonly release_notes: string | undefined;
  /** The notes that are to stand beside it in the end. */
  readonly notes: string | undefined;
  /** The tag, where it stands as planned already. */
  readonly standing: Tag | undefined;
  /** Whether what is written can be taken back. */
  readonly undo: Undo;
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
export async function planRelease(wanted: Wanted, targets: readonly Target[], call: Call): Promise<Planned[]> {
  if (targets.length === 0) throw noTarget();
  const { name } = wanted;
  const looked = await Promise.all(targets.map((target) => lookAt(wanted, target, call)));
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

async function lookAt(wanted: Wanted, { named, open }: Target, call: Call): Promise<Looked> {
  const { name } = wanted;
  let target: OpenTarget;
  try {
    target = await open(call);
  } catch (error) {
    return { at: nameOf(named), errors: [error] };
  }
  const at = nameOf(target.address);
  const tags = target.tags(call);
  // Of a name that cannot be, the system is not asked: it would tell the same once more.
  const illegal = refusalOf(name, tags.traits.nameRule);
  const withNotes = wanted.release_notes !== undefined && tags.traits.release !== undefined;
  const [canonical, commit, standing, admitted, undo] = await Promise.allSettled([
    target.canonical(),
    tags.resolve(named.ref),
    illegal
      ? Promise.reject(illegal)
      : tags.look(name).catch((error: unknown) => (isTagError(error, 'tag_not_found') ? undefined : Promise.reject(error))),
    illegal ? undefined : tags.admit(name, withNotes),
    tags.undo(withNotes),
  ]);
  const errors = [canonical, commit, standing].flatMap((part) => (part.status === 'rejected' ? [part.reason] : []));
  const found = { at, canonical: canonical.status === 'fulfilled' ? canonical.value : undefined };
  // What stands already needs none, but for its notes.
  const isUnadmitted = admitted.status === 'rejected';
  if (isUnadmitted && !(standing.status === 'fulfilled' && standing.value)) errors.push(admitted.reason);
  if (commit.status === 'rejected' || standing.status === 'rejected' || errors.length > 0) return { ...found, errors };

  // What is not told counts as what may not be.
  const facts = {
    commit_id: commit.value,
    standing: standing.value,
    undo: undo.status === 'fulfilled' ? undo.value : ('perhaps' as const),
  };
  const planned: Planned = { target, ref: named.ref, ...facts, ...wordsFor(wanted, tags.traits, facts.standing), unseen: false };
  const obstacle = inTheWay(name, planned, tags.traits);
  if (obstacle) return { ...found, errors: [obstacle] };
  const isDone = planned.standing !== undefined && planned.release_notes === undefined;
  if (!isDone && isUnadmitted) return { ...found, errors: [admitted.reason] };
  const unseen = !planned.standing && tags.traits.believesIds === true && named.ref?.toLowerCase() === commit.value;
  return { ...found, planned: { ...planned, ...(isDone && { undo: 'always' }), unseen }, errors };
}

/** Of the words that are wanted, what the system has a place for and does not show yet. */
function wordsFor({ message, release_notes }: Wanted, traits: Traits, standing: Tag | undefined) {
  const keeps = traits.message !== 'none';
  const notes = traits.release && release_notes;
  const left = [message !== undefined && !keeps && MESSAGE_LEFT_OUT, release_notes !== undefined && !traits.release && LEFT_OUT];
  return {
    message: keeps ? message : undefined,
    notes,
    release_notes: notes !== undefined && standing && carries(standing, notes) ? undefined : notes,
    note: left.filter(Boolean).join(' ') || undefined,
  };
}

const MESSAGE_LEFT_OUT = 'The message is left out: this system keeps none.';

/** A tag of the name that is another one than planned. */
function inTheWay(name: string, { standing: tag, commit_id, message, release_notes }: Planned, traits: Traits): TagError | undefined {
  if (!tag) return undefined;
  if (fulfils(tag, { name, ref: commit_id, message }, commit_id))
    return tag.release && release_notes !== undefined ? otherNotes(tag, traits) : undefined;
  return new TagError(
    'already_exists',
    standsAt(tag) === commit_id
      ? tag.message
        ? told`${name} stands there with another message.`
        : told`${name} stands there without a message.`
      : told`${name} stands at ${standsAt(tag)} already, not at ${commit_id}.`,
    { hint: 'Choose another name: a release never moves a tag.' },
  );
}

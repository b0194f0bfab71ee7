/** The clones of a remote keep step with it: the same object under the same name, so that a fetch never clashes. */
import { isTagError } from '../../core/errors.ts';
import type { Call } from '../../core/provider.ts';
import { fulfils } from '../../core/settle.ts';
import { remarks, type Tag, type TagDraft } from '../../core/tag.ts';
import { textOf, told } from '../../core/told.ts';
import type { Git, Workplace } from '../../git/command.ts';
import { readingTag, writingTag } from '../../git/footprint.ts';
import type { Premises, Roots } from '../../git/locate.ts';
import { BATCH, type GitObject, objectOf, taggerAt, toObject } from '../../git/objects.ts';
import { readOne } from '../../git/read-tags.ts';
import type { Place } from './places.ts';

/** From where the host's tag stood, if anywhere, to the object that it is now. */
interface Step {
  readonly from: string | undefined;
  readonly to: string;
}

export type Clones = ReturnType<typeof createClones>;

export function createClones(git: Git, enter: Roots['enter']) {
  /** Of the tags that this process has made on hosts: the clones that got them too. Taken back, they take nothing else along. */
  const made = new WeakMap<Tag, ReadonlySet<string>>();

  const standing = (at: Premises, name: string, call: Call): Promise<Tag | undefined> =>
    readOne(git, at, name, call).catch((error: unknown) => {
      if (isTagError(error, 'tag_not_found')) return undefined;
      throw error;
    });

  async function unpublishedIn(
    clone: string,
    scratch: Workplace,
    draft: TagDraft,
    target: GitObject,
    call: Call,
  ): Promise<string | undefined> {
    const at = await enter(clone, readingTag(draft.name), call);
    const tag = await standing(at, draft.name, call);
    if (!tag?.annotated || !tag.target_id || !fulfils(tag, draft, target.id)) return undefined;
    const object = await git.run(at, ['cat-file', 'tag', tag.target_id], call);
    if (!object.startsWith(`object ${target.id}\n`)) return undefined; // a tag of a tag
    const id = (await git.run(scratch, ['hash-object', '-t', 'tag', '-w', '--stdin'], call, object)).trim();
    return id === tag.target_id ? id : undefined; // it holds bytes that are no text
  }

  /** Sets the ref of a clone where it stands as the host's did. `outcome` else tells what keeps it from that. */
  async function bring(
    clone: string,
    scratch: Workplace,
    tag: Tag,
    { from, to }: Step,
    call: Call,
  ): Promise<string | 'followed' | 'there'> {
    const { name, commit_id = to } = tag;
    const at = await enter(clone, writingTag(name), call);
    const before = await standing(at, name, call);
    if (before && objectOf(before) === to) return 'there';
    if (before && objectOf(before) !== from) return elsewhere(clone, name);
    if (!before && from !== undefined) return 'there'; // what it never had, it need not follow
    const has = toObject((await git.run(at, BATCH, call, `${commit_id}\n`)).trimEnd());
    if (!has) return textOf(told`The clone ${clone} has not fetched that commit yet; git fetch brings the tag along.`);
    if (to !== commit_id) await git.run(at, ['mktag'], call, await git.run(scratch, ['cat-file', 'tag', to], call));
    await git.run(at, ['update-ref', '--no-deref', `refs/tags/${name}`, to, from ?? '0'.repeat(to.length)], call);
    return 'followed';
  }

  async function take(clone: string, tag: Tag, call: Call): Promise<string | undefined> {
    const at = await enter(clone, writingTag(tag.name), call);
    const before = await standing(at, tag.name, call);
    if (!before) return undefined;
    if (objectOf(before) !== objectOf(tag)) return elsewhere(clone, tag.name);
    await git.run(at, ['update-ref', '--no-deref', '-d', `refs/tags/${tag.name}`, objectOf(tag)], call);
    return undefined;
  }

  return {
    /** The annotated tag as drafted that a clone has and the host has not: its object, brought into the scratch repository. */
    async unpublished({ clones }: Place, scratch: Workplace, draft: TagDraft, target: GitObject, call: Call): Promise<string | undefined> {
      for (const clone of clones) {
        const id = await unpublishedIn(clone, scratch, draft, target, call).catch(() => undefined);
        if (id) return id;
      }
      return undefined;
    },
    /** Who tags: as in the clone, else as the person has it. */
    async tagger({ clones }: Place, scratch: Workplace, call: Call): Promise<string> {
      const [clone] = clones;
      const at = clone === undefined ? undefined : await enter(clone, {}, call).catch(() => undefined);
      return taggerAt(git, at ?? scratch, call);
    },
    /** After the host has changed. Never fails; what was not done is remarked on the tag. */
    async follow({ clones }: Place, scratch: Workplace, tag: Tag, step: Step, call: Call): Promise<void> {
      const followed = new Set<string>();
      for (const clone of clones) {
        const outcome = await bring(clone, scratch, tag, step, call).catch((error: unknown) => notFollowed(clone, error));
        if (outcome === 'followed') followed.add(clone);
        else if (outcome !== 'there') remark(tag, outcome);
      }
      if (step.from === undefined) made.set(tag, followed);
    },
    /** After the host's was deleted. Never fails either. */
    async drop({ clones }: Place, tag: Tag, call: Call): Promise<void> {
      for (const clone of made.get(tag) ?? clones) {
        const outcome = await take(clone, tag, call).catch((error: unknown) => notFollowed(clone, error));
        if (outcome) remark(tag, outcome);
      }
    },
  };
}

const remark = (tag: Tag, words: string) => remarks.set(tag, [remarks.get(tag), words].filter(Boolean).join(' '));

const elsewhere = (clone: string, name: string) => textOf(told`The tag ${name} of the clone ${clone} stands elsewhere and was left alone.`);

const notFollowed = (clone: string, error: unknown): string =>
  textOf(told`The clone ${clone} did not follow: ${isTagError(error) ? error.said.message : String(error)}`);

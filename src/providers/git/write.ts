/** Writing a tag: its object, then its ref by compare-and-swap, and what is said of it afterwards. */
import type { Call } from '../../core/provider.ts';
import { remarks, type Tag, type TagDraft } from '../../core/tag.ts';
import type { Git } from '../../git/command.ts';
import { writingTag } from '../../git/footprint.ts';
import type { Premises, Roots } from '../../git/locate.ts';
import { asMade, bodyOf, type GitObject, makeTag, objectOf, refuseMessage, taggerAt } from '../../git/objects.ts';
import { readOne } from '../../git/read-tags.ts';
import { readingRef, resolveObject } from './resolve.ts';

const MINUTE_MS = 60_000;

export function createWriter(git: Git, roots: Roots) {
  const signing = new Map<string, { until: number; told: Promise<boolean> }>();

  /** `to` undefined deletes. Without --no-deref, what is done to a tag that is a symbolic ref would be done to the branch it names. */
  async function change(repository: string, name: string, to: string | undefined, from: string, call: Call): Promise<Premises> {
    const at = await roots.enter(repository, writingTag(name), call);
    const ref = `refs/tags/${name}`;
    await git.run(at, ['update-ref', '--no-deref', ...(to ? [ref, to] : ['-d', ref]), from], call);
    return at;
  }

  /** `from` undefined: there must be none. */
  async function put(repository: string, draft: TagDraft, message: string | undefined, from: Tag | undefined, call: Call): Promise<Tag> {
    const { name, ref } = draft;
    refuseMessage(message);
    const at = await roots.enter(repository, readingRef(ref), call);
    const tagger = message === undefined ? undefined : taggerAt(git, at, call);
    tagger?.catch(() => {}); // a ref that is none comes first
    const target = await resolveObject(git, at, ref, call);
    const object = message === undefined ? target.id : await objectFor(at, name, target, message, (await tagger) ?? '', call);
    const there = await change(repository, name, object, from ? objectOf(from) : '0'.repeat(object.length), call);
    // It stands, whatever becomes of the rest: the swap has succeeded.
    const read = await readOne(git, there, name, call).catch(() => undefined);
    const tag = read && objectOf(read) === object ? read : asMade(name, target, object, message);
    if (object !== target.id && (await signs(at, call))) remarks.set(tag, 'git is configured to sign tags; this one is not signed.');
    return tag;
  }

  /** A deleted tag on a tree or a blob is restored by its own object, which brings its message along. */
  async function objectFor(at: Premises, name: string, target: GitObject, message: string, tagger: string, call: Call): Promise<string> {
    const { id, type } = target;
    if (type === 'tag' && bodyOf(await git.run(at, ['cat-file', 'tag', id], call)).startsWith(message)) return id;
    return makeTag(git, at, name, target, message, tagger, call);
  }

  /** Does git sign tags here, by anybody's settings? Asked once a minute. */
  function signs(at: Premises, call: Call): Promise<boolean> {
    const before = signing.get(at.own);
    if (before && before.until > Date.now()) return before.told;
    const args = ['config', '--type=bool', '--get-regexp', '^tag\\.(gpgsign|forcesignannotated)$'];
    const told = git.run(at, args, call).then(
      (listed) => /true$/m.test(lastOfEach(listed)),
      () => false, // nothing is set, or nothing that is a boolean
    );
    signing.set(at.own, { until: Date.now() + MINUTE_MS, told });
    return told;
  }

  return { change, put };
}

/** Of a variable that is set more than once the last value counts. */
const lastOfEach = (listed: string) => [...new Map(listed.split('\n').map((line) => [line.split(' ', 1)[0], line])).values()].join('\n');

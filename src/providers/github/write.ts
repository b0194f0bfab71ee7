/** Creating, moving and deleting: each a compare-and-swap of the ref (GraphQL updateRefs), a move one step. */
import { isTagError, TagError } from '../../core/errors.ts';
import type { Call } from '../../core/provider.ts';
import { movedMeanwhile, standsAt } from '../../core/settle.ts';
import { remarks, type Tag, type TagDraft } from '../../core/tag.ts';
import { told } from '../../core/told.ts';
import type { Http } from '../../http/http.ts';
import { path } from '../../http/path.ts';
import { type Graph, Outdated, partsOf } from './graph.ts';
import { OUTLOOK, UPDATE } from './queries.ts';
import { readTag, resolveRef, tagRef } from './read.ts';
import { homes, toTag, type WireHome, WireObject, WireOutlook, type WireTarget } from './wire.ts';

/** "Nothing": as the value before, the ref must not exist; as the one after, it is deleted. */
const ZERO = '0'.repeat(40);

export interface Writer {
  create(repository: string, draft: TagDraft, call: Call): Promise<Tag>;
  move(repository: string, draft: TagDraft, from: Tag, call: Call): Promise<Tag>;
  delete(repository: string, tag: Tag, force: boolean, call: Call): Promise<void>;
}

/** What a ref itself stands on: the tag object, where it is annotated. */
const ownOid = (tag: Tag): string => tag.target_id ?? standsAt(tag);

/** A Release is turned into a draft by the deletion of its tag: that needs force. */
export function refuseRelease({ name, release }: Tag, force: boolean): void {
  if (!release || force) return;
  throw new TagError('release_attached', told`${name} carries a GitHub Release, which becomes a draft when its tag is deleted.`, {
    hint: 'Pass force only if the Release may be unpublished.',
  });
}

export function createWriter(rest: Http, graph: Graph): Writer {
  /** What the ref is to stand on: the commit, or a tag object on it, which nobody sees before the ref stands. */
  async function objectFor(
    repository: string,
    { name, message }: Pick<TagDraft, 'name' | 'message'>,
    commit: WireTarget,
    call: Call,
  ): Promise<WireTarget> {
    if (message === undefined) return commit;
    const { owner, name: own } = partsOf(repository);
    const body = { tag: name, message, object: commit.oid, type: 'commit' };
    const made = await rest.send('POST', path`/repos/${owner}/${own}/git/tags`, { call, body, schema: WireObject });
    return { __typename: 'Tag', oid: made.body.sha, message, tagger: made.body.tagger, target: commit };
  }

  const update = (home: WireHome, name: string, beforeOid: string, afterOid: string, call: Call) =>
    graph.mutate(UPDATE, { repositoryId: home.id, refUpdates: [{ name: tagRef(name), beforeOid, afterOid, force: true }] }, call);

  /** An old Enterprise Server: its creation overwrites nothing either. */
  async function createByRest(repository: string, name: string, sha: string, call: Call): Promise<void> {
    const { owner, name: own } = partsOf(repository);
    await rest.send('POST', path`/repos/${owner}/${own}/git/refs`, { call, body: { ref: tagRef(name), sha } });
  }

  return {
    async create(repository, draft, call) {
      const { name } = draft;
      const { home, commit } = await resolveRef(graph, repository, draft.ref, call);
      const object = await objectFor(repository, draft, commit, call);
      try {
        await update(home, name, ZERO, object.oid, call).catch((error: unknown) => {
          if (!isTagError(error) || !(error.cause instanceof Outdated)) throw error;
          return createByRest(repository, name, object.oid, call);
        });
      } catch (error) {
        throw isTheirRefusal(error) ? await whyNotMade(graph, repository, name, error, call) : error;
      }
      return toTag(name, object, home);
    },

    async move(repository, draft, from, call) {
      const { name, message = from.annotated ? from.message : undefined } = draft;
      const { home, commit } = await resolveRef(graph, repository, draft.ref, call);
      const object = await objectFor(repository, { name, message }, commit, call);
      try {
        await update(home, name, ownOid(from), object.oid, call);
      } catch (error) {
        throw isTheirRefusal(error) ? await whyNotChanged(graph, repository, from, error, call) : error;
      }
      const moved = toTag(name, object, home);
      if (from.release) moved.release = from.release; // it follows its tag
      return moved;
    },

    async delete(repository, tag, force, call) {
      refuseRelease(tag, force);
      const home = homes.get(tag) ?? (await readTag(graph, repository, tag.name, { ...call, brief: true }).then((now) => homes.get(now)));
      if (!home) throw new TagError('unexpected_response', 'GitHub’s answer has an unexpected shape.');
      if (tag.release)
        remarks.set(
          tag,
          'Its GitHub Release is a draft now, with whatever it had besides its notes: publish it there once the tag is back, or delete it.',
        );
      try {
        await update(home, tag.name, ownOid(tag), ZERO, call);
      } catch (error) {
        throw isTheirRefusal(error) ? await whyNotChanged(graph, repository, tag, error, call) : error;
      }
    },
  };
}

/** A refusal whose words may mean that somebody else was first. */
const isTheirRefusal = (error: unknown): error is TagError =>
  isTagError(error, 'rejected', 'conflict', 'protected', 'invalid_input', 'already_exists', 'tag_not_found') && !error.inDoubt;

/** How the tag stands now; undefined where it does not, or cannot be read. */
const standing = (graph: Graph, repository: string, name: string, call: Call): Promise<Tag | 'gone' | undefined> =>
  readTag(graph, repository, name, call).catch((error: unknown) => (isTagError(error, 'tag_not_found') ? 'gone' : undefined));

async function whyNotMade(graph: Graph, repository: string, name: string, error: TagError, call: Call): Promise<TagError> {
  if (error.code === 'already_exists') return error;
  const known = { upstream: error.upstream, cause: error };
  const now = await standing(graph, repository, name, call);
  if (now && now !== 'gone') return new TagError('already_exists', 'The tag already exists.', known);
  const isBeside = await hasBeside(graph, repository, name, call).catch(() => false);
  return isBeside
    ? new TagError('conflict', told`${name} cannot stand beside the tags there are: a/b and a exclude each other.`, known)
    : error;
}

async function whyNotChanged(graph: Graph, repository: string, from: Tag, error: TagError, call: Call): Promise<TagError> {
  const now = await standing(graph, repository, from.name, call);
  if (now === 'gone')
    return new TagError('changed', told`${from.name} is gone; nothing was done.`, { upstream: error.upstream, cause: error });
  return now && ownOid(now) !== ownOid(from) ? movedMeanwhile(now, from) : error;
}

/** Is there a tag that begins with this name and a slash, or is called like a beginning of it? */
async function hasBeside(graph: Graph, repository: string, name: string, call: Call): Promise<boolean> {
  const { below } = await graph.repository(OUTLOOK, repository, WireOutlook, call, { below: `${tagRef(name)}/` });
  if (below?.totalCount) return true;
  const parts = name.split('/');
  const above = parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
  const found = await Promise.all(above.map((one) => standing(graph, repository, one, call)));
  return found.some((one) => one !== undefined && one !== 'gone');
}

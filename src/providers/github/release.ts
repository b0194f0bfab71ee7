/** The GitHub Release beside a tag: published, edited and removed over REST. Drafts are none. */
import { isTagError, TagError } from '../../core/errors.ts';
import type { Call } from '../../core/provider.ts';
import { carries } from '../../core/settle.ts';
import type { Tag } from '../../core/tag.ts';
import { told } from '../../core/told.ts';
import { isPrerelease } from '../../core/versions.ts';
import type { Http } from '../../http/http.ts';
import { path } from '../../http/path.ts';
import { partsOf } from './graph.ts';
import { releaseIds, toRelease, WirePublished } from './wire.ts';

const withRelease = (tag: Tag, { body, html_url, id }: WirePublished): Tag => ({ ...tag, release: toRelease(body, html_url, id) });

/** Edits the Release that was seen on the tag; makes one where none was. */
export async function publishRelease(rest: Http, repository: string, tag: Tag, notes: string, call: Call): Promise<Tag> {
  const { owner, name: own } = partsOf(repository);
  const schema = WirePublished;
  if (!tag.release) {
    const body = {
      tag_name: tag.name,
      // Were the tag gone by then, GitHub would make it again: at the very commit.
      target_commitish: tag.commit_id,
      name: tag.name,
      body: notes,
      prerelease: isPrerelease(tag.name),
      // By date and version: a patch of an old line does not become the latest.
      make_latest: 'legacy',
    };
    return withRelease(tag, (await rest.send('POST', path`/repos/${owner}/${own}/releases`, { call, body, schema })).body);
  }
  const id = releaseIds.get(tag.release) ?? (await readRelease(rest, repository, tag.name, call))?.id;
  if (id === undefined) throw changed(tag.name);
  try {
    return withRelease(
      tag,
      (await rest.send('PATCH', path`/repos/${owner}/${own}/releases/${id}`, { call, body: { body: notes }, schema })).body,
    );
  } catch (error) {
    throw isMissing(error) ? changed(tag.name, error) : error;
  }
}

/** Only while it is as it was seen. The tag stays. */
export async function withdrawRelease(rest: Http, repository: string, tag: Tag, call: Call): Promise<void> {
  const { owner, name: own } = partsOf(repository);
  const seen = tag.release && releaseIds.get(tag.release);
  const now = await readRelease(rest, repository, tag.name, call);
  // Reads lag: one whose id is known is removed by it, whether or not it is shown yet.
  const id = now?.id ?? seen;
  if (id === undefined) return;
  const isOther = now && seen !== undefined && seen !== now.id;
  if (isOther || (now && !carries(withRelease(tag, now), tag.release?.description ?? ''))) throw changed(tag.name);
  await rest.send('DELETE', path`/repos/${owner}/${own}/releases/${id}`, { call }).catch((error: unknown) => {
    if (!isMissing(error)) throw error;
  });
}

/** Undefined where none is published. */
async function readRelease(rest: Http, repository: string, name: string, call: Call): Promise<WirePublished | undefined> {
  const { owner, name: own } = partsOf(repository);
  try {
    return (await rest.send('GET', path`/repos/${owner}/${own}/releases/tags/${name}`, { call, schema: WirePublished })).body;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

const isMissing = (error: unknown): error is TagError => isTagError(error) && error.upstream?.status === 404;

const changed = (name: string, cause?: unknown): TagError =>
  new TagError('changed', told`The GitHub Release of ${name} was changed or removed meanwhile; nothing was done.`, { cause });

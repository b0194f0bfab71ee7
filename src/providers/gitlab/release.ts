/** The GitLab Release beside a tag. It has no id of its own: its tag's name stands for it. */
import { isTagError, TagError } from '../../core/errors.ts';
import type { Call } from '../../core/provider.ts';
import { carries } from '../../core/settle.ts';
import { compact, remarks, type Tag, type TagDraft } from '../../core/tag.ts';
import { type Told, told } from '../../core/told.ts';
import { path } from '../../http/path.ts';
import type { Below, Projects } from './project.ts';
import { WireRelease } from './wire.ts';

const releasesBelow: Below = (project) => path`/projects/${project}/releases`;
const releaseBelow =
  (name: string): Below =>
  (project) =>
    path`/projects/${project}/releases/${name}`;

const withRelease = (tag: Tag, { description, _links }: WireRelease): Tag => ({
  ...tag,
  release: compact({ description, url: _links?.self }),
});

/** Edits the Release that was seen on the tag; makes one where none was. */
export async function publishRelease(projects: Projects, repository: string, tag: Tag, notes: string, call: Call): Promise<Tag> {
  const { name } = tag;
  const [method, below, body] = tag.release
    ? (['PUT', releaseBelow(name), { description: notes }] as const)
    : (['POST', releasesBelow, { tag_name: name, name, description: notes }] as const);
  try {
    return withRelease(tag, (await projects.write(method, repository, below, { call, body, schema: WireRelease }, tag)).body);
  } catch (error) {
    throw tag.release && isMissing(error) ? changed(name, error) : error;
  }
}

/** Tag and Release in one step, the only way for a job token. On a tag that somebody else has put elsewhere meanwhile it would be attached there: it is taken away again. */
export async function createWithRelease(
  projects: Projects,
  repository: string,
  draft: TagDraft,
  commit_id: string,
  call: Call,
): Promise<Tag> {
  const { name, message, release_notes } = draft;
  const body = { tag_name: name, name, description: release_notes, ref: commit_id, tag_message: message };
  const { body: made } = await projects.write('POST', repository, releasesBelow, { call, body, schema: WireRelease });
  if (made.commit && made.commit.id !== commit_id) {
    const meanwhile = told`${name} was put at ${made.commit.id} by somebody else meanwhile`;
    await projects.write('DELETE', repository, releaseBelow(name), { call }).catch(async (cause: unknown) => {
      const isGone = await readRelease(projects, repository, name, call).then(
        (left) => left === undefined,
        () => false,
      );
      if (!isGone) throw strayed(meanwhile, cause);
    });
    throw new TagError('already_exists', told`${meanwhile}.`);
  }
  return withRelease(compact<Tag>({ name, commit_id, annotated: message !== undefined, message }), made);
}

/** Only while it is as it was seen. The tag stays. */
export async function withdrawRelease(projects: Projects, repository: string, tag: Tag, call: Call): Promise<void> {
  const now = await readRelease(projects, repository, tag.name, call);
  if (!now) return;
  if (!carries({ ...tag, release: compact({ description: now.description }) }, tag.release?.description ?? '')) throw changed(tag.name);
  await projects.write('DELETE', repository, releaseBelow(tag.name), { call }, tag).catch((error: unknown) => {
    if (!isMissing(error)) throw error;
  });
}

/** Notes what goes with the deletion of the tag besides the notes, as far as that can be read. */
export async function remarkRelease(projects: Projects, repository: string, tag: Tag, call: Call): Promise<void> {
  const release = tag.release && (await readRelease(projects, repository, tag.name, call).catch(() => undefined));
  if (!release) return;
  const { assets, milestones, evidences, name } = release;
  const had = [
    name && name !== tag.name && 'its title',
    assets?.links?.length && 'its assets',
    milestones?.length && 'its milestones',
    evidences?.length && 'its evidence',
  ].filter(Boolean);
  if (had.length > 0) remarks.set(tag, `The GitLab Release had more than its notes, which does not come back: ${had.join(', ')}.`);
}

/** Undefined where there is none, or the credential does not see it. */
const readRelease = (projects: Projects, repository: string, name: string, call: Call): Promise<WireRelease | undefined> =>
  projects.send('GET', repository, releaseBelow(name), { call, schema: WireRelease }).then(
    ({ body }) => body,
    (error: unknown) => {
      if (isMissing(error)) return undefined;
      throw error;
    },
  );

/** Not already_exists: whoever settles that by looking would tell nothing of the Release. */
const strayed = (meanwhile: Told, cause: unknown): TagError =>
  new TagError(
    isTagError(cause) ? cause.code : 'unexpected_response',
    told`${meanwhile}, and has the GitLab Release of this call now, which could not be taken away again.`,
    {
      hint: 'Have the GitLab Release deleted, or its notes put right, by a person; the tag is somebody else’s.',
      upstream: isTagError(cause) ? cause.upstream : undefined,
      cause,
    },
  );

const isMissing = (error: unknown): error is TagError => isTagError(error) && error.upstream?.status === 404;

const changed = (name: string, cause?: unknown): TagError =>
  new TagError('changed', told`The GitLab Release of ${name} was changed or removed meanwhile; nothing was done.`, { cause });

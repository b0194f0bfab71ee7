/** Tags as `git for-each-ref` tells them: names in order first, then the facts of those that are shown. */
import { isTagError, TagError } from '../../core/errors.ts';
import { matcher, takePage } from '../../core/listing.ts';
import type { Call } from '../../core/provider.ts';
import { compact, irreplaceable, type OrderBy, type Tag, type TagPage, type TagQuery } from '../../core/tag.ts';
import { checkName } from '../../core/tag-name.ts';
import { told } from '../../core/told.ts';
import type { Git } from '../../git/command.ts';

export const OBJECT_ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
/** What becomes of bytes that are not UTF-8; git has them in names, we cannot say them. */
const NOT_UTF8 = '\ufffd';
const WILDCARD = /[*?[\\]/;

const SORT_KEY: Record<OrderBy, string> = { name: 'refname', updated: 'creatordate', version: 'version:refname' };

const FIELDS = [
  'refname:strip=2',
  'objecttype',
  'objectname',
  '*objecttype',
  '*objectname',
  'taggername',
  'taggeremail:trim',
  'taggerdate:iso-strict',
  'contents',
  'contents:signature',
  ...['subject', 'authorname', 'authordate:iso-strict', 'committerdate:iso-strict'].flatMap((field) => [field, `*${field}`]),
] as const;
const FORMAT = FIELDS.map((field) => `%(${field})%00`).join('');

/** The tags of these names that exist, in any order. */
async function readTags(git: Git, repository: string, names: readonly string[], call: Call): Promise<Map<string, Tag>> {
  if (names.length === 0) return new Map();
  const refs = names.map((name) => `refs/tags/${name}`);
  // A pattern also matches everything below it, as below a directory: no tag has that name then, and there may be many.
  const output = await git.run(repository, ['for-each-ref', `--count=${names.length}`, `--format=${FORMAT}`, ...refs], call);
  const wanted = new Set(names);
  const found = new Map<string, Tag>();
  const values = output.split('\0');
  for (let at = 0; at + FIELDS.length < values.length; at += FIELDS.length) {
    const record = Object.fromEntries(FIELDS.map((field, index) => [field, values[at + index] ?? '']));
    const name = (record['refname:strip=2'] ?? '').replace(/^\n/, '');
    if (wanted.has(name)) found.set(name, await toTag(git, repository, name, record, call));
  }
  return found;
}

/** The same where git refuses to read one of them: it must not hide the others, and stands there with its bare name. */
async function readOneByOne(git: Git, repository: string, names: readonly string[], call: Call): Promise<Map<string, Tag>> {
  const found = new Map<string, Tag>();
  for (const name of names) {
    try {
      found.set(name, await readTag(git, repository, name, call));
    } catch (error) {
      if (isTagError(error, 'rejected')) found.set(name, { name });
      else if (!isTagError(error, 'tag_not_found')) throw error;
    }
  }
  return found;
}

export async function readTag(git: Git, repository: string, name: string, call: Call): Promise<Tag> {
  if (WILDCARD.test(name)) checkName(name); // git would read other tags
  const tag = (await readTags(git, repository, [name], call)).get(name);
  if (!tag) throw new TagError('tag_not_found', told`There is no tag ${name} in ${repository}.`);
  return tag;
}

export async function listTags(git: Git, repository: string, query: TagQuery, call: Call): Promise<TagPage> {
  const key = `${query.sort === 'desc' ? '-' : ''}${SORT_KEY[query.order_by]}`;
  const date = query.order_by === 'updated' ? '%00%(creatordate:iso-strict)' : '';
  const lines = git.lines(repository, ['for-each-ref', `--sort=${key}`, `--format=%(refname:strip=2)${date}`, 'refs/tags'], call);
  const { shown, ...rest } = await takePage(repository, places(lines, matcher(query.search)), query);
  const names = shown.map(({ name }) => name);
  const tags = await readTags(git, repository, names, call).catch((error: unknown) => {
    if (!isTagError(error, 'rejected')) throw error;
    return readOneByOne(git, repository, names, call);
  });
  return { tags: names.flatMap((name) => tags.get(name) ?? (name.includes(NOT_UTF8) ? { name } : [])), ...rest };
}

async function* places(batches: AsyncIterable<string[]>, matches: (name: string) => boolean) {
  for await (const lines of batches)
    yield lines.flatMap((line) => {
      const [name = '', date] = line.split('\0');
      return matches(name) ? [{ name, date: date || undefined }] : [];
    });
}

async function toTag(git: Git, repository: string, name: string, record: Record<string, string>, call: Call): Promise<Tag> {
  const annotated = record.objecttype === 'tag';
  const target = record.objectname;
  const peeled = annotated ? '*' : '';
  // A tag of a tag: git before 2.45 peels one level only.
  const nested = annotated && record['*objecttype'] === 'tag';
  const isCommit = record[`${peeled}objecttype`] === 'commit';
  const commit_id = isCommit
    ? record[`${peeled}objectname`]
    : nested
      ? await revision(git, repository, `refs/tags/${name}^{commit}`, call)
      : undefined;
  const tag = compact<Tag>({
    name,
    commit_id,
    target_id: target === commit_id ? undefined : target,
    annotated,
    message: annotated ? messageOf(record) : undefined,
    tagger:
      annotated && record.taggername ? compact({ name: record.taggername, email: record['taggeremail:trim'] || undefined }) : undefined,
    created_at: annotated ? record['taggerdate:iso-strict'] || undefined : undefined,
    commit: isCommit
      ? compact({
          title: record[`${peeled}subject`],
          author_name: record[`${peeled}authorname`],
          authored_date: record[`${peeled}authordate:iso-strict`],
          committed_date: record[`${peeled}committerdate:iso-strict`],
        })
      : undefined,
  });
  if (record['contents:signature']) irreplaceable.set(tag, 'Its signature');
  else if (nested) irreplaceable.set(tag, 'The tag that it stood on');
  return tag;
}

/** The annotation without its signature and without the newline that ends the object. */
const messageOf = ({ contents = '', 'contents:signature': signature = '' }: Record<string, string>) =>
  (signature && contents.endsWith(signature) ? contents.slice(0, -signature.length) : contents).replace(/\n$/, '');

/** The object id of an expression, or undefined where there is none. */
export async function revision(git: Git, repository: string, expression: string, call: Call): Promise<string | undefined> {
  try {
    const id = (await git.run(repository, ['rev-parse', '--verify', '--end-of-options', expression], call)).trim();
    return OBJECT_ID.test(id) ? id : undefined; // ^main is an expression too
  } catch (error) {
    if (isTagError(error, 'rejected')) return undefined;
    throw error;
  }
}

/** Tags as `git for-each-ref` tells them: names in order first, then the facts of those that are shown. */
import { isTagError, TagError } from '../../core/errors.ts';
import { matcher, takePage } from '../../core/listing.ts';
import type { Call } from '../../core/provider.ts';
import { compact, irreplaceable, type OrderBy, type Tag, type TagPage, type TagQuery } from '../../core/tag.ts';
import { checkName } from '../../core/tag-name.ts';
import { told } from '../../core/told.ts';
import type { Git } from '../../git/command.ts';
import { readingTag, readingTags } from '../../git/footprint.ts';
import type { Premises, Roots } from '../../git/locate.ts';
import { peeled } from './resolve.ts';
import { isBroken, noteOf } from './warnings.ts';

/** What becomes of bytes that are not UTF-8; git has them in names, we cannot say them. */
const NOT_UTF8 = '\ufffd';
const WILDCARD = /[*?[\\]/;

/** Dates are asked for as they stand: git gives up on those it cannot print. */
const SORT_KEY: Record<OrderBy, string> = { name: 'refname', updated: 'creatordate:raw', version: 'version:refname' };

const FIELDS = [
  'refname:strip=2',
  'objecttype',
  'objectname',
  '*objecttype',
  '*objectname',
  'taggername',
  'taggeremail:trim',
  'taggerdate:raw',
  ...['authorname', 'authordate:raw', 'committerdate:raw'].flatMap((field) => [field, `*${field}`]),
];
/** These can be of any length. */
const TEXTS = ['subject', '*subject', 'contents', 'contents:signature'];

interface Read {
  readonly tags: Map<string, Tag>;
  readonly words: string;
}

/** The tags of these names that exist, in any order. */
async function readTags(git: Git, at: Premises, names: readonly string[], call: Call, withTexts = true): Promise<Read> {
  if (names.length === 0) return { tags: new Map(), words: '' };
  const refs = names.map((name) => `refs/tags/${name}`);
  const fields = withTexts ? [...FIELDS, ...TEXTS] : FIELDS;
  const format = fields.map((field) => `%(${field})%00`).join('');
  // A pattern also matches everything below it, as below a directory: no tag has that name then, and there may be many.
  const { output, words } = await git.ask(at, ['for-each-ref', `--count=${names.length}`, `--format=${format}`, ...refs], call);
  const wanted = new Set(names);
  const tags = new Map<string, Tag>();
  const values = output.split('\0');
  for (let start = 0; start + fields.length < values.length; start += fields.length) {
    const record = Object.fromEntries(fields.map((field, index) => [field, values[start + index] ?? '']));
    const name = (record['refname:strip=2'] ?? '').replace(/^\n/, '');
    if (!wanted.has(name)) continue;
    tags.set(name, await toTag(git, at, name, record, call));
  }
  return { tags, words };
}

/** One tag; without its message where that is too long to be read. */
export async function readOne(git: Git, at: Premises, name: string, call: Call): Promise<Tag> {
  const read = await readTags(git, at, [name], call).catch(async (error: unknown) => {
    if (!isTagError(error, 'unsupported')) throw error;
    const short = await readTags(git, at, [name], call, false);
    for (const tag of short.tags.values()) irreplaceable.set(tag, 'Its message');
    return short;
  });
  const tag = read.tags.get(name);
  if (tag) return tag;
  if (isBroken(`refs/tags/${name}`, read.words))
    throw new TagError('rejected', told`The ref of the tag ${name} is damaged.`, {
      hint: '`git fsck` in the repository tells more; a person must repair it.',
      upstream: { text: read.words.trim() },
    });
  throw new TagError('tag_not_found', told`There is no tag ${name} in ${at.path}.`);
}

/** The same where git refuses to read one of them: it must not hide the others, and stands there with its bare name. */
async function readOneByOne(git: Git, at: Premises, names: readonly string[], call: Call): Promise<Read> {
  const tags = new Map<string, Tag>();
  for (const name of names) {
    try {
      tags.set(name, await readOne(git, at, name, call));
    } catch (error) {
      if (isTagError(error, 'rejected')) tags.set(name, { name });
      else if (!isTagError(error, 'tag_not_found')) throw error;
    }
  }
  return { tags, words: '' };
}

export async function readTag(git: Git, roots: Roots, repository: string, name: string, call: Call): Promise<Tag> {
  if (WILDCARD.test(name)) checkName(name); // git would read other tags
  return readOne(git, await roots.enter(repository, readingTag(name), call), name, call);
}

export async function listTags(git: Git, roots: Roots, repository: string, query: TagQuery, call: Call): Promise<TagPage> {
  const at = await roots.enter(repository, readingTags, call);
  const key = `${query.sort === 'desc' ? '-' : ''}${SORT_KEY[query.order_by]}`;
  const date = query.order_by === 'updated' ? '%00%(creatordate:raw)' : '';
  let warnings = '';
  const args = ['for-each-ref', `--sort=${key}`, `--format=%(refname:strip=2)${date}`, 'refs/tags'];
  const lines = git.lines(at, args, call, (words) => {
    warnings += words;
  });
  const { shown, ...rest } = await takePage(repository, places(lines, matcher(query.search)), query);
  const names = shown.map(({ name }) => name);
  const { tags, words } = await readTags(git, at, names, call).catch((error: unknown) => {
    if (!isTagError(error, 'rejected', 'unsupported')) throw error;
    return readOneByOne(git, at, names, call);
  });
  const note = noteOf(warnings + words);
  const found = names.flatMap((name) => tags.get(name) ?? (name.includes(NOT_UTF8) ? { name } : []));
  return { tags: found, ...rest, ...(note && { note }) };
}

async function* places(batches: AsyncIterable<string[]>, matches: (name: string) => boolean) {
  for await (const lines of batches)
    yield lines.flatMap((line) => {
      const [name = '', date] = line.split('\0');
      return matches(name) ? [{ name, date: toDate(date) }] : [];
    });
}

async function toTag(git: Git, at: Premises, name: string, record: Record<string, string>, call: Call): Promise<Tag> {
  const annotated = record.objecttype === 'tag';
  const target = record.objectname;
  const peel = annotated ? '*' : '';
  // A tag of a tag: git before 2.45 peels one level only.
  const nested = annotated && record['*objecttype'] === 'tag';
  const isCommit = record[`${peel}objecttype`] === 'commit';
  const commit_id = isCommit ? record[`${peel}objectname`] : nested ? await peeled(git, at, target ?? '', call) : undefined;
  const tag = compact<Tag>({
    name,
    commit_id,
    target_id: target === commit_id ? undefined : target,
    annotated,
    message: annotated ? messageOf(record) : undefined,
    tagger:
      annotated && record.taggername ? compact({ name: record.taggername, email: record['taggeremail:trim'] || undefined }) : undefined,
    created_at: annotated ? toDate(record['taggerdate:raw']) : undefined,
    commit: isCommit
      ? compact({
          title: record[`${peel}subject`],
          author_name: record[`${peel}authorname`],
          authored_date: toDate(record[`${peel}authordate:raw`]),
          committed_date: toDate(record[`${peel}committerdate:raw`]),
        })
      : undefined,
  });
  if (record['contents:signature']) irreplaceable.set(tag, 'Its signature');
  else if (nested) irreplaceable.set(tag, 'The tag that it stood on');
  return tag;
}

/** The annotation without its signature and without the line end that ends the object. */
const messageOf = ({ contents, 'contents:signature': signature = '' }: Record<string, string>) =>
  (signature && contents?.endsWith(signature) ? contents.slice(0, -signature.length) : contents)?.replace(/\r?\n$/, '');

const LAST_SECOND = 253_402_300_799; // of the year 9999: no date beyond it can be written down

/** Seconds and offset as git keeps them → ISO 8601; undefined for a date that is none. */
function toDate(raw: string | undefined): string | undefined {
  const [, seconds, sign, hours, minutes] = /^(-?\d+) ([+-])(\d\d)(\d\d)$/.exec(raw ?? '') ?? [];
  if (seconds === undefined || Math.abs(Number(seconds)) > LAST_SECOND) return undefined;
  const ahead = Number(hours) * 60 + Number(minutes);
  const isZone = ahead > 0 && Number(hours) < 24 && Number(minutes) < 60;
  const offset = isZone ? (sign === '-' ? -ahead : ahead) : 0;
  const local = new Date((Number(seconds) + offset * 60) * 1_000).toISOString().slice(0, -'.000Z'.length);
  return isZone ? `${local}${sign}${hours}:${minutes}` : `${local}Z`;
}

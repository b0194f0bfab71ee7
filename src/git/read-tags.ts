/** Tags as `git for-each-ref` tells them. */
import { isTagError, TagError } from '../core/errors.ts';
import type { Call } from '../core/provider.ts';
import { compact, irreplaceable, type Tag } from '../core/tag.ts';
import { told } from '../core/told.ts';
import type { Git, Workplace } from './command.ts';
import { BATCH, toObject } from './objects.ts';
import { isBroken } from './warnings.ts';

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

export interface Read {
  readonly tags: Map<string, Tag>;
  readonly words: string;
}

/** The tags of these names that exist, in any order. */
export async function readTags(git: Git, at: Workplace, names: readonly string[], call: Call, withTexts = true): Promise<Read> {
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
export async function readOne(git: Git, at: Workplace, name: string, call: Call): Promise<Tag> {
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

async function toTag(git: Git, at: Workplace, name: string, record: Record<string, string>, call: Call): Promise<Tag> {
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
export function toDate(raw: string | undefined): string | undefined {
  const [, seconds, sign, hours, minutes] = /^(-?\d+) ([+-])(\d\d)(\d\d)$/.exec(raw ?? '') ?? [];
  if (seconds === undefined || Math.abs(Number(seconds)) > LAST_SECOND) return undefined;
  const ahead = Number(hours) * 60 + Number(minutes);
  const isZone = ahead > 0 && Number(hours) < 24 && Number(minutes) < 60;
  const offset = isZone ? (sign === '-' ? -ahead : ahead) : 0;
  const local = new Date((Number(seconds) + offset * 60) * 1_000).toISOString().slice(0, -'.000Z'.length);
  return isZone ? `${local}${sign}${hours}:${minutes}` : `${local}Z`;
}

/** The commit at the end of a chain of tags; undefined where it ends elsewhere. */
async function peeled(git: Git, at: Workplace, id: string, call: Call): Promise<string | undefined> {
  const output = await git.run(at, BATCH, call, `${id}^{commit}\n`);
  return toObject(output.trimEnd())?.id;
}

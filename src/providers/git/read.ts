/** Lists by names in order first, then the facts of those that are shown. */
import { isTagError } from '../../core/errors.ts';
import { selectorOf, takePage } from '../../core/listing.ts';
import type { Call } from '../../core/provider.ts';
import type { OrderBy, Tag, TagPage, TagQuery } from '../../core/tag.ts';
import { checkName } from '../../core/tag-name.ts';
import type { Git } from '../../git/command.ts';
import { readingTag, readingTags } from '../../git/footprint.ts';
import type { Premises, Roots } from '../../git/locate.ts';
import { type Read, readOne, readTags, toDate } from '../../git/read-tags.ts';
import { noteOf } from '../../git/warnings.ts';
import { resolveCommit } from './resolve.ts';

/** What becomes of bytes that are not UTF-8; git has them in names, we cannot say them. */
const NOT_UTF8 = '\ufffd';
const WILDCARD = /[*?[\\]/;

/** Dates are asked for as they stand: git gives up on those it cannot print. */
const SORT_KEY: Record<OrderBy, string> = { name: 'refname', updated: 'creatordate:raw', version: 'version:refname' };

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
  const holding = query.contains === undefined ? [] : [`--contains=${await resolveCommit(git, roots, repository, query.contains, call)}`];
  const args = ['for-each-ref', `--sort=${key}`, `--format=%(refname:strip=2)${date}`, ...holding, 'refs/tags'];
  const lines = git.lines(at, args, call, (words) => {
    warnings += words;
  });
  const { shown, ...rest } = await takePage(repository, places(lines, selectorOf(query)), query);
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

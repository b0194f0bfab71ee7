/** What lies between two commits: one walk over their history, and the words of those that are told. */
import { join } from 'node:path';
import { type Commit, type Comparison, MOST_COMMITS, type Point, type Range } from '../../core/changes.ts';
import { isTagError } from '../../core/errors.ts';
import type { Call } from '../../core/provider.ts';
import { plainName } from '../../core/tag-name.ts';
import { versionsBelow } from '../../core/versions.ts';
import type { Git } from '../../git/command.ts';
import { readingTags } from '../../git/footprint.ts';
import type { Premises, Roots } from '../../git/locate.ts';
import { look } from '../../git/look.ts';
import { toDate } from '../../git/read-tags.ts';
import { noteOf } from '../../git/warnings.ts';
import { resolveCommit } from './resolve.ts';

const SHALLOW = 'The clone is shallow: history beyond what it holds is missing here.';

export function createComparing(git: Git, roots: Roots) {
  const pointAt = async (repository: string, ref: string, call: Call): Promise<Point> => ({
    name: plainName(ref),
    commit_id: await resolveCommit(git, roots, repository, ref, call),
  });

  async function versionsFor(repository: string, { name }: Point, call: Call, ...only: string[]): Promise<string[]> {
    const at = await roots.enter(repository, readingTags, call);
    const output = await git.run(at, ['for-each-ref', '--format=%(refname:strip=2)', ...only, 'refs/tags'], call);
    return versionsBelow(name, output.split('\n'));
  }

  async function between(repository: string, head: Point, base: Point | undefined, call: Call): Promise<Comparison> {
    if (base?.commit_id === head.commit_id) return { base, head, relation: 'same', total: 0, commits: [] };
    const at = await roots.enter(repository, {}, call);
    const { commits, total, isAhead, words } = await walk(git, at, head, base, call);
    const note = [noteOf(words) ?? [], (await look(join(at.common, 'shallow'))) ? SHALLOW : []].flat().join(' ');
    return {
      base,
      head,
      relation: !base || isAhead ? 'ahead' : 'diverged',
      total,
      commits,
      note: note || undefined,
    };
  }

  /** Most often head contains the highest version there is, which the walk itself tells; else git is asked which it contains. */
  async function withVersion(repository: string, head: Point, call: Call): Promise<Comparison> {
    const [highest] = await versionsFor(repository, head, call);
    if (highest === undefined) return between(repository, head, undefined, call);
    const base = await pointAt(repository, `refs/tags/${highest}`, call).catch((error: unknown) => {
      if (!isTagError(error, 'ref_not_found')) throw error; // on a tree, or gone by now
    });
    const found = base && (await between(repository, head, base, call));
    if (found && found.relation !== 'diverged') return found;
    const [contained] = await versionsFor(repository, head, call, `--merged=${head.commit_id}`);
    return between(repository, head, contained === undefined ? undefined : await pointAt(repository, `refs/tags/${contained}`, call), call);
  }

  return async (repository: string, { head: ref = 'HEAD', base }: Range, call: Call): Promise<Comparison> => {
    if (base === undefined) return withVersion(repository, await pointAt(repository, ref, call), call);
    const [to, from] = await Promise.all([pointAt(repository, ref, call), pointAt(repository, base, call)]);
    return between(repository, to, from, call);
  };
}

/** The commits of head that base has not, and how many there are. Head contains base where base stands right behind one of them. */
async function walk(git: Git, at: Premises, head: Point, base: Point | undefined, call: Call) {
  const ids: string[] = [];
  let [total, isAhead, words] = [0, false, ''];
  let reading: Promise<Commit[]> | undefined;
  const args = ['rev-list', '--boundary', head.commit_id, ...(base ? [`^${base.commit_id}`] : [])];
  const lines = git.lines(at, args, call, (said) => {
    words += said;
  });
  for await (const batch of lines) {
    const found = batch.filter((line) => !line.startsWith('-'));
    total += found.length;
    ids.push(...found.slice(0, MOST_COMMITS - ids.length));
    isAhead ||= found.length < batch.length && batch.includes(`-${base?.commit_id}`);
    if (ids.length === MOST_COMMITS && !reading) {
      reading = read(git, at, ids, call);
      reading.catch(() => {}); // the walk goes on, and may fail first
    }
    call.progress(total, `${total} commits counted`);
  }
  return { commits: await (reading ?? read(git, at, ids, call)), total, isAhead, words };
}

/** One line of the first paragraph, where whole messages are too long to be read. */
const SUBJECT = '%<(200,trunc)%s';

/** Legacy encodings are read as what they say they are; a message ends where it holds a NUL. */
async function read(git: Git, at: Premises, ids: readonly string[], call: Call, words = '%B'): Promise<Commit[]> {
  if (ids.length === 0) return [];
  const format = [`--format=%x00%an%x00%ct%x00${words}%x00`, '--encoding=UTF-8'];
  const args = ['rev-list', '--no-walk=unsorted', ...format, '--stdin'];
  try {
    const fields = (await git.run(at, args, call, `${ids.join('\n')}\n`)).split('\0');
    return ids.map((id, index) => {
      const [author, seconds, message = ''] = fields.slice(index * 4 + 1);
      return { id, author, date: toDate(`${seconds} +0000`), message };
    });
  } catch (error) {
    if (!isTagError(error, 'unsupported') || words === SUBJECT) throw error;
    return read(git, at, ids, call, SUBJECT);
  }
}

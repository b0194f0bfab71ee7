/** A local repository, through the `git` program. Every change is a compare-and-swap on the ref. */

import { delimiter } from 'node:path';
import * as z from 'zod';
import { TagError } from '../../core/errors.ts';
import { type Call, defineProvider, type Traits } from '../../core/provider.ts';
import { ORDERS, type Tag, type TagDraft } from '../../core/tag.ts';
import { told } from '../../core/told.ts';
import { declare } from '../../core/variable.ts';
import { createGit, type Git } from '../../git/command.ts';
import { createRoots, enclosing } from '../../git/locate.ts';
import { accessTo } from './access.ts';
import { TAG_MEANINGS } from './failures.ts';
import { listTags, OBJECT_ID, readTag, revision } from './read.ts';

/** In bytes. A little more, and git leaves directories behind that are hard to remove. */
const LONGEST_NAME = 1_000;

const traits: Traits = {
  message: 'annotation',
  orders: ORDERS,
  atomicMove: true,
  conditional: true,
  isOpaque: () => true, // a directory inside a repository, or a worktree: the disk is asked, for nothing
  repository: 'path',
  refs: 'any revision git knows',
  names: "git's own rules",
  nameRule: (name) => (Buffer.byteLength(name) > LONGEST_NAME ? `it is longer than ${LONGEST_NAME} bytes` : undefined),
};

export const git = defineProvider({
  name: 'git',
  title: 'git',
  traits,
  env: z.object({
    TAGWRIGHT_GIT_ROOTS: declare(z.string().optional(), {
      role: 'option',
      description:
        'Directories whose repositories may be used, as in PATH (or --git-root); without it, the repository around the working directory',
      example: '/home/me/src',
      format: 'directory',
    }),
  }),
  connect({ TAGWRIGHT_GIT_ROOTS }, host) {
    const given = (TAGWRIGHT_GIT_ROOTS ?? '').split(delimiter).filter(Boolean);
    const here = host.cwd ? enclosing(host.cwd) : undefined;
    if (!here && given.length === 0) return undefined;
    const git = createGit(host, TAG_MEANINGS);
    const roots = createRoots(git, host, here, given);

    /** `to` undefined deletes. Without --no-deref, what is done to a tag that is a symbolic ref would be done to the branch it names. */
    async function change(repository: string, name: string, to: string | undefined, from: string, call: Call): Promise<void> {
      await roots.admit(repository, name, call);
      const ref = `refs/tags/${name}`;
      await git.run(repository, ['update-ref', '--no-deref', ...(to ? [ref, to] : ['-d', ref]), from], call);
    }

    return {
      traits,
      defaultRepository: roots.standard,
      locate: roots.locate,
      canonical: roots.nameOf,
      resolve: async (repository, ref = 'HEAD', call) => (await resolveTarget(git, repository, ref, call)).id,
      get: (repository, name, call) => readTag(git, repository, name, call),
      list: (repository, query, call) => listTags(git, repository, query, call),
      async create(repository, draft, call) {
        const target = await resolveTarget(git, repository, draft.ref, call);
        const object = await objectFor(git, repository, draft, target, draft.message, call);
        await change(repository, draft.name, object, '0'.repeat(object.length), call);
        return readTag(git, repository, draft.name, call);
      },
      async move(repository, draft, from, call) {
        const target = await resolveTarget(git, repository, draft.ref, call);
        const message = draft.message ?? (from.annotated ? (from.message ?? '') : undefined);
        const object = await objectFor(git, repository, draft, target, message, call);
        await change(repository, draft.name, object, objectOf(from), call);
        return readTag(git, repository, draft.name, call);
      },
      delete: (repository, tag, _force, call) => change(repository, tag.name, undefined, objectOf(tag), call),
      async check(call) {
        const version = (await git.run(host.cwd, ['--version'], call)).replace('git version', '').trim();
        return { version };
      },
      access: (repository, call) => accessTo(git, repository, call),
    };
  },
});

/** What the ref itself points at: the tag object, or for a lightweight tag whatever it stands on. */
const objectOf = ({ target_id, commit_id = '' }: Tag) => target_id ?? commit_id;

/** A commit; or, so that a deleted tag on a tree or a blob can be restored, any object named by its full id. */
async function resolveTarget(git: Git, repository: string, ref: string, call: Call): Promise<{ id: string; type: string }> {
  const commit = await revision(git, repository, `${ref}^{commit}`, call);
  if (commit) return { id: commit, type: 'commit' };
  const id = OBJECT_ID.test(ref) ? await revision(git, repository, `${ref}^{object}`, call) : undefined;
  if (!id) throw new TagError('ref_not_found', told`${ref} is no commit of this repository.`);
  return { id, type: (await git.run(repository, ['cat-file', '-t', id], call)).trim() };
}

/** The target itself for a lightweight tag, else a new tag object. Unlike `git tag`, mktag keeps every line, and moves use it too. */
async function objectFor(
  git: Git,
  repository: string,
  { name }: TagDraft,
  { id, type }: { id: string; type: string },
  message: string | undefined,
  call: Call,
): Promise<string> {
  if (message === undefined) return id;
  if (message.includes('\0')) throw new TagError('invalid_input', 'git keeps no message beyond a NUL character; nothing was written.');
  // A deleted tag on a tree or a blob is restored by its own object, which brings its message along.
  if (type === 'tag' && bodyOf(await git.run(repository, ['cat-file', 'tag', id], call)).startsWith(message)) return id;
  const tagger = (await git.run(repository, ['var', 'GIT_COMMITTER_IDENT'], call)).trimEnd();
  const object = `object ${id}\ntype ${type}\ntag ${name}\ntagger ${tagger}\n\n${message}\n`;
  return (await git.run(repository, ['mktag'], call, object)).trim();
}

/** What follows the header of a tag object; git leaves empty lines at its beginning out, and so do we. */
const bodyOf = (object: string) => object.slice(object.indexOf('\n\n')).trimStart();

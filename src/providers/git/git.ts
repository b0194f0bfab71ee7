/** A local repository, through the `git` program. Every change is a compare-and-swap on the ref. */

import { delimiter } from 'node:path';
import * as z from 'zod';
import { defineProvider } from '../../core/provider.ts';
import { ORDERS } from '../../core/tag.ts';
import type { NameRule } from '../../core/tag-name.ts';
import type { Traits } from '../../core/traits.ts';
import { declare } from '../../core/variable.ts';
import { createGit, versionOf } from '../../git/command.ts';
import { createRoots, pathsFor } from '../../git/locate.ts';
import { isObjectId, objectOf } from '../../git/objects.ts';
import { enclosing } from '../../git/site.ts';
import { accessTo } from './access.ts';
import { createComparing } from './compare.ts';
import { TAG_MEANINGS } from './failures.ts';
import { listTags, readTag } from './read.ts';
import { resolveIn } from './resolve.ts';
import { createWriter } from './write.ts';

/** In bytes. A little more, and git leaves directories behind that are hard to remove. */
const LONGEST_NAME = 1_000;

const nameRule: NameRule = (name) => {
  if (Buffer.byteLength(name) > LONGEST_NAME) return `it is longer than ${LONGEST_NAME} bytes`;
  if (isObjectId(name.toLowerCase())) return 'it looks like the id of an object, and git would take it for one';
  return undefined;
};

const traits: Traits = {
  message: 'annotation',
  orders: ORDERS,
  atomicMove: true,
  undo: 'always',
  conditional: true,
  compares: true,
  contains: true,
  isOpaque: () => true, // a directory inside a repository, or a worktree: the disk is asked, for nothing
  repository: 'path',
  refs: 'branch, tag or commit, also with ~n, ^n or @{…}',
  names: "git's own rules, and no 40 or 64 hexadecimal digits",
  nameRule,
};

export const git = defineProvider({
  name: 'git',
  title: 'git',
  traits,
  env: z.object({
    TAGWRIGHT_GIT_ROOTS: declare(z.string().optional(), {
      role: 'option',
      description:
        'Directories whose repositories may be used, as in PATH (or --git-root); one alone that is a repository is the default. Without it, the repository around the working directory',
      example: '/home/me/src',
      format: 'directory',
    }),
  }),
  connect({ TAGWRIGHT_GIT_ROOTS }, host) {
    const given = (TAGWRIGHT_GIT_ROOTS ?? '').split(delimiter).filter(Boolean);
    const here = host.cwd ? enclosing(host.cwd) : undefined;
    if (!here && given.length === 0) return undefined;
    const git = createGit(host, TAG_MEANINGS, given.map(pathsFor(host)));
    const roots = createRoots(git, host, here, given);

    const { change, put } = createWriter(git, roots);

    return {
      traits,
      defaultRepository: roots.standard,
      locate: roots.locate,
      canonical: roots.nameOf,
      resolve: async (repository, ref = 'HEAD', call) => (await resolveIn(git, roots, repository, ref, call)).id,
      get: (repository, name, call) => readTag(git, roots, repository, name, call),
      list: (repository, query, call) => listTags(git, roots, repository, query, call),
      compare: createComparing(git, roots),
      create: (repository, draft, call) => put(repository, draft, draft.message, undefined, call),
      move: (repository, draft, from, call) =>
        put(repository, draft, draft.message ?? (from.annotated ? (from.message ?? '') : undefined), from, call),
      delete: async (repository, tag, _force, call) => void (await change(repository, tag.name, undefined, objectOf(tag), call)),
      async check(call) {
        return { version: await versionOf(git, host.cwd, call) };
      },
      access: async (repository, call) => accessTo(await roots.enter(repository, {}, call)),
    };
  },
});

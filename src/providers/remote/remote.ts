/** The tags of a git host, by git's own protocol: every write is a compare-and-swap there. */
import { delimiter } from 'node:path';
import * as z from 'zod';
import { isTagError, TagError } from '../../core/errors.ts';
import { defineProvider } from '../../core/provider.ts';
import { gitNameRule, type NameRule } from '../../core/tag-name.ts';
import { ours, told } from '../../core/told.ts';
import type { Traits } from '../../core/traits.ts';
import { declare, secret, variable } from '../../core/variable.ts';
import { createWalks } from '../../core/walks.ts';
import { createGit, versionOf } from '../../git/command.ts';
import { createExchange } from '../../git/exchange.ts';
import { createRoots, pathsFor, type Roots } from '../../git/locate.ts';
import { isObjectId } from '../../git/objects.ts';
import { enclosing } from '../../git/site.ts';
import { createClones } from './clones.ts';
import { createPlaces, hasRemotes, type Place } from './places.ts';
import { fetchTag, listTags } from './read.ts';
import { arriveAt } from './resolve.ts';
import { configured } from './token.ts';
import { createWriter } from './write.ts';

const nameRule: NameRule = (name) =>
  isObjectId(name.toLowerCase()) ? 'it looks like the id of an object, and git hosts take it for one' : undefined;

const traits: Traits = {
  message: 'annotation',
  orders: ['version', 'name'],
  atomicMove: true,
  undo: 'always',
  conditional: true,
  compares: false,
  contains: false,
  isOpaque: () => true, // the name of a remote, in a clone that only the disk knows
  repository: 'origin or URL',
  refs: 'branch or tag of the host, or a full commit id',
  names: "git's own rules, and no 40 or 64 hexadecimal digits",
  nameRule,
};

export const remote = defineProvider({
  name: 'remote',
  title: 'git remotes',
  traits,
  env: z.object({
    GIT_REMOTE_URL: declare(z.string().optional(), {
      role: 'address',
      ambient: true,
      description: 'Address of a repository on any git host: the default one',
      example: 'https://git.example.com/acme/app.git',
    }),
    GIT_REMOTE_TOKEN: secret('Token or password for its host; without it the credential helpers of git and the keys of ssh answer'),
    GIT_REMOTE_USER: variable('credential', 'User that goes with the token (default: what the host expects)', 'deploy'),
    TAGWRIGHT_GIT_REMOTES: declare(z.string().optional(), {
      role: 'option',
      description: 'Further addresses that may be used, as globs, separated by commas; the remotes of repositories in the roots always may',
      example: 'https://git.example.com/acme/*',
    }),
    TAGWRIGHT_GIT_ROOTS: declare(z.string().optional(), {
      role: 'option',
      description: 'The same directories: the remotes of repositories there may be used',
      unasked: true,
      format: 'directory',
    }),
  }),
  connect({ GIT_REMOTE_URL, GIT_REMOTE_TOKEN, GIT_REMOTE_USER, TAGWRIGHT_GIT_REMOTES, TAGWRIGHT_GIT_ROOTS }, host) {
    const given = (TAGWRIGHT_GIT_ROOTS ?? '').split(delimiter).filter(Boolean);
    const globs = (TAGWRIGHT_GIT_REMOTES ?? '').split(',').flatMap((glob) => glob.trim() || []);
    if (GIT_REMOTE_TOKEN && !GIT_REMOTE_URL)
      throw new TagError('not_configured', 'GIT_REMOTE_TOKEN is set without GIT_REMOTE_URL: it is not known where it may be sent.', {
        hint: 'Set GIT_REMOTE_URL to the address of a repository on its host.',
      });
    if (!GIT_REMOTE_URL && globs.length === 0 && !hasRemotes(host, given)) return undefined;

    const git = createGit(host, [], given.map(pathsFor(host)));
    const here = host.cwd ? enclosing(host.cwd) : undefined;
    const roots = here || given.length > 0 ? createRoots(git, host, here, given) : undefined;
    const own = GIT_REMOTE_URL ? configured(GIT_REMOTE_URL, GIT_REMOTE_TOKEN, GIT_REMOTE_USER, host) : undefined;
    const places = createPlaces(host, roots, globs, own);
    const enter: Roots['enter'] = async (...args) => {
      if (!roots) throw new TagError('policy_denied', 'There are no clones here.');
      return roots.enter(...args);
    };
    const visit = createExchange(git, host);
    const { create, move, remove } = createWriter(git, visit, createClones(git, enter));
    const walks = createWalks();
    const at = (repository: string): Place => places.known(repository);

    return walks.forgetful({
      traits,
      defaultRepository: places.standard,
      address: places.address,
      locate: places.locate,
      canonical: async (repository) => at(repository).address.canonical,
      onHost: async (repository) => at(repository).address.onHost,
      resolve: async (repository, ref, call) =>
        visit(at(repository), call, async (there) => (await arriveAt(git, there, ref, call)).target.id),
      async get(repository, name, call) {
        const reason = gitNameRule(name); // in a refspec it would mean something else
        if (reason) throw new TagError('invalid_name', told`No tag can be called ${name}: ${ours(reason)}.`);
        return visit(at(repository), call, (there) => fetchTag(git, there, name, call));
      },
      list: async (repository, query, call) =>
        walks.page(repository, query, async function* () {
          yield await visit(at(repository), call, listTags);
        }),
      create: async (repository, draft, call) => create(at(repository), draft, call),
      move: async (repository, draft, from, call) => move(at(repository), draft, from, call),
      delete: async (repository, tag, _force, call) => remove(at(repository), tag, call),
      async check(call) {
        const version = await versionOf(git, host.cwd || '/', call);
        if (places.standard === undefined) return { version };
        const place = at(await places.locate(places.standard, call));
        // Whether it has that very repository is asked next, and told as what it is.
        await visit(place, call, (there) => there.tags()).catch((error: unknown) => {
          if (!isTagError(error, 'repository_not_found')) throw error;
        });
        return { version, ...(place.answering && { user: place.answering }) };
      },
    });
  },
});

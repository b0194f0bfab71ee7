/** Huawei Cloud CodeArts Repo, through its REST API v4. */
import { checkedDefault, isTagError, TagError } from '../../core/errors.ts';
import { defineProvider, type TagProvider } from '../../core/provider.ts';
import { replaceTag } from '../../core/replace.ts';
import { ORDERS } from '../../core/tag.ts';
import { told } from '../../core/told.ts';
import type { Traits } from '../../core/traits.ts';
import { createWalks } from '../../core/walks.ts';
import { path } from '../../http/path.ts';
import { openApi } from './api.ts';
import { createComparing } from './compare.ts';
import { env } from './env.ts';
import { isUnclear, saysNoTag } from './failures.ts';
import { listTags, tagsIn } from './list.ts';
import { archivedNow, readRepository, reasonFor, resolveRef } from './look.ts';
import { toTag, WireTag } from './wire.ts';

const LONGEST_NAME = 2_000;
const LARGEST_ID = 2 ** 31 - 1;

const traits: Traits = {
  message: 'annotation',
  orders: ORDERS,
  atomicMove: false,
  undo: 'always',
  conditional: false,
  compares: true,
  contains: false,
  nameRule: (name) => (name.length > LONGEST_NAME ? `it is longer than ${LONGEST_NAME} characters` : undefined),
  repository: 'numeric id',
  refs: 'branch, tag or commit',
  names: "git's own rules",
};

// One tag is addressed in the singular, with its name in the query.
const tagIn = (repository: string) => path`/v4/repositories/${repository}/repository/tag`;

function locateRepository(spelling: string): string {
  const id = /^\d{1,10}$/.test(spelling.trim()) ? Number(spelling) : 0;
  if (id >= 1 && id <= LARGEST_ID) return String(id);
  throw new TagError('invalid_input', told`${spelling} is not the id of a CodeArts repository.`, {
    hint: 'It is a whole number, shown on the page of the repository.',
  });
}

export const codearts = defineProvider({
  name: 'codearts',
  title: 'CodeArts Repo',
  traits,
  env,
  connect(values, host) {
    const api = openApi(values, host);
    if (!api) return undefined;
    const walks = createWalks();

    const provider: TagProvider = {
      traits,
      defaultRepository: checkedDefault(values.CODEARTS_REPOSITORY, 'CODEARTS_REPOSITORY', locateRepository),
      address: api.address,
      locate: async (spelling) => locateRepository(spelling),
      canonical: async (repository) => repository,
      resolve: (repository, ref, call) => resolveRef(api, repository, ref, call),
      async get(repository, name, call) {
        try {
          return toTag((await api.send('GET', tagIn(repository), { call, query: { tag_name: name }, schema: WireTag })).body);
        } catch (error) {
          if (!isUnclear(error)) throw error;
          const isNamed = saysNoTag(error, name);
          if (!isNamed && error.upstream?.status !== 404) throw error;
          if (!isNamed) await readRepository(api, repository, call);
          throw new TagError('tag_not_found', told`There is no tag ${name}.`, { upstream: error.upstream, cause: error });
        }
      },
      list: (repository, query, call) => listTags(api, walks, repository, query, call),
      compare: createComparing(api, (repository, name, call) => provider.get(repository, name, call)),
      async create(repository, draft, call) {
        const { name, ref, message } = draft;
        const body = { tag_name: name, ref, message };
        try {
          return toTag((await api.send('POST', tagsIn(repository), { call, body, schema: WireTag })).body);
        } catch (error) {
          if (!isUnclear(error)) throw await reasonFor(error, api, repository, name, call);
          const standing = await provider.get(repository, name, call).catch((failure: unknown) => {
            if (isTagError(failure, 'tag_not_found')) return undefined;
            throw failure;
          });
          if (standing) throw new TagError('already_exists', told`${name} already exists.`, { upstream: error.upstream, cause: error });
          const commit = await resolveRef(api, repository, ref, call);
          if (commit === ref) throw await reasonFor(error, api, repository, name, call);
          // CreateTag knows branches and whole commit ids alone: a tag, or an abbreviated id, goes by its commit.
          return provider.create(repository, { ...draft, ref: commit }, call);
        }
      },
      move: (repository, draft, from, call) => replaceTag(provider, repository, draft, from, call),
      async delete(repository, { name }, _force, call) {
        try {
          await api.send('DELETE', tagIn(repository), { call, query: { tag_name: name } });
        } catch (error) {
          if (isUnclear(error)) await provider.get(repository, name, call); // says so if it is not there
          throw await reasonFor(error, api, repository, name, call);
        }
      },
      async admit(repository, _name, call) {
        const known = await readRepository(api, repository, call).catch(() => undefined);
        if (known?.archived) throw archivedNow(repository);
      },
      async check(call) {
        await api.send('GET', path`/v4/user/repositories`, { call, query: { limit: 1 } });
        return api.identity(call);
      },
      async access(repository, call) {
        const { archived } = await readRepository(api, repository, call);
        return archived ? { write: false, why: 'the repository is archived' } : { why: 'CodeArts Repo tells a right only when it is used' };
      },
    };
    return walks.forgetful(provider);
  },
});

/** lakeFS, through its API v1. A tag there is a name on a commit, and nothing else. */
import type * as z from 'zod';
import { checkedDefault, isTagError, TagError } from '../../core/errors.ts';
import { type Call, defineProvider, type Identity, type TagProvider, type Traits } from '../../core/provider.ts';
import { replaceTag } from '../../core/replace.ts';
import { compact } from '../../core/tag.ts';
import { told } from '../../core/told.ts';
import { createHttp } from '../../http/http.ts';
import { type Path, path } from '../../http/path.ts';
import { accessTo, env } from './access.ts';
import { explain } from './failures.ts';
import { lakectlFile } from './lakectl-file.ts';
import { listTags, tagsPath } from './list.ts';
import { locateRepository } from './locate.ts';
import { checkAddress, nameRule } from './name.ts';
import { toTag, WireConfig, WireLog, WireRef, WireRepository, WireUser } from './wire.ts';

const traits: Traits = {
  message: 'none',
  orders: ['name', 'version'],
  atomicMove: false,
  nameRule,
  repository: 'id',
  refs: 'branch, tag, commit id or its beginning, main~2',
  names: "git's own rules, and no / % @ $",
};

export const lakefs = defineProvider({
  name: 'lakefs',
  title: 'lakeFS',
  traits,
  env,
  file: lakectlFile,
  connect(values, host) {
    const access = accessTo(values, host);
    if (!access) return undefined;
    const http = createHttp({ ...access, host, explain });
    const read = async <T>(at: Path, schema: z.ZodType<T>, call: Call, query: Record<string, number> = {}) =>
      (await http.send('GET', at, { call, schema, query })).body;
    const tagPath = (repository: string, name: string) => {
      checkAddress(name, 'invalid_name', 'Such a tag is for lakectl alone.');
      return path`/repositories/${repository}/tags/${name}`;
    };

    const provider: TagProvider = {
      traits,
      defaultRepository: checkedDefault(values.LAKEFS_REPOSITORY, 'LAKEFS_REPOSITORY', locateRepository),
      address: http.address,
      locate: async (spelling) => locateRepository(spelling),
      canonical: async (repository) => repository,
      async resolve(repository, ref, call) {
        const at = ref ?? (await read(path`/repositories/${repository}`, WireRepository, call)).default_branch;
        checkAddress(at, 'ref_not_found', 'Give the id of the commit instead.');
        // Not /commits/{ref}: that answers 500 for a malformed ref (pkg/api/controller.go).
        const { results } = await read(path`/repositories/${repository}/refs/${at}/commits`, WireLog, call, { amount: 1 });
        if (!results[0]) throw new TagError('ref_not_found', told`${at} leads to no commit.`);
        return results[0].id;
      },
      async get(repository, name, call) {
        const tag = toTag(await read(tagPath(repository, name), WireRef, call));
        if (tag.name !== name) throw new TagError('unexpected_response', told`Asked for ${name}, lakeFS answered with ${tag.name}.`);
        return tag;
      },
      list: (repository, query, call) => listTags(http, repository, query, call),
      async create(repository, { name, ref, force }, call) {
        const body = { id: name, ref, ...(force && { force }) };
        try {
          return toTag((await http.send('POST', tagsPath(repository), { call, body, schema: WireRef })).body);
        } catch (error) {
          if (!isTagError(error, 'read_only')) throw error;
          // A read-only repository refuses before it looks whether the name is taken.
          await provider.get(repository, name, call).catch(() => {
            throw error;
          });
          throw new TagError('already_exists', 'The tag already exists.', { upstream: error.upstream, cause: error });
        }
      },
      move: (repository, draft, from, call) => replaceTag(provider, repository, draft, from, call),
      async delete(repository, { name }, force, call) {
        await http.send('DELETE', tagPath(repository, name), { call, query: { force: force || undefined } });
      },
      async check(call) {
        const [{ user }, { version_config }] = await Promise.all([
          read(path`/user`, WireUser, call),
          read(path`/config`, WireConfig, call),
        ]);
        // A credential that proves nobody is no error to /user, but a user without an id.
        if (!user.id) throw new TagError('unauthenticated', 'lakeFS does not know whose credential this is.');
        return compact<Identity>({ user: user.id, version: version_config?.version });
      },
      async access(repository, call) {
        const { read_only } = await read(path`/repositories/${repository}`, WireRepository, call);
        return read_only ? { write: false, why: 'the repository is read-only' } : { why: 'lakeFS tells a right only when it is used' };
      },
    };
    return provider;
  },
});

/** lakeFS, through its API v1. A tag there is a name on a commit, and nothing else. */
import type * as z from 'zod';
import { checkedDefault, isTagError, TagError } from '../../core/errors.ts';
import { type Call, defineProvider, type Identity, type TagProvider } from '../../core/provider.ts';
import { replaceTag } from '../../core/replace.ts';
import { standsAt } from '../../core/settle.ts';
import { compact, type Tag } from '../../core/tag.ts';
import { told } from '../../core/told.ts';
import type { Traits } from '../../core/traits.ts';
import { createWalks } from '../../core/walks.ts';
import { createHttp } from '../../http/http.ts';
import { type Path, path } from '../../http/path.ts';
import { accessTo, env } from './access.ts';
import { createComparing } from './compare.ts';
import { BRANCH_HAS_IT, explain, READ_ONLY } from './failures.ts';
import { lakectlFile } from './lakectl-file.ts';
import { listTags, tagsPath } from './list.ts';
import { locateRepository } from './locate.ts';
import { checkAddress, nameRule } from './name.ts';
import { tooShort, toRef } from './ref.ts';
import { toCommit, toTag, WireCommit, WireCommitId, WireConfig, WireRef, WireRepository, WireUser } from './wire.ts';

const traits: Traits = {
  message: 'none',
  orders: ['name', 'version'],
  atomicMove: false,
  undo: 'always',
  conditional: false,
  compares: true,
  contains: false,
  nameRule,
  repository: 'id',
  refs: 'branch, tag, commit id or its beginning, main~2',
  names: "git's own rules, no / % @ $, and nothing of 7 or more hexadecimal digits with a letter",
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
    const walks = createWalks();
    const read = async <T>(at: Path, schema: z.ZodType<T>, call: Call) => (await http.send('GET', at, { call, schema })).body;
    const tagPath = (repository: string, name: string) => {
      if (['.', '..'].includes(name)) throw new TagError('tag_not_found', 'No tag of lakeFS has such a name.');
      checkAddress(name, 'invalid_name', 'Such a tag is for lakectl alone.');
      return path`/repositories/${repository}/tags/${name}`;
    };

    /** lakeFS takes one digit for a commit id where one commit alone begins with it: so little is likelier a slip. */
    async function certain(ref: string, repository: string, call: Call): Promise<string> {
      const short = tooShort(ref);
      if (!short) return ref;
      const commit = await read(path`/repositories/${repository}/commits/${short}`, WireCommitId, call).catch(() => undefined);
      if (!commit?.id.startsWith(short.toLowerCase())) return ref;
      const names = [path`/repositories/${repository}/branches/${short}`, path`/repositories/${repository}/tags/${short}`];
      const named = await Promise.allSettled(names.map((at) => read(at, WireRef, call)));
      if (named.some(({ status }) => status === 'fulfilled')) return ref;
      throw new TagError('ref_not_found', told`No branch and no tag is called ${short}, and for a commit id it is too short.`, {
        hint: told`Give 6 characters of the id or more; one that begins so is ${commit.id}.`,
      });
    }

    async function refOf(repository: string, ref: string | undefined, call: Call): Promise<string> {
      const at =
        ref === undefined
          ? (await read(path`/repositories/${repository}`, WireRepository, call)).default_branch
          : await certain(toRef(ref, repository), repository, call);
      checkAddress(at, 'ref_not_found', 'Give the id of the commit instead.');
      return at;
    }

    /** The tag with what its commit tells, or as it is where the commit cannot be read. */
    async function withCommit(repository: string, tag: Tag, call: Call): Promise<Tag> {
      try {
        const commit = await read(path`/repositories/${repository}/commits/${standsAt(tag)}`, WireCommit, call);
        return commit.id === tag.commit_id ? { ...tag, commit: toCommit(commit) } : tag;
      } catch (error) {
        if (call.signal.aborted) throw error;
        return tag;
      }
    }

    const provider: TagProvider = {
      traits,
      defaultRepository: checkedDefault(values.LAKEFS_REPOSITORY, 'LAKEFS_REPOSITORY', locateRepository),
      address: http.address,
      locate: async (spelling) => locateRepository(spelling),
      canonical: async (repository) => repository,
      async resolve(repository, ref, call) {
        const at = await refOf(repository, ref, call);
        // It takes any ref, and asks for fs:ReadCommit alone; refs/{ref}/commits wants fs:ReadBranch, on commit ids too.
        return (await read(path`/repositories/${repository}/commits/${at}`, WireCommitId, call)).id;
      },
      async get(repository, name, call) {
        const tag = toTag(await read(tagPath(repository, name), WireRef, call));
        return call.brief ? tag : withCommit(repository, tag, call);
      },
      list: (repository, query, call) => listTags(http, walks, repository, query, call),
      compare: createComparing(http, refOf),
      async create(repository, { name, ref: spelling }, call) {
        const ref = await certain(toRef(spelling, repository), repository, call);
        try {
          // Never with `force`: it overwrites nothing, and writes to a repository that somebody has locked.
          return toTag((await http.send('POST', tagsPath(repository), { call, body: { id: name, ref }, schema: WireRef })).body);
        } catch (error) {
          if (!isTagError(error, 'read_only')) throw error;
          // A read-only repository refuses before it looks whether the name is taken.
          await provider.get(repository, name, { ...call, brief: true }).catch(() => {
            throw error;
          });
          throw new TagError('already_exists', 'The tag already exists.', { upstream: error.upstream, cause: error });
        }
      },
      move: (repository, draft, from, call) => replaceTag(provider, repository, draft, from, call),
      async delete(repository, { name }, _force, call) {
        await http.send('DELETE', tagPath(repository, name), { call });
      },
      async admit(repository, name, call) {
        // What the credential may not read tells nothing.
        const [home, branch] = await Promise.all([
          read(path`/repositories/${repository}`, WireRepository, call).catch(() => undefined),
          read(path`/repositories/${repository}/branches/${name}`, WireRef, call).catch(() => undefined),
        ]);
        const obstacle = home?.read_only ? READ_ONLY : branch && BRANCH_HAS_IT;
        if (obstacle) throw new TagError(obstacle.code, obstacle.message);
      },
      async check(call) {
        const [{ user }, config] = await Promise.all([
          read(path`/user`, WireUser, call),
          read(path`/config`, WireConfig, call).catch(() => undefined), // before 0.108 there is none
        ]);
        // A credential that proves nobody is no error to /user, but a user without an id.
        if (!user.id) throw new TagError('unauthenticated', 'lakeFS does not know whose credential this is.');
        return compact<Identity>({ user: user.id, version: config?.version_config?.version });
      },
      async access(repository, call) {
        const { read_only } = await read(path`/repositories/${repository}`, WireRepository, call);
        return read_only ? { write: false, why: 'the repository is read-only' } : { why: 'lakeFS tells a right only when it is used' };
      },
    };
    return walks.forgetful(provider);
  },
});

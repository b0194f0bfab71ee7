/** GitHub: reads and conditional writes through its GraphQL, tag objects, Releases and comparisons through its REST API. */
import * as z from 'zod';
import { defineProvider, type TagProvider } from '../../core/provider.ts';
import { ORDERS } from '../../core/tag.ts';
import type { NameRule } from '../../core/tag-name.ts';
import type { Traits } from '../../core/traits.ts';
import { createWalks } from '../../core/walks.ts';
import { createHttp } from '../../http/http.ts';
import { type Path, path } from '../../http/path.ts';
import { accessTo, admitTag, identify, undoOf } from './access.ts';
import { createComparing } from './compare.ts';
import { env, repositoryOf, siteOf, tokenOf } from './env.ts';
import { explain } from './failures.ts';
import { createGraph } from './graph.ts';
import { listTags } from './list.ts';
import { locateRepository } from './locate.ts';
import { CANONICAL } from './queries.ts';
import { readTag, resolveRef } from './read.ts';
import { publishRelease, withdrawRelease } from './release.ts';
import { createWriter, refuseRelease } from './write.ts';

/** GH002 (docs.github.com): neither a branch nor a tag may look like a commit id. */
const nameRule: NameRule = (name) => (/^[0-9a-f]{40}$/i.test(name) ? 'it looks like a commit id' : undefined);

const traits: Traits = {
  message: 'annotation',
  orders: ORDERS,
  atomicMove: true,
  undo: 'always',
  release: { name: 'GitHub Release', fate: 'becomes a draft' },
  conditional: true,
  lags: true,
  compares: true,
  contains: false,
  caseless: true,
  nameRule,
  repository: 'owner/name',
  refs: 'branch, tag or commit',
  names: "git's rules; no commit id",
};

const HEADERS = { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' };
const WireName = z.object({ nameWithOwner: z.string() });

/** The address in two: where it begins, and its last part. */
const split = ({ href }: URL): [base: string, at: Path] => {
  const [, base = '', last = ''] = /^(.*)\/([^/]*)$/.exec(href.replace(/\/$/, '')) ?? [];
  return [base, path`/${last}`];
};

export const github = defineProvider({
  name: 'github',
  title: 'GitHub',
  traits,
  env,
  connect(values, host) {
    const token = tokenOf(values);
    if (!token) return undefined;
    const site = siteOf(values, host);
    const common = { host, explain, headers: HEADERS, authorize: () => ({ authorization: `Bearer ${token}` }) };
    const [base, at] = split(site.graphql);
    const rest = createHttp({ ...common, base: site.rest, variable: 'GITHUB_API_URL' });
    const graph = createGraph(
      createHttp({ ...common, base, variable: values.GITHUB_GRAPHQL_URL ? 'GITHUB_GRAPHQL_URL' : 'GITHUB_API_URL' }),
      at,
    );
    const walks = createWalks();
    const provider: TagProvider = {
      traits,
      ...createWriter(rest, graph),
      defaultRepository: repositoryOf(values, site.host, host.remotesOf(host.cwd)),
      address: rest.address,
      locate: async (spelling) => locateRepository(spelling, site.host),
      // Names are case-insensitive, and a repository can be renamed at any time: asked anew each time.
      canonical: async (repository, call) => (await graph.repository(CANONICAL, repository, WireName, call)).nameWithOwner,
      onHost: async (repository, call) => `${site.host.replace(/:\d+$/, '')}/${await provider.canonical(repository, call)}`.toLowerCase(),
      resolve: async (repository, ref, call) => (await resolveRef(graph, repository, ref, call)).commit.oid,
      get: (repository, name, call) => readTag(graph, repository, name, call),
      list: (repository, query, call) => listTags(graph, walks, repository, query, call),
      compare: createComparing(rest, graph),
      publish: (repository, tag, notes, call) => publishRelease(rest, repository, tag, notes, call),
      withdraw: (repository, tag, call) => withdrawRelease(rest, repository, tag, call),
      undo: (repository, withNotes, call) => undoOf(rest, graph, repository, withNotes, call),
      admit: (repository, name, call) => admitTag(graph, repository, name, call),
      refuseLoss: ({ action, tag, force }) => {
        if (tag && action === 'delete') refuseRelease(tag, force);
      },
      check: (call) => identify(rest, call),
      access: (repository, call) => accessTo(rest, repository, call),
    };
    return walks.forgetful(provider);
  },
});

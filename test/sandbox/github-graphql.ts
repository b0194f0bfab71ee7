/** GitHub's GraphQL: its published schema over the store, so that whatever arrives is validated as GitHub validates it. */
import { buildSchema, executeSync, GraphQLError, type GraphQLSchema, parse, validate } from 'graphql';
import { mayWrite, sees, type Token } from './github-access.ts';
import { readPublished } from './github-published.ts';
import { RefRefusal, type RefUpdate, updateRefs, visible } from './github-refs.ts';
import { type Commit, history, peel, type Release, type Repository, resolve, type Store } from './github-store.ts';
import type { Answer } from './sandbox.ts';

let schema: GraphQLSchema | undefined;
function published(): GraphQLSchema {
  if (!schema) {
    schema = buildSchema(readPublished('graphql-schema/schema.graphql'), { assumeValid: true });
  }
  return schema;
}

export interface GraphContext {
  readonly store: Store;
  readonly token: Token;
  readonly lagMs: number;
  readonly origin: string;
}

/** An error with GitHub's own `type` beside its message. */
const typed = (type: string, message: string) => Object.assign(new GraphQLError(message), { type });

interface Page {
  first?: number;
  last?: number;
  after?: string | null;
}
const cursorOf = (index: number) => Buffer.from(String(index + 1)).toString('base64');

/** Its cursors count, so that what is deleted before one shifts it. */
function connection<T>(all: readonly T[], { first, after }: Page) {
  if (first === undefined) throw typed('MISSING_PAGINATION_BOUNDARIES', 'You must provide a `first` or `last` value to properly paginate.');
  if (first < 1 || first > 100)
    throw typed('EXCESSIVE_PAGINATION', `Requesting ${first} records exceeds the \`first\` limit of 100 records.`);
  const from = after ? Number(Buffer.from(after, 'base64').toString()) : 0;
  const nodes = all.slice(from, from + first);
  const edges = nodes.map((node, index) => ({ node, cursor: cursorOf(from + index) }));
  return {
    totalCount: all.length,
    nodes,
    edges,
    pageInfo: { hasNextPage: from + first < all.length, hasPreviousPage: from > 0, endCursor: edges.at(-1)?.cursor ?? null },
  };
}

const personAt = (date: string) => ({ name: 'Ada', email: 'ada@example.com', date });

function commitNode(repository: Repository, { oid, message, date, parents }: Commit): object {
  return {
    __typename: 'Commit',
    oid,
    message,
    messageHeadline: message.split('\n', 1)[0],
    authoredDate: date,
    committedDate: date,
    author: personAt(date),
    committer: personAt(date),
    history: (page: Page) =>
      connection(
        history(repository, oid).map((one) => commitNode(repository, one)),
        page,
      ),
    parents: (page: Page) => connection(parents, page),
  };
}

function objectNode(repository: Repository, oid: string | undefined): object | null {
  const object = repository.objects.get(oid ?? '');
  if (object)
    return {
      __typename: 'Tag',
      oid,
      name: object.name,
      message: object.message,
      tagger: personAt(object.date),
      target: objectNode(repository, object.target),
    };
  const commit = repository.commits.get(oid ?? '');
  // A tag may stand on a tree as well.
  return commit ? commitNode(repository, commit) : oid ? { __typename: 'Tree', oid } : null;
}

const releaseNode = (origin: string, repository: Repository, release: Release) => ({
  __typename: 'Release',
  databaseId: release.id,
  tagName: release.tag_name,
  name: release.name,
  description: release.body,
  isDraft: release.draft,
  isPrerelease: release.prerelease,
  createdAt: release.created_at,
  publishedAt: release.published_at,
  url: `${origin}/${repository.path}/releases/tag/${release.tag_name}`,
  releaseAssets: (page: Page) => connection(release.assets, page),
});

interface RefsArguments extends Page {
  refPrefix: string;
  query?: string | null;
  orderBy?: { field: string; direction: string } | null;
}

function repositoryNode({ token, lagMs, origin }: GraphContext, repository: Repository): object {
  const tags = visible(repository, lagMs);
  const refNode = (prefix: string, name: string, oid: string) => ({ __typename: 'Ref', prefix, name, target: objectNode(repository, oid) });
  const refsBelow = (refPrefix: string): [string, string][] => {
    const all = [
      ...[...tags].map(([name, oid]): [string, string] => [`refs/tags/${name}`, oid]),
      ...[...repository.branches].map(([name, oid]): [string, string] => [`refs/heads/${name}`, oid]),
    ];
    return all.filter(([name]) => name.startsWith(refPrefix)).map(([name, oid]) => [name.slice(refPrefix.length), oid]);
  };
  return {
    __typename: 'Repository',
    id: repository.node_id,
    databaseId: repository.id,
    name: repository.path.split('/')[1],
    nameWithOwner: repository.path,
    url: `${origin}/${repository.path}`,
    isArchived: repository.archived,
    isDisabled: false,
    isLocked: false,
    isEmpty: repository.commits.size === 0,
    isPrivate: repository.private,
    viewerPermission: token.permission,
    viewerCanAdminister: token.permission === 'ADMIN',
    defaultBranchRef: () => {
      const oid = repository.branches.get(repository.default_branch);
      return oid ? refNode('refs/heads/', repository.default_branch, oid) : null;
    },
    ref: ({ qualifiedName }: { qualifiedName: string }) => {
      const [, prefix = '', name = ''] = /^(refs\/(?:tags|heads)\/)(.+)$/.exec(qualifiedName) ?? [];
      const oid = (prefix === 'refs/tags/' ? tags : repository.branches).get(name);
      return oid ? refNode(prefix, name, oid) : null;
    },
    refs: ({ refPrefix, query, orderBy, ...page }: RefsArguments) => {
      const dated = (oid: string) => peel(repository, oid)?.date ?? '';
      const found = refsBelow(refPrefix).filter(([name]) => name.toLowerCase().includes((query ?? '').toLowerCase()));
      found.sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      if (orderBy?.field === 'TAG_COMMIT_DATE') found.sort(([, a], [, b]) => Date.parse(dated(a)) - Date.parse(dated(b)));
      if (orderBy?.direction === 'DESC') found.reverse();
      return connection(
        found.map(([name, oid]) => refNode(refPrefix, name, oid)),
        page,
      );
    },
    object: ({ oid, expression }: { oid?: string | null; expression?: string | null }) =>
      objectNode(repository, oid ?? resolve(repository, tags, expression ?? '')),
    release: ({ tagName }: { tagName: string }) => {
      const found = [...repository.releases.values()].filter((one) => one.tag_name === tagName && (!one.draft || mayWrite(token)));
      const release = found.find((one) => !one.draft) ?? found[0];
      return release ? releaseNode(origin, repository, release) : null;
    },
  };
}

const rootFor = (context: GraphContext) => {
  const { store, token } = context;
  return {
    viewer: () => ({ login: token.login }),
    repository: ({ owner, name }: { owner: string; name: string }) => {
      const repository = store.repositories.get(`${owner}/${name}`.toLowerCase());
      if (!repository || !sees(token, repository))
        throw typed('NOT_FOUND', `Could not resolve to a Repository with the name '${owner}/${name}'.`);
      return repositoryNode(context, repository);
    },
    updateRefs: ({ input }: { input: { repositoryId: string; refUpdates: RefUpdate[]; clientMutationId?: string } }) => {
      const repository = [...store.repositories.values()].find(({ node_id }) => node_id === input.repositoryId);
      if (!repository || !sees(token, repository))
        throw typed('NOT_FOUND', `Could not resolve to a node with the global id of '${input.repositoryId}'.`);
      try {
        updateRefs(repository, input.refUpdates, token);
      } catch (error) {
        throw error instanceof RefRefusal ? typed(error.type, error.message) : error;
      }
      return { clientMutationId: input.clientMutationId ?? null };
    },
  };
};

interface Asked {
  query?: string;
  variables?: Record<string, unknown>;
}

/** `refuse` is told where the published schema refuses what was asked: a client's bug. */
export function answerGraphql(context: GraphContext, body: string, hasUpdateRefs: boolean, refuse: (why: string) => void): Answer {
  const { query = '', variables = {} } = JSON.parse(body) as Asked;
  const told = (errors: readonly object[], data?: unknown): Answer => ({
    status: 200,
    body: { ...(data !== undefined && { data }), errors },
  });
  if (!hasUpdateRefs && query.includes('updateRefs'))
    return told([
      {
        path: ['mutation', 'updateRefs'],
        extensions: { code: 'undefinedField', typeName: 'Mutation', fieldName: 'updateRefs' },
        message: "Field 'updateRefs' doesn't exist on type 'Mutation'",
      },
    ]);
  const document = parse(query);
  const mistakes = validate(published(), document);
  if (mistakes.length > 0) {
    refuse(mistakes.map(({ message }) => message).join(' '));
    return told(mistakes.map(({ message }) => ({ message })));
  }
  const { data, errors } = executeSync({ schema: published(), document, rootValue: rootFor(context), variableValues: variables });
  if (!errors) return { status: 200, body: { data } };
  const isTyped = (error: GraphQLError) => error.originalError && 'type' in error.originalError;
  for (const error of errors) if (!isTyped(error) && !('type' in error)) refuse(error.message);
  return told(
    errors.map((error) => ({
      type: Reflect.get(error.originalError ?? error, 'type') ?? Reflect.get(error, 'type'),
      path: error.path,
      message: error.message,
    })),
    data ?? null,
  );
}

/** GitHub's REST API as far as tags go. Keys are the paths as its published description writes them. */
import { createHash } from 'node:crypto';
import { lacking, mayWrite, sees, type Token } from './github-access.ts';
import { RefRefusal, updateRefs, visible, ZERO } from './github-refs.ts';
import { type Commit, history, peel, type Release, type Repository, resolve, type Store } from './github-store.ts';
import { Refusal, refuse } from './router.ts';
import type { Answer, Seen } from './sandbox.ts';

export interface RestCall {
  readonly store: Store;
  readonly request: Seen;
  readonly token: Token | undefined;
  readonly lagMs: number;
  readonly origin: string;
  /** Where it is reached. */
  readonly url: string;
}
interface RepositoryCall extends RestCall {
  readonly repository: Repository;
}
type Route = (call: RestCall) => Answer;
type RepositoryRoute = (call: RepositoryCall, value: string) => Answer;

const ok = (body: unknown, status = 200): Answer => ({ status, body });
const bodyOf = ({ request }: RestCall): Record<string, unknown> =>
  request.body ? (JSON.parse(request.body) as Record<string, unknown>) : {};
const invalid = (errors: object[], message = 'Validation Failed') => new Refusal(422, { message, errors, status: '422' });

function checkWrite({ repository, token }: RepositoryCall): Token {
  if (repository.archived) throw refuse(403, 'Repository was archived so is read-only.');
  if (!token) throw refuse(401, 'Requires authentication');
  if (!mayWrite(token)) throw refuse(token.kind === 'classic' ? 404 : 403, token.kind === 'classic' ? 'Not Found' : lacking(token));
  return token;
}

const refJson = ({ repository, origin }: RepositoryCall, name: string, sha: string) => ({
  ref: `refs/tags/${name}`,
  node_id: `REF_${name}`,
  url: `${origin}/git/refs/tags/${name}`,
  object: { sha, type: repository.objects.has(sha) ? 'tag' : 'commit', url: origin },
});

function change(call: RepositoryCall, name: string, afterOid: string, beforeOid?: string, force?: boolean): void {
  const token = checkWrite(call);
  try {
    updateRefs(call.repository, [{ name, afterOid, force: force ?? false, ...(beforeOid && { beforeOid }) }], token);
  } catch (error) {
    if (error instanceof RefRefusal) throw refuse(error.status, error.message);
    throw error;
  }
}

function createTagObject(call: RepositoryCall): Answer {
  checkWrite(call);
  const { tag, message, object } = bodyOf(call) as { tag: string; message: string; object: string };
  const { repository, store } = call;
  if (!repository.commits.has(object) && !repository.objects.has(object)) throw refuse(422, 'Object does not exist');
  const date = store.tick();
  const oid = createHash('sha1')
    .update(JSON.stringify([tag, message, object, date]))
    .digest('hex');
  repository.objects.set(oid, { oid, name: tag, message, date, target: object });
  return ok(
    { tag, sha: oid, message, tagger: { name: 'Ada', email: 'ada@example.com', date }, object: { sha: object, type: 'commit' } },
    201,
  );
}

function createRef(call: RepositoryCall): Answer {
  const { ref, sha } = bodyOf(call) as { ref: string; sha: string };
  change(call, ref, sha, ZERO);
  return ok(refJson(call, ref.replace(/^refs\/tags\//, ''), sha), 201);
}

const commitJson = ({ oid, message, date }: Commit) => ({
  sha: oid,
  commit: { message, author: { name: 'Ada', email: 'ada@example.com', date }, committer: { name: 'Ada', email: 'ada@example.com', date } },
});

/** The commits of head that base has not, oldest first; the files of the whole come with the first page. */
function compare({ repository, request, lagMs }: RepositoryCall, basehead: string): Answer {
  const [from = '', to = ''] = basehead.split('...');
  const tags = visible(repository, lagMs);
  const [base, head] = [from, to].map((one) => peel(repository, resolve(repository, tags, one)));
  if (!base || !head) throw refuse(404, 'Not Found');
  const [old, young] = [base, head].map((one) => new Set(history(repository, one.oid).map(({ oid }) => oid)));
  const ahead = history(repository, head.oid)
    .filter(({ oid }) => !old?.has(oid))
    .reverse();
  const behind = history(repository, base.oid).filter(({ oid }) => !young?.has(oid));
  const [page, size] = [Number(request.query.get('page') ?? 1), Math.min(Number(request.query.get('per_page') ?? 250), 250)];
  const status = ahead.length === 0 ? (behind.length === 0 ? 'identical' : 'behind') : behind.length === 0 ? 'ahead' : 'diverged';
  return ok({
    status,
    ahead_by: ahead.length,
    behind_by: behind.length,
    total_commits: ahead.length,
    commits: ahead.slice((page - 1) * size, page * size).map(commitJson),
    ...(page === 1 && { files: [{ filename: 'README.md', patch: '@@' }] }),
  });
}

const releaseJson = ({ repository, origin }: RepositoryCall, release: Release) => ({
  ...release,
  node_id: `RE_${release.id}`,
  html_url: `${origin}/${repository.path}/releases/tag/${release.tag_name}`,
});
const LONGEST_BODY = 125_000;

function checkRelease({ body }: Record<string, unknown>): void {
  if (typeof body === 'string' && body.length > LONGEST_BODY)
    throw invalid([{ resource: 'Release', code: 'custom', field: 'body', message: 'body is too long' }]);
}

function createRelease(call: RepositoryCall): Answer {
  checkWrite(call);
  const { repository, store } = call;
  const given = bodyOf(call) as Partial<Release>;
  const { tag_name = '', target_commitish = repository.default_branch, draft = false } = given;
  checkRelease(given);
  const isTaken = [...repository.releases.values()].some((one) => !one.draft && one.tag_name === tag_name);
  if (isTaken && !draft) throw invalid([{ resource: 'Release', code: 'already_exists', field: 'tag_name' }]);
  if (repository.spent.has(tag_name))
    throw invalid([{ resource: 'Release', code: 'custom', field: 'tag_name', message: 'tag_name was used by an immutable release' }]);
  if (!draft && !repository.tags.has(tag_name)) {
    const oid = resolve(repository, repository.tags, target_commitish);
    if (!oid)
      throw invalid([
        { resource: 'Release', code: 'custom', field: 'target_commitish', message: 'Published releases must have a valid tag' },
      ]);
    try {
      change(call, `refs/tags/${tag_name}`, oid);
    } catch (error) {
      const message = error instanceof Refusal ? String(Reflect.get(Object(error.answer.body), 'message')) : '';
      if (message.startsWith('Repository rule violations'))
        throw invalid([{ resource: 'Release', code: 'custom', field: 'pre_receive', message }]);
      throw error;
    }
  }
  const immutable = repository.immutableReleases && !draft;
  if (immutable) repository.spent.add(tag_name);
  const release = store.release(repository, tag_name, given.body ?? null, {
    ...given,
    target_commitish,
    draft,
    immutable,
    name: given.name ?? '',
    make_latest: given.make_latest ?? 'true',
  });
  return ok(releaseJson(call, release), 201);
}

function findRelease({ repository, token }: RepositoryCall, id: string): Release {
  const release = repository.releases.get(Number(id));
  if (!release || (release.draft && !(token && mayWrite(token)))) throw refuse(404, 'Not Found');
  return release;
}

function showByTag(call: RepositoryCall, tag: string): Answer {
  const release = [...call.repository.releases.values()].find((one) => !one.draft && one.tag_name === tag);
  if (!release) throw refuse(404, 'Not Found');
  return ok(releaseJson(call, release));
}

export const INSTANCE_ROUTES: Record<string, Route> = {
  'GET /user': ({ token }) => {
    if (!token) throw refuse(401, 'Requires authentication');
    if (token.kind === 'app' || token.kind === 'actions') throw refuse(403, lacking(token));
    return ok({ login: token.login, id: 1, type: 'User' });
  },
  'GET /rate_limit': () => ok({ resources: { core: { limit: 5000, remaining: 4999, reset: 0 } }, rate: {} }),
};

/** Below /repos/{owner}/{repo}, and below /repositories/{id} as GitHub's own redirects name it. */
export const REPOSITORY_ROUTES: Record<string, RepositoryRoute> = {
  'GET ': ({ repository, token }) =>
    ok({
      id: repository.id,
      node_id: repository.node_id,
      full_name: repository.path,
      private: repository.private,
      archived: repository.archived,
      default_branch: repository.default_branch,
      ...(token && { permissions: { admin: token.permission === 'ADMIN', push: mayWrite(token), pull: true } }),
    }),
  'POST /git/tags': createTagObject,
  'POST /git/refs': createRef,
  'GET /git/ref/{ref}': (call, ref) => {
    const name = ref.replace(/^tags\//, '');
    const sha = visible(call.repository, call.lagMs).get(name);
    if (!sha) throw refuse(404, 'Not Found');
    return ok(refJson(call, name, sha));
  },
  'PATCH /git/refs/{ref}': (call, ref) => {
    const { sha, force } = bodyOf(call) as { sha: string; force?: boolean };
    const name = ref.replace(/^tags\//, '');
    if (!call.repository.tags.has(name)) throw refuse(422, 'Reference does not exist');
    change(call, `refs/${ref}`, sha, undefined, force === true);
    return ok(refJson(call, name, sha));
  },
  'DELETE /git/refs/{ref}': (call, ref) => {
    change(call, `refs/${ref}`, ZERO);
    return { status: 204 };
  },
  'GET /compare/{basehead}': compare,
  'POST /releases': createRelease,
  'GET /releases/tags/{tag}': showByTag,
  'GET /releases/{release_id}': (call, id) => ok(releaseJson(call, findRelease(call, id))),
  'PATCH /releases/{release_id}': (call, id) => {
    checkWrite(call);
    const given = bodyOf(call) as Partial<Release>;
    checkRelease(given);
    return ok(releaseJson(call, Object.assign(findRelease(call, id), given)));
  },
  'DELETE /releases/{release_id}': (call, id) => {
    checkWrite(call);
    call.repository.releases.delete(findRelease(call, id).id);
    return { status: 204 };
  },
  'GET /immutable-releases': ({ repository, token }) => {
    if (token?.permission !== 'ADMIN' || !repository.immutableReleases) throw refuse(404, 'Not Found');
    return ok({ enabled: true, enforced_by_owner: false });
  },
};

/** A renamed repository is told where it is now: by its id. */
export function repositoryFor(call: RestCall, named: string, rest: string): Repository {
  const { store, token, request, url } = call;
  const byId = /^\d+$/.test(named);
  const repository = byId
    ? [...store.repositories.values()].find(({ id }) => String(id) === named)
    : store.repositories.get(named.toLowerCase());
  if (!repository || !sees(token, repository)) throw refuse(404, 'Not Found');
  if (byId || repository.path.toLowerCase() === named.toLowerCase()) return repository;
  const moved = new Refusal(request.method === 'GET' ? 301 : 307, {
    message: 'Moved Permanently',
    url: `${url}/repositories/${repository.id}${rest}`,
  });
  moved.answer.headers = { location: `${url}/repositories/${repository.id}${rest}${request.rawQuery && `?${request.rawQuery}`}` };
  throw moved;
}

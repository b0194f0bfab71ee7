/** Who the token is, and what it may do, asked without doing it. */
import { isTagError, TagError } from '../../core/errors.ts';
import type { Access, Call, Identity } from '../../core/provider.ts';
import { compact } from '../../core/tag.ts';
import type { Undo } from '../../core/traits.ts';
import type { Http } from '../../http/http.ts';
import { path } from '../../http/path.ts';
import { type Graph, partsOf } from './graph.ts';
import { OUTLOOK } from './queries.ts';
import { tagRef } from './read.ts';
import { WireImmutable, WireOutlook, WireRepository, WireUser } from './wire.ts';

type Headers = Readonly<Record<string, string>>;

/** Absent where the token is none of the classic kind. */
const scopesIn = (headers: Headers): string[] | undefined => headers['x-oauth-scopes']?.split(',').flatMap((scope) => scope.trim() || []);

/** The day, of what GitHub writes as `2026-05-01 12:00:00 UTC`. */
function expiryIn(headers: Headers): string | undefined {
  const at = Date.parse(headers['github-authentication-token-expiration'] ?? '');
  return Number.isNaN(at) ? undefined : new Date(at).toISOString().slice(0, 10);
}

export async function identify(rest: Http, call: Call): Promise<Identity> {
  try {
    const { body, headers } = await rest.send('GET', path`/user`, { call, schema: WireUser });
    const { 'x-ratelimit-remaining': left, 'x-ratelimit-limit': limit } = headers;
    return compact<Identity>({
      user: body.login,
      version: headers['x-github-enterprise-version'],
      scopes: scopesIn(headers),
      expires_at: expiryIn(headers),
      allowance: left && limit ? `${left} of ${limit} left` : undefined,
    });
  } catch (error) {
    // The token of an app is no user's, and accepted, which is what was asked.
    if (isTagError(error, 'permission_denied') && /by integration/.test(error.upstream?.text ?? '')) return { user: 'an app' };
    throw error;
  }
}

export async function accessTo(rest: Http, repository: string, call: Call): Promise<Access> {
  const { owner, name } = partsOf(repository);
  const { body, headers } = await rest.send('GET', path`/repos/${owner}/${name}`, { call, schema: WireRepository });
  if (body.archived) return { write: false, why: 'the repository is archived' };
  if (body.permissions && !body.permissions.push) return { write: false, why: 'the role in the repository is lower than Write' };
  const scopes = scopesIn(headers);
  if (!scopes) return { why: 'GitHub tells a permission of such a token only when it is used' };
  const isEnough = scopes.includes('repo') || (!body.private && scopes.includes('public_repo'));
  return isEnough ? { write: body.permissions?.push ?? undefined } : { write: false, why: 'the token lacks the scope repo' };
}

/** Throws what a creation under this name would be refused with. What GitHub does not tell stands in nobody's way. */
export async function admitTag(graph: Graph, repository: string, name: string, call: Call): Promise<void> {
  const outlook = await graph.repository(OUTLOOK, repository, WireOutlook, call, { below: `${tagRef(name)}/` }).catch(() => undefined);
  if (!outlook) return;
  if (outlook.isArchived) throw new TagError('read_only', 'The repository is archived.');
  if (outlook.isDisabled || outlook.isLocked) throw new TagError('read_only', 'The repository is locked.');
  if (outlook.viewerPermission === 'READ' || outlook.viewerPermission === 'TRIAGE')
    throw new TagError('permission_denied', 'Tags are created by those who may write, and the role in the repository is lower.');
  if (outlook.below?.totalCount)
    throw new TagError('conflict', 'Tags of the repository begin with this name and a slash, and it cannot stand beside them.');
}

/** Where immutable releases are on, a published name is spent for ever. Whether they are is told to administrators only. */
export async function undoOf(rest: Http, graph: Graph, repository: string, withNotes: boolean, call: Call): Promise<Undo> {
  if (!withNotes) return 'always';
  const { owner, name } = partsOf(repository);
  const [outlook, immutable] = await Promise.all([
    graph.repository(OUTLOOK, repository, WireOutlook, call, { below: tagRef('/') }).catch(() => undefined),
    rest.send('GET', path`/repos/${owner}/${name}/immutable-releases`, { call, schema: WireImmutable }).then(
      ({ body }) => body.enabled,
      (error: unknown) => (isTagError(error) && error.upstream?.status === 404 ? false : undefined),
    ),
  ]);
  return immutable === false && outlook?.viewerCanAdminister ? 'always' : 'perhaps';
}

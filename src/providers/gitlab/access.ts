/** What the token may do, asked without doing it. */

import type * as z from 'zod';
import type { Access, Call } from '../../core/provider.ts';
import type { Http } from '../../http/http.ts';
import { path } from '../../http/path.ts';
import type { Projects } from './project.ts';
import { WireToken } from './wire.ts';

/** The role that may write tags; protected ones may ask for more. */
const DEVELOPER = 30;

/** Undefined where it is not told: before GitLab 15.5, and of OAuth tokens. */
export const readToken = (http: Http, call: Call): Promise<z.output<typeof WireToken> | undefined> =>
  http.send('GET', path`/personal_access_tokens/self`, { call, schema: WireToken }).then(
    ({ body }) => body,
    () => undefined,
  );

export async function accessTo(projects: Projects, http: Http, repository: string, call: Call): Promise<Access> {
  const [{ archived, permissions }, token] = await Promise.all([projects.look(repository, call), readToken(http, call)]);
  if (archived) return { write: false, why: 'the project is archived' };
  const scopes = token?.scopes ?? [];
  if (scopes.includes('read_api') && !scopes.includes('api'))
    return { write: false, why: 'the token has the scope read_api, and writing needs api' };
  const roles = [permissions?.project_access, permissions?.group_access].flatMap((role) => role?.access_level ?? []);
  // An administrator, or a member through another group, has no role of his own here.
  if (roles.length === 0) return { why: 'GitLab tells no role in this project' };
  return Math.max(...roles) >= DEVELOPER ? { write: true } : { write: false, why: 'the role in the project is lower than Developer' };
}

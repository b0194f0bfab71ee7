/** What the token may do, asked without doing it. */
import type * as z from 'zod';
import { TagError } from '../../core/errors.ts';
import type { Access, Call } from '../../core/provider.ts';
import { told } from '../../core/told.ts';
import type { Http } from '../../http/http.ts';
import { path } from '../../http/path.ts';
import type { Below, Projects } from './project.ts';
import { type WireProject, WireProtected, WireToken } from './wire.ts';

/** The role that may write tags; protected ones may ask for more. */
const DEVELOPER = 30;
/** The level of what is closed to all. */
const NOBODY = 0;
const MOST = 100;

/** Undefined where it is not told: before GitLab 15.5, and of OAuth tokens. */
export const readToken = (http: Http, call: Call): Promise<z.output<typeof WireToken> | undefined> =>
  http.send('GET', path`/personal_access_tokens/self`, { call, schema: WireToken }).then(
    ({ body }) => body,
    () => undefined,
  );

export async function accessTo(projects: Projects, http: Http, repository: string, call: Call): Promise<Access> {
  const [project, token] = await Promise.all([projects.look(repository, call), readToken(http, call)]);
  if (project.archived) return { write: false, why: 'the project is archived' };
  const scopes = token?.scopes ?? [];
  if (scopes.includes('read_api') && !scopes.includes('api'))
    return { write: false, why: 'the token has the scope read_api, and writing needs api' };
  const role = roleIn(project);
  if (role === undefined) return { why: 'GitLab tells no role in this project' };
  return role >= DEVELOPER ? { write: true } : { write: false, why: 'the role in the project is lower than Developer' };
}

/** Undefined where it is not told: an administrator, or a member through another group, has no role of his own here. */
function roleIn({ permissions }: WireProject): number | undefined {
  const roles = [permissions?.project_access, permissions?.group_access].flatMap((role) => role?.access_level ?? []);
  return roles.length > 0 ? Math.max(...roles) : undefined;
}

/** Throws what a creation under this name would be refused with. What GitLab does not tell stands in nobody's way. */
export async function admitTag(projects: Projects, repository: string, name: string, call: Call): Promise<void> {
  const ifTold = <T>(answer: Promise<T>) => answer.catch(() => undefined);
  const project = await ifTold(projects.look(repository, call));
  if (!project) return;
  if (project.archived) throw new TagError('read_only', 'The project is archived.');
  if (name === project.default_branch) throw new TagError('invalid_name', told`${name} is the name of the default branch.`);
  const role = roleIn(project);
  if (role === undefined) return;
  if (role < DEVELOPER) throw new TagError('permission_denied', 'Tags are created by Developers, and the role in the project is lower.');
  const below: Below = (id) => path`/projects/${id}/protected_tags`;
  const rules = await ifTold(projects.send('GET', repository, below, { call, query: { per_page: MOST }, schema: WireProtected }));
  if (rules && isClosed(rules.body, name, role))
    throw new TagError('protected', told`${name} is protected, and the credential has not the role for it.`);
}

/** One rule that admits is enough (Gitlab::UserAccess, can_create_tag?); whether somebody is named in one is not known. */
function isClosed(rules: WireProtected, name: string, role: number): boolean {
  const levels = rules.filter((rule) => covers(rule.name, name)).flatMap((rule) => rule.create_access_levels);
  const isAbove = ({ access_level, user_id, group_id, deploy_key_id }: (typeof levels)[number]) =>
    typeof access_level === 'number' && (access_level === NOBODY || access_level > role) && !user_id && !group_id && !deploy_key_id;
  return levels.length > 0 && levels.every(isAbove);
}

/** `*` stands for any text, slashes included (app/models/ref_matcher.rb). */
function covers(pattern: string, name: string): boolean {
  const [start = '', ...rest] = pattern.split('*');
  const end = rest.pop();
  if (end === undefined) return pattern === name;
  let at = start.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.startsWith(start) && name.endsWith(end) && name.length - end.length >= at;
}

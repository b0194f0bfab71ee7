/** One system, looked at from outside: can it be reached, who are we there, what may we do. Nothing is written. */
import type { Config, System } from '../config.ts';
import { HINTS, isTagError, TagError, type Upstream } from '../core/errors.ts';
import type { Access, Call, Identity, TagProvider } from '../core/provider.ts';
import { oneLine } from '../core/text.ts';
import { variablesOf } from '../core/variable.ts';
import { guarded } from '../guarded.ts';
import { broken } from '../render.ts';
import { adviceOn } from './advice.ts';

export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly upstream?: Upstream;
}

export interface RepositoryReport extends Access {
  readonly name: string;
  /** The variable that names it, or what else led to it. */
  readonly source: string;
  readonly read: boolean;
  readonly error?: Failure;
}

/** Whatever does not apply, or is not known, is absent. */
export interface SystemReport extends Identity {
  readonly name: string;
  readonly title: string;
  readonly state: 'works' | 'fails' | 'unset';
  readonly variables: readonly { name: string; value: string; source: string; used: boolean }[];
  /** Of a system that is not set up: what would do it. */
  readonly takes?: readonly string[];
  readonly address?: string | undefined;
  readonly tls?: boolean;
  readonly reachable?: boolean;
  readonly repository?: RepositoryReport;
  readonly ms?: number;
  readonly error?: Failure;
}

type Frame = Pick<Config, 'settings' | 'mayWrite' | 'redact'>;

/** A request has its own time limit, and better words for it. */
const GRACE_MS = 1_000;
const UPSTREAM_TEXT = 200;

export async function examine(system: System, config: Frame): Promise<SystemReport> {
  const { name, provider, error } = system;
  const variables = system.given.map(({ name, value, from, used }) => ({ name, value, source: from, used }));
  const known = { name, title: system.definition.title, variables };
  if (error) return { ...known, state: 'fails', error: failureOf(error, system, config) };
  if (!provider) return { ...known, state: 'unset', takes: takenBy(system) };

  const call: Call = { signal: AbortSignal.timeout(config.settings.TAGWRIGHT_TIMEOUT_MS + GRACE_MS), progress() {} };
  const started = performance.now();
  const seen = await look(system, provider, config, call);
  const works = !seen.error && seen.repository?.read !== false;
  const ms = Math.round(performance.now() - started);
  const { address } = provider;
  return { ...known, state: works ? 'works' : 'fails', ...(address && { address, tls: address.startsWith('https:') }), ...seen, ms };
}

type Seen = Pick<SystemReport, 'reachable' | 'repository' | 'error' | keyof Identity>;

async function look(system: System, provider: TagProvider, config: Frame, call: Call): Promise<Seen> {
  const isRemote = provider.address !== undefined;
  try {
    const identity = await provider.check(call);
    const repository = await lookInto(system, provider, config, call);
    return { ...(isRemote && { reachable: true }), ...identity, ...(repository && { repository }) };
  } catch (thrown) {
    const error = elsewhere(thrown);
    const answered = isTagError(error) && error.upstream?.status !== undefined;
    const isTold = isRemote && (answered || isTagError(error, 'unavailable', 'timeout'));
    return { ...(isTold && { reachable: answered }), error: failureOf(error, system, config) };
  }
}

async function lookInto(system: System, provider: TagProvider, config: Frame, call: Call): Promise<RepositoryReport | undefined> {
  const name = provider.defaultRepository;
  if (name === undefined) return undefined;
  const source = system.given.find(({ role, used }) => role === 'repository' && used)?.name ?? 'working directory';
  const allowed = guarded({ name: system.name, title: system.definition.title, provider }, { ...config, enabled: [] });
  try {
    const repository = await allowed.locate(name, call);
    await allowed.list(repository, { order_by: 'name', sort: 'asc', limit: 1 }, call);
    return { name, source, read: true, ...(await writing(provider, repository, config, call)) };
  } catch (error) {
    return { name, source, read: false, error: failureOf(error, system, config) };
  }
}

async function writing(provider: TagProvider, repository: string, { settings, mayWrite }: Frame, call: Call): Promise<Access> {
  if (settings.TAGWRIGHT_READ_ONLY) return { write: false, why: 'TAGWRIGHT_READ_ONLY is set' };
  if (!mayWrite) return { write: false, why: 'TAGWRIGHT_AUDIT_LOG cannot be written' };
  if (!provider.access) return { why: 'the system tells nothing beforehand' };
  return provider.access(repository, call).catch((error: unknown) => ({ why: isTagError(error) ? error.message : String(error) }));
}

/** A check names no repository: where none is found, the address leads to something else. */
function elsewhere(error: unknown): unknown {
  if (!isTagError(error, 'repository_not_found')) return error;
  return new TagError('unexpected_response', 'What answers there is not this API.', { upstream: error.upstream, cause: error });
}

function failureOf(thrown: unknown, system: System, { redact }: Frame): Failure {
  const error = isTagError(thrown) ? thrown : broken(thrown);
  const { code, message, hint, upstream } = error;
  // Redacted before it is cut: half a secret would not be known for one.
  const said = upstream && { ...upstream, text: upstream.text && oneLine(redact(upstream.text), UPSTREAM_TEXT) };
  return { code, message, hint: hint === HINTS[code] ? adviceOn(code, system) : hint, ...(said && { upstream: said }) };
}

/** The credentials of a system, or where it needs none, everything it knows. */
function takenBy({ definition: { env, file } }: System): string[] {
  const variables = variablesOf(env);
  const credentials = variables.filter(([, { role }]) => role === 'credential');
  return [...(credentials.length > 0 ? credentials : variables).map(([name]) => name), ...(file ? [`~/${file.path}`] : [])];
}

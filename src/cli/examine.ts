/** One system, looked at from outside: can it be reached, who are we there, what may we do. Nothing is written. */
import type { Config, ConfiguredInstance } from '../config/config.ts';
import type { Redact } from '../config/redact.ts';
import { HINTS, isTagError, TagError } from '../core/errors.ts';
import type { Access, Call, Identity, TagProvider } from '../core/provider.ts';
import { oneLine } from '../core/text.ts';
import { textOf } from '../core/told.ts';
import { variablesOf } from '../core/variable.ts';
import { guarded } from '../guard/index.ts';
import { broken, safe } from '../mcp/render.ts';
import { adviceOn } from './advice.ts';
import type { Failure, InstanceReport, RepositoryReport } from './report.ts';

type Frame = Pick<Config, 'settings' | 'mayWrite' | 'redact'>;

/** A request has its own time limit, and better words for it. */
const GRACE_MS = 1_000;
const UPSTREAM_TEXT = 200;

export async function examine(instance: ConfiguredInstance, config: Frame): Promise<InstanceReport> {
  const { name, provider, error } = instance;
  const variables = instance.given.map(({ name, value, from, used }) => ({ name, value, source: from, used }));
  const known = { name, title: instance.definition.title, variables };
  if (error) return { ...known, state: 'fails', error: failureOf(error, instance, config) };
  if (!provider) return { ...known, state: 'unset', takes: takenBy(instance) };

  const call: Call = { signal: AbortSignal.timeout(config.settings.TAGWRIGHT_TIMEOUT_MS + GRACE_MS), progress() {} };
  const started = performance.now();
  const seen = await look(instance, provider, config, call);
  const works = !seen.error && seen.repository?.read !== false;
  const ms = Math.round(performance.now() - started);
  const { address } = provider;
  return { ...known, state: works ? 'works' : 'fails', ...(address && { address, tls: address.startsWith('https:') }), ...seen, ms };
}

type Seen = Pick<InstanceReport, 'reachable' | 'repository' | 'error' | keyof Identity>;

async function look(instance: ConfiguredInstance, provider: TagProvider, config: Frame, call: Call): Promise<Seen> {
  const isRemote = provider.address !== undefined;
  try {
    const identity = safe(await provider.check(call), ownRedact(instance)) as Identity;
    const repository = await lookInto(instance, provider, config, call);
    return { ...(isRemote && { reachable: true }), ...identity, ...(repository && { repository }) };
  } catch (thrown) {
    const error = elsewhere(thrown);
    const answered = isTagError(error) && error.upstream?.status !== undefined;
    const isTold = isRemote && (answered || isTagError(error, 'unavailable', 'timeout'));
    return { ...(isTold && { reachable: answered }), error: failureOf(error, instance, config) };
  }
}

async function lookInto(
  instance: ConfiguredInstance,
  provider: TagProvider,
  config: Frame,
  call: Call,
): Promise<RepositoryReport | undefined> {
  const name = provider.defaultRepository;
  if (name === undefined) return undefined;
  const source = instance.given.find(({ role, used }) => role === 'repository' && used)?.name ?? 'working directory';
  const allowed = guarded(
    { name: instance.name, title: instance.definition.title, provider, ...(instance.untrusted && { untrusted: instance.untrusted }) },
    { ...config, enabled: [] },
    { journal: undefined, underWay: new Set() },
  );
  try {
    const repository = await allowed.locate(name, call);
    await allowed.list(repository, { order_by: 'name', sort: 'asc', limit: 1 }, call);
    return { name, source, read: true, ...(await writing(provider, repository, config, call)) };
  } catch (error) {
    return { name, source, read: false, error: failureOf(error, instance, config) };
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

function failureOf(thrown: unknown, instance: ConfiguredInstance, { redact }: Frame): Failure {
  const error = isTagError(thrown) ? thrown : broken(thrown);
  const { code, said, hint, upstream } = error;
  const own = ownRedact(instance);
  // Redacted before it is cut: half a secret would not be known for one.
  const tidy = (text: string | undefined) => text && redact(own(text));
  const words = upstream && {
    ...upstream,
    text: oneLine(tidy(upstream.text) ?? '', UPSTREAM_TEXT) || undefined,
    request_id: tidy(upstream.request_id),
  };
  return {
    code,
    message: textOf(said.message, own),
    hint: hint === HINTS[code] ? adviceOn(code, instance) : textOf(said.hint, own),
    ...(words && { upstream: words }),
  };
}

/** Of a system that .env configures its secrets are redacted in its own words alone. */
const ownRedact = ({ untrusted }: ConfiguredInstance): Redact => untrusted?.redact ?? ((text) => text);

/** The credentials of a system, or where it needs none, everything it knows. */
function takenBy({ definition: { env, file } }: ConfiguredInstance): string[] {
  const variables = variablesOf(env);
  const credentials = variables.filter(([, { role }]) => role === 'credential');
  return [...(credentials.length > 0 ? credentials : variables).map(([name]) => name), ...(file ? [`~/${file.path}`] : [])];
}

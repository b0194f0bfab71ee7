/** One system, looked at from outside: can it be reached, who are we there, what may we do. Nothing is written. */
import type { Config, ConfiguredInstance } from '../config/config.ts';
import { both, type Redact } from '../config/redact.ts';
import { plainName } from '../config/words.ts';
import { HINTS, isTagError, TagError, tidiedError } from '../core/errors.ts';
import type { Access, Call, Identity, TagProvider } from '../core/provider.ts';
import { clean, oneLine } from '../core/text.ts';
import { timeLimit } from '../core/time-limit.ts';
import { textOf } from '../core/told.ts';
import { variablesOf } from '../core/variable.ts';
import { guarded, UNKEPT } from '../guard/index.ts';
import { broken, safe } from '../mcp/render.ts';
import { adviceOn } from './advice.ts';
import type { Failure, InstanceReport, RepositoryReport } from './report.ts';

type Frame = Pick<Config, 'settings' | 'mayWrite' | 'redact'>;

/** A request has its own time limit, and better words for it. */
const GRACE_MS = 1_000;
const UPSTREAM_TEXT = 200;
/** Of other ways TLS says nothing: ssh has its own. */
const HTTP = /^https?:/;

export async function examine(instance: ConfiguredInstance, config: Frame): Promise<InstanceReport> {
  const { name, provider, error } = instance;
  const redact = redactorFor(instance, config);
  const secrets = new Set(variablesOf(instance.definition.env).flatMap(([variable, { secret }]) => (secret ? [variable] : [])));
  const variables = instance.given.map(({ name: variable, value, from, used }) => ({
    name: variable,
    // Of a secret the ends are shown, and a beginning is not taken out there.
    value: clean(secrets.has(plainName(variable)) ? value : redact(value)),
    source: from,
    used,
  }));
  const known = { name, title: instance.definition.title, variables };
  if (error) return { ...known, state: 'fails', error: failureOf(error, instance, config) };
  if (!provider) return { ...known, state: 'unset', takes: takenBy(instance) };

  const call: Call = { signal: timeLimit(config.settings.TAGWRIGHT_TIMEOUT_MS + GRACE_MS), progress() {} };
  const started = performance.now();
  const seen = await look(instance, provider, config, call);
  const works = !seen.error && seen.repository?.read !== false;
  const ms = Math.round(performance.now() - started);
  const { address } = provider;
  return {
    ...known,
    state: works ? 'works' : 'fails',
    ...(address && { address, ...(HTTP.test(address) && { tls: address.startsWith('https:') }) }),
    ...seen,
    ms,
  };
}

type Seen = Pick<InstanceReport, 'reachable' | 'repository' | 'error' | keyof Identity>;

async function look(instance: ConfiguredInstance, provider: TagProvider, config: Frame, call: Call): Promise<Seen> {
  const isRemote = provider.address !== undefined;
  try {
    const identity = safe(await provider.check(call), redactorFor(instance, config)) as Identity;
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
    { journal: UNKEPT, underWay: new Set() },
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
  if (settings.TAGWRIGHT_READ_ONLY)
    return { write: false, why: 'this server only reads: TAGWRIGHT_READ_ONLY, or a limit that is misspelt' };
  if (!mayWrite) return { write: false, why: 'TAGWRIGHT_AUDIT_LOG cannot be written' };
  if (!provider.access) return { why: 'the system tells nothing beforehand' };
  return provider.access(repository, call).catch((error: unknown) => ({ why: isTagError(error) ? error.message : String(error) }));
}

/** A check names no repository: where none is found, the address leads to something else. */
function elsewhere(error: unknown): unknown {
  if (!isTagError(error, 'repository_not_found')) return error;
  return new TagError('unexpected_response', 'What answers there is not this API.', { upstream: error.upstream, cause: error });
}

/** Of the operator's secrets, and of those that .env gives this system alone. */
const redactorFor = ({ untrusted }: ConfiguredInstance, { redact }: Frame): Redact => both(redact, untrusted?.redact);

function failureOf(thrown: unknown, instance: ConfiguredInstance, config: Frame): Failure {
  // Redacted before it is cut: half a secret would not be known for one.
  const { code, said, hint, upstream } = tidiedError(isTagError(thrown) ? thrown : broken(thrown), redactorFor(instance, config));
  return {
    code,
    message: clean(textOf(said.message)),
    hint: hint === HINTS[code] ? adviceOn(code, instance) : clean(hint),
    ...(upstream && { upstream: { ...upstream, text: upstream.text && oneLine(upstream.text, UPSTREAM_TEXT) } }),
  };
}

/** The credentials of a system, or where it needs none, everything it knows. */
function takenBy({ definition: { env, file } }: ConfiguredInstance): string[] {
  const variables = variablesOf(env);
  const credentials = variables.filter(([, { role, ambient }]) => role === 'credential' || ambient);
  return [...(credentials.length > 0 ? credentials : variables).map(([name]) => name), ...(file ? [`~/${file.path}`] : [])];
}

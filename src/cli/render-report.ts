/** A report of doctor as people read it. */
import { DOTENV } from '../config/sources.ts';
import { oneLine } from '../core/text.ts';
import { quoted } from '../core/told.ts';
import type { CliContext } from './context.ts';
import { didYouMean } from './flags.ts';
import type { Failure, InstanceReport, Report, RepositoryReport, SettingsReport } from './report.ts';
import { type Paint, paintOn } from './terminal.ts';

const LONGEST = 400;
const INDENT = '    ';
const LABEL = 12;
const DAY_MS = 86_400_000;
const SOON_DAYS = 30;

/** What stands before the text, and the text; absent where there is none. */
type Row = readonly [label: string, text: string | undefined];

const tell = (text: string) => oneLine(text, LONGEST);
/** What a stranger may have written stands in quotes: of .env everything but the names that are ours. */
const from = (source: string, text: string) => (source === DOTENV ? quoted(text) : text);
const nameFrom = (source: string, name: string) => (name.includes('__') ? from(source, name) : name);
const sourceOf = ({ variables }: InstanceReport): string => (variables.some(({ source, used }) => used && source === DOTENV) ? DOTENV : '');
const labelOf = (instance: InstanceReport) => (instance.name.includes('-') ? from(sourceOf(instance), instance.name) : instance.name);

function linesOf(rows: readonly Row[]): string[] {
  const told = rows.filter(([, text]) => text !== undefined && text !== '');
  const width = Math.max(LABEL, ...told.map(([label]) => label.length + 2));
  return told.map(([label, text]) => `${INDENT}${label.padEnd(width)}${tell(text ?? '')}`);
}

export function render(report: Report, { output, env }: Pick<CliContext, 'output' | 'env'>): string {
  const paint = paintOn(output, env);
  const { tagwright, node, platform, providers, settings, problems, unknown_variables: unknown } = report;
  const ready = providers.filter(({ state }) => state !== 'unset');
  const unset = providers.filter(({ state }) => state === 'unset');
  const odd = [
    ...problems,
    ...unknown
      .filter(({ name }) => !problems.some((text) => text.startsWith(`${name} is not known`)))
      .map(
        ({ name, source, why, did_you_mean }) =>
          `${from(source, name)} (${source}) ${why}.${didYouMean(did_you_mean && from(source, did_you_mean))}`,
      ),
  ];
  const blocks = [
    [`tagwright ${tagwright}, Node ${node}, ${platform}`],
    ...ready.map((instance) => instanceLines(instance, paint)),
    titled(
      'Not set up',
      linesOf(
        unset.flatMap((instance) => [[labelOf(instance), `takes ${instance.takes?.join(', ')}`], ...variableRows(instance.variables)]),
      ),
    ),
    titled('Settings', linesOf(settingRows(settings))),
    titled(
      'Worth a look',
      odd.map((text) => `  ${paint('yellow', '!')} ${tell(text)}`),
    ),
    [verdict(report, paint)],
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

const titled = (title: string, lines: readonly string[]) => (lines.length > 0 ? [title, ...lines] : []);

function instanceLines(instance: InstanceReport, paint: Paint): string[] {
  const { name, title, state, variables, ms, error, repository } = instance;
  const mark = state === 'works' ? paint('green', '✓') : paint('red', '✗');
  const aside = [title !== name && title, ms !== undefined && `${ms} ms`].filter(Boolean).join(', ');
  const rows: Row[] = [
    ...factRows(instance),
    ...variableRows(variables),
    ['repository', repository && repositoryLine(repository, instance)],
  ];
  const failures = [error, repository?.error].flatMap((failure) => (failure ? failureLines(failure, paint) : []));
  return [`${mark} ${paint('bold', tell(labelOf(instance)))}${aside && paint('faint', `  ${tell(aside)}`)}`, ...linesOf(rows), ...failures];
}

function asideOf(tls: boolean | undefined, reachable: boolean | undefined): string {
  const facts = [tls !== undefined && (tls ? 'TLS' : 'no TLS'), reachable === false && 'not reached'].filter(Boolean);
  return facts.length > 0 ? `(${facts.join(', ')})` : '';
}

function factRows(instance: InstanceReport): Row[] {
  const { address, tls, reachable, version, user, scopes, expires_at, allowance } = instance;
  return [
    ['address', address && [from(sourceOf(instance), address), asideOf(tls, reachable)].filter(Boolean).join(' ')],
    ['version', version],
    ['user', user],
    ['scopes', scopes?.join(', ')],
    ['expires', expires_at && `${expires_at}${remaining(expires_at)}`],
    ['requests', allowance],
  ];
}

/** How many days are left of a date that is near. */
function remaining(date: string): string {
  const days = Math.ceil((Date.parse(date) - Date.now()) / DAY_MS);
  return /^\d{4}-\d\d-\d\d$/.test(date) && days <= SOON_DAYS ? ` (in ${days} day${days === 1 ? '' : 's'})` : '';
}

const variableRows = (variables: InstanceReport['variables']): Row[] =>
  variables.map(({ name, value, source, used }) => [
    nameFrom(source, name),
    `${from(source, value)}  (${source}${used ? '' : ', not used: the others of its system stand elsewhere'})`,
  ]);

function repositoryLine({ name, source, read, write, why }: RepositoryReport, { variables }: InstanceReport): string {
  const origin = variables.find((one) => one.name === source)?.source ?? '';
  const told = `${from(origin, name)} (${nameFrom(origin, source)})`;
  if (!read) return `${told} cannot be read`;
  if (write) return `${told} can be read and written`;
  return `${told} can be read${write === undefined ? '; writing was not checked' : ', not written'}: ${why}`;
}

function failureLines({ code, message, hint, upstream }: Failure, paint: Paint): string[] {
  const said = upstream && [
    upstream.status,
    upstream.text && JSON.stringify(upstream.text),
    upstream.request_id && `(request ${upstream.request_id})`,
  ];
  return [
    `${INDENT}${paint('red', tell(`${code}: ${message}`))}`,
    ...(said ? [`${INDENT}upstream: ${tell(said.filter(Boolean).join(' '))}`] : []),
    `${INDENT}→ ${tell(hint)}`,
  ];
}

function settingRows(settings: SettingsReport): Row[] {
  const { read_only, may_write, confirm, providers, default_provider, repositories, protected_tags, audit_log, allow_http } = settings;
  const logState = read_only ? '' : may_write ? ' (writable)' : ' (cannot be written)';
  return [
    [
      'writing',
      may_write
        ? 'allowed'
        : read_only
          ? 'forbidden: TAGWRIGHT_READ_ONLY, or a limit that is misspelt'
          : 'forbidden: it could not be logged',
    ],
    ['confirm', confirm],
    ['protected', protected_tags?.join(', ') ?? 'no tags'],
    ['allowed', repositories ? repositories.join(', ') || 'none' : 'all repositories'],
    ['audit log', audit_log ? `${audit_log}${logState}` : 'none'],
    ['systems', providers?.join(', ')],
    ['default', default_provider],
    ['without TLS', allow_http?.join(', ')],
    ['time limit', `${settings.timeout_ms / 1000} s`],
  ];
}

function verdict({ ok, providers }: Report, paint: Paint): string {
  const named = (state: InstanceReport['state']) => providers.filter((one) => one.state === state).map(labelOf);
  const [working, failing] = [named('works'), named('fails')];
  if (failing.length > 0) return paint('red', `Something is wrong with ${failing.join(', ')}.`);
  if (working.length === 0) return paint('red', 'No system is configured: set the variables of one of them, see README.md.');
  return ok ? paint('green', `Working: ${working.join(', ')}.`) : paint('red', 'A system that the settings name is not configured.');
}

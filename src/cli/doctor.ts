/** `tagwright doctor`: what is configured, from where, and whether it works. No system is written to. */
import { delimiter } from 'node:path';
import pkg from '../../package.json' with { type: 'json' };
import { type ExplainedConfig, readConfig } from '../config/config.ts';
import { strangersAmong } from '../config/strangers.ts';
import { vocabularyOf } from '../config/vocabulary.ts';
import type { ProviderDefinition } from '../core/provider.ts';
import { textOf } from '../core/told.ts';
import { movesOf, tellGap } from '../guard/index.ts';
import { safe } from '../mcp/render.ts';
import * as providers from '../providers/index.ts';
import type { CliContext } from './context.ts';
import { examine } from './examine.ts';
import { readFlags, UsageError } from './flags.ts';
import { startProgress } from './progress.ts';
import { render } from './render-report.ts';
import type { Report, SettingsReport } from './report.ts';

/** Words of ours, and what is redacted where it is found. */
const OURS: ReadonlySet<string> = new Set(['tagwright', 'node', 'platform', 'state', 'title', 'takes', 'variables', 'error', 'confirm']);

export async function doctor(args: readonly string[], context: CliContext): Promise<number> {
  const { values, positionals } = readFlags(args, { json: { type: 'boolean' }, 'git-root': { type: 'string', multiple: true } });
  if (positionals.length > 0) throw new UsageError(`doctor takes no ${positionals[0]}.`);
  const { env, cwd, home, output } = context;
  const roots = values['git-root'] ?? [];
  const definitions = Object.values<ProviderDefinition>(providers);
  const config = await readConfig(definitions, {
    flags: roots.length > 0 ? { TAGWRIGHT_GIT_ROOTS: roots.join(delimiter) } : {},
    env,
    cwd,
    home,
    userAgent: `tagwright/${pkg.version}`,
  });
  const found: Report = {
    tagwright: pkg.version,
    node: process.versions.node,
    platform: `${context.platform} ${process.arch}`,
    ...(await examineAll(config, context)),
    settings: settingsOf(config),
    problems: [...config.ownProblems, ...(await gapsOf(config))],
    unknown_variables: strangersAmong(config.names, vocabularyOf(definitions)),
  };
  const report = safe(found, config.redact, OURS) as Report;
  output.write(values.json ? `${JSON.stringify(report, null, 2)}\n` : render(report, context));
  return report.ok ? 0 : 1;
}

async function examineAll(config: ExplainedConfig, context: CliContext): Promise<Pick<Report, 'ok' | 'providers'>> {
  const progress = startProgress(
    config.enabled.map(({ name }) => name),
    context,
  );
  const providers = await Promise.all(
    config.instances.map(async (instance) => {
      const report = await examine(instance, config);
      progress.done(instance.name);
      return report;
    }),
  );
  const { TAGWRIGHT_PROVIDERS: wanted = [], TAGWRIGHT_DEFAULT_PROVIDER: preferred } = config.settings;
  const working = providers.flatMap(({ name, state }) => (state === 'works' ? [name] : []));
  const needed = [...wanted, ...(preferred ? [preferred] : [])];
  const ok = working.length > 0 && providers.every(({ state }) => state !== 'fails') && needed.every((name) => working.includes(name));
  return { ok, providers };
}

const settingsOf = ({ settings, mayWrite }: ExplainedConfig): SettingsReport => ({
  read_only: settings.TAGWRIGHT_READ_ONLY,
  may_write: mayWrite,
  confirm: settings.TAGWRIGHT_CONFIRM,
  providers: settings.TAGWRIGHT_PROVIDERS,
  default_provider: settings.TAGWRIGHT_DEFAULT_PROVIDER,
  repositories: settings.TAGWRIGHT_REPOSITORIES,
  protected_tags: settings.TAGWRIGHT_PROTECTED_TAGS,
  audit_log: settings.TAGWRIGHT_AUDIT_LOG,
  allow_http: settings.TAGWRIGHT_ALLOW_HTTP,
  timeout_ms: settings.TAGWRIGHT_TIMEOUT_MS,
});

/** What moves have left behind that were interrupted. */
async function gapsOf(config: ExplainedConfig): Promise<string[]> {
  const gaps = await movesOf(config, () => {}).journal.gaps();
  return gaps.map((gap) => textOf(tellGap(gap)));
}

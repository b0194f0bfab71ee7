/** The guards around every provider, from the inside out: how many at once, the truth about writes, the audit, the policy. */
import type { Config, Instance } from '../config/config.ts';
import type { Log } from '../config/log.ts';
import type { TagProvider } from '../core/provider.ts';
import { clean } from '../core/text.ts';
import type { AppendLine } from './append.ts';
import { type Audit, withAudit } from './audit.ts';
import { withLimit } from './limit.ts';
import { withPolicy } from './policy.ts';
import { withSettling } from './settled.ts';

/** As many as a busy session has open. Each is a connection of its own, or a git process. */
const MOST_AT_ONCE = 64;

/** Where every write is announced, if anywhere: one for all providers, since they share the file. */
export function auditOf(
  { settings: { TAGWRIGHT_AUDIT_LOG: path }, redact }: Pick<Config, 'settings' | 'redact'>,
  log: Log,
): Audit | undefined {
  if (!path) return undefined;
  let append: Promise<AppendLine> | undefined;
  const late = async (line: string) => {
    append ??= import('./append.ts').then(({ appendTo }) => appendTo(path));
    return (await append)(line);
  };
  return { append: late, tidy: (text) => redact(clean(text)), warn: (message) => log('warn', message) };
}

export function guarded(
  { name, provider }: Instance,
  { settings, mayWrite, enabled }: Pick<Config, 'settings' | 'mayWrite' | 'enabled'>,
  audit?: Audit,
): TagProvider {
  const truthful = withSettling(withLimit(provider, MOST_AT_ONCE));
  return withPolicy(name, audit ? withAudit(name, truthful, audit) : truthful, {
    readOnly: !mayWrite,
    repositories: settings.TAGWRIGHT_REPOSITORIES,
    protectedTags: settings.TAGWRIGHT_PROTECTED_TAGS ?? [],
    providers: enabled.map((one) => one.name),
  });
}

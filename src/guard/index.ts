/** The guards around every provider, from the inside out: how many at once, the truth about writes, the audit, the policy. */
import type { Config, Instance } from '../config/config.ts';
import type { TagProvider } from '../core/provider.ts';
import { clean } from '../core/text.ts';
import { appendTo, withAudit } from './audit.ts';
import { withLimit } from './limit.ts';
import { withPolicy } from './policy.ts';
import { withSettling } from './settled.ts';

/** As many as a busy session has open. Each is a connection of its own, or a git process. */
const MOST_AT_ONCE = 64;

export function guarded(
  { name, provider }: Instance,
  { settings, mayWrite, redact, enabled }: Pick<Config, 'settings' | 'mayWrite' | 'redact' | 'enabled'>,
): TagProvider {
  const truthful = withSettling(withLimit(provider, MOST_AT_ONCE));
  const log = settings.TAGWRIGHT_AUDIT_LOG;
  return withPolicy(name, log ? withAudit(name, truthful, appendTo(log), (text) => redact(clean(text))) : truthful, {
    readOnly: !mayWrite,
    repositories: settings.TAGWRIGHT_REPOSITORIES,
    protectedTags: settings.TAGWRIGHT_PROTECTED_TAGS ?? [],
    providers: enabled.map((one) => one.name),
  });
}

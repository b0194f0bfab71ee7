/** The guards around every provider, from the inside out: a stranger's secrets, how many at once, the truth about writes (and about names), journal, audit, policy. */
import { existsSync } from 'node:fs';
import type { Config, Instance } from '../config/config.ts';
import type { Log } from '../config/log.ts';
import { both } from '../config/redact.ts';
import type { TagProvider } from '../core/provider.ts';
import { clean } from '../core/text.ts';
import type { AppendLine } from './append.ts';
import { type Audit, withAudit } from './audit.ts';
import type { Journal } from './journal.ts';
import { type Moves, UNKEPT, withJournal } from './journaled.ts';
import { withLimit } from './limit.ts';
import { withPolicy } from './policy.ts';
import { withRedaction } from './redaction.ts';
import { withSettling } from './settled.ts';

export { tellGap, UNKEPT } from './journaled.ts';

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
  return { append: late, tidy: (text) => clean(redact(text)), warn: (message) => log('warn', message) };
}

/** What moves leave behind, one for all providers; the file is looked at only where there is one. */
export function movesOf({ journal: path }: Pick<Config, 'journal'>, log: Log): Moves {
  if (path === undefined) return { journal: UNKEPT, underWay: new Set() };
  let journal: Promise<Journal> | undefined;
  const late = () => {
    journal ??= import('./journal.ts').then(({ createJournal }) => createJournal(path, (message) => log('warn', message)));
    return journal;
  };
  return {
    underWay: new Set(),
    journal: {
      keep: async (kept) => (await late()).keep(kept),
      gaps: async () => (existsSync(path) ? (await late()).gaps() : []),
      drop: async (gap) => (await late()).drop(gap),
    },
  };
}

export function guarded(
  { name, provider, untrusted }: Instance,
  { settings, mayWrite, enabled }: Pick<Config, 'settings' | 'mayWrite' | 'enabled'>,
  moves: Moves,
  audit?: Audit,
): TagProvider {
  const quiet = untrusted ? withRedaction(provider, untrusted.redact) : provider;
  const truthful = withJournal(name, withSettling(withLimit(quiet, MOST_AT_ONCE)), moves);
  const own = audit && { ...audit, tidy: both(audit.tidy, untrusted?.redact) };
  return withPolicy(name, own ? withAudit(name, truthful, own) : truthful, {
    readOnly: !mayWrite,
    repositories: settings.TAGWRIGHT_REPOSITORIES,
    protectedTags: settings.TAGWRIGHT_PROTECTED_TAGS ?? [],
    providers: enabled.map((one) => one.name),
  });
}

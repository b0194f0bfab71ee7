/** The shapes of what doctor finds out. */

import type { Stranger } from '../config/strangers.ts';
import type { Upstream } from '../core/errors.ts';
import type { Access, Identity } from '../core/provider.ts';

/** What `--json` prints; the names of its fields stay. */
export interface Report {
  readonly tagwright: string;
  readonly node: string;
  readonly platform: string;
  /** Some system works, and none that is configured or named in the settings does not. */
  readonly ok: boolean;
  readonly providers: readonly InstanceReport[];
  readonly settings: SettingsReport;
  readonly problems: readonly string[];
  readonly unknown_variables: readonly Stranger[];
}

export interface SettingsReport {
  readonly read_only: boolean;
  /** Not read-only, and what is done can be written down. */
  readonly may_write: boolean;
  readonly confirm: string;
  readonly providers?: readonly string[] | undefined;
  readonly default_provider?: string | undefined;
  readonly repositories?: readonly string[] | undefined;
  readonly protected_tags?: readonly string[] | undefined;
  readonly audit_log?: string | undefined;
  readonly allow_http?: readonly string[] | undefined;
  readonly timeout_ms: number;
}

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
export interface InstanceReport extends Identity {
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

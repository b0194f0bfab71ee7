/** What a provider may know of the process it runs in. */

/** The way out: the address of a proxy for each scheme, and the hosts that go without (NO_PROXY). */
export interface Proxies {
  readonly http?: string | undefined;
  readonly https?: string | undefined;
  readonly none?: string | undefined;
}

/** A remote of a clone. */
export interface Remote {
  readonly name: string;
  readonly address: string;
}

/** Everything else comes from a provider's declared variables. */
export interface Host {
  /** Empty where it was deleted. */
  readonly cwd: string;
  /** The remotes of the repository around a directory, origin first; addresses as git understands them, without credentials. */
  remotesOf(directory: string): readonly Remote[];
  /** For one request upstream, its repetitions included. */
  readonly timeoutMs: number;
  /** Hosts that may be spoken to without TLS; loopback always may. */
  readonly allowHttp: readonly string[];
  readonly proxies: Proxies;
  readonly userAgent: string;
  /** For programs that are run: the environment without any credential of ours. */
  readonly childEnv: Readonly<Record<string, string | undefined>>;
  /** A credential that was obtained at run time: from now on it is taken out of everything that leaves. */
  hide(secret: string): void;
  /** Takes every secret out of a text, before it is cut. */
  redact(text: string): string;
}

import type { Dispatcher, Pool } from 'undici';
import { TagError } from '../core/errors.ts';
import type { Proxies } from '../core/host.ts';
import { ours, told } from '../core/told.ts';
import { isLoopback } from './base-url.ts';
import { type Bypass, readNoProxy } from './no-proxy.ts';

const CONNECTION = {
  connectTimeout: 10_000,
  // The clock of a whole request stands in for both.
  headersTimeout: 0,
  bodyTimeout: 0,
  // Node gives each address 250 ms, too little for a far host (nodejs/node#54359).
  autoSelectFamily: true,
  autoSelectFamilyAttemptTimeout: 2_000,
};

/** Failures to reach the proxy, or to get through it, under one code: left as undici's SocketError, undici 7.30 would try again for ever. */
const proxyClient =
  (PoolClass: typeof Pool) =>
  (origin: URL, options: Pool.Options): Pool => {
    const pool = new PoolClass(origin, options);
    const connect = pool.connect.bind(pool);
    const tunnel = (target: Dispatcher.ConnectOptions) =>
      connect(target).catch((cause: unknown) => {
        throw Object.assign(new Error('no way through the proxy', { cause }), { code: 'UND_ERR_ABORTED' });
      });
    return Object.assign(pool, { connect: tunnel });
  };

let direct: Promise<Dispatcher> | undefined;
const tunnels = new Map<string, Promise<Dispatcher>>();
const bypasses = new Map<string, Bypass>();

const bypassOf = (list: string): Bypass => {
  const bypass = bypasses.get(list) ?? readNoProxy(list);
  bypasses.set(list, bypass);
  return bypass;
};

/** How a request leaves. */
export interface Route {
  readonly pool: Dispatcher;
  /** It goes to this proxy in absolute form, as plain HTTP does; what is tunnelled is its pool's affair. */
  readonly proxy?: Proxy | undefined;
}

export interface Proxy {
  readonly origin: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The connections of the process. Proxies and NO_PROXY are honoured, except for loopback:
 * there plain HTTP is allowed because it stays on the machine, and a proxy would see the credential.
 */
export async function routeTo(url: URL, proxies: Proxies): Promise<Route> {
  const isPlain = url.protocol === 'http:';
  const proxy = isPlain ? proxies.http : proxies.https;
  if (!proxy || isLoopback(url) || bypassOf(proxies.none ?? '').covers(url)) return { pool: await directly() };
  const address = addressOf(proxy, isPlain ? 'HTTP_PROXY' : 'HTTPS_PROXY');
  if (isPlain && address.protocol.startsWith('http')) return { pool: await directly(), proxy: inAbsoluteForm(address) };
  const pool = tunnels.get(address.href) ?? through(address);
  tunnels.set(address.href, pool);
  return { pool: await pool };
}

function directly(): Promise<Dispatcher> {
  direct ??= import('./undici.ts').then(({ Agent: AgentClass }) => new AgentClass(CONNECTION));
  return direct;
}

const through = (uri: URL): Promise<Dispatcher> =>
  import('./undici.ts').then(
    ({ ProxyAgent, Pool: PoolClass }) => new ProxyAgent({ ...CONNECTION, uri: uri.href, clientFactory: proxyClient(PoolClass) }),
  );

function inAbsoluteForm({ origin, username, password }: URL): Proxy {
  const credential = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { origin, headers: username ? { 'proxy-authorization': `Basic ${Buffer.from(credential).toString('base64')}` } : {} };
}

const SCHEMES: readonly string[] = ['http:', 'https:', 'socks:', 'socks5:'];

function addressOf(proxy: string, variable: string): URL {
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(proxy) ? proxy : `http://${proxy}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && SCHEMES.includes(url.protocol)) return url;
  throw new TagError('not_configured', told`${ours(variable)} is not the address of a proxy.`, {
    hint: 'Write it as http://host:port, or unset it.',
  });
}

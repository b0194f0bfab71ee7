import type { Dispatcher, Pool } from 'undici';
import { TagError } from '../core/errors.ts';
import { isLoopback } from './base-url.ts';

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
let proxied: Promise<Dispatcher> | undefined;

/**
 * The connections of the process. HTTP(S)_PROXY and NO_PROXY are honoured, except for loopback:
 * there plain HTTP is allowed because it stays on the machine, and a proxy would see the credential.
 */
export function poolFor(url: URL): Promise<Dispatcher> {
  if (isLoopback(url)) {
    direct ??= import('./undici.ts').then(({ Agent }) => new Agent(CONNECTION));
    return direct;
  }
  proxied ??= import('./undici.ts').then(({ EnvHttpProxyAgent, Pool }) => {
    try {
      return new EnvHttpProxyAgent({ ...CONNECTION, clientFactory: proxyClient(Pool) });
    } catch {
      throw new TagError('not_configured', 'HTTP_PROXY or HTTPS_PROXY is not the address of a proxy.', {
        hint: 'Write it as http://host:port, or unset it.',
      });
    }
  });
  return proxied;
}

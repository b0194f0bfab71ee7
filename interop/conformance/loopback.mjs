/** supergateway listens on every address and takes no host: keep whatever this process opens on the loopback. */
import { Server } from 'node:net';

const { listen } = Server.prototype;
Server.prototype.listen = function (first, ...rest) {
  if (typeof first === 'object' && first?.path === undefined) return listen.call(this, { ...first, host: '127.0.0.1' }, ...rest);
  if (typeof first === 'object') return listen.call(this, first, ...rest);
  return listen.call(this, { port: Number(first ?? 0), host: '127.0.0.1' }, ...rest.filter((value) => typeof value === 'function'));
};
